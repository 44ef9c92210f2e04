"""What the demo draws from: counties, trades, names and shares, read from the TOML files of this room."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec

from matcher.demo.shares import PeopleSpec, Spec
from matcher.errors import UsageError
from matcher.records import Channel, ContractType, Education, Group

SYNTHETIC = "合成数据"


class Monitored(Spec, frozen=True, kw_only=True):
    """Shares of monitored households by type."""

    unstable: float
    marginal: float
    sudden: float


class CountySpec(Spec, frozen=True, kw_only=True):
    """One demo county: its places, its day, the shares of its households, the names people bear there."""

    name: str
    code: str
    counties: tuple[str, ...]
    written_names: dict[str, str]
    on: date
    season: str
    wage_level_yuan_month: int
    welfare_wage_yuan_month: int
    registered_poor: float
    out_of_poverty_of_poor: float
    relocated_of_poor: float
    relocated_of_others: float
    monitored: Monitored
    low_income_of_others: float
    extreme_poverty_of_poor: float
    poor_villages: float
    deep_poverty_villages: float
    deep_poverty_townships: float
    ethnicities: dict[str, float]
    surnames: dict[str, float]
    partner_places: tuple[str, ...]
    export_places: tuple[str, ...]
    city_places: tuple[str, ...]
    welfare_groups: tuple[tuple[Group, ...], ...]


class Trade(Spec, frozen=True, kw_only=True):
    """A trade: the worker's word for it, the skills and papers it takes, and the posts offered in it."""

    trade: str
    titles: tuple[str, ...]
    skills: tuple[str, ...]
    certificates: tuple[str, ...] = ()
    channels: tuple[Channel, ...]
    industry: str
    duties: str
    pay: float = 1.0
    women: float
    age: Literal["young", "any", "old"]
    night: float = 0.0
    heavy: bool = False
    education: Education | None = None
    must: float = 0.0
    weight: float = 1.0
    only: tuple[str, ...] = ()


class ChannelSpec(Spec, frozen=True, kw_only=True):
    """How the vacancies of one channel look."""

    channel: Channel
    ending: str
    named: Literal["city", "place", "village"]
    share: float
    openings: float
    place: Literal["partner", "export", "city", "seat", "township", "village", "site"]
    lodging: float
    board: float
    insured: float
    age_limit: float
    reserved: float = 0.0
    groups: tuple[tuple[Group, ...], ...] = ()
    contract: ContractType | None = None
    pay: float = 1.0


class VacancySpec(Spec, frozen=True, kw_only=True):
    """Everything in vacancies.toml."""

    per_employer: float
    openings_per_willing_worker: float
    filled_up: float
    expired: float
    not_yet_open: float
    headcount_unknown: float
    no_wage: float
    only_lowest_wage: float
    unknown: float
    unvetted: float
    arrears: float
    open_since_days: int
    open_for_days: tuple[int, int]
    age_min: int
    age_limits: tuple[int, ...]
    age_limit_shares: tuple[float, ...]
    older_trade_limits: tuple[int, ...]
    deposit_yuan: tuple[int, ...]
    sex_conditions: tuple[str, ...]
    illegal_sex: float
    illegal_deposit: float
    employer_share_range: tuple[float, float]
    contract_months: tuple[int, ...]
    welfare_contract_months: int
    channel: tuple[ChannelSpec, ...]


class GivenParts(Spec, frozen=True, kw_only=True):
    """Characters of given names by generation."""

    older: str
    younger: str


class GivenNames(Spec, frozen=True, kw_only=True):
    """Characters of given names by sex, and how they are put together."""

    female: GivenParts
    male: GivenParts
    one_character: float
    younger_below: int
    dotted_share: float


class Dotted(Spec, frozen=True, kw_only=True):
    """Whole names written with a middle dot."""

    female: tuple[str, ...]
    male: tuple[str, ...]


class Firms(Spec, frozen=True, kw_only=True):
    """Words firms are named with, and the mark every invented firm carries."""

    words: tuple[str, ...]
    marker: str


class NameSpec(Spec, frozen=True, kw_only=True):
    """Everything in names.toml."""

    given: GivenNames
    dotted: Dotted
    firms: Firms


def jurisdictions() -> tuple[str, ...]:
    """Ids of the demo counties, the default first."""
    default, counties = _counties()
    return (default, *sorted(set(counties) - {default}))


def county_spec(jurisdiction: str) -> CountySpec:
    """The demo county of a jurisdiction; UsageError names those there are."""
    _, counties = _counties()
    if jurisdiction not in counties:
        raise UsageError(
            f"there is no demo county {jurisdiction!r}",
            where="--jurisdiction",
            remedy="Use " + ", ".join(jurisdictions()),
        )
    return counties[jurisdiction]


@cache
def people_spec() -> PeopleSpec:
    """Shares and ages of people.toml."""
    return msgspec.convert(_table("people.toml"), PeopleSpec)


@cache
def vacancy_spec() -> VacancySpec:
    """Shares and conditions of vacancies.toml."""
    return msgspec.convert(_table("vacancies.toml"), VacancySpec)


@cache
def name_spec() -> NameSpec:
    """Name parts of names.toml."""
    return msgspec.convert(_table("names.toml"), NameSpec)


def trades(jurisdiction: str) -> tuple[Trade, ...]:
    """Trades that exist in a demo county, in file order."""
    return tuple(trade for trade in _trades() if not trade.only or jurisdiction in trade.only)


@cache
def _trades() -> tuple[Trade, ...]:
    return msgspec.convert(_table("trades.toml")["trade"], tuple[Trade, ...])


@cache
def _counties() -> tuple[str, dict[str, CountySpec]]:
    table = _table("counties.toml")
    return table["default"], msgspec.convert(table["counties"], dict[str, CountySpec])


def _table(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return tomllib.loads(text)
