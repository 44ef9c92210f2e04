"""The stretch slot: at most one, the last, named, inside the limits, where a list of five has nothing of the kind."""

from __future__ import annotations

import msgspec
import pytest
from factories import ON, vacancies, vacancy, worker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.policy import standard_packs
from matcher.records import TravelRange
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
SEWING = tuple(vacancy(vacancy_id=f"s{ix}", headcount=50) for ix in range(7))
# Another trade and a smaller wage: never among the best of somebody who sews.
CLEANING = vacancy(
    vacancy_id="other", title="保洁员", headcount=50, wage_low_yuan_month=2500, wage_high_yuan_month=2800
)


def items(posts, top=5, person=None, **more):
    request = MatchRequest(
        on=ON, jurisdiction="liujiang_2018", workers=(person or worker(),), vacancies=tuple(posts), top=top, **more
    )
    return match(request, MEANS)["lists"][0]["items"]


@pytest.mark.parametrize(("top", "stretches"), [(4, False), (5, True), (6, True), (8, False)])
def test_the_last_of_five_or_more_widens_the_choice(top, stretches):
    plain, wide = items((*SEWING, CLEANING), top), items((*SEWING, CLEANING), top, stretch=True)
    assert not any(item["stretch"] for item in plain)
    assert [item["stretch"] for item in wide[:-1]] == [False] * (len(wide) - 1)
    assert wide[-1]["stretch"] is stretches
    assert wide[:-1] == plain[:-1]
    assert len(wide) == len(plain)
    if stretches:
        assert (wide[-1]["vacancy_id"], wide[-1]["rank"]) == ("other", top)
        assert wide[-1]["score"] <= plain[-1]["score"]


def test_nothing_is_stretched_where_the_list_is_wide_already():
    person = worker(trades=("缝纫工",), preferred_places=("450203",))
    told = items((*SEWING, CLEANING), person=person, stretch=True)
    assert not any(item["stretch"] for item in told)


def test_another_place_is_a_stretch_too():
    person = worker(preferred_places=("450206",))
    away = vacancy(vacancy_id="away", place_code="450203", headcount=50)
    told = items((*SEWING, away), person=person, stretch=True)
    assert (told[-1]["vacancy_id"], told[-1]["stretch"]) == ("away", True)


def test_never_beyond_the_range_never_with_a_question_never_hopeless():
    far = msgspec.structs.replace(CLEANING, place_code="440305")
    assert not any(
        i["stretch"] for i in items((*SEWING, far), person=worker(travel_range=TravelRange.CITY), stretch=True)
    )
    asking = msgspec.structs.replace(CLEANING, certificates_required=("健康证",))
    unsure = worker(certificates=None)
    assert not any(item["stretch"] for item in items((*SEWING, asking), person=unsure, stretch=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12, unique=True).flatmap(
    lambda ids: st.tuples(*(vacancies(vacancy_id=f"v{i}") for i in ids))
), st.integers(1, 8))  # fmt: skip
def test_at_most_one_and_the_others_as_they_were(posts, top):
    plain, wide = items(posts, top), items(posts, top, stretch=True)
    stretched = [item for item in wide if item["stretch"]]
    assert len(stretched) <= 1
    assert len({item["vacancy_id"] for item in wide}) == len(wide) == len(plain)
    assert wide[: len(wide) - len(stretched)] == plain[: len(plain) - len(stretched)]
    if stretched:
        assert len(wide) == top >= 5
        assert stretched[0]["verdict"] == "yes"
