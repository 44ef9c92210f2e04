"""A logged decision written down as a worked example: it loads, it passes, and it does not tell who."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from county import JURISDICTION, NOON, application_of
from office_desk import ON, desk, seeker

from matcher.errors import InvalidInput, NotFound
from matcher.policy import age_on, evaluate_rule, standard_packs
from matcher.policy.checks.cases import case_expected, case_inputs
from matcher.policy.types import Case
from matcher.records import Channel, Kind
from matcher.records.access import Role
from matcher.services.documents.decision_case import DecisionCase, decision_case
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.services.rounds.log_match import log_match
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.services.rounds.requests import MatchRequest

AT = NOON


@pytest.fixture(scope="module")
def run(app):
    return application_of(app)


def listed(run, worker, **how):
    call = Recommend(worker_id=worker.worker_id, on=ON, jurisdiction=JURISDICTION, top=3, seed=1, **how)
    return recommend(run.store, run.means, call, at=AT)


def elder(run):
    """Somebody of the county old enough for a plot of land."""
    people = run.store.records(Kind.WORKERS)
    return next(w for w in people if w.birth_date and age_on(w.birth_date, ON) >= 50 and w.wish_to_work)


def shown_to(run, channel: Channel | None = None):
    posts = run.store.records(Kind.VACANCIES)
    for post in posts:
        if post.open_on(ON) and (channel is None or post.channel is channel):
            call = ListCandidates(vacancy_id=post.vacancy_id, on=ON, jurisdiction=JURISDICTION, top=8, seed=1)
            answer = list_candidates(run.store, run.means, call, at=AT)
            if len(answer["lists"][0]["items"]) > 1:
                return answer
    raise AssertionError("nobody is a candidate of anything")


def stanza(run, answer, **asked) -> str:
    return decision_case(run.store, run.means, DecisionCase(decision_id=answer["decision_id"], **asked))


def read_back(text: str) -> Case:
    (table,) = tomllib.loads(text, parse_float=Decimal)["case"]
    return msgspec.convert(table, Case)


def passes(case: Case) -> bool:
    return evaluate_rule(case.rule, case_inputs(case), packs=standard_packs()) == case_expected(case)


def names_nobody(run, text: str) -> bool:
    people = run.store.records(Kind.WORKERS)
    words = {w.worker_id for w in people} | {v.vacancy_id for v in run.store.records(Kind.VACANCIES)}
    words |= {
        identity.name for identity in run.store.identities([w.worker_id for w in people]).values() if identity.name
    }
    return not any(word in text for word in words) and not re.search(r"\d{11}|d-[0-9a-f]{8}", text)


def test_the_route_of_a_list_becomes_a_case_that_passes_and_names_nobody(run):
    worker = elder(run)
    answer = listed(run, worker)
    text = stanza(run, answer)
    case = read_back(text)
    assert case.rule == "LJ_FARM_ROUTE"
    assert passes(case)
    route = answer["lists"][0]["routes"][0]
    assert (case.expected["outcome"], case.expected["reasons"]) == (route["outcome"], route["reasons"])
    assert names_nobody(run, text)
    told = case.inputs["birth_date"]
    assert age_on(told, ON) == age_on(worker.birth_date, ON)
    assert (told.month, told.day) == (ON.month, ON.day)


def test_the_order_of_candidates_becomes_a_case_that_passes_and_names_nobody(run):
    answer = shown_to(run)
    text = stanza(run, answer)
    case = read_back(text)
    items = answer["lists"][0]["items"]
    assert (case.rule, len(case.inputs["candidates"])) == ("X_PRIORITY", len(items))
    assert passes(case)
    assert case.clause
    assert names_nobody(run, text)
    ranks = [(item["tier"], item["sub_tier"]) for item in items]
    place = {name: at for at, group in enumerate(case.expected["order"]) for name in group}
    order = [place[row["id"]] for row in case.inputs["candidates"]]
    assert [sorted(set(ranks)).index(rank) for rank in ranks] == order


def test_one_candidate_alone(run):
    answer = shown_to(run)
    first = answer["lists"][0]["items"][0]["worker_id"]
    case = read_back(stanza(run, answer, worker_id=first))
    assert [row["id"] for row in case.inputs["candidates"]] == ["p001"]
    assert passes(case)


def test_a_service_of_its_own_is_named(run):
    case = read_back(stanza(run, shown_to(run, Channel.WELFARE_POST)))
    assert case.inputs["service"] == "welfare_post"
    assert passes(case)


def test_the_order_behind_a_list_of_jobs(run, app):
    case = read_back(stanza(run, listed(run, seeker(app)), rule_id="X_PRIORITY"))
    assert len(case.inputs["candidates"]) == 1
    assert passes(case)


def test_a_public_list_rests_on_the_same_tier(run, app):
    worker = seeker(app)
    told, public = (read_back(stanza(run, listed(run, worker, public=p), rule_id="X_PRIORITY")) for p in (False, True))
    assert case_inputs(told) == case_inputs(public)
    assert passes(public)


def test_a_match_of_another_system_is_no_case_of_the_county(run):
    request = MatchRequest(on=ON, jurisdiction=JURISDICTION, workers=(), vacancies=())
    answer = log_match(run.store, run.means, request, at=AT)
    with pytest.raises(InvalidInput, match="外部系统"):
        stanza(run, answer)


def test_what_has_no_part_in_a_decision_is_refused(run, app):
    answer = listed(run, seeker(app))
    with pytest.raises(NotFound):
        stanza(run, answer, worker_id="nobody")
    with pytest.raises(NotFound, match="HK_SERVICE"):
        stanza(run, answer, rule_id="HK_SERVICE")
    with pytest.raises(NotFound):
        decision_case(run.store, run.means, DecisionCase(decision_id="d-none"))


def test_an_officer_takes_it_from_the_page_of_the_list(run, app):
    officer = desk(app)[0]
    decision_id = listed(run, seeker(app))["decision_id"]
    page = officer.get(f"/office/decisions/{decision_id}").get_data(as_text=True)
    assert f"/office/decisions/{decision_id}/case.toml" in page
    told = officer.get(f"/office/decisions/{decision_id}/case.toml")
    assert told.headers["Content-Disposition"] == 'attachment; filename="case.toml"'
    assert passes(read_back(told.get_data(as_text=True)))
    assert officer.get("/office/decisions/d-none/case.toml").status_code == 404
    broker = desk(app, Role.BROKER)[0]
    assert broker.get(f"/office/decisions/{decision_id}/case.toml").status_code in (403, 404)


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2018, 6, 1)])
def test_the_day_of_birth_is_never_the_persons_own(run, on):
    worker = elder(run)
    call = Recommend(worker_id=worker.worker_id, on=on, jurisdiction="standard", top=3, seed=1)
    answer = recommend(run.store, run.means, call, at=AT)
    assert answer["lists"][0]["routes"]
    case = read_back(stanza(run, answer))
    assert age_on(case.inputs["birth_date"], on) == age_on(worker.birth_date, on)
    assert passes(case)
