"""Two records of one worker as one person: a decision, never a rewriting; taken back, both stand as they did.

The records and every dated fact of theirs stay where they are. What joins them is a deed, and whoever counts people
reads through `matcher.services.ground.same_person`, so that a person is counted once wherever it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.linkage import Cells, Entry, doubles, entry_of, evidence_of, scale_of, weights
from matcher.ports import DeedStore, RosterStore
from matcher.records import Identity, Kind, Worker
from matcher.records.deeds import Deed, NewDeed
from matcher.services.ground.same_person import MERGED, SAME, SPLIT, Joined, joined_people, standing

_GUARD: Final = "one-person:"


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """The call: `other` is the same person as `keep`, whose record goes on."""

    keep: str
    other: str
    reason: str
    by: str
    on: date
    at: datetime


def merge(deeds: DeedStore, store: RosterStore, call: Merge) -> Joined:
    """Say that two records are one person.

    Raises NotFound for a record that is not there, InvalidInput for one record twice, Conflict if `other` is joined
    to another record already or other records are joined to it (a chain would hide who stands for whom).
    """
    if call.keep == call.other:
        raise InvalidInput("这是同一条记录", remedy="请选两条不同的记录。")
    known = {record.worker_id for record in _workers(store, (call.keep, call.other))}
    if known != {call.keep, call.other}:
        raise NotFound("没有这个人", remedy="请从名单重新点进来。")
    stream = SAME + ":".join(sorted((call.keep, call.other)))
    body = {"keep": call.keep, "other": call.other, "reason": call.reason}
    people = (call.keep, call.other)
    new = NewDeed(
        kind=MERGED, at=call.at, on=call.on, by=call.by, subjects=people, body=body, takes=(_GUARD + call.other,)
    )

    def decide(before: tuple[Deed, ...]) -> Sequence[NewDeed]:
        if standing(before):
            raise Conflict("这两条刚才已经有人合了", remedy="不用再合。")
        # Asked while nobody else writes: of A to B and B to C said at once the second finds the first.
        joined = joined_people(deeds)
        chained = {one for pair in joined for one in (pair.keep, pair.other)} & {call.other}
        ends = {pair.other for pair in joined} & {call.keep}
        if chained or ends:
            raise Conflict("其中一条已经和别的记录合在一起了", remedy="请先把那一对分开，再合这一对。")
        return (new,)

    made = standing(deeds.act(stream, decide))
    if made is None:
        raise NotFound("没有合成", where=stream, remedy="请再试一次。")
    return made


def split(deeds: DeedStore, stream: str, *, reason: str, by: str, on: date, at: datetime) -> None:
    """Take a decision back: both records stand for themselves again. Raises NotFound, Conflict."""

    def decide(before: tuple[Deed, ...]) -> Sequence[NewDeed]:
        held = standing(before)
        if not before:
            raise NotFound("没有这一对", remedy="请从名单重新点进来。")
        if held is None:
            raise Conflict("这一对已经分开了", remedy="不用再分。")
        people, body = (held.keep, held.other), {"reason": reason}
        return (NewDeed(kind=SPLIT, at=at, on=on, by=by, subjects=people, body=body, frees=(_GUARD + held.other,)),)

    deeds.act(stream, decide)


def likely_doubles(store: RosterStore, on: date) -> list[dict[str, Any]]:
    """Pairs of records of our own rosters that are likely one person, surest first, with the evidence; whole names."""
    workers = [record for record in store.records(Kind.WORKERS) if isinstance(record, Worker)]
    identities = store.identities([worker.worker_id for worker in workers])
    entries = [_entry(worker, identities.get(worker.worker_id), on) for worker in workers]
    scale = scale_of(entries, entries)
    found = doubles(entries, scale, weights(), range(len(entries)))
    return [
        {
            "keep": workers[a].worker_id,
            "other": workers[b].worker_id,
            "points": points,
            "evidence": [msgspec.to_builtins(line) for line in evidence_of(entries[a], entries[b], scale, weights())],
        }
        for a, b, points in sorted(found, key=lambda pair: (-pair[2], pair[:2]))
    ]


def _workers(store: RosterStore, ids: Iterable[str]) -> list[Worker]:
    return [record for record in store.records(Kind.WORKERS, ids=set(ids)) if isinstance(record, Worker)]


def _entry(worker: Worker, identity: Identity | None, on: date) -> Entry:
    cells = Cells(
        name=(identity.name if identity else None) or "",
        number=(identity.id_number if identity else None) or "",
        phone=(identity.phone if identity else None) or "",
        born=worker.birth_date.isoformat() if worker.birth_date else "",
        village=worker.place_code or "",
    )
    return entry_of(1, cells, on=on)
