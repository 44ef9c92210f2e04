"""Columns become records: workers with their facts (some left unknown on purpose), identities, households."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.demo.draws import Draws, Flags, Floats, Index
from matcher.demo.households import MONITORED, Homes, Land
from matcher.demo.names import ethnicities, person_names
from matcher.demo.numbers import id_numbers, mobile_numbers
from matcher.demo.people import ABILITY, EDUCATION, People
from matcher.demo.specs import CountySpec, Trade, people_spec
from matcher.demo.wishes import TRAVEL, Wishes
from matcher.records import (
    Consent,
    EmploymentStatus,
    Household,
    Identity,
    Judgement,
    LabourAbility,
    PoorStatus,
    Sex,
    TravelRange,
    Worker,
)

Values = NDArray[np.object_]
OWN_TOWNSHIP = TRAVEL.index(TravelRange.TOWNSHIP)
"""Who would go farther than this would go out to work."""


def record_ids(prefix: str, letter: str, n: int) -> list[str]:
    """Ids of n records: demo-450206-w000001 and so on."""
    return [f"{prefix}{letter}{number:06d}" for number in range(1, n + 1)]


def draw_identities(
    county: CountySpec, prefix: str, land: Land, homes: Homes, people: People, draws: Draws
) -> list[Identity]:
    """Name, identity number, phone and ethnicity of everybody; a few numbers and phones are not known."""
    missing, n = people_spec().missing, people.size
    names = person_names(county, draws, people.male, people.age)
    county_codes = np.array([v.code[:6] for v in land.villages])
    numbers = _some(
        id_numbers(county_codes[homes.origin[people.household]].tolist(), people.born, people.male),
        _gaps(people, missing["birth_date"]),
    )
    phones = _some(mobile_numbers(n), draws.flag(missing["phone"], n))
    groups = ethnicities(county, draws, n)
    return [
        Identity(worker_id=i, name=name, id_number=number, phone=phone, ethnicity=group)
        for i, name, number, phone, group in zip(
            record_ids(prefix, "w", n), names, numbers, phones, groups, strict=True
        )
    ]


def draw_workers(
    county: CountySpec,
    prefix: str,
    trades: Sequence[Trade],
    land: Land,
    homes: Homes,
    people: People,
    wishes: Wishes,
    draws: Draws,
) -> list[Worker]:
    """The roster as of the demo day, one record per worker in household order."""
    missing, n, home = people_spec().missing, people.size, people.household
    columns: dict[str, Iterable[Any]] = {
        "worker_id": record_ids(prefix, "w", n),
        "household_id": [f"{prefix}h{h + 1:06d}" for h in home.tolist()],
        "birth_date": _some(people.born, _gaps(people, missing["birth_date"])),
        "sex": [Sex.MALE if male else Sex.FEMALE for male in people.male.tolist()],
    }
    columns |= _places(land, homes, people, draws)
    columns |= _abilities(trades, people, wishes)
    columns |= _flags(land, homes, home)
    columns |= _wishes(county, trades, people, wishes, draws)
    columns |= _situation(county, people, wishes, draws)
    columns["consent"] = _consents(people, draws)
    for field, share in missing.items():
        if field in columns and field != "birth_date":
            columns[field] = _some(columns[field], draws.flag(share, n))
    # Drawn last: columns before it keep their draws.
    columns["system_work_years"] = _listed(county, homes, people, draws)
    names = tuple(columns)
    return [Worker(**dict(zip(names, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def draw_households(
    prefix: str, land: Land, homes: Homes, people: People, wishes: Wishes, holders: Index, draws: Draws
) -> list[Household]:
    """Households with their counts of able, employed and trained members and whether they hold a plot."""
    missing, n = people_spec().missing, homes.size
    codes = np.array([v.code for v in land.villages], dtype=object)
    holds = np.zeros(n, dtype=bool)
    holds[holders[holders >= 0]] = True

    def count(of: Flags) -> Index:
        return np.bincount(people.household[of], minlength=n)

    able = ~people.has_ability(LabourAbility.NONE)
    status = np.select(
        [homes.monitored > 0, homes.out_of_poverty, homes.poor],
        [PoorStatus.MONITORED, PoorStatus.OUT, PoorStatus.REGISTERED],
        PoorStatus.ORDINARY,
    )
    columns: dict[str, Iterable[Any]] = {
        "household_id": record_ids(prefix, "h", n),
        "able_members": _some(count(able), draws.flag(missing["able_members"], n)),
        "employed_members": _some(count(wishes.running), draws.flag(missing["employed_members"], n)),
        "trained_members": _some(count(wishes.trained), draws.flag(missing["trained_members"], n)),
        "holds_plot": _some(holds, draws.flag(missing["holds_plot"], n) & ~holds),
        "place_code": codes[homes.lives].tolist(),
        "site_code": _some(codes[homes.lives], ~homes.relocated),
        "poor_status": [PoorStatus(value) for value in status.tolist()],
        "relocated": homes.relocated.tolist(),
        "former_extreme_poverty": homes.extreme.tolist(),
    }
    names = tuple(columns)
    return [Household(**dict(zip(names, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _some(values: Iterable[Any], unknown: Flags) -> list[Any]:
    """The values as Python objects, None where unknown."""
    plain = values.tolist() if isinstance(values, np.ndarray) else list(values)
    for row in np.flatnonzero(unknown).tolist():
        plain[row] = None
    return plain


def _gaps(people: People, share: float) -> Flags:
    """Rows without birth date and identity number: the same ones in roster and identities."""
    return np.arange(people.size) % max(round(1 / share), 1) == 7 if share else np.zeros(people.size, dtype=bool)


def _places(land: Land, homes: Homes, people: People, draws: Draws) -> dict[str, Iterable[Any]]:
    """Where people live (now and then known to the township only) and where they are registered."""
    codes = np.array([v.code for v in land.villages], dtype=object)
    townships = np.array([v.township for v in land.villages], dtype=object)
    lives = homes.lives[people.household]
    coarse = draws.flag(people_spec().missing["village_of_place"], people.size)
    relocated = homes.relocated[people.household]
    return {
        "place_code": np.where(coarse & ~relocated, townships[lives], codes[lives]).tolist(),
        "hukou_code": codes[homes.origin[people.household]].tolist(),
        "relocation_site": _some(codes[lives], ~relocated),
    }


def _abilities(trades: Sequence[Trade], people: People, wishes: Wishes) -> dict[str, Iterable[Any]]:
    """Education, labour ability, trades with their skills, and papers held."""
    pairs = list(zip(wishes.first_trade.tolist(), wishes.second_trade.tolist(), strict=True))
    own = {pair: tuple(trades[t] for t in pair if t >= 0) for pair in set(pairs)}
    words = {pair: tuple(t.trade for t in found) for pair, found in own.items()}
    skills = {pair: tuple(dict.fromkeys(s for t in found for s in t.skills)) for pair, found in own.items()}
    papers = {pair: tuple(dict.fromkeys(c for t in found for c in t.certificates)) for pair, found in own.items()}
    return {
        "education": [EDUCATION[e] for e in people.education.tolist()],
        "labour_ability": [ABILITY[a] for a in people.ability.tolist()],
        "trades": [words[pair] for pair in pairs],
        "skills": [skills[pair] for pair in pairs],
        "certificates": [
            papers[pair] if held else () for pair, held in zip(pairs, wishes.certified.tolist(), strict=True)
        ],
    }


def _flags(land: Land, homes: Homes, home: Index) -> dict[str, Iterable[Any]]:
    """What the household and its village are counted as."""
    origin = homes.origin[home]
    return {
        "registered_poor": homes.poor[home].tolist(),
        "out_of_poverty": homes.out_of_poverty[home].tolist(),
        "monitored_type": [MONITORED[m] for m in homes.monitored[home].tolist()],
        "relocated": homes.relocated[home].tolist(),
        "deep_poverty_village": land.deep[origin].tolist(),
        "deep_poverty_township": land.deep_township[origin].tolist(),
        "former_extreme_poverty": homes.extreme[home].tolist(),
        "rural_low_income": homes.low_income[home].tolist(),
        "poor_village": land.poor[origin].tolist(),
    }


def _wishes(
    county: CountySpec, trades: Sequence[Trade], people: People, wishes: Wishes, draws: Draws
) -> dict[str, Iterable[Any]]:
    """Travel, pay, wishes, and places and trades people would like best."""
    spec, n = people_spec().wish, people.size
    far = np.array((*county.partner_places, *county.export_places), dtype=object)
    near = np.array((*county.counties, *county.city_places), dtype=object)
    stays = wishes.travel <= 3
    chosen = np.where(stays, near[draws.between(0, near.size - 1, n)], far[draws.between(0, far.size - 1, n)])
    soon = draws.spread(-30, spec.joining_within_days, n).astype(np.int64).clip(0)
    words = [(trade.trade,) for trade in trades]
    return {
        "travel_range": [TRAVEL[t] for t in wishes.travel.tolist()],
        "needs_daily_return": wishes.daily_return.tolist(),
        "wage_floor_yuan_month": wishes.wage_floor.tolist(),
        "wish_to_work": wishes.to_work.tolist(),
        "wish_to_go_out": (wishes.to_work & (wishes.travel > OWN_TOWNSHIP)).tolist(),
        "wish_to_train": wishes.to_train.tolist(),
        "wish_to_start_up": wishes.to_start_up.tolist(),
        "preferred_places": _some([(code,) for code in chosen.tolist()], ~draws.flag(spec.prefers_places, n)),
        "preferred_trades": _some(
            [words[t] for t in wishes.wished_trade.tolist()], ~draws.flag(spec.prefers_trades, n)
        ),
        "available_from": _days_from(county, soon),
    }


def _situation(county: CountySpec, people: People, wishes: Wishes, draws: Draws) -> dict[str, Iterable[Any]]:
    """Employment, waiting, return, hardness: where people stand on the demo day."""
    spec, hard, n = people_spec().wish, people_spec().hardness, people.size
    u = draws.uniform(n)
    status = [
        EmploymentStatus.EMPLOYED
        if running
        else EmploymentStatus.NOT_SEEKING
        if not willing
        else EmploymentStatus.FLEXIBLE
        if part < 0.3
        else EmploymentStatus.IN_TRAINING
        if part > 0.98
        else EmploymentStatus.UNEMPLOYED
        for running, willing, part in zip(wishes.running.tolist(), wishes.to_work.tolist(), u.tolist(), strict=True)
    ]
    seeks = wishes.to_work & ~wishes.running
    waiting = -draws.between(0, spec.waiting_within_days, n)
    returned = -draws.between(0, spec.returned_within_days, n)
    came_back = seeks & draws.flag(spec.returned, n)
    difficult = np.where(people.age >= 50, hard.hard_to_employ_from_50, hard.hard_to_employ_others)
    return {
        "employment_status": status,
        "waiting_since": _some(_days_from(county, waiting), ~seeks),
        "returned_on": _some(_days_from(county, returned), ~came_back),
        "hard_to_employ": draws.flag(difficult, n).tolist(),
        "off_farm_hard": _judgements(county, people, draws.grid(n, 4)),
    }


def _judgements(county: CountySpec, people: People, u: Floats) -> list[Judgement | None]:
    """Recorded judgements for part of those of the pack's age; nobody else has one."""
    spec, found = people_spec().hardness, list[Judgement | None]([None]) * people.size
    judged = np.flatnonzero((people.age >= spec.from_age) & (u[:, 0] < spec.judged))
    days = _days_from(county, -(u[:, 3] * spec.judged_within_days).astype(np.int64))
    for row in judged.tolist():
        value = bool(u[row, 1] < spec.judged_hard)
        grounds = spec.grounds_hard if value else spec.grounds_not_hard
        found[row] = Judgement(
            value=value,
            by=spec.by[int(u[row, 2] * len(spec.by))],
            on=days[row],
            grounds=grounds[int(u[row, 2] * 97) % len(grounds)],
        )
    return found


def _listed(county: CountySpec, homes: Homes, people: People, draws: Draws) -> list[tuple[str, ...] | None]:
    """The poor whom the national system has entered as working in the year before the demo day."""
    able = homes.poor[people.household] & ~people.has_ability(LabourAbility.NONE)
    entered = able & draws.flag(people_spec().wish.listed_last_year, people.size)
    return _some([(str(county.on.year - 1),)] * people.size, ~entered)


def _consents(people: People, draws: Draws) -> list[Consent]:
    """Yes, no or not asked per purpose."""
    spec, missing, n = people_spec().consent, people_spec().missing, people.size
    plot = draws.flag(np.where(people.age >= 45, spec.plot_from_45, spec.plot), n)
    answers = {
        "plot": plot,
        "sms": draws.flag(spec.sms, n),
        "share_with_employer": draws.flag(spec.share_with_employer, n),
    }
    asked = (_some(answer, draws.flag(missing[f"consent_{name}"], n)) for name, answer in answers.items())
    return [Consent(plot=plot, sms=sms, share_with_employer=share) for plot, sms, share in zip(*asked, strict=True)]


def _days_from(county: CountySpec, days: Index) -> list[Any]:
    """Dates so many days from the demo day."""
    return list((np.datetime64(county.on) + days.astype("timedelta64[D]")).tolist())
