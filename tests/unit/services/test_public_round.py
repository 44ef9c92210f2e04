"""What a person, a mediator or a firm reads depends on no flag but in the order (PIPL article 28)."""

from __future__ import annotations

import msgspec
import pytest
from factories import HOME, ON, maybe, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rosters_in_memory import InMemory

from matcher.errors import NotFound
from matcher.policy import standard_packs
from matcher.privacy import Audience, seen_by
from matcher.records import Channel, Consent, Group, Household, LabourAbility, MonitoredType, TravelRange
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.explain_pair import ExplainPair, explain_pair
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.services.rounds.match import match
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.services.rounds.requests import MatchRequest
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(fit_floor_permille=1), model_body=hand_card())
CALL = {"on": ON, "jurisdiction": "liujiang_2018", "seed": 3}
ALL = 50
FLAGS = (
    "registered_poor",
    "out_of_poverty",
    "relocated",
    "deep_poverty_village",
    "deep_poverty_township",
    "former_extreme_poverty",
    "rural_low_income",
    "poor_village",
    "hard_to_employ",
)
CLOSED = st.fixed_dictionaries({
    **{name: maybe(st.booleans()) for name in FLAGS},
    "monitored_type": maybe(st.sampled_from(MonitoredType)),
    "labour_ability": maybe(st.sampled_from(LabourAbility)),
})  # fmt: skip
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POSTS = st.integers(1, 5).flatmap(lambda n: st.tuples(*(vacancies(vacancy_id=f"v{i}") for i in range(n))))
PEOPLE = st.integers(1, 5).flatmap(lambda n: st.tuples(*(workers(worker_id=f"w{i}") for i in range(n))))
PLOT = vacancy("plot", title="微田园", channel=Channel.MICRO_FARM, place_code=HOME)
POOR = {"registered_poor": True, "relocated": True, "labour_ability": LabourAbility.WEAK}


def unranked(answer):
    """The answer with its items in the order of their ids, without rank and without the id of the decision."""
    told = {name: value for name, value in answer.items() if name != "decision_id"}
    for entry in told["lists"]:
        items = [{name: value for name, value in item.items() if name != "rank"} for item in entry["items"]]
        entry["items"] = sorted(items, key=lambda item: item.get("vacancy_id") or item["worker_id"])
    return told


def list_of(person, posts, *others, **call):
    asked = Recommend(worker_id=person.worker_id, top=ALL, **CALL, **{"public": True, **call})
    answer, _ = answer_recommend(InMemory([person, *posts, *others]), MEANS, asked, plan=None, revision=None)
    return answer


def candidates(people, post, **call):
    asked = ListCandidates(vacancy_id=post.vacancy_id, top=ALL, explain=True, **CALL, **{"public": True, **call})
    return answer_candidates(InMemory([*people, post]), MEANS, asked, plan=None, revision=None)[0]


@SLOW
@given(workers(), POSTS, CLOSED, maybe(st.booleans()), st.booleans())
def test_a_persons_list_is_the_same_whatever_the_record_says_of_them(person, posts, closed, plot, holds):
    person = msgspec.structs.replace(person, consent=Consent(plot=plot), household_id="h1")
    other = msgspec.structs.replace(person, **closed)
    home = Household(household_id="h1", holds_plot=holds, employed_members=0)
    one, two = (
        unranked(seen_by(Audience.PERSON, list_of(who, (*posts, PLOT), home, explain=True, refused=True)))
        for who in (person, other)
    )
    assert one == two


@SLOW
@given(PEOPLE, vacancies(), CLOSED)
def test_an_orders_candidates_are_the_same_whatever_their_records_say(people, post, closed):
    changed = (*people[:-1], msgspec.structs.replace(people[-1], **closed))
    one, two = (unranked(seen_by(Audience.MEDIATOR, candidates(who, post))) for who in (people, changed))
    assert one == two


@SLOW
@given(workers(), vacancies(), CLOSED)
def test_a_pair_is_the_same_whatever_the_record_says(person, post, closed):
    call = ExplainPair(worker_id="w1", vacancy_id="v1", public=True, **CALL)
    one, two = (
        seen_by(Audience.PERSON, explain_pair(InMemory([who, post]), MEANS, call))
        for who in (person, msgspec.structs.replace(person, **closed))
    )
    assert one == two


@SLOW
@given(PEOPLE, POSTS, CLOSED)
def test_the_stateless_match_in_public(people, posts, closed):
    changed = (*people[:-1], msgspec.structs.replace(people[-1], **closed))
    one, two = (
        unranked(
            seen_by(
                Audience.PERSON,
                match(MatchRequest(on=ON, workers=who, vacancies=posts, top=ALL), MEANS, public=True),
            )
        )
        for who in (people, changed)
    )
    assert one == two


def test_the_order_goes_by_the_true_record():
    first, second = worker("w1"), worker("w2", **POOR)
    listed = candidates((first, second), vacancy())["lists"][0]["items"]
    assert [item["worker_id"] for item in listed] == ["w2", "w1"]
    assert listed[0]["tier"] < listed[1]["tier"]


def test_no_word_of_a_public_answer_names_the_flag_that_ranked():
    (told,) = candidates((worker("w2", **POOR),), vacancy())["lists"][0]["items"]
    (tier,) = [rule for rule in told["explanation"]["rules"] if rule["rule_id"] == "priority_tier"]
    assert "found" not in tier
    (office,) = candidates((worker("w2", **POOR),), vacancy(), public=False)["lists"][0]["items"]
    assert all(rule["found"] for rule in office["explanation"]["rules"] if rule["rule_id"] == "priority_tier")


def test_a_closed_post_stays_in_the_list_as_a_question():
    reserved = vacancy("v2", reserved_for=(Group.REGISTERED_POOR,))
    listed = list_of(worker(), (vacancy(), reserved))["lists"][0]["items"]
    assert [(item["vacancy_id"], item["verdict"]) for item in listed] == [("v1", "yes"), ("v2", "unknown")]
    assert [item["vacancy_id"] for item in list_of(worker(), (reserved,), public=False)["lists"][0]["items"]] == []


def test_public_and_office_are_different_decisions():
    ids = {list_of(worker(), (vacancy(),), public=public)["decision_id"] for public in (True, False)}
    assert len(ids) == 2
    request = MatchRequest(on=ON, workers=(worker(),), vacancies=(vacancy(),))
    assert match(request, MEANS)["decision_id"] != match(request, MEANS, public=True)["decision_id"]


def test_todays_answer_stands_for_the_record_in_this_list():
    person = worker(travel_range=TravelRange.VILLAGE, needs_daily_return=None)
    posts = (vacancy("near", place_code=HOME), vacancy("far", place_code="441900"))

    def ids(**call):
        return sorted(item["vacancy_id"] for item in list_of(person, posts, **call)["lists"][0]["items"])

    assert ids() == ["near"]
    assert ids(travel_range=TravelRange.ANYWHERE) == ["far", "near"]
    assert ids(travel_range=TravelRange.ANYWHERE, needs_daily_return=True) == ["near"]
    asked = worker(needs_daily_return=True)
    assert [i["vacancy_id"] for i in list_of(asked, posts)["lists"][0]["items"]] == ["near"]
    free = list_of(asked, posts, needs_daily_return=False)["lists"][0]["items"]
    assert sorted(item["vacancy_id"] for item in free) == ["far", "near"]


def test_outside_the_regions_there_is_nobody():
    people = (worker("w1"), worker("w2", place_code="450222100200"))
    whole, own = (candidates(people, vacancy(), regions=regions)["lists"][0]["items"] for regions in ((), ("450206",)))
    assert sorted(item["worker_id"] for item in whole) == ["w1", "w2"]
    assert [item["worker_id"] for item in own] == ["w1"]
    assert list_of(people[0], (vacancy(),), regions=("450206",))["lists"][0]["items"]
    with pytest.raises(NotFound):
        list_of(people[1], (vacancy(),), regions=("450206",))
    with pytest.raises(NotFound):
        explain_pair(
            InMemory([*people, vacancy()]),
            MEANS,
            ExplainPair(worker_id="w2", vacancy_id="v1", regions=("450206",), **CALL),
        )
