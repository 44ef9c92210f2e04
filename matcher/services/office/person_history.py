"""One person's whole history: what is recorded and from where, what was shown, what came of it, who looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import Erased, NotFound
from matcher.policy import pack_for, tier_of, tiers, worker_flags
from matcher.policy.binding import pack_of_homes
from matcher.policy.evaluation.labels import labels_of
from matcher.policy.tiers import GENERAL, TierResult
from matcher.policy.types import Vocabulary
from matcher.ports import AccessStore, RosterStore
from matcher.records import Fact, Household, Kind, Worker
from matcher.records.access import Role
from matcher.services.ground.named_people import named
from matcher.services.ground.rulebook import Means
from matcher.services.office.as_of import effective, worker_on
from matcher.services.office.person_path import (
    exposures_told,
    list_told,
    look_told,
    order_told,
    placements_of,
    reactions_told,
)
from matcher.services.office.words import label_of, told_fields, value_words

N_LISTS: Final = 50
N_LOOKS: Final = 50
_HOUSEHOLD: Final = ("household_id", "able_members", "employed_members", "holds_plot", "poor_status", "relocated")


class PersonHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose history, on which day labels are computed, under which pack, for which role to read.

    everywhere : the reader's regions are all of the database; else somebody erased is as unknown as somebody elsewhere
    """

    worker_id: str
    on: date
    jurisdiction: str
    role: Role
    everywhere: bool = True


def person_history(store: RosterStore, access: AccessStore, means: Means, call: PersonHistory) -> dict[str, Any]:
    """Everything kept of a person, in order. NotFound for an unknown one, Erased for one whose data were destroyed."""
    worker = _worker(store, call)
    facts = store.history(Kind.WORKERS, call.worker_id)
    lists = store.decisions_of(call.worker_id, limit=N_LISTS)
    looks = access.audit(subject=call.worker_id, limit=N_LOOKS)
    (person,) = named(store, [worker], call.role)
    return {
        "person": person,
        "on": call.on.isoformat(),
        "facts": _facts(facts),
        **_standing(worker_on(call.worker_id, facts, call.on) or worker, means, call),
        "words": _words(worker, means.packs.vocabulary),
        "household": _household(store, worker),
        "lists": [list_told(decision) for decision in lists],
        "orders": [order_told(entry) for entry in looks if entry.action == "candidates"],
        "exposures": exposures_told(store, call.worker_id, call.on),
        "placements": placements_of(store, call.worker_id),
        "reactions": reactions_told(access, store, lists),
        "looks": [look_told(entry) for entry in looks],
    }


def _worker(store: RosterStore, call: PersonHistory) -> Worker:
    for worker in store.records(Kind.WORKERS, ids=[call.worker_id]):
        if isinstance(worker, Worker):
            return worker
    if call.everywhere and store.erased([call.worker_id]):
        raise Erased("这个人的资料已按要求删除", remedy="删除后不能恢复；谁在什么时候看过，审计记录还在。")
    raise NotFound("没有这个人", remedy="请核对编号；不在您管的范围里的人，这里查不到。")


def _facts(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Every statement of every field, fields together, the newest first by the day it holds from.

    `now` marks the one that counts today.
    """
    by_field: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=effective):
        by_field.setdefault(fact.field, []).append(fact)
    order = {name: index for index, name in enumerate(Worker.__struct_fields__)}
    told = []
    for name in sorted(by_field, key=lambda name: order.get(name, len(order))):
        for index, fact in enumerate(reversed(by_field[name])):
            told.append(_fact(fact, now=index == 0))
    return told


def _fact(fact: Fact, *, now: bool) -> dict[str, Any]:
    source = fact.source
    return {
        "field": fact.field,
        "label": label_of(Kind.WORKERS, fact.field),
        "value": value_words(fact.field, msgspec.to_builtins(fact.value)),
        "now": now,
        "since": fact.since.isoformat() if fact.since else "",
        "batch_id": source.batch_id,
        "file": source.file,
        "sheet": source.sheet,
        "row": source.row,
        "by": source.by,
        "imported_on": source.imported_at.date().isoformat() if source.imported_at else "",
    }


def _standing(worker: Worker, means: Means, call: PersonHistory) -> dict[str, Any]:
    """Labels and tier of the day: computed from the facts, never stored, each with what it rests on."""
    packs = means.packs
    bound = (
        pack_for(packs, call.jurisdiction, call.on)
        if call.jurisdiction
        else pack_of_homes(packs, [worker.place_code], call.on)
    )
    flags = worker_flags(worker, on=call.on, vocabulary=packs.vocabulary)
    result = tier_of(flags, tiers(bound.pack, GENERAL))
    return {
        "labels": [
            {"name": name, "label": term.label, "holds": flags[name], "ask": term.ask if flags[name] is None else ""}
            for name, term in packs.vocabulary.flags.items()
            if name in flags and flags[name] is not False and not _of_a_pair(name)
        ],
        "tier": _tier(result, packs.vocabulary),
        "warnings": list(bound.warnings),
    }


def _words(worker: Worker, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Which group word each year's documents have for the person, as of the day it is counted to; None = unknown."""
    return [
        {
            "vocabulary": row.vocabulary,
            "counted_to": row.counted_to.isoformat(),
            "label": vocabulary.words.get(row.label) or vocabulary.flags[row.label].label,
            "holds": row.holds,
        }
        for row in labels_of(worker, vocabulary)
        if row.holds is not False
    ]


def _of_a_pair(name: str) -> bool:
    """`local` compares a home with a post; of a person alone nobody can say it."""
    return name == "local"


def _tier(result: TierResult, vocabulary: Vocabulary) -> dict[str, Any]:
    def words(names: Collection[str]) -> list[str]:
        return [vocabulary.flags[name].label for name in names if name in vocabulary.flags]

    return {
        "rank": result.rank,
        "sub_rank": result.sub_rank,
        "label": result.label,
        "document": result.document,
        "clause": result.clause,
        "because": words(result.flags_used),
        "unknown": words(result.unknown_flags),
    }


def _household(store: RosterStore, worker: Worker) -> dict[str, Any] | None:
    if not worker.household_id:
        return None
    found = [h for h in store.records(Kind.HOUSEHOLDS, ids=[worker.household_id]) if isinstance(h, Household)]
    rows = told_fields(found[0], _HOUSEHOLD) if found else []
    return {"household_id": worker.household_id, "known": bool(found), "fields": rows}
