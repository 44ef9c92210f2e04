"""One advert of the demo county: what it pays, asks and says, drawn from its own row of uniform numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import numpy as np

from matcher.demo.places import place_name
from matcher.demo.specs import SYNTHETIC, ChannelSpec, CountySpec, Trade, VacancySpec, vacancy_spec
from matcher.records import Channel, Education, Employer, Group, Vacancy

N_DRAWS = 25
T = TypeVar("T")
SELF_EMPLOYED = frozenset({Channel.MICRO_MARKET, Channel.OWN_BUSINESS, Channel.TRAINING})
_EXPORT = frozenset({Channel.GUANGDONG_PARTNER, Channel.OTHER_LABOUR_EXPORT, Channel.PARK_ENTERPRISE})


class _Living(NamedTuple):
    """What holds of the post, written down or not."""

    lodging: bool
    board: bool
    night: bool


def drawn_vacancy(
    vacancy_id: str, channel: ChannelSpec, trade: Trade, employer: Employer, county: CountySpec, u: list[float]
) -> Vacancy:
    """One vacancy from its row of N_DRAWS uniform draws; head counts are set later, for all together."""
    spec = vacancy_spec()
    living = _Living(lodging=u[6] < channel.lodging, board=u[7] < channel.board, night=u[8] < trade.night)
    sex, deposit = _unlawful(spec, channel, u)
    low, high = _wages(county, channel, trade, u)
    return Vacancy(
        vacancy_id=vacancy_id,
        title=trade.titles[int(u[4] * len(trade.titles))],
        duties=_duties(trade, employer, living, sex, deposit),
        channel=channel.channel,
        employer_id=employer.employer_id,
        employer_name=employer.name,
        place_code=employer.place_code or county.code,
        headcount=1,
        headcount_unknown=False,
        wage_low_yuan_month=low,
        wage_high_yuan_month=high,
        reserved_for=_groups(county, channel, u),
        deposit_yuan=deposit,
        sex_condition=sex,
        **_conditions(spec, channel, trade, u),
        **_terms(spec, channel, trade, living, u),
        **_days(spec, county, u),
    )


def _unlawful(spec: VacancySpec, channel: ChannelSpec, u: list[float]) -> tuple[str | None, int]:
    """A condition of sex and a deposit, of which the law allows neither; both rare."""
    exported = channel.channel in _EXPORT
    barred_sex, barred_deposit = (
        exported and u[12] < spec.illegal_sex * 2,
        exported and u[14] < spec.illegal_deposit * 2,
    )
    return (
        spec.sex_conditions[int(u[13] * len(spec.sex_conditions))] if barred_sex else None,
        spec.deposit_yuan[int(u[13] * len(spec.deposit_yuan))] if barred_deposit else 0,
    )


def _conditions(spec: VacancySpec, channel: ChannelSpec, trade: Trade, u: list[float]) -> dict[str, Any]:
    """What the post asks of people."""
    age_max = _age_limit(spec, channel, trade, u)
    must = u[10] < trade.must
    return {
        "age_min": spec.age_min if age_max or trade.heavy else None,
        "age_max": age_max,
        "education_min": _known(trade.education, u[15], spec) or (Education.PRIMARY if u[15] > 0.97 else None),
        "skills_required": trade.skills[:1] if must else None,
        "skills_preferred": None if must else trade.skills,
        "certificates_required": trade.certificates if must and trade.certificates else None,
    }


def _terms(spec: VacancySpec, channel: ChannelSpec, trade: Trade, living: _Living, u: list[float]) -> dict[str, Any]:
    """What the post is like and gives besides its wage, as far as the advert says."""
    return {
        "lodging": _known(living.lodging, u[16], spec),
        "board": _known(living.board, u[17], spec),
        "night_shift": _known(living.night, u[18], spec),
        "heavy_work": _known(trade.heavy, u[19], spec),
        "contract_type": channel.contract,
        "contract_months": _contract_months(spec, channel, u),
        "insured": _known(u[21] < channel.insured, u[22], spec),
    }


def _days(spec: VacancySpec, county: CountySpec, u: list[float]) -> dict[str, Any]:
    first, last = spec.open_for_days
    return {
        "valid_from": county.on - timedelta(days=int(u[11] * spec.open_since_days)),
        "valid_to": county.on + timedelta(days=int(first + u[20] * (last - first))),
    }


def _known(value: T, u: float, spec: VacancySpec) -> T | None:
    """The value, or None in the share of rows in which nobody wrote it down."""
    return None if u < spec.unknown else value


def _wages(county: CountySpec, channel: ChannelSpec, trade: Trade, u: list[float]) -> tuple[int | None, int | None]:
    spec = vacancy_spec()
    if channel.channel is Channel.WELFARE_POST:
        return county.welfare_wage_yuan_month, county.welfare_wage_yuan_month
    if channel.channel in SELF_EMPLOYED or channel.channel is Channel.MICRO_FARM or u[5] < spec.no_wage:
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


def _duties(trade: Trade, employer: Employer, living: _Living, sex: str | None, deposit: int) -> str:
    """The advert's text, with what the law forbids in the words adverts use for it, and the mark of the demo."""
    offers = (
        "包吃住" if living.lodging and living.board else "包住" if living.lodging else "包午餐" if living.board else ""
    )
    parts = [
        trade.duties,
        f"工作地点{place_name(employer.place_code or '')}",
        offers,
        "需上夜班" if living.night else "",
        f"性别要求：{sex}" if sex else "",
        f"入职交押金{deposit}元，离职退还" if deposit else "",
    ]
    return "；".join(part for part in parts if part) + f"。（{SYNTHETIC}）"
