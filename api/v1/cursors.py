"""Opaque cursors: where the next page begins, bound to the query it continues and to this database."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

import msgspec

from api.state import state
from matcher.errors import StaleCursor

SEAL_BYTES: Final = 12


def cursor(query: object, after: int) -> str:
    """The cursor of the page of `query` that begins after so many entries."""
    body = msgspec.json.encode(after)
    return urlsafe_b64encode(_seal(query, body) + body).rstrip(b"=").decode()


def begins_after(query: object, given: str | None) -> int:
    """How many entries stand before the page; 0 without a cursor. StaleCursor for one of another query or database."""
    if given is None:
        return 0
    try:
        raw = urlsafe_b64decode(given + "=" * (-len(given) % 4))
        seal, body = raw[:SEAL_BYTES], raw[SEAL_BYTES:]
        if not hmac.compare_digest(seal, _seal(query, body)):
            raise ValueError
        return msgspec.json.decode(body, type=int)
    except (ValueError, msgspec.MsgspecError):
        raise StaleCursor("this cursor does not belong to this query", remedy="Begin with the first page.") from None


def page(query: object, given: str | None, limit: int, entries: Any) -> tuple[list[Any], str | None]:
    """The entries of the page a cursor names, and the cursor of the next one, None after the last."""
    start = begins_after(query, given)
    end = start + limit
    return list(entries[start:end]), cursor(query, end) if end < len(entries) else None


def _seal(query: object, body: bytes) -> bytes:
    key = state().records.row_key()
    return hmac.digest(key, b"cursor\x1f" + msgspec.json.encode(query, order="deterministic") + body, "sha256")[
        :SEAL_BYTES
    ]
