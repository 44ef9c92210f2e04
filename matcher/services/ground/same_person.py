"""Which records were said to be one person: read by everybody who counts people, pays them or lists them.

A decision is a deed (`services.reconcile.merges`); records and their dated facts stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from matcher.ports import DeedStore, RosterStore
from matcher.records import Kind, Worker
from matcher.records.deeds import Deed

SAME: Final = "same-person:"
MERGED, SPLIT = "workers.merged", "workers.split"
Pairs = tuple[tuple[str, str], ...]
"""Records another stands for, each with the record of the person: sorted, to be kept results by."""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """One standing decision that two records are one person."""

    stream: str
    keep: str
    other: str
    reason: str
    by: str
    at: datetime


def joined_people(deeds: DeedStore, until: int = 0) -> list[Joined]:
    """Every decision that stands, in the order of their streams; until : by the deeds up to this number (0: all)."""
    streams: dict[str, list[Deed]] = {}
    for deed in deeds.deeds(prefix=SAME, until=until):
        streams.setdefault(deed.stream, []).append(deed)
    return [one for _, found in sorted(streams.items()) if (one := standing(found)) is not None]


def stands_for(deeds: DeedStore) -> dict[str, str]:
    """Worker id -> the id under which the person is counted, for records that are joined to another."""
    return {one.other: one.keep for one in joined_people(deeds)}


def joined_pairs(deeds: DeedStore, until: int = 0) -> Pairs:
    """As `stands_for`, as pairs; until : by the deeds up to this number (0: all)."""
    return tuple(sorted((one.other, one.keep) for one in joined_people(deeds, until)))


def joined_by(deeds: DeedStore, until: int | None) -> Pairs:
    """As `joined_pairs`, by the deeds up to a number that may be 0: before the first deed; None: all."""
    return () if until == 0 else joined_pairs(deeds, until or 0)


def everybody_of(deeds: DeedStore, worker_id: str) -> tuple[str, ...]:
    """All records of the person one record is of, itself among them, sorted."""
    joined = stands_for(deeds)
    person = joined.get(worker_id, worker_id)
    return tuple(sorted({person, *(other for other, keep in joined.items() if keep == person)}))


def others_of(deeds: DeedStore, store: RosterStore, worker_id: str) -> list[dict[str, Any]]:
    """The other records of somebody, as far as the store reaches; `counted` is the one that counts."""
    person = stands_for(deeds).get(worker_id, worker_id)
    ids = [one for one in everybody_of(deeds, worker_id) if one != worker_id]
    there = {one.worker_id for one in store.records(Kind.WORKERS, ids=ids) if isinstance(one, Worker)} if ids else set()
    return [{"worker_id": one, "counted": one == person} for one in ids if one in there]


def standing(found: Iterable[Deed]) -> Joined | None:
    """The decision that follows from the deeds of one stream; None where it was taken back or never made."""
    joined = None
    for deed in found:
        if deed.kind == SPLIT or "keep" not in deed.body:
            joined = None
        else:
            joined = Joined(
                stream=deed.stream,
                keep=deed.body["keep"],
                other=deed.body["other"],
                reason=str(deed.body.get("reason", "")),
                by=deed.by,
                at=deed.at,
            )
    return joined
