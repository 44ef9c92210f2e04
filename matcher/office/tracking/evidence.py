"""What a placement is proved by, as a grade; and the one way placements are counted: by grade, with names.

A count without proof is what masked county 2020 四(一) forbids (数字输转). The grades and their reading are data
(`evidence.toml`). Grade D never enters a total: it is told beside it, with the names, for somebody to prove.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from matcher.errors import InvalidInput
from matcher.records import EvidenceKind, Placement

FILE = "evidence.toml"


class Grade(StrEnum):
    """How well a placement is proved, best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Why(StrEnum):
    """Why a placement is left out of a total."""

    FOUND_FALSE = "found_false"
    FUTURE = "future"
    NO_EVIDENCE = "no_evidence"
    NO_CHECKER = "no_checker"


class Graded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A grade in words; needs : groups of kinds, all groups must be met, each by one of its kinds."""

    grade: Grade
    label: str
    reading: str
    needs: tuple[Annotated[tuple[EvidenceKind, ...], msgspec.Meta(min_length=1)], ...]


class Undated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The best grade that proof without a day gives."""

    at_most: Grade


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The grades, best first, the document they read and how; left_out : words of each `Why`."""

    document: str
    clause: str
    reading: str
    grade: tuple[Graded, ...]
    undated: Undated
    left_out: dict[Why, str]

    def of(self, grade: Grade) -> Graded:
        """The words of a grade."""
        return next(one for one in self.grade if one.grade is grade)


@cache
def definition() -> Definition:
    """The committed definition."""
    return read_definition(resources.files(__package__).joinpath(FILE).read_text("utf-8"))


def read_definition(text: str) -> Definition:
    """A definition of a file's text. Raises InvalidInput unless each grade stands once, best first, D without needs."""
    try:
        read = msgspec.convert(tomllib.loads(text), Definition)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the grades of evidence do not fit: {error}", where=FILE) from None
    if [one.grade for one in read.grade] != list(Grade) or read.grade[-1].needs or set(read.left_out) != set(Why):
        raise InvalidInput(
            "grades A, B, C, D must stand once each in this order, D needs nothing, each reason has words",
            where=FILE,
            remedy="Mend the file.",
        )
    return read


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A placement with its grade on a day, and why it is left out of totals (None where it counts).

    kinds : of evidence that holds on the day; n_future : pieces dated after it, which prove nothing yet
    """

    placement: Placement
    grade: Grade
    why: Why | None
    kinds: tuple[EvidenceKind, ...] = ()
    n_future: int = 0

    @property
    def counts(self) -> bool:
        """Whether it enters a total."""
        return self.why is None


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """People placed, each counted once under the best proof there is of them.

    total : people of grades A to C; by_grade : how many of each grade, D beside the total, never in it
    names : worker ids of each grade, sorted, so that every figure opens the people behind it
    left_out : the placements of those not counted, why each; proofs : all placements asked about, as given
    """

    on: date
    total: int
    by_grade: Mapping[Grade, int]
    names: Mapping[Grade, tuple[str, ...]]
    left_out: tuple[Proof, ...]
    proofs: tuple[Proof, ...]


def proof_of(placement: Placement, on: date, definition: Definition, refuted: Collection[str] = ()) -> Proof:
    """What proves a placement on a day. refuted : ids of placements that somebody looked at by then and found false.

    Papers of what was found false prove nothing.
    Evidence dated after the day is no evidence of it. Whoever has a paper but nobody's name under it (no checker of the
    placement, nobody on any piece) is left out too: grade D.
    """
    held = [one for one in placement.evidence if one.on is None or one.on <= on]
    n_future = len(placement.evidence) - len(held)
    kinds = tuple(dict.fromkeys(one.kind for one in held))
    dated = {one.kind for one in held if one.on is not None}
    grade = _grade(definition, dated)
    if len(dated) < len(kinds):
        grade = min(grade, max(_grade(definition, set(kinds)), definition.undated.at_most))
    why: Why | None = None
    if placement.placement_id in refuted:
        why = Why.FOUND_FALSE
    elif placement.start > on or (n_future and not held):
        why = Why.FUTURE
    elif grade is Grade.D:
        why = Why.NO_EVIDENCE
    elif not (placement.checked_by or any(one.by for one in held)):
        why = Why.NO_CHECKER
    return Proof(placement=placement, grade=Grade.D if why else grade, why=why, kinds=kinds, n_future=n_future)


def counted(
    placements: Iterable[Placement], on: date, by: Definition | None = None, refuted: Collection[str] = ()
) -> Counted:
    """Count people by the proof of their placements on a day; who runs on the day is the caller's to choose.

    on : as known on this day; by : the definition, the committed one if None; refuted : as `proof_of` has it
    """
    asked = by or definition()
    proofs = tuple(proof_of(placement, on, asked, refuted) for placement in placements)
    best: dict[str, Grade] = {}
    for proof in proofs:
        worker = proof.placement.worker_id
        best[worker] = min(best.get(worker, Grade.D), proof.grade)
    names = {grade: tuple(sorted(one for one, found in best.items() if found is grade)) for grade in Grade}
    by_grade = {grade: len(people) for grade, people in names.items()}
    left_out = tuple(one for one in proofs if best[one.placement.worker_id] is Grade.D)
    total = sum(n for grade, n in by_grade.items() if grade is not Grade.D)
    return Counted(on=on, total=total, by_grade=by_grade, names=names, left_out=left_out, proofs=proofs)


def _grade(definition: Definition, kinds: set[EvidenceKind]) -> Grade:
    """The best grade whose groups are all met; D needs nothing."""
    return next(one.grade for one in definition.grade if all(kinds.intersection(group) for group in one.needs))
