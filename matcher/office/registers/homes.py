"""At least one in work per able registered household, and one skill: counted, and the next step of those it misses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from matcher.office.registers.rules import Goal, HouseholdRow, Rules
from matcher.office.registers.standing import COARSE, Standing, village_of
from matcher.policy.evaluation.conventions import within
from matcher.policy.evaluation.logic import Truth
from matcher.policy.rule_types import Parameter
from matcher.records import Household, PoorStatus, Worker

PERSONS_A_HOUSEHOLD, SKILLS_A_PERSON = "skill_plan_persons_per_household", "skill_plan_skills_per_person"
_POOR = frozenset({PoorStatus.REGISTERED, PoorStatus.OUT})


class Step(StrEnum):
    """What to do next for a household, the nearest to work first."""

    OFFER = "offer"
    QUESTION = "question"
    TRAINING = "training"
    PLOT = "plot"
    VISIT = "visit"


class Next(NamedTuple):
    """The next step. worker_id : with whom, "" the whole household; asks : field to ask for; n_posts : that suit."""

    step: Step
    worker_id: str = ""
    asks: str = ""
    n_posts: int = 0


class Home(NamedTuple):
    """One household on the day. row : what the rule reads; skilled : members with a skill, None = nobody recorded."""

    place: str
    row: HouseholdRow
    members: tuple[Standing, ...]
    skilled: int | None


def homes(households: Iterable[Household], people: Iterable[Standing], workers: Mapping[str, Worker]) -> list[Home]:
    """Households that may be on the register of the poor, by id; one without a row of its own by its members.

    How many are able is what the household's row says, else its able members on the roster. Nobody in work is a fact
    only once as many members as are able are known: others may work where nobody looked.
    """
    members: dict[str, list[Standing]] = {}
    for one in people:
        if one.household_id:
            members.setdefault(one.household_id, []).append(one)
    rows = {home.household_id: home for home in households}
    told = []
    for household_id in sorted({*members, *(name for name, home in rows.items() if home.poor_status in _POOR)}):
        home = _home(household_id, rows.get(household_id), members.get(household_id, ()), workers)
        if home is not None:
            told.append(home)
    return told


def goal(found: Sequence[Home], rules: Rules) -> Goal:
    """LJ_HOUSEHOLD_GOAL over households."""
    return rules.goal([home.row for home in found])


def one_skill(found: Iterable[Home], persons: Parameter) -> tuple[list[Home], list[Home], list[Home]]:
    """Registered able households that have the people with a skill the document asks for, lack them, nobody knows."""
    kept: list[Home] = []
    short: list[Home] = []
    unknown: list[Home] = []
    for home in found:
        if not home.row.poor or not home.row.able:
            continue
        if home.skilled is None:
            unknown.append(home)
        else:
            (kept if within(home.skilled, persons.operator, int(persons.value)) else short).append(home)
    return kept, short, unknown


def next_step(home: Home, workers: Mapping[str, Worker], posts_of: Callable[[str], int]) -> Next:
    """The best next step of a household nobody of which is in work: an offer before a question before a course.

    posts_of : worker id -> posts that suit
    """
    able = [one for one in home.members if one.able is not False]
    offers = [(posts_of(one.worker_id), one.worker_id) for one in able if one.seeks]
    n_posts, worker_id = max(offers, default=(0, ""))
    if n_posts:
        return Next(Step.OFFER, worker_id, n_posts=n_posts)
    for one in able:
        asks = next((field for field in one.unclear if field != "identity"), "")
        if asks:
            return Next(Step.QUESTION, one.worker_id, asks=asks)
    for one in able:
        worker = workers.get(one.worker_id)
        if worker is not None and (worker.wish_to_train or one.seeks):
            return Next(Step.TRAINING, one.worker_id)
    for one in able:
        worker = workers.get(one.worker_id)
        if worker is not None and worker.consent is not None and worker.consent.plot:
            return Next(Step.PLOT, one.worker_id)
    return Next(Step.VISIT)


def next_skill(home: Home, workers: Mapping[str, Worker]) -> Next:
    """The next step where too few have a skill: somebody without any who wishes to learn, else whom to ask."""
    able = [workers[one.worker_id] for one in home.members if one.able is not False and one.worker_id in workers]
    lacking = [one for one in able if not _has_skill(one)]
    unasked = [one for one in lacking if one.skills is None and one.certificates is None]
    for step, asks, who in (
        (Step.TRAINING, "", [one for one in lacking if one.wish_to_train and one not in unasked]),
        (Step.QUESTION, "skills", unasked),
        (Step.QUESTION, "wish_to_train", [one for one in lacking if one.wish_to_train is None]),
    ):
        if who:
            return Next(step, who[0].worker_id, asks=asks)
    return Next(Step.VISIT)


def _has_skill(worker: Worker) -> bool:
    return bool(worker.skills or worker.certificates)


def _home(
    household_id: str, row: Household | None, members: Sequence[Standing], workers: Mapping[str, Worker]
) -> Home | None:
    poor = _poor(row, members)
    if poor is False:
        return None
    able = _able(row, members)
    return Home(
        place=_place(row, members),
        row=HouseholdRow(household_id, able, _employed(members, able), poor),
        members=tuple(members),
        skilled=_skilled([workers[one.worker_id] for one in members if one.worker_id in workers]),
    )


def _place(row: Household | None, members: Sequence[Standing]) -> str:
    """Where the members live, else where the household's own row says; COARSE where nobody recorded any place."""
    if members:
        return members[0].place
    code = (row.place_code or row.site_code) if row is not None else None
    return village_of(code) if code else COARSE


def _poor(row: Household | None, members: Iterable[Standing]) -> Truth:
    told = [one.poor for one in members]
    if True in told:
        return True
    if row is not None and row.poor_status is not None:
        return row.poor_status in _POOR
    return None if told else False


def _able(row: Household | None, members: Sequence[Standing]) -> int | None:
    if row is not None and row.able_members is not None:
        return row.able_members
    known = sum(one.able is True for one in members)
    return known or (None if not members or any(one.able is None for one in members) else 0)


def _employed(members: Sequence[Standing], able: int | None) -> int | None:
    """Members in work by evidence; None where there may be one nobody knows of."""
    n_employed = sum(one.employed is True for one in members)
    if n_employed:
        return n_employed
    known = sum(one.able is not False for one in members)
    if any(one.employed is None for one in members) or known < (able or 0):
        return None
    return 0


def _skilled(workers: Sequence[Worker]) -> int | None:
    if all(one.skills is None and one.certificates is None for one in workers):
        return None
    return sum(map(_has_skill, workers))
