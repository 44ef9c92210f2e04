"""Vacancies of the demo county over all channels, some of them filled, expired or not fit to be published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import msgspec
import numpy as np

from matcher.demo.draws import Draws, Flags, Floats, Index
from matcher.demo.employers import Firms, industry_weights
from matcher.demo.places import place_name
from matcher.demo.specs import SYNTHETIC, ChannelSpec, CountySpec, Trade, VacancySpec, vacancy_spec
from matcher.records import Channel, Education, Employer, Group, Plot, PlotState, Vacancy

N_DRAWS = 25
T = TypeVar("T")
_EXPORT = frozenset({Channel.GUANGDONG_PARTNER, Channel.OTHER_LABOUR_EXPORT, Channel.PARK_ENTERPRISE})
_SELF_EMPLOYED = frozenset({Channel.MICRO_MARKET, Channel.OWN_BUSINESS, Channel.TRAINING})


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
        _vacancy(f"{prefix}v{row + 1:06d}", spec.channel[c], trades[t], firms.employers[f], county, u[row].tolist())
        for row, (c, t, f) in enumerate(zip(channel.tolist(), trade.tolist(), firm.tolist(), strict=True))
    ]
    state = _states(spec, county, vacancies, u[:, 0])
    kinds = [spec.channel[c] for c in channel.tolist()]
    farm = np.array([c.channel is Channel.MICRO_FARM for c in kinds], dtype=bool)
    is_open = (
        (state == 0) & ~farm & np.array([not v.deposit_yuan and not v.sex_condition for v in vacancies], dtype=bool)
    )
    headcount = _headcounts(np.array([c.openings for c in kinds]), u[:, 1], is_open, openings)
    filled = np.where(state == 1, headcount, 0)
    vacancies = [
        msgspec.structs.replace(v, headcount=h, filled=f, headcount_unknown=unknown)
        for v, h, f, unknown in zip(
            vacancies, headcount.tolist(), filled.tolist(), (u[:, 1] < spec.headcount_unknown).tolist(), strict=True
        )
    ]
    _put_farms(
        vacancies,
        np.flatnonzero(farm).tolist(),
        plots,
        {e.place_code: e for e in firms.employers if e.kind is Channel.MICRO_FARM},
    )
    return Board(
        vacancies=tuple(vacancies),
        employers=firms.employers,
        channel=channel,
        local=np.array([c.place not in {"partner", "export"} for c in kinds], dtype=bool),
        open=is_open,
        hires=~farm & np.array([c.channel not in _SELF_EMPLOYED for c in kinds], dtype=bool),
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


def _vacancy(
    vacancy_id: str, channel: ChannelSpec, trade: Trade, employer: Employer, county: CountySpec, u: list[float]
) -> Vacancy:
    """One vacancy from its row of uniform draws; head counts are set later, for all together."""
    spec = vacancy_spec()
    lodging, board, night = u[6] < channel.lodging, u[7] < channel.board, u[8] < trade.night
    low, high = _wages(county, channel, trade, u)
    age_max = _age_limit(spec, channel, trade, u)
    must = u[10] < trade.must
    start = county.on - timedelta(days=int(u[11] * spec.open_since_days))
    first, last = spec.open_for_days
    exported = channel.channel in _EXPORT
    sex = (
        spec.sex_conditions[int(u[13] * len(spec.sex_conditions))]
        if exported and u[12] < spec.illegal_sex * 2
        else None
    )
    deposit = (
        spec.deposit_yuan[int(u[13] * len(spec.deposit_yuan))] if exported and u[14] < spec.illegal_deposit * 2 else 0
    )
    groups = _groups(county, channel, u)
    return Vacancy(
        vacancy_id=vacancy_id,
        title=trade.titles[int(u[4] * len(trade.titles))],
        duties=_duties(trade, employer, lodging, board, night, sex, deposit),
        channel=channel.channel,
        employer_id=employer.employer_id,
        employer_name=employer.name,
        place_code=employer.place_code or county.code,
        headcount=1,
        headcount_unknown=False,
        wage_low_yuan_month=low,
        wage_high_yuan_month=high,
        age_min=spec.age_min if age_max or trade.heavy else None,
        age_max=age_max,
        education_min=_known(trade.education, u[15], spec) or (Education.PRIMARY if u[15] > 0.97 else None),
        skills_required=trade.skills[:1] if must else None,
        skills_preferred=None if must else trade.skills,
        certificates_required=trade.certificates if must and trade.certificates else None,
        lodging=_known(lodging, u[16], spec),
        board=_known(board, u[17], spec),
        night_shift=_known(night, u[18], spec),
        heavy_work=_known(trade.heavy, u[19], spec),
        valid_from=start,
        valid_to=county.on + timedelta(days=int(first + u[20] * (last - first))),
        contract_type=channel.contract,
        contract_months=_contract_months(spec, channel, u),
        insured=_known(u[21] < channel.insured, u[22], spec),
        reserved_for=groups,
        deposit_yuan=deposit,
        sex_condition=sex,
    )


def _known(value: T, u: float, spec: VacancySpec) -> T | None:
    """The value, or None in the share of rows in which nobody wrote it down."""
    return None if u < spec.unknown else value


def _wages(county: CountySpec, channel: ChannelSpec, trade: Trade, u: list[float]) -> tuple[int | None, int | None]:
    spec = vacancy_spec()
    if channel.channel is Channel.WELFARE_POST:
        return county.welfare_wage_yuan_month, county.welfare_wage_yuan_month
    if channel.channel in _SELF_EMPLOYED or channel.channel is Channel.MICRO_FARM or u[5] < spec.no_wage:
        return None, None
    level = county.wage_level_yuan_month * trade.pay * channel.pay * (0.82 + 0.25 * u[2])
    low = round(level / 100) * 100
    if u[5] > 1 - spec.only_lowest_wage:
        return low, None
    return low, round(level * (1.1 + 0.35 * u[24]) / 100) * 100


def _age_limit(spec: VacancySpec, channel: ChannelSpec, trade: Trade, u: list[float]) -> int | None:
    if u[9] >= channel.age_limit:
        return None
    pick = u[9] / channel.age_limit
    if trade.age == "old":
        return spec.older_trade_limits[int(pick * len(spec.older_trade_limits))]
    steps = np.cumsum(spec.age_limit_shares)
    return spec.age_limits[min(int(np.searchsorted(steps, pick, side="right")), len(spec.age_limits) - 1)]


def _groups(county: CountySpec, channel: ChannelSpec, u: list[float]) -> tuple[Group, ...] | None:
    groups = county.welfare_groups if channel.channel is Channel.WELFARE_POST else channel.groups
    if not groups or u[23] >= channel.reserved:
        return None
    return groups[int(u[23] / channel.reserved * len(groups))]


def _contract_months(spec: VacancySpec, channel: ChannelSpec, u: list[float]) -> int | None:
    if channel.contract is None or u[22] > 1 - spec.unknown:
        return None
    if channel.channel is Channel.WELFARE_POST:
        return spec.welfare_contract_months
    return spec.contract_months[int(u[20] * len(spec.contract_months))]


def _duties(
    trade: Trade, employer: Employer, lodging: bool, board: bool, night: bool, sex: str | None, deposit: int
) -> str:
    """The advert's text, with what the law forbids in the words adverts use for it, and the mark of the demo."""
    offers = "包吃住" if lodging and board else "包住" if lodging else "包午餐" if board else ""
    parts = [
        trade.duties,
        f"工作地点{place_name(employer.place_code or '')}",
        offers,
        "需上夜班" if night else "",
        f"性别要求：{sex}" if sex else "",
        f"入职交押金{deposit}元，离职退还" if deposit else "",
    ]
    return "；".join(part for part in parts if part) + f"。（{SYNTHETIC}）"


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
