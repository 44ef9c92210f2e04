"""Papers of an employer: credit codes, names that meet, lists of arrears with their removals, the age of a check."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.orders.papers import SIGNS, alike, arrears_of, employer_named, is_credit_code, same_name, vetted
from matcher.records import Employer
from matcher.records.orders import Arrear

ON = date(2018, 6, 6)
CODE = "91350100M000100Y43"


def arrear(**changes) -> Arrear:
    given = {"arrear_id": "a1", "employer_name": "样例制衣有限公司", "listed_on": date(2018, 1, 1), "source": "名单",
             "author": "officer"}  # fmt: skip
    return Arrear(**{**given, **changes})


def test_a_credit_code_has_a_check_sign():
    assert is_credit_code(CODE)
    assert not is_credit_code(CODE[:-1] + "4")
    assert not is_credit_code(CODE[:-1])
    assert not is_credit_code(CODE.lower())
    assert not is_credit_code("I" + CODE[1:])


@given(st.text(alphabet=SIGNS, min_size=17, max_size=17))
def test_exactly_one_sign_fits_behind_seventeen(stem):
    assert sum(is_credit_code(stem + sign) for sign in SIGNS) == 1


@given(st.integers(0, 17), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_seen(at, sign):
    wrong = CODE[:at] + sign + CODE[at + 1 :]
    assert is_credit_code(wrong) == (wrong == CODE)


def test_names_meet_over_width_blanks_and_brackets():
    assert same_name("样例制衣（东莞） 有限公司") == same_name("样例制衣(东莞)有限公司")
    assert same_name("样例制衣厂") != same_name("样例针织厂")


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("样例制衣", "东莞市样例制衣有限公司", True),
        ("东莞市样例制衣有限公司", "样例制衣厂", True),
        ("样例制衣有限公司", "样例针织有限公司", False),
        ("公司", "样例制衣有限公司", False),
        ("制衣厂", "样例制衣厂", False),
    ],
)
def test_names_alike(one, other, meet):
    assert alike(one, other) is meet
    assert alike(other, one) is meet


def test_a_removal_is_honoured_from_its_day_on():
    listed = arrear(removed_on=ON)
    assert arrears_of([listed], "样例制衣有限公司", "", ON - timedelta(days=1))
    assert arrears_of([listed], "样例制衣有限公司", "", ON) == []
    assert arrears_of([arrear(listed_on=ON)], "样例制衣有限公司", "", ON - timedelta(days=1)) == []
    assert arrears_of([arrear(listed_on=ON)], "样例制衣有限公司", "", ON)


def test_a_code_settles_who_is_meant():
    listed = arrear(credit_code=CODE)
    assert [found.sure for found in arrears_of([listed], "别的名字", CODE, ON)] == [True]
    assert arrears_of([listed], "样例制衣有限公司", "911101085923662400", ON) == []
    assert [found.sure for found in arrears_of([listed], "样例制衣有限公司", "", ON)] == [True]
    assert [found.sure for found in arrears_of([listed], "样例制衣", "", ON)] == [False]


def test_sure_entries_stand_first():
    entries = [arrear(arrear_id="a", employer_name="东莞样例制衣有限公司"), arrear(arrear_id="b")]
    assert [found.arrear.arrear_id for found in arrears_of(entries, "样例制衣有限公司", "", ON)] == ["b", "a"]


@pytest.mark.parametrize(("ago", "holds"), [(0, True), (365, True), (366, False), (-1, False)])
def test_a_check_of_papers_holds_a_year(ago, holds):
    checked = Employer(employer_id="e", name="样例", vetted_on=ON - timedelta(days=ago))
    assert vetted(checked, ON, days=365) is holds


def test_the_employer_of_a_name_is_the_one_checked_last():
    old = Employer(employer_id="e1", name="样例 制衣厂", vetted_on=date(2017, 1, 1))
    new = Employer(employer_id="e2", name="样例制衣厂", vetted_on=date(2018, 1, 1))
    assert employer_named([old, new], "样例制衣厂") == new
    assert employer_named([old, new], "样例") is None
