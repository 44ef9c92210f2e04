from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.demo.days import shift_months
from matcher.demo.draws import Draws
from matcher.demo.numbers import credit_code, id_numbers, mobile_numbers
from matcher.demo.vacancies import largest_remainder
from matcher.records.id_numbers import check_id_number

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def test_identity_numbers_of_one_day_count_down_by_sex() -> None:
    born = np.array(["1970-05-01"] * 4, dtype="datetime64[D]")
    numbers = id_numbers(["450206"] * 4, born, np.array([False, True, False, True]))
    assert [n[14:17] for n in numbers] == ["998", "999", "996", "997"]


def test_regions_count_by_themselves() -> None:
    born = np.array(["1970-05-01"] * 2, dtype="datetime64[D]")
    first, second = id_numbers(["450206", "532532"], born, np.array([True, True]))
    assert (first[:6], second[:6], first[14:17], second[14:17]) == ("450206", "532532", "999", "999")


@pytest.mark.parametrize(("n", "fits"), [(500, True), (501, False)])
def test_a_day_holds_five_hundred_of_one_sex(n: int, fits: bool) -> None:
    born, women = np.array(["1970-05-01"] * n, dtype="datetime64[D]"), np.zeros(n, dtype=bool)
    if fits:
        assert id_numbers(["450206"] * n, born, women)[-1][14:17] == "000"
    else:
        with pytest.raises(ValueError, match="500"):
            id_numbers(["450206"] * n, born, women)


def test_nobody_needs_no_number() -> None:
    assert id_numbers([], np.array([], dtype="datetime64[D]"), np.zeros(0, dtype=bool)) == []


@given(st.lists(st.tuples(st.dates(date(1930, 1, 1), date(2005, 1, 1)), st.booleans()), min_size=1, max_size=40))
def test_every_number_passes_the_check_of_the_records_room(people: list[tuple[date, bool]]) -> None:
    born = np.array([day for day, _ in people], dtype="datetime64[D]")
    numbers = id_numbers(["361130"] * len(people), born, np.array([male for _, male in people]))
    assert len(set(numbers)) == len(numbers)
    for number, (day, male) in zip(numbers, people, strict=True):
        reading = check_id_number(number, on=date(2018, 6, 1))
        assert (reading.problem, reading.birth_date, reading.sex) == (None, day, "male" if male else "female")


def test_mobile_numbers_differ_and_belong_to_nobody() -> None:
    numbers = mobile_numbers(2_000)
    assert len(set(numbers)) == 2_000
    assert all(len(n) == 11 and n.startswith("154") for n in numbers)


@given(st.sampled_from(["450206", "441900", "361130102"]), st.integers(1, 9_999))
def test_credit_codes_satisfy_their_standard(place: str, serial: int) -> None:
    code = credit_code(place, serial)
    assert len(code) == 18
    assert code[2:8] == place[:6]
    assert code[8:12] == "DEM0"
    # GB 32100: the weighted sum over all 18 characters is a multiple of 31 (the check character weighs 1).
    assert (sum(3**i % 31 * CREDIT_ALPHABET.index(c) for i, c in enumerate(code[:17])) + _value(code[17])) % 31 == 0


def test_one_letter_changed_breaks_a_credit_code() -> None:
    code = credit_code("450206", 12)
    wrong = code[:9] + "F" + code[10:]
    assert (sum(3**i % 31 * CREDIT_ALPHABET.index(c) for i, c in enumerate(wrong[:17])) + _value(wrong[17])) % 31


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30), st.integers(0, 5_000), st.integers(0, 2))
def test_parts_add_up_and_stay_within_one_of_their_share(weights: list[float], total: int, least: int) -> None:
    at_least = np.full(len(weights), least)
    parts = largest_remainder(np.array(weights), total, at_least)
    assert parts.sum() == max(total, at_least.sum())
    assert (parts >= at_least).all()
    exact = np.array(weights) / sum(weights) * max(total - at_least.sum(), 0)
    assert np.abs(parts - at_least - exact).max() <= 1 + 1e-6


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2018, 1, 31), 1, date(2018, 2, 28)),
        (date(2020, 2, 29), 36, date(2023, 2, 28)),
        (date(2018, 12, 15), 1, date(2019, 1, 15)),
        (date(2018, 1, 15), -1, date(2017, 12, 15)),
        (date(2018, 6, 1), -36, date(2015, 6, 1)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, then: date) -> None:
    assert shift_months(day, months) == then


def test_stages_draw_from_streams_of_their_own() -> None:
    one, same, other, seed = Draws(1, "a", "x"), Draws(1, "a", "x"), Draws(1, "a", "y"), Draws(2, "a", "x")
    first = one.uniform(5).tolist()
    assert first == same.uniform(5).tolist()
    assert first != other.uniform(5).tolist()
    assert first != seed.uniform(5).tolist()


def test_picks_follow_their_weights_and_never_a_zero() -> None:
    draws = Draws(0, "test")
    picked = np.bincount(draws.pick([0.0, 3.0, 1.0, 0.0], 8_000), minlength=4)
    assert picked[0] == picked[3] == 0
    assert picked[1] / 8_000 == pytest.approx(0.75, abs=0.02)
    rows = np.array([0, 1] * 4_000)
    by_row = draws.pick_rows(np.array([[1.0, 1.0], [0.0, 5.0]]), rows)
    assert (by_row[rows == 1] == 1).all()
    assert by_row[rows == 0].mean() == pytest.approx(0.5, abs=0.03)


def test_whole_numbers_reach_both_ends() -> None:
    assert set(Draws(0, "ends").between(3, 5, 500).tolist()) == {3, 4, 5}


def _value(character: str) -> int:
    return CREDIT_ALPHABET.index(character)
