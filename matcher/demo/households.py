"""Homes: villages with their flags, relocation sites, households and what they are counted as."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.demo.draws import Draws, Flags, Index
from matcher.demo.places import Village, villages
from matcher.demo.specs import CountySpec, people_spec
from matcher.records import MonitoredType

MONITORED = tuple(MonitoredType)


@dataclass(frozen=True, slots=True)
class Land:
    """The county's villages, which of them carry a flag, and the villages at which a relocation site stands."""

    villages: tuple[Village, ...]
    poor: Flags
    deep: Flags
    deep_township: Flags
    sites: Index


@dataclass(frozen=True, slots=True)
class Homes:
    """One element per household; `origin` and `lives` are village indices, `site` a site index or -1."""

    origin: Index
    lives: Index
    site: Index
    poor: Flags
    out_of_poverty: Flags
    relocated: Flags
    monitored: Index
    low_income: Flags
    extreme: Flags

    @property
    def size(self) -> int:
        """Number of households."""
        return self.origin.size


def draw_land(county: CountySpec, draws: Draws, n_households: int) -> Land:
    """Flags of the villages and the places of the sites; at least one village and township carries each flag."""
    shares, all_villages = people_spec().households, villages(county.counties)
    n = len(all_villages)
    rural = np.array([not v.is_town_committee for v in all_villages])
    poor = _marked(draws, county.poor_villages, rural)
    deep = _marked(draws, county.deep_poverty_villages, rural & poor)
    townships = sorted({v.township for v in all_villages})
    deep_names = np.array(townships)[_marked(draws, county.deep_poverty_townships, np.ones(len(townships), dtype=bool))]
    relocated = county.registered_poor * county.relocated_of_poor
    n_sites = round(n_households * relocated / shares.households_per_site)
    n_sites = min(max(n_sites, shares.fewest_sites, len(county.counties)), n // 4)
    return Land(
        villages=all_villages,
        poor=poor,
        deep=deep,
        deep_township=np.isin([v.township for v in all_villages], deep_names),
        sites=_site_villages(county, draws, all_villages, rural, n_sites),
    )


def draw_homes(county: CountySpec, land: Land, draws: Draws, n_households: int) -> Homes:
    """Households with their place and status; relocated ones live at a site of their own county."""
    n, shares = n_households, people_spec().households
    weights = np.where([v.is_town_committee for v in land.villages], shares.town_committee_weight, 1.0)
    origin = draws.pick(weights, n)
    tilt = np.where(land.poor, shares.poor_in_poor_village, 1.0)
    tilt = tilt / np.average(tilt, weights=weights)
    poor = draws.flag(county.registered_poor * tilt[origin], n)
    out = poor & draws.flag(county.out_of_poverty_of_poor, n)
    relocated = draws.flag(np.where(poor, county.relocated_of_poor, county.relocated_of_others), n)
    monitored = _monitored(county, draws, poor)
    site = np.where(relocated, _own_county_site(land, origin, draws), -1)
    return Homes(
        origin=origin,
        lives=np.where(relocated, land.sites[site], origin),
        site=site,
        poor=poor,
        out_of_poverty=out,
        relocated=relocated,
        monitored=monitored,
        low_income=(monitored > 0) | (~poor & draws.flag(county.low_income_of_others, n)),
        extreme=poor & draws.flag(county.extreme_poverty_of_poor, n),
    )


def _marked(draws: Draws, share: float, among: Flags) -> Flags:
    """Exactly `share` of all elements (one at least) marked, chosen from those of `among`."""
    count = max(1, min(round(share * among.size), int(among.sum())))
    order = np.argsort(draws.uniform(among.size) + ~among, kind="stable")
    marked = np.zeros(among.size, dtype=bool)
    marked[order[:count]] = True
    return marked


def _site_villages(
    county: CountySpec, draws: Draws, all_villages: tuple[Village, ...], rural: Flags, n_sites: int
) -> Index:
    """Villages with a site, the counties in turn, so that each has one."""
    order = np.argsort(draws.uniform(rural.size) + ~rural, kind="stable")
    by_county = [[int(i) for i in order if all_villages[i].code.startswith(code)] for code in county.counties]
    turns = [queue[turn] for turn in range(n_sites) for queue in by_county if turn < len(queue)]
    return np.array(sorted(turns[:n_sites]), dtype=np.int64)


def _own_county_site(land: Land, origin: Index, draws: Draws) -> Index:
    """A site index for each household, in the county of its origin."""
    home = np.array([v.code[:6] for v in land.villages])[origin]
    at = np.array([v.code[:6] for v in land.villages])[land.sites]
    chosen, u = np.zeros(origin.size, dtype=np.int64), draws.uniform(origin.size)
    for code in np.unique(at):
        own, rows = np.flatnonzero(at == code), np.flatnonzero(home == code)
        chosen[rows] = own[(u[rows] * own.size).astype(np.int64)]
    return chosen


def _monitored(county: CountySpec, draws: Draws, poor: Flags) -> Index:
    """Index into MONITORED: unstable among the formerly poor, marginal among others, sudden anywhere."""
    shares, u = county.monitored, draws.uniform(poor.size)
    own = np.where(poor, shares.unstable, shares.marginal)
    kind = np.where(poor, MONITORED.index(MonitoredType.UNSTABLE), MONITORED.index(MonitoredType.MARGINAL))
    sudden = MONITORED.index(MonitoredType.SUDDEN)
    return np.where(u < own, kind, np.where(u < own + shares.sudden, sudden, MONITORED.index(MonitoredType.NONE)))
