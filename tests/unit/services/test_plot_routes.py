"""Every edge case of requirements section 6 as a list tells it: outcome, reasons, day, what is offered meanwhile."""

from __future__ import annotations

import itertools
from datetime import date

import msgspec
import pytest
from factories import HOME, ON, vacancy, worker

from matcher.policy import pack_for, standard_packs
from matcher.ports import Shared
from matcher.privacy import Audience, seen_by
from matcher.records import Channel, Consent, Household, Judgement, TravelRange
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest
from matcher.services.rounds.routes import Ground, open_plots, worker_routes
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
HARD = Judgement(value=True, by="村委", on=ON, grounds="多次应聘未成")
ABLE = Judgement(value=False, by="村委", on=ON, grounds="会电焊")
PLOT = vacancy("plot", channel=Channel.MICRO_FARM, place_code=HOME, headcount=3)
POSTS = (vacancy(), PLOT)
HOUSEHOLDS = tuple(Household(household_id=name, holds_plot=False) for name in ("h1", "h2"))


def person(worker_id="w1", **fields):
    told = {
        "birth_date": date(1968, 3, 1), "registered_poor": True, "off_farm_hard": HARD, "household_id": "h1",
        "consent": Consent(plot=True, plot_on=date(2018, 5, 1)),
    }  # fmt: skip
    return worker(worker_id, **(told | fields))


def routes(*people, posts=POSTS, on=ON, jurisdiction="liujiang_2018", households=HOUSEHOLDS, **settings):
    means = msgspec.structs.replace(MEANS.settings, **settings)
    request = MatchRequest(
        on=on, jurisdiction=jurisdiction, workers=people, vacancies=tuple(posts), households=households
    )
    answer = match(request, Means(packs=MEANS.packs, settings=means, model_body=MEANS.model_body))
    return [entry["routes"][0] if entry["routes"] else None for entry in answer["lists"]]


def route(**fields):
    settings = {name: fields.pop(name) for name in ("age_basis", "on", "posts", "jurisdiction") if name in fields}
    (told,) = routes(person(**fields), **settings)
    return told


CASES = {
    "60 is inside": ({"birth_date": date(1958, 6, 1)}, "offer_priority", []),
    "the eve of 61 is inside": ({"birth_date": date(1957, 6, 2)}, "offer_priority", []),
    "61 is for people to decide": ({"birth_date": date(1957, 6, 1)}, "needs_review", ["above_worker_db_age"]),
    "no plots left": ({"posts": [vacancy()]}, "waitlist", ["no_plot"]),
    "a skilled 46-year-old": (
        {"birth_date": date(1972, 3, 1), "off_farm_hard": ABLE, "travel_range": TravelRange.ANYWHERE},
        "not_priority",
        ["off_farm_employable"],
    ),
    "44 and hard": ({"birth_date": date(1974, 3, 1)}, "not_priority", ["under_45"]),
    "50, never judged": ({"off_farm_hard": None}, "needs_review", ["off_farm_hardness_not_recorded"]),
    "non-poor 55": (
        {"birth_date": date(1963, 3, 1), "registered_poor": False},
        "not_priority",
        ["not_poor_rural_worker"],
    ),
    "never asked": ({"consent": None}, "needs_review", ["consent_not_recorded"]),
    "said no": ({"consent": Consent(plot=False)}, "not_offered", ["declined"]),
}


@pytest.mark.parametrize(("fields", "outcome", "reasons"), CASES.values(), ids=CASES)
def test_an_edge_case(fields, outcome, reasons):
    told = route(**fields)
    assert (told["outcome"], told["reasons"]) == (outcome, reasons)
    assert told["note_to_officer"].endswith("。")


@pytest.mark.parametrize(
    ("basis", "on", "outcome"),
    [
        ("birthday", date(2018, 5, 31), "not_priority"),
        ("birthday", date(2018, 6, 1), "offer_priority"),
        ("day_after", date(2018, 6, 1), "not_priority"),
        ("day_after", date(2018, 6, 2), "offer_priority"),
    ],
)
def test_45_is_reached_on_the_birthday_or_the_day_after(basis, on, outcome):
    assert route(birth_date=date(1973, 6, 1), on=on, age_basis=basis)["outcome"] == outcome


@pytest.mark.parametrize(("basis", "day"), [("birthday", "2018-12-31"), ("day_after", "2019-01-01")])
def test_a_birthday_later_this_year_names_its_day_and_is_worked_out_anew_on_it(basis, day):
    told = route(birth_date=date(1973, 12, 31), age_basis=basis)
    assert (told["outcome"], told["age_reached_on"]) == ("not_priority", day)
    later = route(birth_date=date(1973, 12, 31), on=date.fromisoformat(day), age_basis=basis)
    assert later["outcome"] == "offer_priority"
    assert "age_reached_on" not in later


def test_over_60_another_of_the_household_may_till():
    assert "户内其他成员" in route(birth_date=date(1950, 6, 1))["note_to_officer"]


def test_nobody_has_judged_names_who_is_to_be_asked():
    assert "村干部" in route(off_farm_hard=None)["note_to_officer"]


def test_who_waits_is_offered_the_next_channels():
    full = msgspec.structs.replace(PLOT, filled=3)
    told = route(posts=[vacancy(), full])
    assert (told["outcome"], told["meanwhile"]) == ("waitlist", ["welfare_post", "workshop", "micro_market"])
    assert "meanwhile" not in route()


@pytest.mark.parametrize(
    ("travel_range", "outcome"),
    [
        (TravelRange.TOWNSHIP, "waitlist"),
        (None, "waitlist"),
        (TravelRange.COUNTY, "offer_priority"),
    ],
)
def test_another_township_only_if_the_worker_accepts_the_distance(travel_range, outcome):
    elsewhere = msgspec.structs.replace(PLOT, place_code="450206101201")
    assert route(travel_range=travel_range, posts=[vacancy(), elsewhere])["outcome"] == outcome


def test_a_household_with_a_plot_gets_no_second_one():
    holds = (Household(household_id="h1", holds_plot=True),)
    (told,) = routes(person(), households=holds)
    assert (told["outcome"], told["reasons"]) == ("not_offered", ["household_holds_plot"])


@pytest.mark.parametrize("jurisdiction", ["liujiang_2018", "standard"])
def test_two_of_one_household_are_one_plot_and_the_longest_wish_decides(jurisdiction):
    early, late = Consent(plot=True, plot_on=date(2018, 3, 1)), Consent(plot=True, plot_on=date(2018, 4, 1))
    people = (person("w1", consent=late), person("w2", consent=early), person("w3", household_id="h2"))
    told = routes(*people, jurisdiction=jurisdiction)
    offers = [r["outcome"].startswith("offer") for r in told]
    assert offers == [False, True, True]
    assert told[0]["reasons"] == ["household_member_offered"]
    assert not told[0]["first"]


def test_a_member_who_may_not_be_offered_takes_nothing_from_the_household():
    old, qualified = person("w1", birth_date=date(1950, 1, 1)), person("w2")
    assert [r["outcome"] for r in routes(old, qualified)] == ["needs_review", "offer_priority"]
    refused, other = person("w1", consent=Consent(plot=False)), person("w2")
    assert [r["outcome"] for r in routes(refused, other)] == ["not_offered", "offer_priority"]


def test_two_without_a_recorded_household_are_not_taken_for_one():
    told = routes(person("w1", household_id=None), person("w2", household_id=None), jurisdiction="standard")
    assert {r["outcome"] for r in told} == {"needs_review"}


def test_nobody_but_the_office_reads_more_than_that_there_is_land():
    answer = match(
        MatchRequest(on=ON, jurisdiction="liujiang_2018", workers=(person(),), vacancies=(vacancy(), PLOT)), MEANS
    )
    for audience in (Audience.PERSON, Audience.MEDIATOR, Audience.FIRM):
        (shown,) = seen_by(audience, answer)["lists"][0]["routes"]
        assert shown.keys() == {"channel", "first", "sentence"}


def test_plots_given_since_are_not_told_by_what_was_kept_of_them():
    bound = pack_for(MEANS.packs, "liujiang_2018", ON)
    far = {"place_code": "450222001001", "travel_range": None}
    for filled, near, outcome in ((0, {}, "offer_priority"), (3, {}, "waitlist"), (0, far, "waitlist")):
        posts = Shared([msgspec.structs.replace(PLOT, filled=filled)])
        for _ in range(2):
            ground = Ground(plots=open_plots(posts, ON, MEANS), means=MEANS, bound=bound, on=ON)
            told = worker_routes(person(**near), ground, household=HOUSEHOLDS[0], has_yes=True)
            assert [route["outcome"] for route in told] == [outcome]
            told[0]["reasons"].append("kept by who asked")


def test_people_are_told_what_each_alone_is_told_whoever_asked_before():
    fresh = Means(packs=MEANS.packs, settings=MEANS.settings, model_body=MEANS.model_body)
    posts, births = Shared([PLOT]), [date(year, month, 2) for year in (1956, 1957, 1972, 1973) for month in (5, 6)]
    wishes = [Consent(plot=plot, plot_on=ON) for plot in (True, False, None)]
    drawn = itertools.product([*births, None], wishes, (HARD, ABLE, None), (True, None), (HOUSEHOLDS[0], None))
    for birth, consent, hard, poor, home in drawn:
        one = person(birth_date=birth, consent=consent, off_farm_hard=hard, registered_poor=poor)
        told = []
        for means in (fresh, Means(packs=MEANS.packs, settings=MEANS.settings, model_body=MEANS.model_body)):
            bound = means.remembered.get("bound", (), lambda: pack_for(MEANS.packs, "liujiang_2018", ON))
            ground = Ground(plots=open_plots(posts, ON, means), means=means, bound=bound, on=ON)
            told.append(worker_routes(one, ground, household=home, has_yes=True))
        assert told[0] == told[1]
