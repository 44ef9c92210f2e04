"""One bound SMPP session: frames out, frames in, opened again with growing rests when it is lost.

smpplib makes what we write; reading is ours, because its reader loses the octets of a frame that comes in two pieces
around a timeout, and with them the place where the next frame begins.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from smpplib.client import SimpleSequenceGenerator
from smpplib.smpp import make_pdu

from matcher.errors import UsageError
from matcher.gateways.account import Account, Pace
from matcher.gateways.statuses import status_name

HEAD: Final = struct.Struct(">IIII")
ANSWER: Final = 0x80000000
NACK, SUBMIT, DELIVER, UNBIND, BIND_TRANSCEIVER, ENQUIRE = ANSWER, 0x04, 0x05, 0x06, 0x09, 0x15
_LONGEST_FRAME: Final = 1 << 16
_LONGEST_PASSWORD: Final = 8
_READ_OCTETS: Final = 1 << 16


class Frame(NamedTuple):
    """A frame that came in; body : the octets behind its head."""

    command: int
    status: int
    sequence: int
    body: bytes


class Lost(Exception):
    """The session is over or did not begin; the sentence says why and holds no number and no words."""


class Link:
    """The session; `made` counts them. Everything but `open` and `close` raises Lost when there is none any more."""

    def __init__(self, account: Account, pace: Pace) -> None:
        if len(account.password) > _LONGEST_PASSWORD:
            raise UsageError(
                f"SMPP 的口令最长 {_LONGEST_PASSWORD} 个字符",
                where="MATCHER_SMPP_PASSWORD",
                remedy="Ask the carrier for a password of at most 8 characters; a longer one would be cut.",
            )
        self._account, self._pace = account, pace
        self._host, self._port = account.host_and_port()
        self._numbers = SimpleSequenceGenerator()
        self._socket: socket.socket | None = None
        self._buffer = bytearray()
        self._failures = 0
        self._not_before = 0.0
        self.made = 0
        self.heard_at = 0.0

    @property
    def up(self) -> bool:
        """Whether it is bound, as far as anybody knows."""
        return self._socket is not None

    @property
    def rest_s(self) -> float:
        """How long no connection is tried any more after the last one failed."""
        return max(0.0, self._not_before - time.monotonic())

    def open(self) -> None:
        """Connect and bind if that is not so already; raises Lost while it rests or if the other side will not."""
        if self._socket is not None:
            return
        if self.rest_s:
            raise Lost(f"网关连不上，{self.rest_s:.0f} 秒后再试")
        try:
            self._socket = socket.create_connection((self._host, self._port), self._pace.connect_s)
        except OSError as error:
            self._rest()
            raise Lost(f"网关连不上：{error.strerror or type(error).__name__}") from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer.clear()
        self._bind()
        self.made += 1
        self._failures = 0

    def _bind(self) -> None:
        one = self.request(
            "bind_transceiver",
            system_id=self._account.system_id,
            password=self._account.password,
            system_type="",
            addr_ton=0,
            addr_npi=0,
            address_range="",
        )
        self.write(one.generate())
        end = time.monotonic() + self._pace.connect_s
        while (left := end - time.monotonic()) > 0:
            for frame in self.frames(left):
                if frame.command in (BIND_TRANSCEIVER | ANSWER, NACK) and frame.sequence == one.sequence:
                    if frame.status == 0:
                        return
                    self.drop()
                    raise Lost(f"网关不让登录（{status_name(frame.status)}）：请核对账号、口令和本机地址")
        self.drop()
        raise Lost("网关接了连接，却不答登录")

    def request(self, name: str, **fields: object) -> Any:
        """A frame of smpplib with a number of its own; `generate` makes its octets."""
        return make_pdu(name, client=self._numbers, **fields)

    def answer(self, command: int, sequence: int, status: int = 0, body: bytes = b"") -> None:
        """Write the answer to a request that came in."""
        self.write(HEAD.pack(HEAD.size + len(body), (command | ANSWER) & 0xFFFFFFFF, status, sequence) + body)

    def write(self, octets: bytes) -> None:
        """Write frames; after Lost some of them may have gone."""
        if self._socket is None:
            raise Lost("与网关的连接断了")
        try:
            self._socket.settimeout(self._pace.answer_s)
            self._socket.sendall(octets)
        except OSError as error:
            self.drop()
            raise Lost(f"与网关的连接断了：{error.strerror or type(error).__name__}") from None

    def frames(self, timeout_s: float) -> Iterator[Frame]:
        """The frames that are there, after waiting for the first octets for at most so long."""
        if self._holds_whole_frame():
            yield from self._whole_frames()
            return
        if self._socket is None:
            raise Lost("与网关的连接断了")
        try:
            self._socket.settimeout(timeout_s if timeout_s > 0 else 0.0)
            octets = self._socket.recv(_READ_OCTETS)
        except (TimeoutError, BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.drop()
            raise Lost(f"与网关的连接断了：{error.strerror or type(error).__name__}") from None
        if not octets:
            self.drop()
            raise Lost("网关挂断了连接")
        self.heard_at = time.monotonic()
        self._buffer += octets
        yield from self._whole_frames()

    def _holds_whole_frame(self) -> bool:
        return len(self._buffer) >= HEAD.size and len(self._buffer) >= HEAD.unpack_from(self._buffer)[0]

    def _whole_frames(self) -> Iterator[Frame]:
        while len(self._buffer) >= HEAD.size:
            length, command, status, sequence = HEAD.unpack_from(self._buffer)
            if not HEAD.size <= length <= _LONGEST_FRAME:
                self.drop()
                raise Lost("网关发来的不是 SMPP")
            if len(self._buffer) < length:
                return
            body = bytes(self._buffer[HEAD.size : length])
            del self._buffer[:length]
            yield Frame(command, status, sequence, body)

    def drop(self) -> None:
        """Cut the session off; another one is tried after a rest."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._rest()

    def close(self) -> None:
        """Take leave of the other side if it is there, and wait a little for its answer."""
        if self._socket is None:
            return
        try:
            self.write(self.request("unbind").generate())
            end = time.monotonic() + min(2.0, self._pace.connect_s)
            while (left := end - time.monotonic()) > 0:
                if any(frame.command == UNBIND | ANSWER for frame in self.frames(left)):
                    break
        except Lost:
            pass
        self.drop()
        self._failures, self._not_before = 0, 0.0

    def _rest(self) -> None:
        rest = min(self._pace.longest_back_off_s, self._pace.back_off_s * 2**self._failures)
        self._failures += 1
        self._not_before = time.monotonic() + rest
