"""The file of a fair pack: an open heading, and the rows under a key of the pack that only its kiosk can unwrap.

    MFPK 0x01, length of the heading (4 bytes), heading (JSON), AES-256-GCM of the compressed rows (nonce first)

The heading is additional data of both seals (NIST SP 800-38D): nothing of it can be changed, no pack can be given
another's heading. It carries the pack's key wrapped under the kiosk's, and the length and SHA-256 of what follows, so
that a torn file is told from a foreign one.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matcher.errors import PackRefused
from matcher.fair_pack.contents import PackContents
from matcher.fair_pack.news import CLOCK_SLACK
from matcher.records.fair_packs import PackHeading

KEY_BYTES: Final = 32
_MAGIC: Final = b"MFPK"
_VERSION: Final = 1
_NONCE_BYTES: Final = 12
_PREFIX: Final = struct.Struct(">4sBI")
_LONGEST_HEADING: Final = 1 << 16
_LONGEST_ROWS: Final = 1 << 30
_NEW: Final = "用 `matcher kiosk pack` 重新做一份，或者等机器连上网自己取。"
Random = Callable[[int], bytes]


class Opened(NamedTuple):
    """A pack whose seals held; `key` is the pack's own, under which its cards are indexed."""

    heading: PackHeading
    contents: PackContents
    key: bytes


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """The heading as it stands in the file."""

    pack: PackHeading
    wrapped_key: bytes
    n_bytes: int
    sha256: str


def seal_pack(heading: PackHeading, contents: PackContents, *, key: bytes, kiosk_key: bytes, random: Random) -> bytes:
    """The file: `contents` under the pack's `key`, that one wrapped under the kiosk's; random : n -> n random bytes."""
    bound = _bound(heading)
    nonce = random(_NONCE_BYTES)
    rows = nonce + AESGCM(key).encrypt(nonce, zlib.compress(msgspec.msgpack.encode(contents), 6), bound)
    wrapping = random(_NONCE_BYTES)
    file = _File(
        pack=heading,
        wrapped_key=wrapping + AESGCM(kiosk_key).encrypt(wrapping, key, bound),
        n_bytes=len(rows),
        sha256=hashlib.sha256(rows).hexdigest(),
    )
    head = msgspec.json.encode(file)
    return _PREFIX.pack(_MAGIC, _VERSION, len(head)) + head + rows


def heading_of(body: bytes) -> PackHeading:
    """The open heading of a file, unproven. Raises PackRefused where it cannot be read."""
    return _split(body)[0].pack


def open_pack(body: bytes, *, kiosk_id: str, kiosk_key: bytes, now: datetime) -> Opened:
    """The pack, proven to be whole, made for this kiosk and in force.

    Raises PackRefused: torn, version, foreign, expired, too_early (the clock is before it was made).
    """
    file, rows = _split(body)
    if len(rows) != file.n_bytes or hashlib.sha256(rows).hexdigest() != file.sha256:
        raise _torn("少了一截")
    key = _unwrapped(file, kiosk_id, kiosk_key)
    _refuse_by_clock(file.pack, now)
    try:
        packed = AESGCM(key).decrypt(rows[:_NONCE_BYTES], rows[_NONCE_BYTES:], _bound(file.pack))
        contents = msgspec.msgpack.decode(_unpacked(packed), type=PackContents)
    except (InvalidTag, zlib.error):
        raise _torn("内容被改过") from None
    except msgspec.MsgspecError as error:
        raise _other_version("里面的内容对不上") from error
    return Opened(file.pack, contents, key)


def _split(body: bytes) -> tuple[_File, bytes]:
    if len(body) < _PREFIX.size or not body.startswith(_MAGIC):
        raise _torn("这不是资料包")
    _, version, length = _PREFIX.unpack_from(body)
    if version != _VERSION:
        raise _other_version(f"第{version}版")
    head = body[_PREFIX.size : _PREFIX.size + length]
    if length > _LONGEST_HEADING or len(head) != length:
        raise _torn("开头少了一截")
    try:
        return msgspec.json.decode(head, type=_File), body[_PREFIX.size + length :]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _torn("开头读不出来") from None


def _unwrapped(file: _File, kiosk_id: str, kiosk_key: bytes) -> bytes:
    """The pack's key; a pack of another kiosk, or of one that enrolled again since, is foreign."""
    wrapped = file.wrapped_key
    try:
        if file.pack.kiosk_id == kiosk_id:
            return AESGCM(kiosk_key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _bound(file.pack))
    except (InvalidTag, ValueError):
        pass
    raise PackRefused(
        f"这份资料包是给另一台机器的（{file.pack.kiosk_id}）", reason="foreign", where=file.pack.pack_id, remedy=_NEW
    )


def _refuse_by_clock(pack: PackHeading, now: datetime) -> None:
    if now >= pack.expires_at:
        told = f"这份资料包过期了（到 {pack.expires_at.isoformat()} 为止）"
        raise PackRefused(told, reason="expired", where=pack.pack_id, remedy=_NEW)
    if now < pack.made_at - CLOCK_SLACK:
        raise PackRefused(
            f"机器的钟在资料包做好（{pack.made_at.isoformat()}）之前",
            reason="too_early",
            where=pack.pack_id,
            remedy="请把机器的日期和时间调对。",
        )


def _unpacked(packed: bytes) -> bytes:
    """The rows as they were; what would unpack without end is torn."""
    unpacker = zlib.decompressobj()
    rows = unpacker.decompress(packed, _LONGEST_ROWS)
    if not unpacker.eof:
        raise zlib.error("too long")
    return rows


def _bound(pack: PackHeading) -> bytes:
    return b"fair pack\x1f" + msgspec.json.encode(pack)


def _torn(why: str) -> PackRefused:
    return PackRefused(f"资料包不完整，没有用它（{why}）", reason="torn", remedy=_NEW)


def _other_version(why: str) -> PackRefused:
    return PackRefused(
        f"资料包是另一个版本的程序做的（{why}）", reason="version", remedy="机器和服务器要装同一个版本的程序。"
    )
