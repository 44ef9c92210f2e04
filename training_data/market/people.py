"""Who seeks work: members of households with what they can do and want, most of which no record shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training_data.market.draws import Draws, Flags, Floats, Index
from training_data.market.land import Land
from training_data.market.spec import Spec

FAR = 4
"""Place class from which a job is far: another city of the province, another province."""
NORMAL, WEAK = 0, 1
CARE_FROM_AGE = 20


@dataclass(frozen=True, slots=True)
class People:
    """One element per worker, households in order.

    household, village, trade (-1 none), wished_trade (-1 none), education (rank 0 .. 4), reach (travel rank 0 .. 5) and
    arrival (round) are indices; poor, relocated and deep are those of the household. mobility, reliability, skill
    (of the own trade), reservation (yuan a month) and reach are hidden: records show at most a noisy trace.
    """

    household: Index
    village: Index
    age: Floats
    female: Flags
    minority: Flags
    weak: Flags
    care: Flags
    education: Index
    trade: Index
    wished_trade: Index
    poor: Flags
    relocated: Flags
    deep: Flags
    arrival: Index
    reach: Index
    mobility: Floats
    reliability: Floats
    skill: Floats
    reservation: Floats

    @property
    def size(self) -> int:
        """Number of workers, all of them willing."""
        return self.household.size

    @property
    def n_households(self) -> int:
        """Number of households."""
        return int(self.household[-1]) + 1 if self.size else 0

    @property
    def priority(self) -> Flags:
        """Members of relocated or deeply poor households: whom QUALITY Q2 and Q4 look at."""
        return self.relocated | self.deep


def draw_people(spec: Spec, land: Land, draws: Draws) -> People:
    """The people of one season."""
    shares, n = spec.people, spec.size.workers
    household = _households(spec, draws, n)
    n_homes = int(household[-1]) + 1
    village = (draws.uniform("village", n_homes) * len(land.villages)).astype(np.int64)
    poor = draws.flag("poor", spec.households.poor, n_homes)
    chance = np.where(poor, spec.households.relocated_of_poor, spec.households.relocated_of_others)
    relocated = draws.flag("relocated", chance, n_homes)
    age, female = _ages(spec, draws, n), draws.flag("female", shares.women, n)
    weak = draws.flag("weak", np.where(age < 50, shares.weak_below_50, shares.weak_from_50), n)
    care = draws.flag("care", np.where(female, shares.care_women, shares.care_men), n) & (age >= CARE_FROM_AGE)
    education = draws.pick("education", np.array(shares.education), n)
    mobility = draws.normal("mobility", n)
    trade = _trade("trade", spec, draws, female)
    return People(
        household=household,
        village=village[household],
        age=age,
        female=female,
        minority=draws.flag("minority", shares.minority, n_homes)[household],
        weak=weak,
        care=care,
        education=education,
        trade=np.where(draws.flag("no trade", shares.no_trade, n), -1, trade),
        wished_trade=np.where(
            draws.flag("wishes a trade", shares.wished_trade, n), _trade("wished trade", spec, draws, female), -1
        ),
        poor=poor[household],
        relocated=relocated[household],
        deep=(land.deep[village] & poor)[household],
        arrival=draws.pick("arrival", np.array(spec.season.worker_arrivals), n_homes)[household] % spec.season.rounds,
        reach=_reach(spec, mobility, age, care, weak),
        mobility=mobility * spec.hidden["mobility"],
        reliability=draws.normal("reliability", n) * spec.hidden["reliability"],
        skill=draws.normal("skill", n) * spec.hidden["skill"],
        reservation=_reservation(spec, draws, female, education),
    )


def _households(spec: Spec, draws: Draws, n: int) -> Index:
    """Household of each worker: sizes by share, the last one cut to fit."""
    sizes = draws.pick("household size", np.array(spec.households.sizes), n) + 1
    return np.asarray(np.repeat(np.arange(n), sizes)[:n], dtype=np.int64)


def _ages(spec: Spec, draws: Draws, n: int) -> Floats:
    bands = np.array(spec.people.ages)
    band = draws.pick("age band", bands[:, 2], n)
    low, high = bands[band, 0], bands[band, 1] + 1
    return np.asarray(low + draws.uniform("age", n) * (high - low))


def _trade(purpose: str, spec: Spec, draws: Draws, female: Flags) -> Index:
    weight = np.array([trade.weight for trade in spec.trades])
    women = np.array([trade.women for trade in spec.trades])
    return draws.pick(purpose, np.where(female[:, None], weight * women, weight * (1 - women)), female.size)


def _reach(spec: Spec, mobility: Floats, age: Floats, care: Flags, weak: Flags) -> Index:
    """How far one would really go: a latent reach cut into travel ranks."""
    shares = spec.people
    latent = mobility + shares.reach_age_decade * (age - 40) / 10 + shares.reach_care * care + shares.reach_weak * weak
    return np.asarray(np.searchsorted(np.array(shares.reach_cuts), latent), dtype=np.int64)


def _reservation(spec: Spec, draws: Draws, female: Flags, education: Index) -> Floats:
    """Yuan a month below which one would rather stay; log-normal."""
    shares = spec.people
    shift = shares.reservation_women * female + shares.reservation_education * (education - 2)
    noise = shares.reservation_spread * draws.normal("reservation", female.size)
    return np.asarray(shares.reservation_yuan_month * np.exp(shift + noise))
