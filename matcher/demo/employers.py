"""Employers of the demo county: invented firms, workshops, cooperatives and village committees, each with its mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from matcher.demo.draws import Draws, Floats, Index
from matcher.demo.households import Land
from matcher.demo.names import firm_name
from matcher.demo.numbers import credit_code
from matcher.demo.places import city_name, place_name
from matcher.demo.specs import ChannelSpec, CountySpec, Trade, VacancySpec, name_spec, vacancy_spec
from matcher.records import Channel, Employer


@dataclass(frozen=True, slots=True)
class Firms:
    """Employers in channel order; `channel[i]` and `industry[i]` index the channels and industries of the list."""

    employers: tuple[Employer, ...]
    channel: Index
    industry: tuple[str, ...]


def channel_places(county: CountySpec, land: Land, channel: ChannelSpec) -> tuple[str, ...]:
    """Codes at which employers of a channel may sit."""
    rural = tuple(v for v in land.villages if not v.is_town_committee)
    places: dict[str, tuple[str, ...]] = {
        "partner": county.partner_places,
        "export": county.export_places,
        "city": (*county.city_places, *seat_townships(county, land)),
        "seat": seat_townships(county, land),
        "township": tuple(sorted({v.township for v in land.villages})),
        "village": tuple(v.code for v in rural),
        "site": tuple(land.villages[i].code for i in land.sites.tolist()),
    }
    return places[channel.place]


def seat_townships(county: CountySpec, land: Land) -> tuple[str, ...]:
    """The township of each county in which most residents' committees stand: its seat, as near as codes tell."""
    committees = [v.township for v in land.villages if v.is_town_committee]
    return tuple(
        max(sorted({t for t in committees if t.startswith(code)}), key=committees.count) for code in county.counties
    )


def draw_firms(
    prefix: str, county: CountySpec, land: Land, trades: Sequence[Trade], n_vacancies: Sequence[int], draws: Draws
) -> Firms:
    """Employers enough for the vacancies of each channel (`n_vacancies`, in the order of vacancies.toml)."""
    spec, employers, channels, industries = vacancy_spec(), list[Employer](), list[int](), list[str]()
    for index, (channel, count) in enumerate(zip(spec.channel, n_vacancies, strict=True)):
        places = channel_places(county, land, channel)
        n_firms = _n_firms(spec, channel, count, len(places))
        u, order = draws.grid(n_firms, 7), np.argsort(draws.uniform(len(places)), kind="stable").tolist()
        names, weights = industry_weights(trades, channel.channel)
        industry = draws.pick(weights, n_firms).tolist()
        for k in range(n_firms):
            serial = len(employers) + 1
            place = places[order[k % len(places)]]
            employers.append(
                _employer(f"{prefix}e{serial:05d}", serial, channel, place, names[industry[k]], u[k], county.on)
            )
            channels.append(index)
            industries.append(names[industry[k]])
    return Firms(tuple(employers), np.array(channels, dtype=np.int64), tuple(industries))


def industry_weights(trades: Sequence[Trade], channel: Channel) -> tuple[tuple[str, ...], list[float]]:
    """Industries that hire in a channel, and how often, by the weights of their trades."""
    weights: dict[str, float] = {}
    for trade in trades:
        if channel in trade.channels:
            weights[trade.industry] = weights.get(trade.industry, 0.0) + trade.weight
    return tuple(weights), list(weights.values())


def _n_firms(spec: VacancySpec, channel: ChannelSpec, n_vacancies: int, n_places: int) -> int:
    """One keeper for each site and one committee for each village that hires; elsewhere a few vacancies a firm."""
    if channel.channel is Channel.MICRO_FARM:
        return n_places
    if channel.channel is Channel.WELFARE_POST:
        return min(n_vacancies, n_places)
    return max(1, round(n_vacancies / spec.per_employer)) if n_vacancies else 0


def _employer(
    employer_id: str, serial: int, channel: ChannelSpec, place: str, industry: str, u: Floats, on: date
) -> Employer:
    spec = vacancy_spec()
    total = int(4 + channel.openings * (2 + u[1] ** 3 * 50))
    low, high = spec.employer_share_range
    vetted = u[3] >= spec.unvetted
    in_arrears = u[4] < spec.arrears and channel.place in {"partner", "export", "city"}
    return Employer(
        employer_id=employer_id,
        name=_name(channel, place, industry, u[5]),
        kind=channel.channel,
        place_code=place,
        credit_code=credit_code(place, serial),
        vetted_on=on - timedelta(days=int(30 + u[6] * 300)) if vetted else None,
        arrears_until=on + timedelta(days=int(60 + u[6] * 200)) if in_arrears else None,
        annual_total_workers=total,
        annual_poor_local_workers=round(total * (low + u[2] * (high - low))),
    )


def _name(channel: ChannelSpec, place: str, industry: str, u: float) -> str:
    words = name_spec().firms.words
    word = words[int(u * len(words))]
    if channel.named == "village":
        return firm_name(place_name(place), "", "" if channel.ending else industry, channel.ending)
    return firm_name(city_name(place) if channel.named == "city" else place_name(place), word, industry, channel.ending)
