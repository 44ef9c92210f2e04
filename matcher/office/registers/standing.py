"""Everybody as the registers see them on a day, worked out of dated facts alone; a status somebody typed decides none.

A typed status that says "in work" without a placement makes the person one to verify, never one in work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from matcher.geography import significant
from matcher.office.registers.rules import TOO_YOUNG, Candidate, Rules
from matcher.office.registers.work import NO_WORK, Span, Work, work_of
from matcher.policy import worker_flags
from matcher.policy.evaluation.evaluate import Answer
from matcher.policy.evaluation.logic import Truth
from matcher.policy.types import Vocabulary
from matcher.records import EmploymentStatus, LabourAbility, Placement, Worker

VILLAGE_DIGITS: Final = 12
COARSE: Final = "x"
IDENTITY, ABILITY, STATUS, WISH = "identity", "labour_ability", "employment_status", "wish_to_go_out"
SAID_IN_WORK: Final = frozenset({EmploymentStatus.EMPLOYED, EmploymentStatus.OWN_BUSINESS, EmploymentStatus.FLEXIBLE})


class Standing(NamedTuple):
    """One person on the day.

    place : as of `village_of`; databases, review : LJ_DB, reasons nobody can judge
    able : False of a child as well, whatever is recorded: rosters list whole households
    seeks : wishes to work at all; wish : wishes to go out to work, see `wish_to_go_out`
    listed : years in which the national system has an entry of work of theirs
    lists : MC_LISTS; unproved : said to be in work, no proof of it counts; unclear : MC_COMPLETE
    """

    worker_id: str
    place: str
    household_id: str
    poor: Truth
    relocated: Truth
    able: Truth
    employed: Truth
    seeks: Truth
    wish: Truth
    returned: Truth
    listed: tuple[int, ...]
    databases: tuple[str, ...]
    review: tuple[str, ...]
    lists: tuple[str, ...]
    unproved: bool
    unclear: tuple[str, ...]
    work: Work


class Day(NamedTuple):
    """What a day's standings are worked out under.

    known : ids whose name and number of identity are recorded; refuted : of placements found false by the day
    """

    span: Span
    rules: Rules
    vocabulary: Vocabulary
    known: Collection[str] = frozenset()
    refuted: Collection[str] = frozenset()


def standings(workers: Iterable[Worker], placements: Iterable[Placement], day: Day) -> list[Standing]:
    """The people of the registers, in the order given: whoever is on the poor register or may be.

    Who is known not to be on it stands in no list of these documents and is left out.
    """
    on = day.span.on
    held: list[tuple[Worker, Truth, Truth]] = []
    for worker in workers:
        poor, relocated = _groups(worker, on, day.vocabulary)
        if poor is not False:
            held.append((worker, poor, relocated))
    candidates = [Candidate(worker.birth_date, able_of(worker), poor, moved) for worker, poor, moved in held]
    answers = day.rules.databases(candidates, on)
    theirs = _by_worker(placements, {worker.worker_id for worker, _, _ in held})
    return [
        _standing(worker, candidate, answer, theirs.get(worker.worker_id, ()), day)
        for (worker, _, _), candidate, answer in zip(held, candidates, answers, strict=True)
    ]


def able_of(worker: Worker) -> Truth:
    """Whether somebody can work at all; None where nobody recorded it."""
    return None if worker.labour_ability is None else worker.labour_ability is not LabourAbility.NONE


def wish_to_go_out(worker: Worker) -> Truth:
    """Whether somebody wishes to go out to work; None where nobody asked.

    Who does not wish to work does not wish to go out either. Who wishes to work may wish to stay: that is asked.
    """
    return False if worker.wish_to_work is False else worker.wish_to_go_out


def years_listed(worker: Worker) -> tuple[int, ...]:
    """The years a worker is entered with, as far as they are years."""
    told = (text.strip().removesuffix("年") for text in worker.system_work_years or ())
    return tuple(int(text) for text in told if text.isdecimal() and text.isascii())


def village_of(place_code: str) -> str:
    """Digits of the village a home lies in; all that is known of it, and COARSE, where that is less.

    With the mark it is a place of its own, and no beginning of the codes of villages.
    """
    digits = significant(place_code)[:VILLAGE_DIGITS]
    return digits if len(digits) == VILLAGE_DIGITS else digits + COARSE


def _groups(worker: Worker, on: date, vocabulary: Vocabulary) -> tuple[Truth, Truth]:
    """On the register of the poor, relocated: each on the day."""
    flags = worker_flags(worker, on=on, vocabulary=vocabulary)
    return flags["registered_poor"], flags["relocated"]


def _by_worker(placements: Iterable[Placement], ids: Collection[str]) -> dict[str, list[Placement]]:
    found: dict[str, list[Placement]] = {}
    for placement in placements:
        if placement.worker_id in ids:
            found.setdefault(placement.worker_id, []).append(placement)
    return found


def _standing(worker: Worker, one: Candidate, answer: Answer, placements: Sequence[Placement], day: Day) -> Standing:
    work = work_of(placements, worker.place_code, day.span, day.refuted) if placements else NO_WORK
    said = worker.employment_status in SAID_IN_WORK
    employed = None if work.employed is False and said else work.employed
    returned = None if worker.returned_on is None else worker.returned_on <= day.span.on
    wish = wish_to_go_out(worker)
    reasons = answer.get("reasons") or ()
    return Standing(
        worker_id=worker.worker_id,
        place=village_of(worker.place_code),
        household_id=worker.household_id or "",
        poor=one.poor,
        relocated=one.relocated,
        able=False if TOO_YOUNG in reasons else one.able,
        employed=employed,
        seeks=worker.wish_to_work,
        wish=wish,
        returned=returned,
        listed=years_listed(worker),
        databases=tuple(answer.get("databases") or ()),
        review=tuple(reasons) if answer.get("outcome") == "needs_review" else (),
        lists=day.rules.lists(poor=one.poor, employed=employed, wish=wish, returned=returned),
        unproved=bool(one.poor) and employed is None,
        unclear=day.rules.unclear(
            **{
                IDENTITY: "known" if worker.worker_id in day.known else None,
                ABILITY: worker.labour_ability.value if worker.labour_ability else None,
                STATUS: _status(employed, worker, placements),
                WISH: None if wish is None else str(wish),
            }
        ),
        work=work,
    )


def _status(employed: Truth, worker: Worker, placements: Sequence[Placement]) -> str | None:
    """State of work as far as it is clear: proved, or stated as none; None where nobody recorded any or proof lacks."""
    if employed:
        return "in_work"
    if employed is None or (worker.employment_status is None and not placements):
        return None
    return "not_in_work"
