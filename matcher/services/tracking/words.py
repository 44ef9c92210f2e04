"""What the pages of tracking say alike: grades, evidence, a placement with its person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.office.tracking.evidence import Counted, Grade, Proof, definition
from matcher.ports import DeedStore, RosterStore
from matcher.records import EvidenceKind, Kind, Placement, Worker
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.place_words import work_words
from matcher.services.ground.same_person import stands_for

N_LISTED: Final = 50
KINDS: Final = {
    EvidenceKind.VISIT: "上门看到了",
    EvidenceKind.OWN_REPLY: "本人回复的",
    EvidenceKind.WAGE_ROLL: "工资单",
    EvidenceKind.INSURANCE: "社保记录",
    EvidenceKind.CONTRACT: "合同",
    EvidenceKind.CHECK_IN: "上岗签到",
}
"""Kinds of evidence as a form offers them, the commonest first."""


def placements_at(store: RosterStore) -> list[Placement]:
    """Every placement the store reaches."""
    return [one for one in store.records(Kind.PLACEMENTS) if isinstance(one, Placement)]


def of_persons(store: RosterStore, deeds: DeedStore, placements: Sequence[Placement]) -> Sequence[Placement]:
    """Placements with records that were said to be one person as that person's, where the store reaches it."""
    joined = stands_for(deeds)
    if not joined:
        return placements
    found = store.records(Kind.WORKERS, ids=sorted(set(joined.values())))
    there = {one.worker_id for one in found if isinstance(one, Worker)}
    mine = {other: keep for other, keep in joined.items() if keep in there}
    return [
        msgspec.structs.replace(one, worker_id=mine[one.worker_id]) if one.worker_id in mine else one
        for one in placements
    ]


def runs_on(placement: Placement, on: date) -> bool:
    """Whether somebody is at work there on a day, its last included."""
    return placement.start <= on and (placement.end is None or on <= placement.end)


def people_told(store: RosterStore, worker_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Worker -> name and phone, masked, and home."""
    found = store.records(Kind.WORKERS, ids=sorted(set(worker_ids)))
    shown = masked_people(store, [one for one in found if isinstance(one, Worker)])
    return {
        worker_id: {"worker_id": worker_id, "name": one.name, "phone": one.phone, "place": one.place}
        for worker_id, one in shown.items()
    }


def placement_told(proof: Proof, people: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A placement as a line: who, where, since when, by which proof."""
    placement, words = proof.placement, definition()
    nobody = {"worker_id": placement.worker_id, "name": "", "phone": "", "place": ""}
    return {
        **people.get(placement.worker_id, nobody),
        "placement_id": placement.placement_id,
        "employer": placement.employer_name or "",
        "work_place": work_words(placement.place_code) if placement.place_code else "",
        "start": placement.start.isoformat(),
        "end": placement.end.isoformat() if placement.end else None,
        "grade": proof.grade.value,
        "kinds": [KINDS[kind] for kind in proof.kinds],
        "left_out": words.left_out[proof.why] if proof.why else "",
    }


def grades_told(counted: Counted) -> dict[str, Any]:
    """The total with the people of each grade beside it; grade D is outside the total."""
    words = definition()
    return {
        "total": counted.total,
        "n_left_out": counted.by_grade[Grade.D],
        "grades": [
            {"grade": one.grade.value, "label": one.label, "reading": one.reading, "n": counted.by_grade[one.grade]}
            for one in words.grade
        ],
        "evidence_reading": words.reading,
        "evidence_clause": words.clause,
    }
