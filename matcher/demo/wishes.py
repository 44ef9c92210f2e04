"""What people can do and what they want: trades, papers, travel, pay, work, consent.

Everything here is what a person says or shows at the desk; nothing is hidden behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.demo.draws import Draws, Flags, Floats, Index
from matcher.demo.people import People
from matcher.demo.specs import CountySpec, Trade, people_spec
from matcher.records import Channel, LabourAbility, TravelRange

TRAVEL = tuple(TravelRange)
AGE_FACTOR = {"young": (3.0, 1.2, 0.3), "any": (1.0, 1.2, 1.0), "old": (0.3, 1.0, 2.5)}
NOT_A_TRADE_OF_ITS_OWN = frozenset({Channel.TRAINING, Channel.WELFARE_POST, Channel.OWN_BUSINESS})


@dataclass(frozen=True, slots=True)
class Wishes:
    """One element per worker; `first_trade` and `second_trade` are trade indices or -1, `travel` indexes TRAVEL.

    running : in a running placement; had : had one that ended; the two exclude each other.
    """

    first_trade: Index
    second_trade: Index
    wished_trade: Index
    certified: Flags
    travel: Index
    daily_return: Flags
    wage_floor: Index
    to_work: Flags
    to_train: Flags
    to_start_up: Flags
    running: Flags
    had: Flags
    trained: Flags

    @property
    def n_willing(self) -> int:
        """Workers who wish to work and are in no running placement."""
        return int((self.to_work & ~self.running).sum())


def draw_wishes(county: CountySpec, trades: tuple[Trade, ...], people: People, draws: Draws) -> Wishes:
    """Abilities and wishes of all people, by sex, age and situation."""
    spec, n = people_spec().wish, people.size
    first = np.where(draws.flag(spec.no_trade, n), -1, _trade(trades, people, draws))
    second = np.where((first >= 0) & draws.flag(spec.second_trade, n), _trade(trades, people, draws), -1)
    second = np.where(second == first, -1, second)
    travel = _travel(people, draws)
    able = ~people.has_ability(LabourAbility.NONE)
    to_work = able & draws.flag(np.where(people.age >= 60, spec.to_work_from_60, spec.to_work), n)
    running_chance = np.where(people.age < 45, spec.in_running_placement_below_45, spec.in_running_placement_others)
    running = to_work & draws.flag(running_chance, n)
    other = _trade(trades, people, draws)
    return Wishes(
        first_trade=first,
        second_trade=second,
        wished_trade=np.where((first >= 0) & draws.flag(0.6, n), first, other),
        certified=draws.flag(spec.holds_certificate_of_trade, n),
        travel=travel,
        daily_return=people.care & draws.flag(spec.care_needs_daily_return, n),
        wage_floor=_wage_floor(county, trades, first, travel, draws),
        to_work=to_work,
        to_train=draws.flag(spec.to_train, n),
        to_start_up=draws.flag(spec.to_start_up, n),
        running=running,
        had=~running & able & draws.flag(spec.had_placement, n),
        trained=draws.flag(spec.trained, n),
    )


def _trade(trades: tuple[Trade, ...], people: People, draws: Draws) -> Index:
    """A trade each, by sex and age; posts that are nobody's trade (classes, village posts) are left out."""
    age_row = np.digitize(people.age, (30, 45))
    weights = np.zeros((6, len(trades)))
    for ix, trade in enumerate(trades):
        if NOT_A_TRADE_OF_ITS_OWN.issuperset(trade.channels):
            continue
        for age, factor in enumerate(AGE_FACTOR[trade.age]):
            weights[age, ix] = trade.weight * factor * trade.women
            weights[3 + age, ix] = trade.weight * factor * (1 - trade.women)
    return draws.pick_rows(weights, age_row + 3 * people.male)


def _travel(people: People, draws: Draws) -> Index:
    spec = people_spec().travel
    rows = np.array((spec.free_young, spec.free_middle, spec.free_old, spec.care, spec.weak))
    situation = np.digitize(people.age, (spec.young_below, spec.old_from))
    situation = np.where(people.care, 3, situation)
    weak = people.has_ability(LabourAbility.WEAK, LabourAbility.HALF, LabourAbility.NONE)
    return draws.pick_rows(rows, np.where(weak, 4, situation))


def _wage_floor(county: CountySpec, trades: tuple[Trade, ...], first: Index, travel: Index, draws: Draws) -> Index:
    """Lowest wage in yuan a month, in hundreds; lower for those who stay in the county."""
    spec = people_spec().wish
    pay = np.array([trade.pay for trade in trades] + [1.0])
    skill = 0.5 + 0.5 * pay[first].clip(0.6, 1.8)
    stays = travel <= TRAVEL.index(TravelRange.COUNTY)
    place = np.where(stays, spec.wage_floor_local_factor, 1.0)
    floor: Floats = county.wage_level_yuan_month * draws.spread(*spec.wage_floor_of_level, first.size) * skill * place
    return (floor / 100).astype(np.int64) * 100
