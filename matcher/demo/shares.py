"""The tables of people.toml: how households, people, their wishes and their gaps are drawn."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A strict, frozen table of a TOML file: an unknown key is an error."""


class HouseholdShares(Spec, frozen=True, kw_only=True):
    """Sizes and places of households."""

    sizes: tuple[float, ...]
    town_committee_weight: float
    households_per_site: int
    fewest_sites: int
    poor_in_poor_village: float


class Ages(Spec, frozen=True, kw_only=True):
    """The age curve of first members, gaps to the others, birthdays put on a boundary."""

    head: tuple[tuple[float, float], ...]
    head_is_male: float
    spouse_gap_years: tuple[float, float]
    child_gap_years: tuple[float, float]
    youngest: float
    oldest: float
    boundaries: tuple[tuple[int, int], ...]
    boundary_share: float


class AgeBand(Spec, frozen=True, kw_only=True):
    """Shares that hold for people below an age."""

    below: float
    shares: tuple[float, ...]


class Travel(Spec, frozen=True, kw_only=True):
    """Shares of the six travel ranges by life situation."""

    free_young: tuple[float, ...]
    free_middle: tuple[float, ...]
    free_old: tuple[float, ...]
    care: tuple[float, ...]
    weak: tuple[float, ...]
    young_below: int
    old_from: int


class Care(Spec, frozen=True, kw_only=True):
    """Chance of a duty of care by sex and age."""

    woman_22_to_40: float
    woman_other: float
    man: float


class Wish(Spec, frozen=True, kw_only=True):
    """What people want, earn at least, can do, and where they stand today."""

    to_work: float
    to_work_from_60: float
    to_train: float
    to_start_up: float
    in_running_placement_below_45: float
    in_running_placement_others: float
    had_placement: float
    listed_last_year: float
    care_needs_daily_return: float
    trained: float
    wage_floor_of_level: tuple[float, float]
    wage_floor_local_factor: float
    prefers_places: float
    prefers_trades: float
    no_trade: float
    second_trade: float
    holds_certificate_of_trade: float
    joining_within_days: int
    waiting_within_days: int
    returned_within_days: int
    returned: float


class Hardness(Spec, frozen=True, kw_only=True):
    """Recorded judgements of off-farm hardness."""

    from_age: int
    judged: float
    judged_hard: float
    judged_within_days: int
    hard_to_employ_from_50: float
    hard_to_employ_others: float
    by: tuple[str, ...]
    grounds_hard: tuple[str, ...]
    grounds_not_hard: tuple[str, ...]


class ConsentShares(Spec, frozen=True, kw_only=True):
    """Share of yes among those asked."""

    plot: float
    plot_from_45: float
    sms: float
    share_with_employer: float


class PlotShares(Spec, frozen=True, kw_only=True):
    """Plots at relocation sites."""

    area_poor_mu: Decimal
    area_other_mu: Decimal
    free_years: int
    per_relocated_household: float
    held: float
    ended: float
    oldest_start_days: int


class PlacementShares(Spec, frozen=True, kw_only=True):
    """Running and ended placements and the proof they carry."""

    running_from_days: tuple[int, int]
    ended_from_days: tuple[int, int]
    ended_lasted_days: tuple[int, int]
    contract_months: tuple[int, ...]
    linked_to_vacancy: float
    without_evidence: float
    without_checker: float
    via_broker: float
    brokers: int
    checkers: tuple[str, ...]
    end_reasons: tuple[str, ...]


class PeopleSpec(Spec, frozen=True, kw_only=True):
    """Everything in people.toml."""

    households: HouseholdShares
    ages: Ages
    education: tuple[AgeBand, ...]
    ability: tuple[AgeBand, ...]
    travel: Travel
    care: Care
    wish: Wish
    hardness: Hardness
    consent: ConsentShares
    missing: dict[str, float]
    plots: PlotShares
    placements: PlacementShares
