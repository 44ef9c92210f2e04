"""People: who lives in a household, how old they are, what they learned and what they can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from matcher.demo.draws import Draws, Flags, Floats, Index
from matcher.demo.shares import AgeBand
from matcher.demo.specs import people_spec
from matcher.records import Education, LabourAbility

EDUCATION = tuple(Education)
ABILITY = tuple(LabourAbility)
DAYS_PER_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class People:
    """One element per worker, households in order; `household` indexes them, `care` marks a duty of care."""

    household: Index
    born: NDArray[np.datetime64]
    age: Floats
    male: Flags
    education: Index
    ability: Index
    care: Flags

    @property
    def size(self) -> int:
        """Number of workers."""
        return self.household.size

    def has_ability(self, *abilities: LabourAbility) -> Flags:
        """Whose labour ability is one of those given."""
        return np.isin(self.ability, [ABILITY.index(a) for a in abilities])


def household_sizes(draws: Draws, n_workers: int) -> Index:
    """Workers per household; the sizes add up to `n_workers`."""
    shares = people_spec().households.sizes
    sizes = draws.pick(shares, max(n_workers, 1)) + 1
    ends = np.cumsum(sizes)
    last = int(np.searchsorted(ends, n_workers))
    sizes = sizes[: last + 1].copy()
    sizes[-1] -= int(ends[last]) - n_workers
    return sizes if n_workers else sizes[:0]


def draw_people(sizes: Index, draws: Draws, on: date) -> People:
    """Members of all households as of the day given."""
    household = np.repeat(np.arange(sizes.size), sizes)
    place = np.arange(household.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    age, male = _ages_and_sexes(household, place, draws)
    born = _birth_dates(age, draws, on)
    age = (np.datetime64(on) - born).astype(np.float64) / DAYS_PER_YEAR
    return People(
        household=household,
        born=born,
        age=age,
        male=male,
        education=_by_age(people_spec().education, age, draws),
        ability=_by_age(people_spec().ability, age, draws),
        care=_care(age, male, draws),
    )


def _ages_and_sexes(household: Index, place: Index, draws: Draws) -> tuple[Floats, Flags]:
    """First member, spouse, then grown children (of older heads) or parents (of younger ones)."""
    ages, n = people_spec().ages, household.size
    first = np.flatnonzero(place == 0)
    curve = np.array(ages.head)
    head_age = np.interp(draws.uniform(first.size), curve[:, 1], curve[:, 0])[household]
    head_male = draws.flag(ages.head_is_male, first.size)[household]
    spouse_age = head_age + draws.spread(*ages.spouse_gap_years, n)
    gap = draws.spread(*ages.child_gap_years, n)
    kin_age = np.where(head_age - gap >= ages.youngest, head_age - gap, head_age + gap)
    kin_age = np.where(kin_age > ages.oldest, head_age + draws.spread(-6, 6, n), kin_age)
    kin_male = draws.flag(0.5, n)
    age = np.select([place == 0, place == 1], [head_age, spouse_age], kin_age)
    male = np.select([place == 0, place == 1], [head_male, ~head_male], kin_male)
    return np.clip(age, ages.youngest, ages.oldest), male


def _birth_dates(age: Floats, draws: Draws, on: date) -> NDArray[np.datetime64]:
    """Birth dates by age; some are put on or beside a birthday that a rule asks for."""
    ages, n = people_spec().ages, age.size
    born = np.datetime64(on) - (age * DAYS_PER_YEAR).astype(np.int64).astype("timedelta64[D]")
    chance, which = ages.boundary_share, np.arange(n) % len(ages.boundaries)
    for row in np.flatnonzero(draws.flag(chance, n)).tolist():
        years, days_ahead = ages.boundaries[which[row]]
        birthday = on + timedelta(days=days_ahead)
        born[row] = np.datetime64(birthday.replace(year=birthday.year - years))
    return born


def _by_age(bands: tuple[AgeBand, ...], age: Floats, draws: Draws) -> Index:
    limits = np.array([band.below for band in bands])
    row = np.minimum(np.searchsorted(limits, age, side="right"), limits.size - 1)
    return draws.pick_rows(np.array([band.shares for band in bands]), row)


def _care(age: Floats, male: Flags, draws: Draws) -> Flags:
    care = people_spec().care
    woman = np.where((age >= 22) & (age < 40), care.woman_22_to_40, care.woman_other)
    return draws.flag(np.where(male, care.man, woman), age.size)
