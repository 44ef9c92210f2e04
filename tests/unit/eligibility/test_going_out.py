"""Who said no to going out is not sent out, and is not asked again how far."""

from __future__ import annotations

import pytest
from factories import ON, vacancy, worker

from matcher.eligibility import Frame, findings
from matcher.policy.loading.loader import standard_packs
from matcher.policy.national import working_age
from matcher.records import TravelRange
from matcher.records.wishes import accepted_range

PACKS = standard_packs()
FRAME = Frame(on=ON, ages=working_age(PACKS, ON), vocabulary=PACKS.vocabulary)
HERE, NEXT_TOWN, GUANGDONG = "450206102", "450206103", "441900"


def told(place_code, **facts):
    person = worker(**{"place_code": f"{HERE}201", "travel_range": None, "needs_daily_return": False, **facts})
    post = vacancy(place_code=place_code)
    return [(one.outcome, one.sentence) for one in findings(person, post, FRAME) if one.rule_id == "travel_range"]


@pytest.mark.parametrize("place_code", [NEXT_TOWN, GUANGDONG])
def test_a_no_without_a_stated_range_refuses_what_lies_beyond_the_township(place_code):
    ((outcome, sentence),) = told(place_code, wish_to_go_out=False)
    assert outcome == "no"
    assert sentence.endswith("您说过不愿意外出")
    ((outcome, _),) = told(place_code, wish_to_go_out=True)
    assert outcome == "unknown"


def test_work_in_the_township_stays_open():
    assert told(HERE, wish_to_go_out=False) == []


def test_a_stated_range_speaks_for_itself():
    assert told(GUANGDONG, wish_to_go_out=False, travel_range=TravelRange.ANYWHERE) == []
    ((outcome, sentence),) = told(GUANGDONG, wish_to_go_out=True, travel_range=TravelRange.VILLAGE)
    assert (outcome, sentence) == ("no", "工作在外省，您只愿意在本村")


@pytest.mark.parametrize(
    ("said", "wish", "reach"),
    [
        (None, None, None), (None, True, None), (None, False, TravelRange.TOWNSHIP),
        (TravelRange.VILLAGE, False, TravelRange.VILLAGE), (TravelRange.CITY, False, TravelRange.CITY),
    ],
)  # fmt: skip
def test_the_accepted_range(said, wish, reach):
    assert accepted_range(worker(travel_range=said, wish_to_go_out=wish)) == reach
