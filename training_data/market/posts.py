"""Who seeks workers: employers with hidden quality and pickiness, and their posts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training_data.market.draws import Draws, Flags, Floats, Index
from training_data.market.land import Land
from training_data.market.spec import ChannelSpec, Spec

LOWEST_WAGE = 1200
NO_LIMIT = -1


@dataclass(frozen=True, slots=True)
class Employers:
    """One element per employer: channel (index into the channels of the spec) and where; the rest is hidden."""

    channel: Index
    place: tuple[str, ...]
    quality: Floats
    pickiness: Floats


@dataclass(frozen=True, slots=True)
class Posts:
    """One element per vacancy; wage in yuan a month, age_max and education_min -1 without a limit.

    employer, trade, city, opens (round) are indices
    """

    employer: Index
    channel: Index
    trade: Index
    place: tuple[str, ...]
    city: Index
    wage: Floats
    headcount: Index
    night: Flags
    heavy: Flags
    lodging: Flags
    board: Flags
    insured: Flags
    flexible: Flags
    months: Index
    age_max: Index
    education_min: Index
    skill_preferred: Flags
    skill_required: Flags
    reserved: Flags
    opens: Index

    @property
    def size(self) -> int:
        """Number of vacancies."""
        return self.employer.size


def draw_employers(spec: Spec, land: Land, draws: Draws) -> Employers:
    """The county's employers; they stay from season to season. Every channel has one at least."""
    n = spec.size.employers
    channel = draws.pick("channel", np.array([c.share for c in spec.channels]), n)
    first = min(n, len(spec.channels))
    channel[:first] = np.arange(first)
    u = draws.uniform("place", n)
    choices = [land.places[spec.channels[ix].place] for ix in channel.tolist()]
    return Employers(
        channel=channel,
        place=tuple(some[int(at * len(some))] for some, at in zip(choices, u.tolist(), strict=True)),
        quality=draws.normal("quality", n) * spec.hidden["quality"],
        pickiness=draws.normal("pickiness", n) * spec.hidden["pickiness"],
    )


def draw_posts(spec: Spec, land: Land, employers: Employers, draws: Draws) -> Posts:
    """The vacancies of one season; each belongs to an employer of its channel."""
    n = spec.size.vacancies
    channel = draws.pick("channel", np.array([c.share for c in spec.channels]), n)
    first = min(n, len(spec.channels))
    channel[:first] = np.arange(first)
    employer = _employer(employers, channel, draws)
    place = tuple(employers.place[ix] for ix in employer.tolist())
    trade = _trade(spec, channel, draws)
    return Posts(
        employer=employer,
        channel=channel,
        trade=trade,
        place=place,
        city=np.array([land.city_of(code) for code in place], dtype=np.int64),
        wage=_wage(spec, channel, trade, draws),
        headcount=_headcount(spec, channel, draws),
        night=_share(spec, "night", channel, draws),
        heavy=draws.flag("heavy", np.array([t.heavy for t in spec.trades])[trade], n),
        lodging=_share(spec, "lodging", channel, draws),
        board=_share(spec, "board", channel, draws),
        insured=_share(spec, "insured", channel, draws),
        flexible=_share(spec, "flexible", channel, draws),
        months=np.array(spec.posts.contract_months)[
            (draws.uniform("months", n) * len(spec.posts.contract_months)).astype(np.int64)
        ],
        age_max=_age_max(spec, channel, draws),
        education_min=np.where(draws.flag("education asked", spec.posts.education_asked, n), 2, NO_LIMIT),
        skill_preferred=draws.flag("skill preferred", spec.posts.skill_preferred, n),
        skill_required=draws.flag("skill required", spec.posts.skill_required, n),
        reserved=_share(spec, "reserved", channel, draws),
        opens=draws.pick("opens", np.array(spec.season.vacancy_arrivals), n) % spec.season.rounds,
    )


def _of_channel(spec: Spec, name: str) -> Floats:
    return np.array([getattr(channel, name) for channel in spec.channels], dtype=np.float64)


def _share(spec: Spec, name: str, channel: Index, draws: Draws) -> Flags:
    return draws.flag(name, _of_channel(spec, name)[channel], channel.size)


def _employer(employers: Employers, channel: Index, draws: Draws) -> Index:
    found, u = np.zeros(channel.size, dtype=np.int64), draws.uniform("employer", channel.size)
    for of in np.unique(channel):
        own = np.flatnonzero(employers.channel == of)
        rows = np.flatnonzero(channel == of)
        found[rows] = own[(u[rows] * own.size).astype(np.int64)]
    return found


def _trade(spec: Spec, channel: Index, draws: Draws) -> Index:
    def weights(of: ChannelSpec) -> list[float]:
        return [trade.weight * (of.channel in trade.channels) for trade in spec.trades]

    return draws.pick("trade", np.array([weights(c) for c in spec.channels])[channel], channel.size)


def _wage(spec: Spec, channel: Index, trade: Index, draws: Draws) -> Floats:
    """Log-normal round the channel's wage; heavy trades pay a little more; whole fifties."""
    heavy = np.array([t.heavy for t in spec.trades])[trade]
    noise = spec.posts.wage_spread * draws.normal("wage", channel.size)
    wage = _of_channel(spec, "wage_yuan_month")[channel] * np.exp(noise + 0.12 * heavy)
    wage = np.where(_partner(spec, channel), wage * spec.size.partner_wage, wage)
    return np.asarray(np.maximum(LOWEST_WAGE, np.rint(wage / 50) * 50))


def _partner(spec: Spec, channel: Index) -> Flags:
    return np.array([c.place == "partner" for c in spec.channels])[channel]


def _headcount(spec: Spec, channel: Index, draws: Draws) -> Index:
    """Head counts that add up to the openings of the county, one at least; then the partner's are shocked."""
    raw = _of_channel(spec, "openings")[channel] * np.exp(0.5 * draws.normal("headcount", channel.size))
    wanted = spec.size.openings_per_worker * spec.size.workers
    count = np.maximum(1, np.rint(raw * wanted / raw.sum())).astype(np.int64)
    shocked = np.maximum(1, np.rint(count * spec.size.partner_openings)).astype(np.int64)
    return np.asarray(np.where(_partner(spec, channel), shocked, count), dtype=np.int64)


def _age_max(spec: Spec, channel: Index, draws: Draws) -> Index:
    limits = np.array(spec.posts.age_limit)
    limit = limits[draws.pick("age limit", limits[:, 1], channel.size), 0].astype(np.int64)
    return np.where(_share(spec, "age_limit", channel, draws), limit, NO_LIMIT)
