"""Why this order between two: exact sums, the step that settled it, and one sentence inside a fit band."""

from __future__ import annotations

from itertools import combinations

import pytest
from broker_county import BAIPENG, CHENGTUAN, ON, SEWERS, asker, compared, county_app, listed
from county import NOON, application_of

from matcher.privacy import NEUTRAL_ORDER, RESERVED_ORDER
from matcher.records.access import Role
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with county_app(tmp_path_factory.mktemp("why") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def broker(app):
    return asker(app)


@pytest.fixture(scope="module")
def officer(app):
    return asker(app, Role.OFFICER)


@pytest.fixture(scope="module")
def ranked(broker):
    return listed(broker)["people"]


@pytest.fixture(scope="module")
def reckoned(app):
    """Worker id -> the item of the public list, explained: the other way to the same numbers."""
    application = application_of(app)
    call = ListCandidates(
        vacancy_id=SEWERS, on=ON, jurisdiction="liujiang_2018", top=99, seed=0, explain=True, public=True
    )
    items = list_candidates(application.store, application.means, call, at=NOON)["lists"][0]["items"]
    return {item["worker_id"]: item for item in items}


def pairs_of(ranked, *, same_band: bool):
    settled = [(a, b) for a, b in combinations(ranked, 2) if a["verdict"] == b["verdict"]]
    return [(a["worker_id"], b["worker_id"]) for a, b in settled if (a["fit_band"] == b["fit_band"]) is same_band]


def test_whoever_is_asked_first_the_one_ahead_in_the_list_is_ahead(broker, ranked):
    for one, other in combinations([person["worker_id"] for person in ranked], 2):
        assert compared(broker, one, other) == compared(broker, other, one)
        told = compared(broker, one, other)
        assert (told["ahead"]["worker_id"], told["behind"]["worker_id"]) == (one, other)


def test_every_step_adds_up_to_the_last_unit(officer, ranked, reckoned):
    for one, other in combinations([person["worker_id"] for person in ranked], 2):
        fall = compared(officer, one, other)["fall"]
        assert fall["start"] + sum(s["delta"] for stage in fall["stages"] for s in stage["steps"]) == fall["end"]
        for stage in fall["stages"]:
            assert stage["start"] + sum(step["delta"] for step in stage["steps"]) == stage["end"]
            for worker_id, total in ((one, stage["end"]), (other, stage["start"])):
                stages = reckoned[worker_id]["explanation"]["stages"]
                (odds,) = (s["log_odds"] for s in stages if s["stage"] == stage["stage"])
                assert total == odds * 1024


def test_the_page_shows_the_numbers_of_the_table(broker, ranked):
    (one, other), *_ = pairs_of(ranked, same_band=False)
    fall = compared(broker, one, other)["fall"]
    page = broker.get(f"/broker/orders/{SEWERS}/why?first={one}&second={other}").get_data(as_text=True)
    assert page.count(f'<td class="num">{fall["start"]}</td>') >= 1
    for stage in fall["stages"]:
        for step in stage["steps"]:
            assert (f"+{step['delta']}" if step["delta"] > 0 else f"−{-step['delta']}") in page


def test_the_bars_are_the_probabilities_of_the_list(broker, ranked, reckoned):
    (one, other), *_ = pairs_of(ranked, same_band=False)
    for bar in compared(broker, one, other)["bars"]:
        assert bar["ahead"] == 100 * reckoned[one][f"p_{bar['stage']}"]
        assert bar["behind"] == 100 * reckoned[other][f"p_{bar['stage']}"]


def test_another_band_settles_it_and_every_weight_is_told(broker, ranked):
    for one, other in pairs_of(ranked, same_band=False):
        told = compared(broker, one, other)
        assert told["stopped_at"] == "fit_band"
        assert [step["result"] for step in told["steps"]] == ["equal", "ahead"]
        assert {"fall", "bars"} <= told.keys()


def test_an_open_question_settles_it_before_any_fit(broker):
    told = compared(broker, "fit01", "unasked")
    assert told["stopped_at"] == "verdict"
    assert [step["result"] for step in told["steps"]] == ["ahead", "unused"]


def test_inside_a_band_a_broker_hears_one_sentence_whatever_decided(broker, officer, ranked):
    """Tier, waiting time and fit each decide some pair here; none of them shows."""
    pairs = pairs_of(ranked, same_band=True)
    decided = {compared(officer, *pair)["stopped_at"] for pair in pairs}
    assert len(decided) > 1
    sentences = set()
    for one, other in pairs:
        told = compared(broker, one, other)
        assert told["stopped_at"] == ""
        assert told.keys() & {"fall", "bars", "order", "same_band"} == set()
        assert [step["step"] for step in told["steps"]] == ["verdict", "fit_band"]
        assert {step["result"] for step in told["steps"]} == {"equal"}
        sentences.add(told["order_sentence"])
        page = broker.get(f"/broker/orders/{SEWERS}/why?first={one}&second={other}").get_data(as_text=True)
        assert NEUTRAL_ORDER in page
        assert not [word for word in ("等了", "次序", "tier", "抽签", "0.") if word in page]
    assert sentences == {NEUTRAL_ORDER}


def test_the_office_sees_the_step_that_decided(officer, ranked):
    one, other = pairs_of(ranked, same_band=True)[0]
    told = compared(officer, one, other)
    assert [step["step"] for step in told["steps"]][:4] == ["verdict", "fit_band", "tier", "sub_tier"]
    results = [step["result"] for step in told["steps"]]
    at = results.index("ahead")
    assert set(results[:at]) <= {"equal"}
    assert set(results[at + 1 :]) <= {"unused"}
    assert told["steps"][at]["step"] == told["stopped_at"]


def test_a_reserved_post_tells_neither_bands_nor_weights(broker):
    people = listed(broker, "v-reserved")["people"]
    assert all("fit_band" not in person for person in people)
    told = compared(broker, people[0]["worker_id"], people[-1]["worker_id"], "v-reserved")
    assert [step["step"] for step in told["steps"]] == ["verdict"]
    assert told["order_sentence"] == RESERVED_ORDER
    assert "fall" not in told


def test_the_list_offers_a_comparison_that_weights_can_explain(broker, ranked):
    by_id = {person["worker_id"]: person for person in ranked}
    for person in ranked:
        beside = by_id[person["beside"]]
        assert (person["verdict"], person["fit_band"]) != (beside["verdict"], beside["fit_band"])


@pytest.mark.parametrize("absent", ["old0", "busy", "near"])
def test_somebody_who_is_not_listed_has_no_place_to_explain(broker, absent):
    told = compared(broker, "fit00", absent)
    assert [person["worker_id"] for person in told["not_listed"]] == [absent]
    page = broker.get(f"/broker/orders/{SEWERS}/why?first=fit00&second={absent}").get_data(as_text=True)
    assert f"missing?worker={absent}" in page


def test_one_person_twice_is_no_comparison(broker):
    told = compared(broker, "fit00", "fit00")
    assert told["same"] is True
    assert "fall" not in told


@pytest.mark.parametrize("query", ["", "first=fit00", "pair=fit00", "pair=fit00&pair=fit01&pair=fit02"])
def test_two_people_are_needed(broker, query):
    answer = broker.get(f"/broker/orders/{SEWERS}/why.json?{query}")
    assert answer.status_code == 422


def test_two_ticked_boxes_name_the_two(broker):
    answer = broker.get(f"/broker/orders/{SEWERS}/why.json?pair=fit00&pair=fit01").get_json()
    assert answer["compared"] == compared(broker, "fit00", "fit01")


def test_a_stranger_and_somebody_of_another_township_are_not_found(app):
    broker = asker(app, Role.BROKER, BAIPENG)
    elsewhere = next(p["worker_id"] for p in listed(asker(app))["people"] if p["township"] == CHENGTUAN)
    for worker_id in (elsewhere, "nobody", "' OR 1=1 --"):
        for query in ({"first": "fit00", "second": worker_id}, {"first": worker_id, "second": "fit00"}):
            answer = broker.get(f"/broker/orders/{SEWERS}/why.json", query_string=query)
            assert answer.status_code == 404
            assert answer.get_json()["detail"] == "您管的范围里没有这个人"


def test_a_comparison_is_audited(app, broker):
    compared(broker, "fit02", "fit04")
    entry = application_of(app).access.audit(subject="fit02")[0]
    assert (entry.action, entry.subjects) == ("compare", (SEWERS, "fit02", "fit04"))
