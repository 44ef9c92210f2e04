"""Where: employers, vacancies, plots, placements; and where each fact comes from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from matcher.records.base import AgeYears, Count, Months, Record, Texts, labelled
from matcher.records.codes import (
    Channel,
    ContractType,
    Education,
    EvidenceKind,
    Group,
    PlotClass,
    PlotState,
    UnemploymentBenefit,
)


class Employer(Record, frozen=True, kw_only=True):
    """用人单位 (requirements 8.4)."""

    employer_id: Annotated[str, labelled("单位编号", "A 三(二)2")]
    name: Annotated[str, labelled("单位名称", "A 三(二)2")]
    kind: Annotated[Channel | None, labelled("单位类别", "A 三(二)")] = None
    place_code: Annotated[str | None, labelled("所在地区划代码", "design")] = None
    credit_code: Annotated[str | None, labelled("统一社会信用代码", "law")] = None
    vetted_on: Annotated[date | None, labelled("核验日期", "A 三(二)1")] = None
    arrears_until: Annotated[date | None, labelled("欠薪名单有效期至", "D 二(五); E 二(五)")] = None
    annual_total_workers: Annotated[Count | None, labelled("全年用工总数", "A 三(二)2")] = None
    annual_poor_local_workers: Annotated[Count | None, labelled("全年使用本地建档立卡人数", "A 三(二)2")] = None


EXPIRED = "expired"
"""Code of the bar that tells of a deadline past on the day of judging; `valid_to` answers for every other day."""


SUSPENDED = "suspended"
"""Code of the bar under which an officer halts a post until something told of it is looked into."""


class PublishBar(Record, frozen=True, kw_only=True):
    """Why an advert may not be published (or a warning beside it), with the article of the law."""

    code: str
    sentence: str
    document: str = ""
    clause: str = ""
    found: str = ""


class Vacancy(Record, frozen=True, kw_only=True):
    """岗位 (requirements 8.4). `publish_bars` make it not publishable; `publish_warnings` stand beside it."""

    vacancy_id: Annotated[str, labelled("岗位编号", "A 四(一)")]
    title: Annotated[str, labelled("岗位名称", "A 四(一)")]
    duties: Annotated[str | None, labelled("岗位职责", "A 四(一)")] = None
    channel: Annotated[Channel, labelled("渠道", "A 三(二)")]
    employer_id: Annotated[str | None, labelled("单位编号", "A 三(二)2")] = None
    employer_name: Annotated[str | None, labelled("单位名称", "A 三(二)2")] = None
    place_code: Annotated[str, labelled("工作地区划代码", "C 二")]
    headcount: Annotated[Count, labelled("招聘人数", "A 四(一)")]
    headcount_unknown: Annotated[bool, labelled("人数未说明", "design")] = False
    filled: Annotated[Count, labelled("已招人数", "design")] = 0
    wage_low_yuan_month: Annotated[Count | None, labelled("月工资下限(元)", "A 三(二)4(1)")] = None
    wage_high_yuan_month: Annotated[Count | None, labelled("月工资上限(元)", "A 三(二)4(1)")] = None
    age_min: Annotated[AgeYears | None, labelled("年龄下限", "law")] = None
    age_max: Annotated[AgeYears | None, labelled("年龄上限", "law")] = None
    education_min: Annotated[Education | None, labelled("最低学历", "A 三(二)5")] = None
    skills_required: Annotated[Texts | None, labelled("必备技能", "B 三(一)1")] = None
    skills_preferred: Annotated[Texts | None, labelled("优先技能", "B 三(一)1")] = None
    certificates_required: Annotated[Texts | None, labelled("必备证书", "B 三(一)1")] = None
    lodging: Annotated[bool | None, labelled("包住", "design")] = None
    board: Annotated[bool | None, labelled("包吃", "design")] = None
    night_shift: Annotated[bool | None, labelled("夜班", "law")] = None
    heavy_work: Annotated[bool | None, labelled("重体力", "law")] = None
    valid_from: Annotated[date | None, labelled("开始招聘日期", "A 四(一)")] = None
    valid_to: Annotated[date | None, labelled("截止日期", "A 四(一)")] = None
    contract_type: Annotated[ContractType | None, labelled("合同类型", "A 三(二)4(1); D 三(八)1")] = None
    contract_months: Annotated[Months | None, labelled("合同月数", "B 三(二)2")] = None
    insured: Annotated[bool | None, labelled("缴纳社会保险", "D 二(四)1")] = None
    reserved_for: Annotated[tuple[Group, ...] | None, labelled("专设对象", "C 四(七); D 四(十四)")] = None
    area_mu: Annotated[Decimal | None, labelled("面积(亩)", "A 三(二)4(2)")] = None
    deposit_yuan: Annotated[Count | None, labelled("押金(元)", "law")] = None
    text_age_min: Annotated[AgeYears | None, labelled("正文年龄下限", "design")] = None
    text_age_max: Annotated[AgeYears | None, labelled("正文年龄上限", "design")] = None
    sex_condition: Annotated[str | None, labelled("性别要求(原文)", "law")] = None
    publish_bars: Annotated[tuple[PublishBar, ...], labelled("不得发布原因", "law")] = ()
    publish_warnings: Annotated[tuple[PublishBar, ...], labelled("发布提示", "law")] = ()
    occupations: Annotated[Texts | None, labelled("职业代码(2022版大典)", "design")] = None

    @property
    def unlawful(self) -> tuple[PublishBar, ...]:
        """The bars that do not lapse with a day: what the law has against the advert itself."""
        if not self.publish_bars:
            return ()
        return tuple(bar for bar in self.publish_bars if bar.code != EXPIRED)

    @property
    def places_left(self) -> int:
        """How many people (of a plot, parcels) are still wanted."""
        return max(0, self.headcount - self.filled)

    def open_on(self, day: date) -> bool:
        """Whether anybody may be offered it on the day: lawful, inside its dates (both included), a place left."""
        return (
            self.filled < self.headcount
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
            and not self.unlawful
        )


class Plot(Record, frozen=True, kw_only=True):
    """微田园地块 (requirements 8.6)."""

    plot_id: Annotated[str, labelled("地块编号", "A 三(二)4(2)")]
    site_code: Annotated[str, labelled("安置点", "A 三(二)4(2)")]
    area_mu: Annotated[Decimal, labelled("面积(亩)", "A 三(二)4(2)")]
    state: Annotated[PlotState, labelled("状态", "A 三(二)4(2)")] = PlotState.FREE
    household_id: Annotated[str | None, labelled("户编号", "A 三(二)4(2)")] = None
    tiller_id: Annotated[str | None, labelled("经营人编号", "A 三(二)4(2)")] = None
    start: Annotated[date | None, labelled("起始日期", "A 三(二)4(2)")] = None
    free_until: Annotated[date | None, labelled("免费至", "A 三(二)4(2)")] = None
    class_at_start: Annotated[PlotClass | None, labelled("起始时户类", "A 三(二)4(2)")] = None
    tiller_died_on: Annotated[date | None, labelled("经营人去世日期", "A 三(二)4(2)")] = None


class Evidence(Record, frozen=True, kw_only=True):
    """One piece of proof of a placement; pay_yuan : what a wage roll says was paid, None where it does not say."""

    kind: EvidenceKind
    on: date | None = None
    by: str = ""
    pay_yuan: Count | None = None


class Placement(Record, frozen=True, kw_only=True):
    """就业安置 (requirements 8.11); counts only with evidence and a named checker (C 四(一))."""

    placement_id: Annotated[str, labelled("安置编号", "C 四(一)")]
    worker_id: Annotated[str, labelled("人员编号", "C 四(一)")]
    vacancy_id: Annotated[str | None, labelled("岗位编号", "C 四(一)")] = None
    employer_id: Annotated[str | None, labelled("单位编号", "C 四(一)")] = None
    employer_name: Annotated[str | None, labelled("单位名称", "C 四(一)")] = None
    place_code: Annotated[str | None, labelled("务工地区划代码", "C 二")] = None
    start: Annotated[date, labelled("开始日期", "C 二; D 三(八)1")]
    end: Annotated[date | None, labelled("结束日期", "C 二")] = None
    end_reason: Annotated[str | None, labelled("离职原因", "C 四(三)")] = None
    registered_unemployed_on: Annotated[date | None, labelled("失业登记日期", "B 三(三)2; C 四(四)")] = None
    unemployment_benefit: Annotated[UnemploymentBenefit | None, labelled("失业待遇", "C 四(四)")] = None
    contract_type: Annotated[ContractType | None, labelled("合同类型", "A 三(二)4(1)")] = None
    contract_start: Annotated[date | None, labelled("合同起始日期", "B 三(二)2")] = None
    contract_end: Annotated[date | None, labelled("合同终止日期", "B 三(二)2")] = None
    wage_yuan_month: Annotated[Count | None, labelled("月工资(元)", "A 三(二)4(1); C 二3")] = None
    broker_id: Annotated[str | None, labelled("劳务经纪人编号", "A 三(二)6(2)")] = None
    evidence: Annotated[tuple[Evidence, ...], labelled("佐证材料", "C 四(一)")] = ()
    checked_by: Annotated[str | None, labelled("核实人", "C 四(一)")] = None


class Source(Record, frozen=True, kw_only=True):
    """Where a fact comes from."""

    batch_id: str = ""
    file: str = ""
    sheet: str = ""
    row: int = 0
    by: str = ""
    imported_at: datetime | None = None


class Fact(Record, frozen=True, kw_only=True):
    """One dated, sourced statement about one field of one record; facts are added, never overwritten."""

    kind: str
    record_id: str
    field: str
    value: object
    since: date | None = None
    until: date | None = None
    source: Source = Source()
