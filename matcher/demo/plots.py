"""Plots at relocation sites: some free, some held by households of the site, some at their end."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from matcher.demo.days import shift_months
from matcher.demo.draws import Draws, Index
from matcher.demo.households import Homes, Land
from matcher.demo.people import People
from matcher.demo.specs import people_spec
from matcher.records import Plot, PlotClass, PlotState


def draw_plots(
    prefix: str, land: Land, homes: Homes, people: People, draws: Draws, on: date
) -> tuple[tuple[Plot, ...], Index]:
    """Plots of all sites and, for each, the index of the holding household (-1: free or ended).

    No household holds two; the tiller is the oldest worker of the household; the free term runs for whole years.
    """
    spec, plots, holders = people_spec().plots, list[Plot](), list[int]()
    tiller = _oldest_member(people, homes.size)
    for site, village in enumerate(land.sites.tolist()):
        residents = np.flatnonzero(homes.site == site)
        n = max(2, round(residents.size * spec.per_relocated_household))
        order = residents[np.argsort(draws.uniform(residents.size), kind="stable")].tolist()
        u = draws.grid(n, 2)
        for k in range(n):
            held = u[k, 0] < spec.held and k < len(order)
            ended = spec.held <= u[k, 0] < spec.held + spec.ended
            home = order[k] if held else -1
            start = on - timedelta(days=int(u[k, 1] * spec.oldest_start_days))
            start = shift_months(start, -12 * spec.free_years) if ended else start
            poor = bool(homes.poor[home]) if held else k % 3 != 0
            of_class = PlotClass.POOR if poor else PlotClass.OTHER
            taken = held or ended
            plots.append(
                Plot(
                    plot_id=f"{prefix}p{len(plots) + 1:06d}",
                    site_code=land.villages[village].code,
                    area_mu=spec.area_poor_mu if poor else spec.area_other_mu,
                    state=PlotState.HELD if held else PlotState.ENDED if ended else PlotState.FREE,
                    household_id=f"{prefix}h{home + 1:06d}" if held else None,
                    tiller_id=f"{prefix}w{tiller[home] + 1:06d}" if held else None,
                    start=start if taken else None,
                    free_until=shift_months(start, 12 * spec.free_years) if taken else None,
                    class_at_start=of_class if taken else None,
                )
            )
            holders.append(home)
    return tuple(plots), np.array(holders, dtype=np.int64)


def _oldest_member(people: People, n_households: int) -> Index:
    oldest = np.zeros(n_households, dtype=np.int64)
    order = np.argsort(people.age, kind="stable")
    oldest[people.household[order]] = order
    return oldest
