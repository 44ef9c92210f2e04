"""Codes, place classes and distances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.geography import code_number, distance_km, in_place, level_of, place_class, place_class_codes, significant
from matcher.records import PlaceClass

digits = st.sampled_from("0123")


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Codes that often share prefixes and often carry zeros."""
    length = draw(st.integers(6, 12))
    return draw(st.sampled_from(["45", "44", "50"])) + "".join(draw(digits) for _ in range(length - 2))


@pytest.mark.parametrize(
    ("home", "work", "expected"),
    [
        ("450206102203", "450206102203", PlaceClass.SAME_VILLAGE),
        ("450206102203", "450206102204", PlaceClass.SAME_TOWNSHIP),
        ("450206102203", "450206102", PlaceClass.SAME_TOWNSHIP),
        ("450206102203", "450206101203", PlaceClass.SAME_COUNTY),
        ("450206102203", "450206", PlaceClass.SAME_COUNTY),
        ("450206000000", "450206", PlaceClass.SAME_COUNTY),
        ("450206", "450200", PlaceClass.SAME_CITY),
        ("450200", "450206", PlaceClass.SAME_CITY),
        ("450200", "450200", PlaceClass.SAME_CITY),
        ("450206", "450203", PlaceClass.SAME_CITY),
        ("450206", "450000", PlaceClass.SAME_PROVINCE),
        ("450000", "450000", PlaceClass.SAME_PROVINCE),
        ("450206", "450702", PlaceClass.SAME_PROVINCE),
        ("450206", "440306", PlaceClass.OTHER_PROVINCE),
    ],
)
def test_class_counts_only_digits_that_name_something(home: str, work: str, expected: PlaceClass) -> None:
    assert place_class(home, work) is expected


def test_units_of_special_kind_follow_their_digits() -> None:
    assert place_class("500101", "500229") is PlaceClass.SAME_PROVINCE  # district and county of a municipality
    assert place_class("429004", "429005") is PlaceClass.SAME_CITY  # counties directly under a province
    assert place_class("441900003", "441900119") is PlaceClass.SAME_CITY  # towns of a city without counties
    assert place_class("441900003", "441900003") is PlaceClass.SAME_TOWNSHIP


@given(st.lists(st.tuples(codes(), codes()), min_size=1, max_size=20))
def test_bulk_classes_equal_the_single_ones(pairs: list[tuple[str, str]]) -> None:
    home, work = (np.array([code_number(p[side]) for p in pairs], dtype=np.int64) for side in (0, 1))
    assert place_class_codes(home, work).tolist() == [place_class(h, w).rank for h, w in pairs]


@given(codes(), codes())
def test_class_is_symmetric_and_never_finer_than_either_code(a: str, b: str) -> None:
    assert place_class(a, b) is place_class(b, a)
    assert place_class(a, b).rank >= max(place_class(a, a).rank, place_class(b, b).rank)


def test_bulk_classes_broadcast() -> None:
    home = np.array([450206000000, 440306000000], dtype=np.int64)
    work = np.array([450206000000, 450200000000, 110105000000], dtype=np.int64)
    assert place_class_codes(home[:, None], work[None, :]).tolist() == [[2, 3, 5], [5, 5, 5]]


@pytest.mark.parametrize("bad", ["", "45020", "4502061022031", "45020X", "柳江区", "４５０２０６"])
def test_only_codes_of_6_to_12_digits_are_codes(bad: str) -> None:
    with pytest.raises(InvalidInput, match="6 to 12 digits"):
        place_class(bad, "450206")


@pytest.mark.parametrize(
    ("code", "area", "expected"),
    [
        ("450206102203", "450206", True),
        ("450206", "450206000000", True),
        ("450206", "450200", True),
        ("450206", "450000", True),
        ("450200", "450206", False),
        ("450206", "450203", False),
        ("441900003", "441900", True),
    ],
)
def test_containment_respects_levels(code: str, area: str, expected: bool) -> None:
    assert in_place(code, area) is expected


def test_level_is_that_of_the_last_named_group() -> None:
    levels = [level_of(c) for c in ("450000", "450200", "450206000000", "450206102", "450206102203")]
    assert levels == ["province", "city", "county", "township", "village"]
    assert significant("450200000000") == "4502"


def test_distance_needs_coordinates_on_both_sides() -> None:
    km = distance_km("450206", "440300")
    assert km is not None
    assert km == pytest.approx(538, abs=25)  # 柳江 - 深圳
    assert distance_km("440300", "450206") == pytest.approx(km)
    assert distance_km("450206102", "440300") is None  # towns have none
    assert distance_km("450206", "330114") is None  # no source knows 钱塘区


def test_no_distance_inside_one_unit() -> None:
    assert distance_km("450206", "450206") is None
    assert distance_km("450206", "450200") is None
    assert distance_km("450000", "450206") is None
