"""The numbers of the market: strict tables of marginals.toml, and the variants that differ from them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from matcher.errors import UsageError

HERE = Path(__file__).parent
BASE = "base"
FROZEN = ("marginals.toml", "variants.toml")


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A strict, frozen table of a TOML file."""


class Size(Table, frozen=True, kw_only=True):
    """How large a county is."""

    workers: int
    vacancies: int
    employers: int
    townships: int
    villages_per_township: int
    openings_per_worker: float
    partner_wage: float
    partner_openings: float


class SeasonSpec(Table, frozen=True, kw_only=True):
    """How a season runs."""

    rounds: int
    days_between_rounds: int
    list_length: int
    applications_per_round: int
    examination: tuple[float, ...]
    takes_best_offer: float
    outside_fill: float
    worker_arrivals: tuple[float, ...]
    vacancy_arrivals: tuple[float, ...]


class Households(Table, frozen=True, kw_only=True):
    """Shares of households."""

    sizes: tuple[float, ...]
    poor: float
    relocated_of_poor: float
    relocated_of_others: float
    deep_poverty_villages: float


class PeopleSpec(Table, frozen=True, kw_only=True):
    """Shares of people and what drives their reach and their reservation wage."""

    ages: tuple[tuple[int, int, float], ...]
    women: float
    minority: float
    education: tuple[float, ...]
    weak_below_50: float
    weak_from_50: float
    care_women: float
    care_men: float
    no_trade: float
    wished_trade: float
    reservation_yuan_month: float
    reservation_spread: float
    reservation_women: float
    reservation_education: float
    reach_cuts: tuple[float, ...]
    reach_age_decade: float
    reach_care: float
    reach_weak: float


class Observation(Table, frozen=True, kw_only=True):
    """How records differ from people."""

    wrong_travel: float
    missing: float
    answers: float
    floor_stated: float
    floor_of_reservation: tuple[float, float]
    wage_band: float
    unstated_post_field: float
    daily_return_stated_wrong: float


class FollowUp(Table, frozen=True, kw_only=True):
    """How a placement is asked after."""

    unreachable: float
    moved_of_left: float
    days: tuple[int, ...]
    months_kept: int


class PostSpec(Table, frozen=True, kw_only=True):
    """Conditions of posts that do not depend on their channel."""

    wage_spread: float
    age_limit: tuple[tuple[int, float], ...]
    education_asked: float
    skill_preferred: float
    skill_required: float
    contract_months: tuple[int, ...]


class ChannelSpec(Table, frozen=True, kw_only=True):
    """Posts of one channel."""

    channel: str
    share: float
    openings: float
    place: Literal["partner", "export", "city", "seat", "township", "village"]
    wage_yuan_month: float
    lodging: float = 0.0
    board: float = 0.0
    insured: float = 0.0
    night: float = 0.0
    flexible: float = 0.0
    age_limit: float = 0.0
    reserved: float = 0.0


class TradeSpec(Table, frozen=True, kw_only=True):
    """A trade that people have and posts ask for."""

    trade: str
    skill: str
    group: str
    weight: float
    women: float
    heavy: float
    channels: tuple[str, ...]


class CountySpec(Table, frozen=True, kw_only=True):
    """Where a county lies and which pack binds it."""

    county: str
    pack: str
    first_day: date
    partner: tuple[str, ...]
    export: tuple[str, ...]
    city: tuple[str, ...]


class Spec(Table, frozen=True, kw_only=True):
    """Everything in marginals.toml. `hidden` .. `interactions` are named weights of the hidden utilities."""

    size: Size
    season: SeasonSpec
    households: Households
    people: PeopleSpec
    observation: Observation
    hidden: dict[str, float]
    apply: dict[str, float]
    hire: dict[str, float]
    keep: dict[str, float]
    interactions: dict[str, float]
    shocks: dict[str, str]
    follow_up: FollowUp
    posts: PostSpec
    channels: tuple[ChannelSpec, ...]
    trades: tuple[TradeSpec, ...]
    counties: tuple[CountySpec, ...]


class Variant(Table, frozen=True, kw_only=True):
    """What a variant says, and the numbers it multiplies or replaces by their dotted names."""

    says: str
    factor: dict[str, float] = {}
    value: dict[str, Any] = {}


@cache
def variants() -> Mapping[str, Variant]:
    """Name -> variant, `base` first."""
    read = tomllib.loads((HERE / FROZEN[1]).read_text("utf-8"))
    return {BASE: Variant(says="the base"), **msgspec.convert(read, dict[str, Variant])}


@cache
def load_spec(variant: str = BASE) -> Spec:
    """The numbers of a variant. UsageError for one that does not exist."""
    if variant not in variants():
        raise UsageError(f"no variant {variant!r}", where="variant", remedy=f"Use one of: {', '.join(variants())}.")
    told = variants()[variant]
    read = tomllib.loads((HERE / FROZEN[0]).read_text("utf-8"))
    for name, factor in told.factor.items():
        table, key = name.split(".")
        read[table][key] *= factor
    for name, value in told.value.items():
        table, key = name.split(".")
        # A key the base does not have would be taken for a new weight that nothing reads.
        if key not in read[table]:
            raise UsageError(f"{name} is no number of the market", where=FROZEN[1])
        read[table][key] = value
    return msgspec.convert(read, Spec)


def frozen_hash() -> str:
    """SHA-256 of both files, name and bytes."""
    digest = hashlib.sha256()
    for name in FROZEN:
        digest.update(name.encode() + b"\0" + (HERE / name).read_bytes())
    return digest.hexdigest()


def committed_hash() -> str:
    """The hash of the numbers as they were fixed; README says when, and what had run by then."""
    return (HERE / "frozen.sha256").read_text("ascii").strip()


def resized(spec: Spec, *, workers: int, vacancies: int) -> Spec:
    """The same market with fewer people and posts: for smokes and tests."""
    employers = max(len(spec.channels), spec.size.employers * vacancies // spec.size.vacancies)
    size = msgspec.structs.replace(spec.size, workers=workers, vacancies=vacancies, employers=employers)
    return msgspec.structs.replace(spec, size=size)
