"""Closed lists: every value a coded field may take, with its Chinese terms."""

from __future__ import annotations

from enum import StrEnum

PROVINCE_DIGITS = 2
PREFECTURE_DIGITS = 4
COUNTY_DIGITS = 6
TOWNSHIP_DIGITS = 9
"""Leading digits of a region code: province to county by GB/T 2260, a township by its statistical code."""


class Sex(StrEnum):
    """Kept for the record and for dormitory beds; no ranking code may read it."""

    FEMALE = "female"
    MALE = "male"


class Education(StrEnum):
    """文化程度; `rank` orders it, senior and vocational are equal."""

    NONE = "none"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"
    VOCATIONAL = "vocational"
    COLLEGE = "college"
    UNIVERSITY = "university"

    @property
    def rank(self) -> int:
        """0 (none) .. 5 (university)."""
        return _EDUCATION_RANKS[self]


class LabourAbility(StrEnum):
    """劳动能力: 普通, 技能, 弱劳力, 半劳力, 无."""

    NORMAL = "normal"
    SKILLED = "skilled"
    WEAK = "weak"
    HALF = "half"
    NONE = "none"


class TravelRange(StrEnum):
    """外出范围: the farthest place class a worker accepts; `rank` compares with `PlaceClass.rank`."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    ANYWHERE = "anywhere"

    @property
    def rank(self) -> int:
        """0 (own village) .. 5 (anywhere)."""
        return _TRAVEL_RANKS[self]


class PlaceClass(StrEnum):
    """Where a place lies, seen from home: same village .. other province."""

    SAME_VILLAGE = "same_village"
    SAME_TOWNSHIP = "same_township"
    SAME_COUNTY = "same_county"
    SAME_CITY = "same_city"
    SAME_PROVINCE = "same_province"
    OTHER_PROVINCE = "other_province"

    @property
    def rank(self) -> int:
        """0 (same village) .. 5 (other province)."""
        return _PLACE_RANKS[self]


# Looked up once per record when rosters are encoded: counting members anew would cost more than all the rest.
_EDUCATION_RANKS = {
    Education.NONE: 0,
    Education.PRIMARY: 1,
    Education.JUNIOR: 2,
    Education.SENIOR: 3,
    Education.VOCATIONAL: 3,
    Education.COLLEGE: 4,
    Education.UNIVERSITY: 5,
}
_TRAVEL_RANKS = {member: rank for rank, member in enumerate(TravelRange)}
_PLACE_RANKS = {member: rank for rank, member in enumerate(PlaceClass)}


class MonitoredType(StrEnum):
    """监测对象类别: 脱贫不稳定, 边缘易致贫, 突发严重困难."""

    NONE = "none"
    UNSTABLE = "unstable"
    MARGINAL = "marginal"
    SUDDEN = "sudden"


class EmploymentStatus(StrEnum):
    """就业状态."""

    EMPLOYED = "employed"
    OWN_BUSINESS = "own_business"
    FLEXIBLE = "flexible"
    UNEMPLOYED = "unemployed"
    NOT_SEEKING = "not_seeking"
    IN_TRAINING = "in_training"


class Channel(StrEnum):
    """渠道: the ways into work of DESIGN section 5."""

    BASE_ENTERPRISE = "base_enterprise"
    WORKSHOP = "workshop"
    GUANGDONG_PARTNER = "guangdong_partner"
    OTHER_LABOUR_EXPORT = "other_labour_export"
    MICRO_FARM = "micro_farm"
    MICRO_MARKET = "micro_market"
    WELFARE_POST = "welfare_post"
    PARK_ENTERPRISE = "park_enterprise"
    INDUSTRY_HOST = "industry_host"
    WORK_RELIEF = "work_relief"
    COOPERATIVE = "cooperative"
    OWN_BUSINESS = "own_business"
    FLEXIBLE_WORK = "flexible_work"
    TRAINING = "training"


class Group(StrEnum):
    """Groups a post may be reserved for (`reserved_for`)."""

    REGISTERED_POOR = "registered_poor"
    OUT_OF_POVERTY = "out_of_poverty"
    MONITORED = "monitored"
    RELOCATED = "relocated"
    RURAL_LOW_INCOME = "rural_low_income"
    HARD_TO_EMPLOY = "hard_to_employ"
    WEAK_LABOUR = "weak_labour"
    HALF_LABOUR = "half_labour"
    LOCAL = "local"
    RETURNED = "returned"


class AreaKind(StrEnum):
    """区域类别: 县, 乡镇, 行政村, 自然屯, 安置点."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    HAMLET = "hamlet"
    SITE = "site"


class PlotState(StrEnum):
    """地块状态."""

    FREE = "free"
    HELD = "held"
    ENDED = "ended"


class PlotClass(StrEnum):
    """户类 for the size of a plot: 贫困户, 非贫困户."""

    POOR = "poor"
    OTHER = "other"


class PoorStatus(StrEnum):
    """户类型: 建档立卡, 已脱贫, 监测, 一般农户."""

    REGISTERED = "registered"
    OUT = "out"
    MONITORED = "monitored"
    ORDINARY = "ordinary"


class EvidenceKind(StrEnum):
    """佐证材料: what proves that a placement is real."""

    CONTRACT = "contract"
    WAGE_ROLL = "wage_roll"
    INSURANCE = "insurance"
    VISIT = "visit"
    CHECK_IN = "check_in"
    OWN_REPLY = "own_reply"


class ContractType(StrEnum):
    """合同类型: 劳动合同, 劳务协议, 承揽合同, 非全日制, 新就业形态."""

    LABOUR_CONTRACT = "labour_contract"
    SERVICE_AGREEMENT = "service_agreement"
    CONTRACT_FOR_WORK = "contract_for_work"
    PART_TIME = "part_time"
    NEW_FORM = "new_form"


class UnemploymentBenefit(StrEnum):
    """失业待遇: 失业保险待遇, 最低生活保障或临时救助, 都没有."""

    INSURANCE = "unemployment_insurance"
    AID = "minimum_living_or_temporary_aid"
    NONE = "none"


class Kind(StrEnum):
    """Kinds of record that can be imported and exported."""

    HOUSEHOLDS = "households"
    WORKERS = "workers"
    VACANCIES = "vacancies"
    EMPLOYERS = "employers"
    PLOTS = "plots"
    PLACEMENTS = "placements"
