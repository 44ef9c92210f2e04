"""How far a place of work lies from home: the class by code, kilometres where both carry coordinates.

The class is read from digits alone (CONTRACT section 3), with these consequences:
- districts (5001xx) and counties (5002xx) of a municipality are different "cities": a class of same province;
- units directly under a province (4290xx, 4690xx, 6590xx) share a city number: a class of same city;
- a city without counties (441900 东莞) has towns right below it: two towns are in the same city.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.geography.codes import CODE_DIGITS, LEVEL_DIGITS, LEVELS, in_place, shared_level
from matcher.geography.places import gazetteer
from matcher.records import PlaceClass

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG

_CLASS_OF_LEVEL: dict[str | None, PlaceClass] = {
    "village": PlaceClass.SAME_VILLAGE,
    "township": PlaceClass.SAME_TOWNSHIP,
    "county": PlaceClass.SAME_COUNTY,
    "city": PlaceClass.SAME_CITY,
    "province": PlaceClass.SAME_PROVINCE,
    None: PlaceClass.OTHER_PROVINCE,
}


# Few places, asked for again with every list: the sites of a county's plots, seen from each village.
@lru_cache(maxsize=1 << 14)
def place_class(home: str, work: str) -> PlaceClass:
    """Class of a work place seen from home; codes of 6 to 12 digits, else InvalidInput."""
    return _CLASS_OF_LEVEL[shared_level(home, work)]


def place_class_codes(home: NDArray[np.int64], work: NDArray[np.int64]) -> NDArray[np.int8]:
    """`PlaceClass.rank` for arrays of `code_number`s that broadcast together: 0 same village .. 5 other province."""
    home, work = np.broadcast_arrays(home, work)
    ranks = np.full(home.shape, PlaceClass.OTHER_PROVINCE.rank, dtype=np.int8)
    start = 0
    for level, end in zip(LEVELS, LEVEL_DIGITS, strict=True):
        unit = np.int64(10 ** (CODE_DIGITS - end))
        group = np.int64(10 ** (end - start))
        prefix = home // unit
        agrees = (prefix == work // unit) & (prefix % group != 0)
        ranks[agrees] = _CLASS_OF_LEVEL[level].rank
        start = end
    return ranks


def distance_km(a: str, b: str) -> float | None:
    """Great-circle kilometres between two units that both carry coordinates (counties and above).

    None when one lies in the other, for the distance inside a unit is not known, and for every place below county.
    """
    if in_place(a, b) or in_place(b, a):
        return None
    table = gazetteer()
    start, end = table.coordinates(a), table.coordinates(b)
    if start is None or end is None:
        return None
    return _great_circle_km(start, end)


def _great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Haversine distance of two (lon, lat) points in degrees."""
    (lon_a, lat_a), (lon_b, lat_b) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((lat_b - lat_a) / 2) ** 2
    h += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))
