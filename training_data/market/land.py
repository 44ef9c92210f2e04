"""Where people live and posts lie: real codes of villages, towns and cities, drawn ties between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.geography import code_number, gazetteer, place_class_codes
from training_data.market.draws import Draws, Flags, Floats, Index
from training_data.market.spec import CountySpec, Spec


@dataclass(frozen=True, slots=True)
class Land:
    """A county: village codes and whether they count as deeply poor, work places by kind, cities they belong to.

    ties : village x city, how many from the village are there already; standard normal, hidden
    """

    villages: tuple[str, ...]
    deep: Flags
    places: dict[str, tuple[str, ...]]
    cities: tuple[str, ...]
    ties: Floats

    def city_of(self, place_code: str) -> int:
        """Position of the city a work place belongs to."""
        return self.cities.index(place_code[:4])


@cache
def village_codes(county: str, townships: int, per_township: int) -> tuple[str, ...]:
    """Codes of at most so many villages of at most so many townships, by code."""
    found: dict[str, list[str]] = {}
    for code in sorted(gazetteer().units):
        if len(code) == 12 and code.startswith(county):
            found.setdefault(code[:9], []).append(code)
    return tuple(code for town in list(found)[:townships] for code in found[town][:per_township])


def draw_land(spec: Spec, county: CountySpec, draws: Draws) -> Land:
    """The county's map; it stays the same from season to season."""
    villages = village_codes(county.county, spec.size.townships, spec.size.villages_per_township)
    places = {
        "partner": county.partner,
        "export": county.export,
        "city": county.city,
        "seat": (county.county,),
        "township": tuple(dict.fromkeys(code[:9] for code in villages)),
        "village": villages,
    }
    cities = tuple(sorted({code[:4] for codes in places.values() for code in codes}))
    return Land(
        villages=villages,
        deep=draws.flag("deep poverty", spec.households.deep_poverty_villages, len(villages)),
        places=places,
        cities=cities,
        ties=draws.normals("ties", len(villages), len(cities)),
    )


def place_ranks(homes: tuple[str, ...], places: tuple[str, ...]) -> NDArray[np.int8]:
    """Place class of each home and work place, 0 same village .. 5 other province, shape (n_homes, n_places)."""
    home = np.array([code_number(code) for code in homes], dtype=np.int64)
    place = np.array([code_number(code) for code in places], dtype=np.int64)
    ranks = place_class_codes(np.repeat(home, len(place)), np.tile(place, len(home)))
    return np.asarray(ranks.reshape(len(home), len(place)), dtype=np.int8)


def spread(draws: Draws, purpose: str, choices: tuple[str, ...], n: int) -> tuple[str, ...]:
    """One of the choices for each of n."""
    at: Index = (draws.uniform(purpose, n) * len(choices)).astype(np.int64)
    return tuple(choices[ix] for ix in at.tolist())
