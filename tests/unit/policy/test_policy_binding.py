from __future__ import annotations

from datetime import date

import pytest

from matcher.errors import NotFound
from matcher.policy import State, pack_for, standard_packs, state
from matcher.policy.binding import pack_of_homes, region_of

PACKS = standard_packs()


@pytest.mark.parametrize(
    ("pack_id", "on", "expected"),
    [
        ("qinzhou_2021", date(2021, 8, 29), State.NOT_YET),
        ("qinzhou_2021", date(2021, 8, 30), State.NEEDS_REVIEW),
        ("qinzhou_2021", date(2021, 8, 31), State.IN_FORCE),
        ("qinzhou_2021", date(2025, 12, 31), State.IN_FORCE),
        ("qinzhou_2021", date(2026, 1, 1), State.EXPIRED),
        ("wuyuan_2021", date(2021, 10, 15), State.NOT_YET),
        ("wuyuan_2021", date(2021, 10, 16), State.IN_FORCE),
        ("liujiang_2018", date(2018, 2, 7), State.NOT_YET),
        ("liujiang_2018", date(2018, 2, 8), State.IN_FORCE),
        ("liujiang_2018", date(2020, 12, 31), State.IN_FORCE),
        ("liujiang_2018", date(2021, 1, 1), State.NEEDS_REVIEW),
        ("hekou_2018", date(2018, 12, 31), State.IN_FORCE),
        ("hekou_2018", date(2019, 1, 1), State.NEEDS_REVIEW),
        ("masked_county_2020", date(2020, 6, 1), State.NEEDS_CONFIG),
        ("standard", date(1990, 1, 1), State.IN_FORCE),
    ],
)
def test_state_on_both_sides_of_each_day(pack_id, on, expected):
    assert state(PACKS[pack_id], on) is expected


@pytest.mark.parametrize(
    ("where", "on", "orders", "asked", "pays", "n_warnings"),
    [
        ("liujiang_2018", date(2018, 6, 1), "liujiang_2018", "liujiang_2018", True, 0),
        ("450206", date(2018, 6, 1), "liujiang_2018", "liujiang_2018", True, 0),
        ("450206103001", date(2018, 6, 1), "liujiang_2018", "liujiang_2018", True, 0),
        ("450206", date(2022, 6, 1), "liujiang_2018", "liujiang_2018", False, 1),
        ("450206", date(2017, 6, 1), "standard", "liujiang_2018", False, 1),
        ("450703", date(2023, 6, 1), "qinzhou_2021", "qinzhou_2021", True, 0),
        ("450703", date(2026, 6, 1), "standard", "qinzhou_2021", False, 1),
        ("masked_county_2020", date(2020, 6, 1), "standard", "masked_county_2020", False, 1),
        ("110101", date(2020, 6, 1), "standard", "standard", False, 1),
        ("standard", date(2020, 6, 1), "standard", "standard", False, 0),
    ],
)
def test_who_orders_and_who_pays(where, on, orders, asked, pays, n_warnings):
    bound = pack_for(PACKS, where, on)
    assert (bound.pack.id, bound.asked.id, bound.pays, len(bound.warnings)) == (orders, asked, pays, n_warnings)


def test_the_warning_names_document_and_day():
    warning = pack_for(PACKS, "qinzhou_2021", date(2026, 1, 1)).warnings[0]
    assert "钦人社发〔2021〕174号" in warning
    assert "2025-12-31" in warning


def test_an_unknown_jurisdiction_is_named():
    with pytest.raises(NotFound, match="atlantis"):
        pack_for(PACKS, "atlantis", date(2020, 1, 1))


@pytest.mark.parametrize(
    ("jurisdiction", "code"),
    [
        ("", ""),
        ("450206103", "450206103"),
        ("liujiang_2018", "450206"),
        ("qinzhou_2021", "450700"),
        ("standard", ""),
    ],
)
def test_the_region_of_a_jurisdiction(jurisdiction, code):
    assert region_of(PACKS, jurisdiction) == code


@pytest.mark.parametrize(
    ("homes", "orders", "n_warnings"),
    [
        # The document's own warning stays: it is past the years it names.
        (["450206100201", "450206"], "liujiang_2018", 1),
        ([], "standard", 0),
        # One document for all counties of a city.
        (["450702", "450703", "450721"], "qinzhou_2021", 0),
        # No document anywhere: said once, as for one county.
        (["110101", "440100"], "standard", 1),
        # One person from elsewhere is enough.
        (["450206"] * 50 + ["110101"], "standard", 1),
        (["450206", "450703"], "standard", 1),
    ],
)
def test_people_are_bound_by_what_their_counties_share(homes, orders, n_warnings):
    bound = pack_of_homes(PACKS, homes, date(2021, 9, 1))
    assert (bound.pack.id, len(bound.warnings)) == (orders, n_warnings)


def test_the_warning_counts_the_counties_and_says_what_to_do():
    bound = pack_of_homes(PACKS, ["450206100201", "450206", "110101", "440100", "450703"], date(2021, 9, 1))
    (warning,) = bound.warnings
    assert "4个县区（110101、440100、450206等）" in warning
    assert "jurisdiction" in warning
    assert (bound.asked.id, bound.pays) == ("standard", False)
    (fewer,) = pack_of_homes(PACKS, ["110101", "450206"], date(2021, 9, 1)).warnings
    assert "2个县区（110101、450206）" in fewer
