"""Identity numbers: one person, one form; every way a number goes wrong is told apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.records import Sex
from matcher.records.id_numbers import (
    IdNumberProblem,
    check_digit,
    check_id_number,
    normalise_id_number,
)

ON = date(2018, 6, 1)


def numbered(birth: date, order: int, region: str = "450206") -> str:
    first_17 = f"{region}{birth:%Y%m%d}{order:03d}"
    return first_17 + check_digit(first_17)


def slow_check_digit(first_17: str) -> str:
    """ISO 7064 MOD 11-2 by the letter: S = sum a_i * 2^(i-1) mod 11 from the right, check makes S = 1."""
    total = sum(int(digit) * pow(2, 17 - index, 11) for index, digit in enumerate(first_17))
    value = (1 - total) % 11
    return "X" if value == 10 else str(value)


births = st.dates(date(1900, 1, 1), date(2018, 6, 1))
orders = st.integers(0, 999)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_check_digit_equals_the_standards_recursion(first_17):
    assert check_digit(first_17) == slow_check_digit(first_17)


@given(births, orders)
def test_a_right_number_states_birth_sex_and_region(birth, order):
    reading = check_id_number(numbered(birth, order), on=ON)
    assert reading.problem is None
    assert reading.birth_date == birth
    assert reading.sex is (Sex.MALE if order % 2 else Sex.FEMALE)
    assert reading.region_code == "450206"


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), orders)
def test_old_and_new_form_are_the_same_person(birth, order):
    new = numbered(birth, order)
    old = new[:6] + new[8:17]
    assert normalise_id_number(old) == new
    assert check_id_number(old, on=ON) == check_id_number(new, on=ON)


@given(births, orders, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(birth, order, position, step):
    right = numbered(birth, order)
    wrong = right[:position] + str((int(right[position]) + step) % 10) + right[position + 1 :]
    assert check_id_number(wrong, on=ON).problem is not None


@given(st.text("0123456789xXｘＸ０１９ \u3000-—'\u200b*.E+", max_size=24))
def test_normalising_twice_changes_nothing(text):
    once = normalise_id_number(text)
    assert normalise_id_number(once) == once


@given(st.text(max_size=24))
def test_no_text_breaks_the_reader(text):
    reading = check_id_number(text, on=ON)
    assert (reading.birth_date is None) == (reading.problem is not None)


@pytest.mark.parametrize(
    "written",
    [
        "45020619730101001x",
        "４５０２０６１９７３０１０１００１Ｘ",
        " 450206 19730101 001X ",
        "'450206-19730101-001X",
        "\ufeff45020619730101001X",
    ],
)
def test_ways_of_writing_one_number(written):
    assert normalise_id_number(written) == "45020619730101001X"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", IdNumberProblem.EMPTY),
        ("  ", IdNumberProblem.EMPTY),
        ("450206********1234", IdNumberProblem.MASKED),
        ("450206XXXXXXXX1234", IdNumberProblem.MASKED),
        ("4502061973010112X4", IdNumberProblem.MASKED),
        ("450206×××××××ｘ1234", IdNumberProblem.MASKED),
        ("4.502061973010113e+17", IdNumberProblem.LOST_DIGITS),
        ("4.50206E+17", IdNumberProblem.LOST_DIGITS),
        ("450206197301011264.0", IdNumberProblem.LOST_DIGITS),
        ("450206197301011000", IdNumberProblem.LOST_DIGITS),
        ("45020619730101123", IdNumberProblem.LENGTH),
        ("4502061973010112345", IdNumberProblem.LENGTH),
        ("无", IdNumberProblem.LENGTH),
        ("45020619730101A123", IdNumberProblem.CHARACTERS),
        ("450206197302300011", IdNumberProblem.BIRTH_DATE),
        ("450206730230001", IdNumberProblem.BIRTH_DATE),
        ("450206197313010011", IdNumberProblem.BIRTH_DATE),
    ],
)
def test_problems_are_told_apart(text, problem):
    reading = check_id_number(text, on=ON)
    assert reading.problem is problem
    assert reading.birth_date is None
    assert reading.sex is None


def test_wrong_last_character_is_a_checksum_problem():
    right = numbered(date(1973, 1, 1), 123)
    wrong = right[:17] + ("1" if right[17] != "1" else "2")
    assert check_id_number(wrong, on=ON).problem is IdNumberProblem.CHECKSUM


def test_a_real_number_that_ends_in_000_is_kept():
    candidates = (numbered(date(1973, 1, 1) + timedelta(days=n), 100) for n in range(60))
    real = next(number for number in candidates if number.endswith("000"))
    assert check_id_number(real, on=ON).problem is None


def test_birth_on_the_day_is_real_and_the_day_after_is_not():
    assert check_id_number(numbered(ON, 1), on=ON).problem is None
    assert check_id_number(numbered(ON + timedelta(days=1), 1), on=ON).problem is IdNumberProblem.FUTURE


def test_the_last_day_of_age_120_passes_and_the_121st_birthday_does_not():
    born = date(1897, 6, 2)
    assert check_id_number(numbered(born, 1), on=ON).problem is None
    assert check_id_number(numbered(born, 1), on=date(2018, 6, 2)).problem is IdNumberProblem.TOO_OLD


@pytest.mark.parametrize("problem", list(IdNumberProblem))
def test_each_problem_says_what_is_expected_and_how_to_mend_it(problem):
    assert problem.expected
    assert problem.fix.endswith("。")
