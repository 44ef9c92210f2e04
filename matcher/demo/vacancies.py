"""Vacancies of the demo county over all channels, some of them filled, expired or not fit to be published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import numpy as np

from matcher.demo.adverts import N_DRAWS, SELF_EMPLOYED, drawn_vacancy
from matcher.demo.draws import Draws, Flags, Floats, Index
from matcher.demo.employers import Firms, industry_weights
from matcher.demo.specs import CountySpec, Trade, VacancySpec, vacancy_spec
from matcher.records import Channel, Employer, Plot, PlotState, Vacancy


@dataclass(frozen=True, slots=True)
class Board:
    """The vacancies with what later stages ask of them.

    channel : index into vacancies.toml; local : lies in the county or city; open : takes people today;
    hires : somebody can be placed there (no plots, classes or start-ups)
    """

    vacancies: tuple[Vacancy, ...]
    employers: tuple[Employer, ...]
    channel: Index
    local: Flags
    open: Flags
    hires: Flags


def channel_counts(n_vacancies: int, n_farm: int) -> list[int]:
    """Vacancies per channel of vacancies.toml: the plots as they are, the rest by share, one each at least."""
    channels = vacancy_spec().channel
    share = np.array([c.share for c in channels])
    rest = max(n_vacancies - n_farm, int((share > 0).sum()))
    counts = largest_remainder(share, rest, at_least=(share > 0).astype(np.int64))
    counts[[c.channel is Channel.MICRO_FARM for c in channels]] = n_farm
    return [int(count) for count in counts]


def largest_remainder(weights: Floats, total: int, at_least: Index) -> Index:
    """Whole numbers in proportion to the weights that add up to `total` (or to `at_least`, if that is more)."""
    free = max(total - int(at_least.sum()), 0)
    exact = weights / weights.sum() * free
    counts: Index = np.floor(exact).astype(np.int64)
    short = free - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:short]] += 1
    return at_least + counts


def farm_groups(plots: Sequence[Plot]) -> list[tuple[str, str, list[Plot]]]:
    """(site, area, plots) of every size at every site: one vacancy each."""
    groups: dict[tuple[str, str], list[Plot]] = {}
    for plot in plots:
        groups.setdefault((plot.site_code, str(plot.area_mu)), []).append(plot)
    return [(site, area, own) for (site, area), own in sorted(groups.items())]


def draw_vacancies(
    prefix: str,
    county: CountySpec,
    trades: Sequence[Trade],
    firms: Firms,
    plots: Sequence[Plot],
    counts: Sequence[int],
    draws: Draws,
    openings: int,
) -> Board:
    """Vacancies by channel; the open ones that hire have `openings` openings together, plots not counted."""
    spec = vacancy_spec()
    channel = np.repeat(np.arange(len(spec.channel)), counts)
    u = draws.grid(channel.size, N_DRAWS)
    firm, trade = _employer_and_trade(spec, trades, firms, channel, u)
    vacancies = [
        drawn_vacancy(
            f"{prefix}v{row + 1:06d}", spec.channel[c], trades[t], firms.employers[f], county, u[row].tolist()
        )
        for row, (c, t, f) in enumerate(zip(channel.tolist(), trade.tolist(), firm.tolist(), strict=True))
    ]
    state = _states(spec, county, vacancies, u[:, 0])
    kinds = [spec.channel[c] for c in channel.tolist()]
    farm = np.array([c.channel is Channel.MICRO_FARM for c in kinds], dtype=bool)
    is_open = (
        (state == 0) & ~farm & np.array([not v.deposit_yuan and not v.sex_condition for v in vacancies], dtype=bool)
    )
    headcount = _headcounts(np.array([c.openings for c in kinds]), u[:, 1], is_open, openings)
    vacancies = _counted(vacancies, headcount, u[:, 1] < spec.headcount_unknown, filled=state == 1)
    keepers = {e.place_code: e for e in firms.employers if e.kind is Channel.MICRO_FARM}
    _put_farms(vacancies, np.flatnonzero(farm).tolist(), plots, keepers)
    return Board(
        vacancies=tuple(vacancies),
        employers=firms.employers,
        channel=channel,
        local=np.array([c.place not in {"partner", "export"} for c in kinds], dtype=bool),
        open=is_open,
        hires=~farm & np.array([c.channel not in SELF_EMPLOYED for c in kinds], dtype=bool),
    )


def _employer_and_trade(
    spec: VacancySpec, trades: Sequence[Trade], firms: Firms, channel: Index, u: Floats
) -> tuple[Index, Index]:
    """An employer of the channel and a trade of its industry for each vacancy."""
    firm, trade = np.zeros(channel.size, dtype=np.int64), np.zeros(channel.size, dtype=np.int64)
    for c in np.unique(channel).tolist():
        rows, own = np.flatnonzero(channel == c), np.flatnonzero(firms.channel == c)
        # Every employer gets one vacancy first, the rest go anywhere.
        anywhere = (u[rows, 2] * own.size).astype(np.int64)
        firm[rows] = own[np.where(np.arange(rows.size) < own.size, np.arange(rows.size) % own.size, anywhere)]
        names, _ = industry_weights(trades, spec.channel[c].channel)
        fitting = {
            name: [t for t, x in enumerate(trades) if spec.channel[c].channel in x.channels and x.industry == name]
            for name in names
        }
        for row in rows.tolist():
            own_trades = fitting[firms.industry[firm[row]]]
            trade[row] = own_trades[int(u[row, 3] * len(own_trades))]
    return firm, trade


def _states(spec: VacancySpec, county: CountySpec, vacancies: list[Vacancy], u: Floats) -> Index:
    """0 open, 1 filled, 2 expired, 3 not yet open; the dates of `vacancies` are moved to fit (in place)."""
    state = np.digitize(u, np.cumsum((spec.filled_up, spec.expired, spec.not_yet_open)))
    state = np.where(state == 3, 0, state + 1)
    for row in np.flatnonzero(state >= 2).tolist():
        days = timedelta(days=20 + row % 40)
        start = county.on - 3 * days if state[row] == 2 else county.on + days
        end = county.on - days if state[row] == 2 else county.on + 4 * days
        vacancies[row] = msgspec.structs.replace(vacancies[row], valid_from=start, valid_to=end)
    return state


def _headcounts(size: Floats, u: Floats, is_open: Flags, openings: int) -> Index:
    """Head counts by the size usual in the channel, 1 where unknown; those that are open add up to `openings`."""
    unknown = u < vacancy_spec().headcount_unknown
    weight = np.where(unknown, 1e-9, size * (0.4 + 2.0 * u**2))
    one = np.ones(size.size, dtype=np.int64)
    headcount = one.copy()
    if is_open.any():
        per_weight = openings / weight[is_open].sum()
        headcount = np.maximum(one, np.round(weight * per_weight).astype(np.int64))
        headcount[is_open] = largest_remainder(weight[is_open], openings, one[is_open])
    return headcount


def _counted(vacancies: Sequence[Vacancy], headcount: Index, unknown: Flags, *, filled: Flags) -> list[Vacancy]:
    """The vacancies with their head counts; those that are filled have nobody left to find."""
    counts = zip(vacancies, headcount.tolist(), np.where(filled, headcount, 0).tolist(), unknown.tolist(), strict=True)
    return [
        msgspec.structs.replace(vacancy, headcount=n, filled=n_filled, headcount_unknown=not_said)
        for vacancy, n, n_filled, not_said in counts
    ]


def _put_farms(
    vacancies: list[Vacancy], rows: list[int], plots: Sequence[Plot], keepers: dict[str | None, Employer]
) -> None:
    """Turn the micro-farm rows into one vacancy for each size of plot at each site: free plots are its openings."""
    for row, (site, _, own) in zip(rows, farm_groups(plots), strict=True):
        vacancies[row] = msgspec.structs.replace(
            vacancies[row],
            place_code=site,
            employer_id=keepers[site].employer_id,
            employer_name=keepers[site].name,
            headcount=len(own),
            headcount_unknown=False,
            filled=sum(plot.state is not PlotState.FREE for plot in own),
            area_mu=own[0].area_mu,
        )
