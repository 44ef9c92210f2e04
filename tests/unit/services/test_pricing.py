"""Priced rounds: parts that make the score, room for who is still to come, the household's first job, the mode."""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest
from factories import ON, vacancy, worker
from solved_prices import slot_prices

from matcher.errors import InvalidInput
from matcher.explanation import Verdict
from matcher.policy import standard_packs
from matcher.records import Household
from matcher.scoring import hand_card
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.ground.rulebook import Means
from matcher.services.rounds import pricing
from matcher.services.rounds.match import match
from matcher.services.rounds.match_round import Brief, Rosters, prepare
from matcher.services.rounds.pricing import mode_of_plan
from matcher.services.rounds.requests import MatchRequest, read_request
from matcher.services.rounds.season import expected_arrivals
from matcher.settings import Settings
from matcher.shortlist import PlanMode

PACKS = standard_packs()
MEANS = Means(packs=PACKS, settings=Settings(), model_body=hand_card())
PEOPLE = tuple(worker(worker_id=f"w{ix:02}") for ix in range(90))
POSTS = tuple(
    vacancy(vacancy_id=f"v{ix}", headcount=1 + ix % 3, wage_low_yuan_month=2500 + 300 * ix) for ix in range(6)
)


def calibrated(**settings) -> Means:
    """A model that passed its gate."""
    body = msgspec.json.encode({**msgspec.json.decode(hand_card()), "calibrated": True})
    return Means(packs=PACKS, settings=Settings(**settings), model_body=body)


def solved(means=MEANS, people=PEOPLE, posts=POSTS, homes=(), **brief):
    rosters = Rosters(people, posts, {home.household_id: home for home in homes})
    brief = {"mode": PlanMode.PRICED, "top": 3} | brief
    return prepare(rosters, means, Brief(on=ON, jurisdiction="liujiang_2018", seed=0, **brief))


def ask(**options):
    return match(MatchRequest(on=ON, jurisdiction="liujiang_2018", workers=PEOPLE, vacancies=POSTS, **options), MEANS)


def test_the_parts_of_a_priced_match_make_its_scores():
    answer = ask(mode=PlanMode.PRICED, top=4)
    items = [item for entry in answer["lists"] for item in entry["items"]]
    assert any(item["slot_price"] > 0 for item in items)
    for item in items:
        value = item["p_keep"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
        assert item["score"] == pytest.approx(item["p_apply"] * item["p_hire"] * (value - item["slot_price"]), abs=1e-9)
    assert answer_bytes(answer) == answer_bytes(ask(mode=PlanMode.PRICED, top=4))


def test_a_match_is_balanced_unless_it_says_otherwise():
    plain = ask(top=4)
    assert plain["lists"] == ask(top=4, mode=PlanMode.BALANCED)["lists"]
    assert plain["lists"] != ask(top=4, mode=PlanMode.PRICED)["lists"]


def test_given_prices_enter_as_the_mode_says():
    prices = {"v0": 0.25}
    for mode, how in ((None, lambda q, v: q * v - 0.25), (PlanMode.PRICED, lambda q, v: q * (v - 0.25))):
        items = ask(prices=prices, top=6, mode=mode)["lists"][0]["items"]
        item = next(item for item in items if item["vacancy_id"] == "v0")
        value = item["p_keep"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
        assert item["score"] == pytest.approx(how(item["p_apply"] * item["p_hire"], value), abs=1e-9)


def test_the_mode_is_read_from_the_input_and_a_wrong_one_is_named():
    body = {"on": "2018-06-01", "workers": [], "vacancies": [], "mode": "priced"}
    assert read_request(json.dumps(body).encode()).mode is PlanMode.PRICED
    assert b"mode" not in msgspec.json.encode(read_request(json.dumps({**body, "mode": None}).encode()))
    with pytest.raises(InvalidInput, match="mode"):
        read_request(json.dumps({**body, "mode": "greedy"}).encode())


@pytest.mark.parametrize(("asked", "passed", "mode"), [
    ("auto", False, PlanMode.BALANCED), ("auto", True, PlanMode.PRICED),
    ("balanced", True, PlanMode.BALANCED), ("priced", False, PlanMode.PRICED),
])  # fmt: skip
def test_plans_are_balanced_until_the_model_is_calibrated(asked, passed, mode):
    means = calibrated(plan_mode=asked) if passed else Means(
        packs=PACKS, settings=Settings(plan_mode=asked), model_body=hand_card()
    )  # fmt: skip
    assert mode_of_plan(means) is mode


def test_a_priced_round_bounds_what_it_may_miss_and_a_balanced_one_does_not():
    assert 0 <= solved().gap < 0.2
    assert solved(mode=PlanMode.BALANCED).gap is None
    assert solved(prices={}).gap is None


def test_room_is_left_for_who_is_still_to_come():
    """Prices with as many more expected as stand here are those of half as many openings, and never lower."""
    many = tuple(msgspec.structs.replace(post, headcount=post.headcount * 2) for post in POSTS)
    assert slot_prices(solved(posts=many, to_come=90)) == slot_prices(solved(posts=POSTS))
    roomy = tuple(msgspec.structs.replace(post, headcount=40) for post in POSTS)
    assert set(slot_prices(solved(posts=roomy)).values()) == {0.0}
    assert min(slot_prices(solved(posts=roomy, to_come=270)).values()) > 0


def test_only_people_who_may_be_offered_something_are_waited_for():
    """Half of those here fit nothing: of those to come no more are waited for."""
    idle = tuple(msgspec.structs.replace(w, worker_id=f"x{w.worker_id}", birth_date=date(2010, 1, 1)) for w in PEOPLE)
    assert slot_prices(solved(people=PEOPLE + idle, to_come=90)) == slot_prices(solved(to_come=45))


def test_a_second_member_adds_less_to_what_a_household_pays():
    """Ninety people of as many households bid more for the same openings than ninety of half as many."""
    alone = tuple(msgspec.structs.replace(w, household_id=f"h{w.worker_id}") for w in PEOPLE)
    paired = tuple(msgspec.structs.replace(w, household_id=f"h{ix // 2}") for ix, w in enumerate(PEOPLE))
    paid = []
    for people in (alone, paired):
        homes = [Household(household_id=w.household_id, employed_members=0) for w in people]
        paid.append(sum(slot_prices(solved(people=people, homes=homes)).values()))
    assert paid[1] < paid[0]


def test_lists_are_made_with_the_household_factors_the_prices_hold_for():
    """The second of a household adds less: in its lists no more than in the prices; who stands alone keeps it all."""
    homes_of = [f"h{ix // 2}" if ix < 60 else f"h{ix}" for ix in range(len(PEOPLE))]
    people = tuple(msgspec.structs.replace(w, household_id=home) for w, home in zip(PEOPLE, homes_of, strict=True))
    homes = [Household(household_id=home, employed_members=0) for home in set(homes_of)]
    roomy = tuple(msgspec.structs.replace(post, headcount=12) for post in POSTS)
    found = solved(people=people, homes=homes, posts=roomy)
    whole = 64 + Settings().household_factor_64ths
    factor = found.ranked.household
    assert (factor[60:] == whole).all()
    assert (factor[:60] < whole).all()
    assert (factor >= 64).all()
    pairs = found.pairs
    q = pairs["p_apply"] * pairs["p_hire"]
    value = pairs["p_keep"] * (factor * 64 * 64)[pairs.worker_ix]
    assert (pairs["score"] == q * (value - pairs["price"] * 4)).all()
    assert (solved(people=people, homes=homes, mode=PlanMode.BALANCED).ranked.household == whole).all()


def test_candidates_of_large_rosters_give_nearly_the_same_prices(monkeypatch):
    whole = slot_prices(solved())
    monkeypatch.setattr(pricing, "LARGE", 50)
    assert slot_prices(solved()) == pytest.approx(whole, abs=1e-9)


def test_nobody_to_price():
    assert slot_prices(solved(people=())) == {}
    nothing_open = tuple(msgspec.structs.replace(post, filled=post.headcount) for post in POSTS)
    assert slot_prices(solved(posts=nothing_open)) == {}


def test_who_registered_last_year_tells_who_is_to_come():
    def registered(*days):
        return [msgspec.structs.replace(PEOPLE[0], waiting_since=day) for day in days]

    season, on = (date(2018, 2, 1), date(2018, 7, 31)), date(2018, 4, 1)
    last_year = [date(2017, 2, 10)] * 40 + [date(2017, 5, 10)] * 20
    so_far = [date(2018, 2, 12)] * 20
    people = registered(*last_year, *so_far)
    assert expected_arrivals(people, Settings(), season=season, on=on) == pytest.approx(10)
    table = Settings(arrival_calendar={date(2017, 2, 6): 30, date(2017, 6, 5): 60})
    assert expected_arrivals(people, table, season=season, on=on) == pytest.approx(40)
    assert expected_arrivals([], Settings(), season=season, on=on) == 0


def test_a_pair_with_an_open_question_takes_no_room():
    unsure = solved(people=[msgspec.structs.replace(w, birth_date=None) for w in PEOPLE], posts=[
        msgspec.structs.replace(post, age_max=50) for post in POSTS
    ])  # fmt: skip
    assert (unsure.pairs["verdict"] == Verdict.UNKNOWN).all()
    assert set(slot_prices(unsure).values()) <= {0.0}
