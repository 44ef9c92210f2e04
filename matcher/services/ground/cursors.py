"""Where a page ended, as an opaque text that only this database can have given.

It names the revision the first page was read at, so that pages over imports have neither gap nor double, and the last
row of its page, so that what comes in front meanwhile moves no other.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec

from matcher.decisions import digest
from matcher.errors import MatcherError, StaleCursor
from matcher.ports import RosterStore

_SEAL_BYTES: Final = 16
_DOMAIN: Final = b"page cursors\x1f"
LONGEST_CURSOR: Final = 1024
T = TypeVar("T")


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page: of which revision and query, and its sort key (rank, then id)."""

    revision: int
    query: str
    rank: int
    last_id: str


def written_cursor(store: RosterStore, place: Place) -> str:
    """The place as text, sealed with a key of this database."""
    body = msgspec.msgpack.encode(place)
    return _as_text(_seal(store, body) + body)


def read_cursor(store: RosterStore, text: str, query: str) -> Place:
    """The place a cursor names. Raises StaleCursor for a cursor that this store, or this query, did not give."""
    try:
        if len(text) > LONGEST_CURSOR:
            raise ValueError("longer than any cursor")
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        seal, body = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
        # Unused bits of the last character would let two texts stand for one cursor.
        if _as_text(raw) != text or not hmac.compare_digest(seal, _seal(store, body)):
            raise ValueError("another seal")
        place = msgspec.msgpack.decode(body, type=Place)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise stale("was not given by this system") from None
    if place.query != query:
        raise stale("belongs to another query")
    if not 0 <= place.revision <= store.revision():
        raise stale("is of a revision that cannot be read")
    return place


def page_behind(
    store: RosterStore, query: str, cursor: str, entries: Sequence[T], ids: Sequence[str], *, limit: int
) -> tuple[list[T], str | None]:
    """The entries behind the one the cursor names ("" = from the first), and the next page's cursor, None at the end.

    ids : one per entry, each once. Raises StaleCursor also where the entry of the cursor is no longer there.
    """
    start = 0
    if cursor:
        last_id = read_cursor(store, cursor, query).last_id
        if last_id not in ids:
            raise stale("names a row that is no longer there")
        start = ids.index(last_id) + 1
    page = list(entries[start : start + limit])
    if not page or start + len(page) >= len(entries):
        return page, None
    return page, written_cursor(store, Place(store.revision(), query, 0, ids[start + len(page) - 1]))


def query_digest(query: object) -> str:
    """A short name of a query: pages of one cursor must ask the same."""
    return digest(msgspec.json.encode(query, order="deterministic"))[:16]


def stale(why: str) -> MatcherError:
    """The error of a cursor that leads nowhere."""
    return StaleCursor(f"the cursor {why}", where="cursor", remedy="Leave the cursor out to start at the first page.")


def _as_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _seal(store: RosterStore, body: bytes) -> bytes:
    key = hmac.digest(store.row_key(), _DOMAIN, "sha256")
    return hmac.digest(key, body, "sha256")[:_SEAL_BYTES]
