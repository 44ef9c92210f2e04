"""Regions of tokens and users are leading digits of codes, cut where units end."""

from __future__ import annotations

import pytest

from matcher.errors import InvalidInput
from matcher.services.ground.regions import checked_regions


@pytest.mark.parametrize("region", ["45", "4502", "450206", "450206102", "450206102201", "441900003"])
def test_leading_digits_of_a_unit_are_a_region(region):
    assert checked_regions([region, region]) == (region,)


@pytest.mark.parametrize(
    "region",
    ["", "4", "45020", "4502061", "450200", "450000", "450206000", "450206102000", "４５０２", "liujiang", "4500"],
)
def test_filled_or_half_codes_are_none(region):
    with pytest.raises(InvalidInput, match="leading digits"):
        checked_regions([region])


def test_no_region_is_the_whole_database():
    assert checked_regions([]) == ()
