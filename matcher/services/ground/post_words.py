"""What every page says alike of a post: its channel, its contract, its wage; what an advert leaves out is said too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from matcher.records import Channel, ContractType, Vacancy

UNSTATED: Final = "没有写明"
CHANNEL_LABELS: Final[Mapping[Channel, str]] = {
    Channel.BASE_ENTERPRISE: "基地企业",
    Channel.WORKSHOP: "家门口车间",
    Channel.GUANGDONG_PARTNER: "劳务协作",
    Channel.OTHER_LABOUR_EXPORT: "外出务工",
    Channel.MICRO_FARM: "微田园",
    Channel.MICRO_MARKET: "微市场",
    Channel.WELFARE_POST: "公益性岗位",
    Channel.PARK_ENTERPRISE: "园区企业",
    Channel.INDUSTRY_HOST: "本地产业",
    Channel.WORK_RELIEF: "以工代赈",
    Channel.COOPERATIVE: "合作社",
    Channel.OWN_BUSINESS: "自己创业",
    Channel.FLEXIBLE_WORK: "灵活就业",
    Channel.TRAINING: "培训班",
}
CONTRACT_LABELS: Final[Mapping[ContractType, str]] = {
    ContractType.LABOUR_CONTRACT: "劳动合同",
    ContractType.SERVICE_AGREEMENT: "劳务协议",
    ContractType.CONTRACT_FOR_WORK: "承揽合同",
    ContractType.PART_TIME: "非全日制",
    ContractType.NEW_FORM: "新就业形态",
}


class Wage(NamedTuple):
    """A posted wage in three pieces, so that a page may draw the amount larger: 每月最高 | 2600 | 元."""

    before: str
    amount: str
    after: str


def wage_told(low: int | None, high: int | None) -> Wage | None:
    """The posted wage of a month in yuan; None where the advert has none, for no wage is not zero."""
    if low is None:
        return None if high is None else Wage("每月最高", f"{high}", "元")
    if high is None:
        return Wage("每月", f"{low}", "元起")
    return Wage("每月", f"{low}" if low == high else f"{low}–{high}", "元")


def wage_words(vacancy: Vacancy) -> str:
    """The posted wage of a month in one piece; UNSTATED where the advert has none."""
    return "".join(wage_told(vacancy.wage_low_yuan_month, vacancy.wage_high_yuan_month) or (UNSTATED,))
