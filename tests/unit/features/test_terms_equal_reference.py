"""Term values of many pairs equal the plain reading of each pair."""

from __future__ import annotations

import json

import numpy as np
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.eligibility import Frame, findings
from matcher.features import (
    BY_NAME,
    TERMS,
    VOCABULARY,
    encode_vacancies,
    encode_workers,
    term_values,
    vacancy_texts,
    worker_texts,
)
from matcher.features.pairs import occupation_level
from matcher.features.reference import pair_values
from matcher.language.readings import read_texts
from matcher.pairs import every_pair
from matcher.policy.loader import standard_packs
from matcher.policy.national import working_age
from matcher.records import Education, TravelRange
from matcher.scoring import hand_card, load_model

PACKS = standard_packs()
FRAME = Frame(on=ON, ages=working_age(PACKS, ON), vocabulary=PACKS.vocabulary)


def values(some_workers, some_vacancies):
    texts = {t for w in some_workers for t in worker_texts(w)} | {t for v in some_vacancies for t in vacancy_texts(v)}
    readings = read_texts(sorted(texts))
    told = term_values(
        every_pair(len(some_workers), len(some_vacancies)),
        encode_workers(some_workers, readings, on=ON),
        encode_vacancies(some_vacancies, readings),
    )
    return told, readings


@settings(max_examples=200, deadline=None)
@given(st.lists(workers(), min_size=1, max_size=3), st.lists(vacancies(), min_size=1, max_size=3))
def test_columns_equal_the_plain_reading(some_workers, some_vacancies):
    told, readings = values(some_workers, some_vacancies)
    pairs = [(w, v) for w in some_workers for v in some_vacancies]
    for ix, (some_worker, some_vacancy) in enumerate(pairs):
        wanted = pair_values(some_worker, some_vacancy, readings, on=ON)
        assert {term: int(column[ix]) for term, column in told.items()} == wanted


def cell(term: str, some_worker, some_vacancy) -> str:
    told, _ = values([some_worker], [some_vacancy])
    return BY_NAME[term].cells[int(told[term][0])].name


def test_a_seamstress_fits_a_sewing_post_exactly():
    assert cell("trade", worker(trades=("缝纫工",), skills=()), vacancy(title="缝纫工")) == "exact"


def test_a_lathe_hand_is_no_seamstress():
    assert cell("trade", worker(trades=("车床工",), skills=()), vacancy(title="缝纫工")) in ("none", "major")


def test_wage_margin_is_in_percent_of_the_floor():
    post = vacancy(wage_low_yuan_month=3300, wage_high_yuan_month=None)
    told, _ = values([worker(wage_floor_yuan_month=3000)], [post])
    assert told["wage_margin"].tolist() == [110]


def test_lodging_matters_only_far_from_home():
    assert cell("lodging", worker(), vacancy(lodging=None)) == "near"
    assert cell("lodging", worker(), vacancy(place_code="441900", lodging=False)) == "not_provided"


@pytest.mark.parametrize(
    ("have", "told"),
    [(Education.PRIMARY, "below"), (Education.JUNIOR, "meets"), (Education.VOCATIONAL, "above"), (None, "unknown")],
)
def test_schooling_is_compared_on_both_sides_of_what_is_asked(have, told):
    assert cell("education", worker(education=have), vacancy(education_min=Education.JUNIOR)) == told


@pytest.mark.parametrize(
    ("reach", "told"),
    [
        (TravelRange.CITY, "outside"),
        (TravelRange.PROVINCE, "at_edge"),
        (TravelRange.ANYWHERE, "one_inside"),
        (None, "unknown"),
    ],
)
def test_a_place_beyond_the_range_is_not_at_its_edge(reach, told):
    assert cell("travel_margin", worker(travel_range=reach), vacancy(place_code="450100")) == told


@settings(max_examples=300, deadline=None)
@given(workers(), vacancies())
def test_cells_of_a_refusal_never_stand_on_a_pair_that_may_be_listed(some_worker, some_vacancy):
    refusing = {f.rule_id for f in findings(some_worker, some_vacancy, FRAME) if f.outcome == "no"}
    assert (cell("education", some_worker, some_vacancy) == "below") == ("education" in refusing)
    assert (cell("travel_margin", some_worker, some_vacancy) == "outside") == ("travel_range" in refusing)


@pytest.mark.parametrize(
    ("term", "refused", "listed"), [("education", "below", "meets"), ("travel_margin", "outside", "at_edge")]
)
def test_the_hand_card_gives_a_refused_pair_no_merit_over_its_nearest_listed_one(term, refused, listed):
    tables = [stage["tables"][term] for stage in json.loads(hand_card())["stages"].values() if term in stage["tables"]]
    assert tables
    assert all(table[refused] <= table[listed] for table in tables)


def test_occupation_levels_count_equal_groups():
    left = np.array([[6110101, -1], [6110101, -1], [6110101, 4020304], [-1, -1]], dtype=np.int32)
    right = np.array([[6110101], [6110202], [4020304], [6110101]], dtype=np.int32)
    assert occupation_level(left, right).tolist() == [4, 2, 4, 0]


def test_the_hand_card_fits_the_terms_and_uses_every_one():
    model = load_model(hand_card(), VOCABULARY)
    used = {term for stage in model.stages.values() for term in stage.tables}
    assert used == {term.name for term in TERMS}


def test_no_term_speaks_of_what_must_not_be_ranked_on():
    words = ("sex", "ethnic", "age", "poor", "relocat", "health", "fee", "marital")
    assert [t.name for t in TERMS if any(word in t.name.split("_") for word in words)] == []


def test_every_cell_has_a_sentence():
    for term in TERMS:
        assert all(c.sentence for c in term.cells) if term.cells else term.sentence and term.unknown_sentence
