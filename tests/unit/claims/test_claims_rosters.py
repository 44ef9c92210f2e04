"""Claims of trainees and stations: from the roster of a class that was held and the record of a station."""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest
from claims_office import POOR, TOWN, as_, office

from matcher.errors import Conflict, InvalidInput
from matcher.office.claims.programmes import Plan, Programme, ProgrammeKind
from matcher.office.claims.record import ClaimState
from matcher.office.claims.rosters import open_months, station_entries
from matcher.services.claims.decide import approve_claim, tick_paper
from matcher.services.claims.desk import find_claim
from matcher.services.claims.measures import measures_told
from matcher.services.claims.pay import make_payment
from matcher.services.claims.programme_forms import ClassFacts, amend_class
from matcher.services.claims.programmes import record_programmes
from matcher.services.claims.propose import propose_placements
from matcher.services.claims.show import claim_told

RICH = msgspec.structs.replace(POOR, worker_id="w-2", registered_poor=False)
UNKNOWN = msgspec.structs.replace(POOR, worker_id="w-3", registered_poor=None)
PRE_JOB = {
    "kind": "class", "title": "岗前培训", "on": "2018-05-02", "until": "2018-05-03", "people": ["w-1", "w-2", "w-3"],
    "course": "pre_job", "days": 2, "designated": True, "going_out": True, "place": TOWN,
    "paid_to": "trainee", "paid_by": "县人社〔2018〕5号",
}  # fmt: skip
SKILL = PRE_JOB | {"title": "缝纫", "course": "skill", "going_out": None}


@pytest.fixture
def desk(tmp_path):
    with office(tmp_path, POOR, RICH, UNKNOWN) as opened:
        yield opened


def held(desk, plan, came=("w-1", "w-2", "w-3"), name="k-1"):
    lines = [{"id": name, "plan": plan}, {"id": name, "result": {"came": list(came)}}]
    record_programmes(desk, map(json.dumps, lines))


def outcomes(desk, benefit):
    found = propose_placements(desk, benefit_id=benefit)
    return {one.proposal.claim.persons[0]: one.proposal.outcome for one in found}


def test_each_trainee_of_a_class_that_was_held_is_one_claim(desk):
    held(desk, PRE_JOB)
    told = outcomes(desk, "A-PRE")
    assert told == {"w-1": "eligible", "w-2": "not_eligible", "w-3": "needs_review"}
    again = propose_placements(desk, benefit_id="A-PRE")
    assert not any(one.written for one in again)
    [good] = [one for one in again if one.proposal.outcome == "eligible"]
    assert (good.proposal.amount_fen, good.proposal.claim.on) == (30_000, date(2018, 5, 3))
    assert good.proposal.source == "class:k-1:w-1"


def test_a_class_to_come_or_without_a_roster_claims_nothing(desk):
    record_programmes(desk, [json.dumps({"id": "k-1", "plan": PRE_JOB})])
    assert outcomes(desk, "A-PRE") == {}
    held(desk, PRE_JOB, came=())
    assert outcomes(desk, "A-PRE") == {}


def test_a_course_is_asked_for_its_own_benefit_alone(desk):
    held(desk, SKILL, came=["w-1"])
    assert outcomes(desk, "A-PRE") == {}
    assert outcomes(desk, "A-SKL") == {"w-1": "needs_config"}


@pytest.mark.parametrize("fact", ["days", "designated", "going_out", "course"])
def test_what_nobody_wrote_of_a_class_is_asked_for(desk, fact):
    held(desk, PRE_JOB | {fact: None}, came=["w-1"])
    [found] = propose_placements(desk, benefit_id="A-PRE")
    if fact == "course":
        assert found.proposal.outcome == "eligible"
    else:
        assert found.proposal.outcome == "needs_review"
        assert found.proposal.facts_missing


def test_papers_of_the_roster_and_the_register_are_there_and_a_changed_result_stops_the_approval(desk):
    held(desk, PRE_JOB, came=["w-1"])
    [found] = propose_placements(desk, benefit_id="A-PRE")
    told = claim_told(desk, found.claim_id)
    assert {one["paper"]: one["held"] for one in told["papers"]}["attendance_list"] is True
    held(desk, PRE_JOB, came=["w-2"])
    with pytest.raises(Conflict):
        approve_claim(as_(desk, "a"), found.claim_id)


STATION = {"kind": "station", "title": "百朋镇工作站", "on": "2018-01-01", "place": TOWN}


def test_a_station_is_claimed_for_its_year_and_paid_once_the_year_is_over(desk):
    record_programmes(desk, [json.dumps({"id": "s-1", "plan": STATION})])
    [found] = propose_placements(desk, benefit_id="A-ST")
    told = found.proposal
    assert (told.outcome, told.facts, told.claim.on) == (
        "needs_review", {"stations": 1, "months": 12}, date(2018, 12, 31),
    )  # fmt: skip
    assert [one.code for one in told.why] == ["day_to_come"]
    over = as_(desk, "officer-a", date(2018, 12, 31))
    [ready] = [one for one in propose_placements(over, benefit_id="A-ST") if one.claim_id == found.claim_id]
    assert (ready.proposal.outcome, ready.proposal.amount_fen is not None) == ("eligible", True)
    tick_paper(over, found.claim_id, "station_list", held=True)
    for actor in ("a", "b"):
        approve_claim(as_(over, actor, over.on), found.claim_id)
    assert find_claim(over, found.claim_id).state is ClaimState.APPROVED
    assert claim_told(over, found.claim_id)["claimant"] == "百朋镇工作站"
    assert measures_told(over)["classes"] == []


def test_part_of_a_year_is_for_review_as_the_document_has_no_rule_for_it(desk):
    record_programmes(desk, [json.dumps({"id": "s-1", "plan": STATION | {"on": "2018-04-15"}})])
    over = as_(desk, "officer-a", date(2018, 12, 31))
    [found] = [one for one in propose_placements(over, benefit_id="A-ST") if one.proposal.claim.on.year == 2018]
    assert (found.proposal.facts["months"], found.proposal.outcome) == (8, "needs_review")
    assert "no_part_year_rule" in [one.code for one in found.proposal.why]


@pytest.mark.parametrize(
    ("opened", "closed", "n"),
    [
        (date(2017, 6, 1), None, 12),
        (date(2018, 1, 1), date(2018, 12, 31), 12),
        (date(2018, 1, 2), None, 11),
        (date(2018, 1, 1), date(2018, 12, 30), 11),
        (date(2019, 1, 1), None, 0),
        (date(2016, 1, 1), date(2017, 12, 31), 0),
    ],
)
def test_only_whole_months_of_the_year_count(opened, closed, n):
    plan = Plan(kind=ProgrammeKind.STATION, title="站", on=opened, until=closed, place=TOWN)
    station = Programme(programme_id="s", plan=plan)
    assert open_months(station, 2018) == n
    assert [one.year for one in station_entries([station], date(2018, 6, 1))].count(2018) == (n > 0)


def agreed(desk, claim_id):
    """Tick what lacks, and two people agree."""
    for paper in find_claim(desk, claim_id).missing:
        tick_paper(desk, claim_id, paper, held=True)
    for actor in ("a", "b"):
        approve_claim(as_(desk, actor), claim_id)
    return make_payment(desk).lines


def test_whom_the_document_does_not_name_is_paid_once_the_county_says_by_which_paper(desk):
    held(desk, PRE_JOB | {"paid_to": None, "paid_by": ""}, came=["w-1"])
    [found] = propose_placements(desk, benefit_id="A-PRE")
    told = found.proposal
    assert (told.outcome, told.amount_fen) == ("needs_config", None)
    assert "payee_not_in_document" in [one.code for one in told.why]
    amend_class(desk, "k-1", ClassFacts(course="pre_job", days=2, designated=True, going_out=True,
                                        paid_to="trainee", paid_by="县人社〔2018〕5号"))  # fmt: skip
    [again] = propose_placements(desk, benefit_id="A-PRE")
    assert (again.claim_id, again.proposal.outcome, again.proposal.amount_fen) == (found.claim_id, "eligible", 30_000)
    assert claim_told(desk, found.claim_id)["funds"] == ["中央、自治区、市下达的扶贫专项资金"]
    [line] = agreed(desk, found.claim_id)
    assert (line.payee, line.payee_kind, line.amount_fen) == ("w-1", "trainee", 30_000)


def test_an_institution_is_paid_by_its_name(desk):
    held(desk, PRE_JOB | {"paid_to": "institution", "institution": "样例职业培训学校"}, came=["w-1"])
    [found] = propose_placements(desk, benefit_id="A-PRE")
    assert claim_told(desk, found.claim_id)["claimant"] == "样例职业培训学校"
    [line] = agreed(desk, found.claim_id)
    assert (line.payee, line.payee_kind) == ("样例职业培训学校", "institution")


@pytest.mark.parametrize(
    "call",
    [
        ClassFacts(paid_to="trainee"),
        ClassFacts(paid_to="institution", paid_by="县人社〔2018〕5号"),
        ClassFacts(paid_to="nobody", paid_by="县人社〔2018〕5号"),
        ClassFacts(course="x"),
    ],
)
def test_it_is_not_decided_without_paper_institution_or_word(desk, call):
    held(desk, PRE_JOB | {"paid_to": None}, came=["w-1"])
    with pytest.raises(InvalidInput):
        amend_class(desk, "k-1", call)
