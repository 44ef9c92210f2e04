"""Names of invented people and firms."""

from __future__ import annotations

import numpy as np

from matcher.demo.draws import Draws, Flags, Floats
from matcher.demo.specs import CountySpec, name_spec


def person_names(county: CountySpec, draws: Draws, male: Flags, age_years: Floats) -> list[str]:
    """A name each: local surname, given name by sex and generation, now and then one with a middle dot."""
    given, dotted, n = name_spec().given, name_spec().dotted, male.size
    surnames = np.array(list(county.surnames), dtype=object)[draws.pick(list(county.surnames.values()), n)]
    young = age_years < given.younger_below
    first, second = np.empty(n, dtype=object), np.empty(n, dtype=object)
    pools = {
        (True, True): given.male.younger,
        (True, False): given.male.older,
        (False, True): given.female.younger,
        (False, False): given.female.older,
    }
    u = draws.grid(n, 3)
    for (is_male, is_young), text in pools.items():
        rows = np.flatnonzero((male == is_male) & (young == is_young))
        pool = np.array(list(text), dtype=object)
        first[rows] = pool[(u[rows, 0] * pool.size).astype(np.int64)]
        second[rows] = pool[(u[rows, 1] * pool.size).astype(np.int64)]
    second[u[:, 2] < given.one_character] = ""
    names = list((surnames + first + second).tolist())
    for row in np.flatnonzero(draws.flag(given.dotted_share, n)).tolist():
        whole = dotted.male if male[row] else dotted.female
        names[row] = whole[row % len(whole)]
    return names


def ethnicities(county: CountySpec, draws: Draws, n: int) -> list[str]:
    """An ethnicity each, by the county's shares."""
    return list(
        np.array(list(county.ethnicities), dtype=object)[draws.pick(list(county.ethnicities.values()), n)].tolist()
    )


def firm_name(place_name: str, word: str, industry: str, ending: str) -> str:
    """Name of an invented firm; it carries the mark of the demonstration."""
    return f"{place_name}{word}{industry}{ending}{name_spec().firms.marker}"
