"""Names for rows and pairs that give nobody away: keyed hashes, the same for the same row of next week's ledger."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from matcher.linkage import Entry

_BYTES = 12
_JSON = msgspec.json.Encoder(order="deterministic")


def row_key(entry: Entry, key: bytes) -> str:
    """Whom a row speaks of: its number, or for want of one name, village and birth date."""
    told = (entry.number,) if entry.number else (entry.name, *entry.villages[:1], entry.born, entry.phone)
    return _hashed(("row", *told), key)


def pair_key(left: Entry, right: Entry, key: bytes) -> str:
    """The stream of a pair without its prefix."""
    return _hashed((row_key(left, key), row_key(right, key)), key)


def facts_of(left: Entry, right: Entry, key: bytes) -> str:
    """Fingerprint of everything both rows say; where they stand in their files is no part of it."""
    return _hashed([_said(left), _said(right)], key)


def alone_key(side: str, entry: Entry, key: bytes) -> str:
    """A row one office alone has: which office, and everything the row says; the stream of the row, without prefix."""
    return _hashed(("alone", side, _said(entry)), key)


def _said(entry: Entry) -> tuple[object, ...]:
    return (entry.name, entry.number, entry.born, entry.phone, entry.villages, dict(entry.facts))


def _hashed(told: object, key: bytes) -> str:
    return blake2b(_JSON.encode(told), digest_size=_BYTES, key=key[:64]).hexdigest()
