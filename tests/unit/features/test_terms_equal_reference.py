"""Term values of many pairs equal the plain reading of each pair."""

from __future__ import annotations

import json
import re
from fractions import Fraction

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
from matcher.policy.loading.loader import standard_packs
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
        if term.cells:
            assert all(cell.sentence for cell in term.cells)
        else:
            assert term.unknown_sentence
            assert bool(term.sentence) != bool(term.steps)


SHARES = {"一成": 0.1, "两成": 0.2, "三成": 0.3, "四成": 0.4, "一半": 0.5, "一倍": 1.0, "两倍": 2.0}


@given(st.integers(1, 4000), st.integers(1, 20000))
def test_a_wage_is_told_against_the_floor_in_words_that_are_true(floor, wage):
    said = BY_NAME["wage_margin"].say(wage * 100 // floor)
    surplus = Fraction(wage, floor) - 1
    told = re.fullmatch(r"工资比您要求的([高低])(..)以上", said)
    if told is None:
        low, high = {"工资比您要求的低一点": (-0.1, 0), "工资不比您要求的低": (0, 0.1)}[said]
        assert Fraction(str(low)) <= surplus < Fraction(str(high))
        return
    share = Fraction(str(SHARES[told[2]]))
    assert surplus >= share if told[1] == "高" else surplus <= -share
    assert BY_NAME["wage_margin"].say_of_person(wage * 100 // floor) in ("", said.replace("您", "本人"))


@pytest.mark.parametrize(
    ("percent", "said"),
    [(-1, "您没有说最低工资，或岗位没有写明工资"), (0, "工资比您要求的低一半以上"), (89, "工资比您要求的低一成以上"),
     (90, "工资比您要求的低一点"), (99, "工资比您要求的低一点"), (100, "工资不比您要求的低"),
     (109, "工资不比您要求的低"),
     (110, "工资比您要求的高一成以上"), (149, "工资比您要求的高四成以上"), (151, "工资比您要求的高一半以上"),
     (199, "工资比您要求的高一半以上"), (200, "工资比您要求的高一倍以上")],
)  # fmt: skip
def test_a_wage_is_told_by_the_step_it_has_reached(percent, said):
    assert BY_NAME["wage_margin"].say(percent) == said


def test_whatever_the_hand_card_tells_apart_is_told_in_other_words():
    """Else a comparison would show two people with the same words and different points."""
    breaks = json.loads(hand_card())["breaks"]
    stepped = {term.name: {step.start for step in term.steps} for term in TERMS if term.steps}
    assert stepped
    for name, starts in stepped.items():
        assert set(breaks[name]) <= starts
