"""What the county has on record: worker, household, employer and vacancy of CONTRACT section 3, with gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from msgspec.structs import replace

from matcher.records import (
    Channel,
    Education,
    Employer,
    Group,
    Household,
    LabourAbility,
    Sex,
    TravelRange,
    Vacancy,
    Worker,
)
from matcher.records.codes import MonitoredType
from training_data.market.draws import Draws, Index
from training_data.market.posts import NO_LIMIT
from training_data.market.world import World

EDUCATION = (Education.NONE, Education.PRIMARY, Education.JUNIOR, Education.SENIOR, Education.COLLEGE)
TRAVEL = tuple(TravelRange)
OUT_OF_POVERTY_FROM = date(2021, 1, 1)
"""Registered households count as out of poverty from here on: the end of 2020 closed the register."""


@dataclass(frozen=True, slots=True)
class Records:
    """The county's files at the start, and from which round a gap is filled.

    full : each worker with every answer; gaps : the same with answers missing; answered : first round of the full one
    """

    full: tuple[Worker, ...]
    gaps: tuple[Worker, ...]
    answered: Index
    households: tuple[Household, ...]
    employers: tuple[Employer, ...]
    vacancies: tuple[Vacancy, ...]

    def worker(self, ix: int, round_ix: int) -> Worker:
        """The worker as the desk knows them in a round."""
        return self.full[ix] if round_ix >= self.answered[ix] else self.gaps[ix]


def observe(world: World) -> Records:
    """The records of a season; the same world gives the same bytes."""
    draws = Draws.of(world.draws.key % 2**62, "records")
    full, n = _workers(world, draws), world.people.size
    sees = world.spec.observation
    missing = [draws.flag("missing " + name, sees.missing, n) for name in ("travel_range", "education", "skills")]
    gaps = tuple(_with_gaps(worker, [bool(lost[ix]) for lost in missing]) for ix, worker in enumerate(full))
    silent = np.floor(np.log1p(-draws.uniform("answers", n)) / np.log1p(-sees.answers)).astype(np.int64)
    return Records(
        full=full,
        gaps=gaps,
        # The desk asks before each round somebody is there; who has no gap has answered from the start.
        answered=np.where(np.logical_or.reduce(missing), world.people.arrival + silent, 0),
        households=_households(world),
        employers=_employers(world),
        vacancies=_vacancies(world, draws),
    )


def _with_gaps(worker: Worker, missing: list[bool]) -> Worker:
    lost_travel, lost_education, lost_skills = missing
    return replace(
        worker,
        travel_range=None if lost_travel else worker.travel_range,
        education=None if lost_education else worker.education,
        skills=None if lost_skills else worker.skills,
        trades=None if lost_skills else worker.trades,
    )


def recorded_reach(world: World, draws: Draws) -> Index:
    """Travel ranks as recorded: some one step too near or too far."""
    n, reach = world.people.size, world.people.reach
    wrong = draws.flag("wrong travel", world.spec.observation.wrong_travel, n)
    step = np.where(draws.flag("too far", 0.5, n), 1, -1)
    return np.clip(np.where(wrong, reach + step, reach), 0, len(TRAVEL) - 1)


def _floors(world: World, draws: Draws) -> list[int | None]:
    """Stated lowest wages: below what one would really take, in whole hundreds; some say none."""
    sees, n = world.spec.observation, world.people.size
    low, high = sees.floor_of_reservation
    share = low + draws.uniform("floor", n) * (high - low)
    floors = np.rint(world.people.reservation * share / 100).astype(np.int64) * 100
    stated = draws.flag("floor stated", sees.floor_stated, n)
    return [floor if said else None for floor, said in zip(floors.tolist(), stated.tolist(), strict=True)]


def _born(world: World) -> list[date]:
    """Birth dates: the ages of the first day, in days."""
    days = (world.people.age * 365.2425).astype(np.int64)
    return [world.day(0) - timedelta(days=int(lived)) for lived in days.tolist()]


def _workers(world: World, draws: Draws) -> tuple[Worker, ...]:
    people, spec = world.people, world.spec
    reach, floors, born = recorded_reach(world, draws), _floors(world, draws), _born(world)
    slip = draws.flag("daily return wrong", spec.observation.daily_return_stated_wrong, people.size)
    home_daily = (people.care & (people.reach <= TravelRange.CITY.rank)) ^ slip
    told = []
    for ix in range(people.size):
        trade = spec.trades[int(people.trade[ix])] if people.trade[ix] >= 0 else None
        wished = spec.trades[int(people.wished_trade[ix])].trade if people.wished_trade[ix] >= 0 else None
        worker = Worker(
            worker_id=f"w{world.prefix}-{ix:05d}",
            household_id=household_id(world, int(people.household[ix])),
            birth_date=born[ix],
            sex=Sex.FEMALE if people.female[ix] else Sex.MALE,
            education=EDUCATION[int(people.education[ix])],
            skills=(trade.skill,) if trade else (),
            trades=(trade.trade,) if trade else (),
            certificates=(),
            labour_ability=LabourAbility.WEAK if people.weak[ix] else LabourAbility.NORMAL,
            place_code=world.land.villages[int(people.village[ix])],
            travel_range=TRAVEL[int(reach[ix])],
            preferred_trades=(wished,) if wished else None,
            wage_floor_yuan_month=floors[ix],
            needs_daily_return=bool(home_daily[ix]),
            wish_to_work=True,
            waiting_since=world.day(int(people.arrival[ix])),
        )
        told.append(_with_standing(world, worker, ix))
    return tuple(told)


def _with_standing(world: World, worker: Worker, ix: int) -> Worker:
    """The worker with what the register says of the household: every flag is stated, most of them no."""
    poor = bool(world.people.poor[ix])
    return replace(
        worker,
        registered_poor=poor,
        out_of_poverty=poor and world.day(0) >= OUT_OF_POVERTY_FROM,
        monitored_type=MonitoredType.NONE,
        relocated=bool(world.people.relocated[ix]),
        deep_poverty_village=bool(world.people.deep[ix]),
        deep_poverty_township=False,
        former_extreme_poverty=False,
        rural_low_income=False,
        hard_to_employ=False,
    )


def household_id(world: World, ix: int) -> str:
    """Id of a household of the season."""
    return f"h{world.prefix}-{ix:05d}"


def _households(world: World) -> tuple[Household, ...]:
    sizes = np.bincount(world.people.household, minlength=world.people.n_households)
    return tuple(
        Household(household_id=household_id(world, ix), able_members=int(size), employed_members=0, holds_plot=False)
        for ix, size in enumerate(sizes.tolist())
    )


def _employers(world: World) -> tuple[Employer, ...]:
    channels, code = world.spec.channels, world.county.county
    return tuple(
        Employer(
            employer_id=f"e{code}-{ix:03d}",
            name=f"合成单位{ix:03d}",
            kind=Channel(channels[int(channel)].channel),
            place_code=world.employers.place[ix],
            vetted_on=world.county.first_day,
        )
        for ix, channel in enumerate(world.employers.channel.tolist())
    )


def _vacancies(world: World, draws: Draws) -> tuple[Vacancy, ...]:
    posts, sees = world.posts, world.spec.observation
    columns = {
        "lodging": posts.lodging,
        "board": posts.board,
        "night_shift": posts.night,
        "heavy_work": posts.heavy,
        "insured": posts.insured,
    }
    silent = {
        name: draws.flag("unstated " + name, sees.unstated_post_field, posts.size)
        for name in (*columns, "contract_months")
    }
    told = []
    for ix in range(posts.size):
        stated = {name: bool(column[ix]) for name, column in columns.items() if not silent[name][ix]}
        months = None if silent["contract_months"][ix] else int(posts.months[ix])
        told.append(replace(_vacancy(world, ix), contract_months=months, **stated))
    return tuple(told)


def _vacancy(world: World, ix: int) -> Vacancy:
    """The post at a position with everything that is always stated."""
    posts, band = world.posts, world.spec.observation.wage_band
    trade = world.spec.trades[int(posts.trade[ix])]
    wage, skill = float(posts.wage[ix]), (trade.skill,)
    return Vacancy(
        vacancy_id=f"v{world.prefix}-{ix:04d}",
        title=trade.trade,
        channel=Channel(world.spec.channels[int(posts.channel[ix])].channel),
        employer_id=f"e{world.county.county}-{int(posts.employer[ix]):03d}",
        place_code=posts.place[ix],
        headcount=int(posts.headcount[ix]),
        wage_low_yuan_month=int(round(wage * (1 - band) / 50) * 50),
        wage_high_yuan_month=int(round(wage * (1 + band) / 50) * 50),
        age_max=None if posts.age_max[ix] == NO_LIMIT else int(posts.age_max[ix]),
        education_min=None if posts.education_min[ix] == NO_LIMIT else Education.JUNIOR,
        skills_preferred=skill if posts.skill_preferred[ix] else None,
        skills_required=skill if posts.skill_required[ix] else None,
        reserved_for=(Group.REGISTERED_POOR, Group.OUT_OF_POVERTY) if posts.reserved[ix] else None,
        valid_from=world.day(int(posts.opens[ix])),
        valid_to=world.day(world.spec.season.rounds) - timedelta(days=1),
    )
