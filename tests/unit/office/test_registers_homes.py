"""The goal per household and its next step; scheduling of a village as a fold over its deeds."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from matcher.errors import Conflict, InvalidInput
from matcher.office.registers import schedule
from matcher.office.registers.homes import Step, goal, homes, next_skill, next_step, one_skill
from matcher.office.registers.rules import Rules
from matcher.office.registers.standing import Day, standings
from matcher.office.registers.work import Span
from matcher.policy import Conventions, standard_packs
from matcher.records import Household, Placement, PoorStatus, Worker
from matcher.records.deeds import Deed

ON = date(2018, 6, 1)
RULES = Rules(standard_packs(), Conventions())
NOON = datetime(2018, 6, 1, 4, tzinfo=UTC)


def worker(name, household="h1", **fields):
    told = {
        "place_code": "450206100201", "registered_poor": True, "labour_ability": "normal", "wish_to_work": True,
        "wish_to_go_out": True,
        "employment_status": "unemployed", "household_id": household, "birth_date": date(1980, 1, 1),
    }  # fmt: skip
    return msgspec.convert({"worker_id": name, **told, **fields}, Worker)


def found(people, rows=(), placements=()):
    day = Day(Span(2018, ON, 2017), RULES, standard_packs().vocabulary, known={one.worker_id for one in people})
    by_id = {one.worker_id: one for one in people}
    return homes(rows, standings(people, placements, day), by_id), by_id


def placed(worker_id):
    return msgspec.convert(
        {"placement_id": f"p{worker_id}", "worker_id": worker_id, "start": date(2018, 1, 1),
         "evidence": [{"kind": "contract", "by": "liang"}]},
        Placement,
    )  # fmt: skip


def test_one_in_work_by_evidence_is_enough_and_a_household_without_is_missing():
    told, _ = found([worker("w1"), worker("w2"), worker("w3", "h2")], placements=[placed("w1")])
    result = goal(told, RULES)
    assert (result.outcome, result.counted, result.missing, result.open) == ("not_met", 2, ("h2",), ())


def test_nobody_in_work_is_no_fact_while_somebody_able_is_not_on_the_roster():
    rows = [Household(household_id="h1", able_members=2)]
    told, _ = found([worker("w1")], rows)
    assert goal(told, RULES).open == ("h1",)
    told, _ = found([worker("w1"), worker("w2")], rows)
    assert goal(told, RULES).missing == ("h1",)


def test_a_child_on_the_roster_is_no_labour_and_is_asked_nothing():
    child = {"birth_date": date(2010, 5, 5), "labour_ability": None, "employment_status": None, "wish_to_work": None}
    rows = [Household(household_id="h1", able_members=2)]
    told, _ = found([worker("w0", **child), worker("w1")], rows)
    assert goal(told, RULES).open == ("h1",)
    (home,), by_id = found([worker("w0", **child), worker("w1", wish_to_work=None, wish_to_go_out=None)])
    assert (home.row.able, next_step(home, by_id, lambda _: 0).worker_id) == (1, "w1")
    (home,), _ = found([worker("w0", **child), worker("w2", labour_ability="none")])
    assert (home.row.able, goal([home], RULES)[:3]) == (0, ("met", 0, ()))


def test_a_household_nobody_recorded_a_place_or_a_member_of_is_one_to_look_into_and_stops_no_page():
    (home,), _ = found([], [Household(household_id="h9", able_members=1, poor_status=PoorStatus.REGISTERED)])
    assert (home.place, goal([home], RULES).open) == ("x", ("h9",))


def test_a_typed_number_of_members_in_work_decides_nothing():
    rows = [Household(household_id="h1", able_members=1, employed_members=1)]
    told, _ = found([worker("w1")], rows)
    assert goal(told, RULES).missing == ("h1",)


@pytest.mark.parametrize(
    ("fields", "n_posts", "step"),
    [
        ({}, 3, (Step.OFFER, "w1", "", 3)),
        ({"wish_to_go_out": False}, 3, (Step.OFFER, "w1", "", 3)),
        ({"wish_to_work": None, "wish_to_go_out": None}, 3, (Step.QUESTION, "w1", "wish_to_go_out", 0)),
        ({}, 0, (Step.TRAINING, "w1", "", 0)),
        ({"wish_to_work": False, "wish_to_train": True}, 3, (Step.TRAINING, "w1", "", 0)),
        ({"wish_to_work": False, "consent": {"plot": True}}, 3, (Step.PLOT, "w1", "", 0)),
        ({"wish_to_work": False, "consent": {"plot": False}}, 3, (Step.VISIT, "", "", 0)),
    ],
)
def test_the_next_step_is_the_nearest_to_work(fields, n_posts, step):
    (home,), by_id = found([worker("w1", **fields)])
    assert tuple(next_step(home, by_id, lambda _: n_posts)) == step


def test_one_skill_a_household_is_counted_where_the_document_asks_for_it():
    persons = standard_packs()["liujiang_2018"].parameter("skill_plan_persons_per_household")
    people = [worker("w1", skills=["缝纫"]), worker("w2", "h2", skills=[]), worker("w3", "h3")]
    told, _ = found(people)
    kept, short, unknown = one_skill(told, persons)
    assert [[home.row.household_id for home in each] for each in (kept, short, unknown)] == [["h1"], ["h2"], ["h3"]]


@pytest.mark.parametrize(
    ("fields", "step"),
    [
        ({"skills": [], "wish_to_train": True}, (Step.TRAINING, "w1", "")),
        ({"wish_to_train": True}, (Step.QUESTION, "w1", "skills")),
        ({"skills": []}, (Step.QUESTION, "w1", "wish_to_train")),
        ({"skills": [], "wish_to_train": False}, (Step.VISIT, "", "")),
        ({"labour_ability": "none", "wish_to_train": True}, (Step.VISIT, "", "")),
    ],
)
def test_a_household_without_a_skill_has_a_step_towards_one_even_with_somebody_in_work(fields, step):
    (home,), by_id = found([worker("w1", **fields)], placements=[placed("w1")])
    assert tuple(next_skill(home, by_id))[:3] == step


def deeds(*new):
    return [
        Deed(number=nr, stream="village:x:2018", seq=nr, kind=one.kind, at=one.at, on=one.on, by=one.by, body=one.body)
        for nr, one in enumerate(new, 1)
    ]


STEP = schedule.Step(actor="officer", at=NOON, on=ON)


def test_scheduling_opens_with_the_first_broker_and_ends_only_once_recovered():
    first = schedule.assign([], "b1", "先问三户", STEP, below=True)
    state = schedule.scheduled(deeds(*first))
    assert (state.broker, state.since, state.note) == ("b1", ON, "先问三户")
    assert schedule.assign(deeds(*first), "b1", "先问三户", STEP, below=True) == []
    with pytest.raises(InvalidInput):
        schedule.close(deeds(*first), STEP, recovered=False)
    freed = [*first, *schedule.release(deeds(*first), STEP)]
    state = schedule.scheduled(deeds(*freed))
    assert (state.broker, state.open) == ("", True)
    other = [*freed, *schedule.assign(deeds(*freed), "b2", "", STEP, below=False)]
    assert schedule.scheduled(deeds(*other)).broker == "b2"
    closed = [*other, *schedule.close(deeds(*other), STEP, recovered=True)]
    state = schedule.scheduled(deeds(*closed))
    assert (state.open, state.broker, state.closed_on) == (False, "", ON)


def test_nothing_is_taken_ended_or_given_that_is_not_there():
    with pytest.raises(InvalidInput):
        schedule.assign([], "b1", "", STEP, below=False)
    with pytest.raises(Conflict):
        schedule.release([], STEP)
    with pytest.raises(Conflict):
        schedule.close([], STEP, recovered=True)
