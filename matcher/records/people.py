"""Who: workers, households and the areas they live in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from matcher.records.base import Count, Record, Texts, labelled
from matcher.records.codes import (
    AreaKind,
    Education,
    EmploymentStatus,
    LabourAbility,
    MonitoredType,
    PoorStatus,
    Sex,
    TravelRange,
)


class Judgement(Record, frozen=True, kw_only=True):
    """A recorded human judgement: value, who, when, on which grounds."""

    value: bool | None = None
    by: str = ""
    on: date | None = None
    grounds: str = ""


class Consent(Record, frozen=True, kw_only=True):
    """The worker's own yes or no per purpose; `None` is not asked yet."""

    plot: Annotated[bool | None, labelled("同意微田园", "A 三(二)4(2); B 二(二)")] = None
    plot_on: Annotated[date | None, labelled("答复微田园日期", "A 三(二)4(2)")] = None
    sms: Annotated[bool | None, labelled("同意短信", "law")] = None
    share_with_employer: Annotated[bool | None, labelled("同意向用人单位提供信息", "law")] = None


class Identity(Record, frozen=True, kw_only=True):
    """Who a worker is; sealed in the store, never an input of ranking."""

    worker_id: Annotated[str, labelled("人员编号")]
    name: Annotated[str | None, labelled("姓名", "A 三(一)")] = None
    id_number: Annotated[str | None, labelled("身份证号", "A 三(一); B 四(二); C 四(三)")] = None
    phone: Annotated[str | None, labelled("联系电话", "design")] = None
    ethnicity: Annotated[str | None, labelled("民族", "design")] = None


class Worker(Record, frozen=True, kw_only=True):
    """劳动者 as known on one day (requirements 8.1); labels such as 脱贫人口 are computed per rule and date.

    A day from or to which a status holds dates it for every rule that asks; without one it holds whenever asked.
    """

    worker_id: Annotated[str, labelled("人员编号", "A 三(一)")]
    birth_date: Annotated[date | None, labelled("出生日期", "A 三(一), 三(二)4(2); D 二(四)2")] = None
    sex: Annotated[Sex | None, labelled("性别", "design")] = None
    education: Annotated[Education | None, labelled("文化程度", "A 三(二)5; B 四(二)")] = None
    skills: Annotated[Texts | None, labelled("技能", "B 三(一)1")] = None
    trades: Annotated[Texts | None, labelled("工种", "B 三(一)1")] = None
    certificates: Annotated[Texts | None, labelled("证书", "B 三(一)1")] = None
    certificates_to: Annotated[date | None, labelled("证书有效期至", "law")] = None
    labour_ability: Annotated[LabourAbility | None, labelled("劳动能力", "A 三(一); C 四(三); D 三(十一)1")] = None
    place_code: Annotated[str, labelled("居住地区划代码", "B 四(二)")]
    hukou_code: Annotated[str | None, labelled("户籍地区划代码", "B 三(二)2")] = None
    travel_range: Annotated[TravelRange | None, labelled("外出范围", "C 二; card")] = None
    preferred_places: Annotated[Texts | None, labelled("意向地区代码", "B 二(二)")] = None
    preferred_trades: Annotated[Texts | None, labelled("意向工种", "B 二(二)")] = None
    wage_floor_yuan_month: Annotated[Count | None, labelled("最低月工资要求(元)", "design")] = None
    available_from: Annotated[date | None, labelled("可上岗日期", "design")] = None
    needs_daily_return: Annotated[bool | None, labelled("需每天回家", "design")] = None
    wish_to_work: Annotated[bool | None, labelled("就业意愿", "A 一; C 四(三)")] = None
    wish_to_go_out: Annotated[bool | None, labelled("外出意愿", "A 一; C 四(三)")] = None
    wish_to_train: Annotated[bool | None, labelled("培训意愿", "B 三(一)")] = None
    wish_to_start_up: Annotated[bool | None, labelled("创业意愿", "D 四(十三)5")] = None
    employment_status: Annotated[EmploymentStatus | None, labelled("就业状态", "C 四(三); D 三(十)3")] = None
    system_work_years: Annotated[Texts | None, labelled("系统录入务工年份", "C 二2; C 三")] = None
    household_id: Annotated[str | None, labelled("户编号", "A 二; B 四(二)")] = None
    registered_poor: Annotated[bool | None, labelled("建档立卡贫困人口", "A 一; B 三; C 二")] = None
    registered_from: Annotated[date | None, labelled("建档立卡日期", "requirements 7.2")] = None
    left_poverty_on: Annotated[date | None, labelled("脱贫日期", "requirements 7.2")] = None
    out_of_poverty: Annotated[bool | None, labelled("脱贫人口", "D 二(四); E 二(四)")] = None
    monitored_type: Annotated[MonitoredType | None, labelled("监测对象类别", "D 二(四)2, 二(六)2")] = None
    monitored_from: Annotated[date | None, labelled("纳入监测日期", "requirements 7.2")] = None
    monitored_to: Annotated[date | None, labelled("监测结束日期", "requirements 7.2")] = None
    relocated: Annotated[bool | None, labelled("易地扶贫搬迁", "A 一; C 四(六); D 四(十四)")] = None
    relocated_from: Annotated[date | None, labelled("搬迁日期", "requirements 7.2")] = None
    relocation_site: Annotated[str | None, labelled("安置点", "A 三(二)4; D 四(十四)")] = None
    deep_poverty_village: Annotated[bool | None, labelled("深度贫困村", "C 四(一); D 三(十一)1")] = None
    deep_poverty_township: Annotated[bool | None, labelled("深度贫困乡镇", "C 四(六)")] = None
    former_extreme_poverty: Annotated[bool | None, labelled("原极度贫困户", "D 三(十一)1(1)")] = None
    rural_low_income: Annotated[bool | None, labelled("农村低收入人口", "D 二(四)1; E 二(四)1")] = None
    low_income_from: Annotated[date | None, labelled("低收入认定日期", "requirements 7.2")] = None
    low_income_to: Annotated[date | None, labelled("低收入结束日期", "requirements 7.2")] = None
    poor_village: Annotated[bool | None, labelled("贫困村", "B 二(二)")] = None
    hard_to_employ: Annotated[bool | None, labelled("就业困难人员", "A 三(二)5; B 三(三)1; C 四(四)")] = None
    off_farm_hard: Annotated[Judgement | None, labelled("难以在非农领域就业", "A 三(二)4(2)")] = None
    returned_on: Annotated[date | None, labelled("返乡日期", "C 四(三), 四(七)")] = None
    waiting_since: Annotated[date | None, labelled("登记求职日期", "design")] = None
    consent: Annotated[Consent | None, labelled("本人同意", "B 二(二)")] = None
    occupations: Annotated[Texts | None, labelled("职业代码(2022版大典)", "design")] = None


class Household(Record, frozen=True, kw_only=True):
    """户 (requirements 8.2); the holder of a plot and the unit of the one-in-work goal."""

    household_id: Annotated[str, labelled("户编号", "A 二")]
    able_members: Annotated[Count | None, labelled("劳动力人数", "A 二")] = None
    employed_members: Annotated[Count | None, labelled("已就业人数", "A 二")] = None
    trained_members: Annotated[Count | None, labelled("已培训人数", "A 三(三)")] = None
    holds_plot: Annotated[bool | None, labelled("已有微田园地块", "A 三(二)4(2)")] = None
    place_code: Annotated[str | None, labelled("居住地区划代码", "A 二")] = None
    site_code: Annotated[str | None, labelled("安置点", "A 三(二)4(2)")] = None
    poor_status: Annotated[PoorStatus | None, labelled("户类型", "A 三(二)4(2)")] = None
    relocated: Annotated[bool | None, labelled("是否搬迁户", "A 一")] = None
    former_extreme_poverty: Annotated[bool | None, labelled("原极度贫困户", "D 三(十一)1(1)")] = None


class Area(Record, frozen=True, kw_only=True):
    """县、乡镇、村、屯、安置点 (requirements 8.3) with the flags rules ask for."""

    code: Annotated[str, labelled("区划代码", "B 四(二)")]
    name: Annotated[str, labelled("名称", "B 四(二)")]
    kind: Annotated[AreaKind, labelled("类别", "A 三(二)4")]
    parent: Annotated[str | None, labelled("上级代码", "B 四(二)")] = None
    poor_village: Annotated[bool | None, labelled("贫困村", "B 二(二)")] = None
    deep_poverty_village: Annotated[bool | None, labelled("深度贫困村", "C 四(一)")] = None
    deep_poverty_township: Annotated[bool | None, labelled("深度贫困乡镇", "C 四(六)")] = None
    key_village: Annotated[bool | None, labelled("重点帮扶村", "E 一(二)")] = None
    key_county: Annotated[bool | None, labelled("重点帮扶县", "D 一(二)")] = None
