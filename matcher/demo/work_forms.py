"""Vacancies, employers, plots and placements on the lists an office keeps of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from matcher.demo.specs import SYNTHETIC, CountySpec
from matcher.demo.tables import Column, Content, Table, Value
from matcher.demo.wording import ages, flag, headcount, listed, place, term, terms, wage
from matcher.records import Employer, Placement, Plot, Vacancy, label

R = TypeVar("R")
Cells = Sequence[tuple[Column, Callable[[R], Value]]]


def advert_form(spec: CountySpec, vacancies: Iterable[Vacancy]) -> Table:
    """Adverts with the columns of a county talent site: wages, ages and places as text."""
    near = spec.counties[0]
    cells: Cells[Vacancy] = (
        (Column("职位编号", Content.KEY), lambda v: v.vacancy_id),
        (Column("职位名称", Content.NAME), lambda v: v.title),
        (Column("公司名称", Content.NAME), lambda v: v.employer_name),
        (Column("单位编号", Content.KEY), lambda v: v.employer_id),
        (Column("工作地区", Content.PLACE), lambda v: place(v.place_code, near)),
        (Column("招聘人数", Content.HEADCOUNT), headcount),
        (Column("已招人数", Content.COUNT), lambda v: v.filled),
        (Column("月薪", Content.WAGE), wage),
        (Column("年龄要求"), ages),
        (Column("性别要求"), lambda v: v.sex_condition),
        (Column("学历要求"), lambda v: term("education_min", v.education_min)),
        (Column("技能要求"), lambda v: _some_list(v.skills_required)),
        (Column(label(Vacancy, "skills_preferred")), lambda v: _some_list(v.skills_preferred)),
        (Column("证书要求"), lambda v: _some_list(v.certificates_required)),
        (Column("包住"), lambda v: flag(v.lodging)),
        (Column("包吃"), lambda v: flag(v.board)),
        (Column("夜班"), lambda v: flag(v.night_shift)),
        (Column("重体力"), lambda v: flag(v.heavy_work)),
        (Column("发布时间", Content.DAY), lambda v: v.valid_from),
        (Column("截止时间", Content.DAY), lambda v: v.valid_to),
        (Column("合同类型"), lambda v: term("contract_type", v.contract_type)),
        (Column("合同期限(月)"), lambda v: v.contract_months),
        (Column("是否缴纳社保"), lambda v: flag(v.insured)),
        (Column("押金"), lambda v: v.deposit_yuan),
        (Column("面向对象"), lambda v: terms("reserved_for", v.reserved_for)),
        (Column("职位描述"), lambda v: v.duties),
    )
    return _fill(f"{SYNTHETIC}_岗位", (), cells, vacancies)


def vacancy_form(spec: CountySpec, vacancies: Iterable[Vacancy]) -> Table:
    """The county's own list over all channels, with a merged header of two levels below its title."""
    near = spec.counties[0]

    def under(above: str, field: str, content: Content = Content.TEXT) -> Column:
        return Column(label(Vacancy, field), content, above)

    cells: Cells[Vacancy] = (
        (under("岗位", "vacancy_id", Content.KEY), lambda v: v.vacancy_id),
        (under("岗位", "title", Content.NAME), lambda v: v.title),
        (under("岗位", "channel"), lambda v: term("channel", v.channel)),
        (under("岗位", "duties"), lambda v: v.duties),
        (under("单位", "employer_id", Content.KEY), lambda v: v.employer_id),
        (under("单位", "employer_name", Content.NAME), lambda v: v.employer_name),
        (Column("工作地点", Content.PLACE, "单位"), lambda v: place(v.place_code, near)),
        (under("人数", "headcount", Content.HEADCOUNT), headcount),
        (under("人数", "filled", Content.COUNT), lambda v: v.filled),
        (under("工资", "wage_low_yuan_month", Content.COUNT), lambda v: v.wage_low_yuan_month),
        (under("工资", "wage_high_yuan_month", Content.COUNT), lambda v: v.wage_high_yuan_month),
        (under("要求", "age_min"), lambda v: v.age_min),
        (under("要求", "age_max"), lambda v: v.age_max),
        (under("要求", "education_min"), lambda v: term("education_min", v.education_min)),
        (under("要求", "skills_required"), lambda v: _some_list(v.skills_required)),
        (under("要求", "skills_preferred"), lambda v: _some_list(v.skills_preferred)),
        (under("要求", "certificates_required"), lambda v: _some_list(v.certificates_required)),
        (Column("性别要求", above="要求"), lambda v: v.sex_condition),
        (under("要求", "reserved_for"), lambda v: terms("reserved_for", v.reserved_for)),
        (under("待遇", "lodging"), lambda v: flag(v.lodging)),
        (under("待遇", "board"), lambda v: flag(v.board)),
        (under("待遇", "night_shift"), lambda v: flag(v.night_shift)),
        (under("待遇", "heavy_work"), lambda v: flag(v.heavy_work)),
        (under("待遇", "insured"), lambda v: flag(v.insured)),
        (under("待遇", "deposit_yuan"), lambda v: v.deposit_yuan),
        (under("期限", "valid_from", Content.DAY), lambda v: v.valid_from),
        (under("期限", "valid_to", Content.DAY), lambda v: v.valid_to),
        (under("期限", "contract_type"), lambda v: term("contract_type", v.contract_type)),
        (under("期限", "contract_months"), lambda v: v.contract_months),
        (under("地块", "area_mu"), lambda v: None if v.area_mu is None else str(v.area_mu)),
    )
    return _fill(f"{SYNTHETIC}_岗位", (f"（{SYNTHETIC}·演示）{spec.name}各渠道岗位汇总表",), cells, vacancies)


def employer_form(spec: CountySpec, employers: Iterable[Employer]) -> Table:
    """Employers with their yearly totals."""
    near = spec.counties[0]
    cells: Cells[Employer] = (
        (Column("单位编号", Content.KEY), lambda e: e.employer_id),
        (Column("单位名称", Content.NAME), lambda e: e.name),
        (Column("单位类别"), lambda e: term("kind", e.kind)),
        (Column("单位地址", Content.PLACE), lambda e: place(e.place_code, near)),
        (Column("统一社会信用代码"), lambda e: e.credit_code),
        (Column("核验日期", Content.DAY), lambda e: e.vetted_on),
        (Column(label(Employer, "arrears_until"), Content.DAY), lambda e: e.arrears_until),
        (Column("全年用工总数", Content.COUNT), lambda e: e.annual_total_workers),
        (Column(label(Employer, "annual_poor_local_workers"), Content.COUNT), lambda e: e.annual_poor_local_workers),
    )
    return _fill(f"{SYNTHETIC}_单位", (), cells, employers)


def plot_form(spec: CountySpec, plots: Iterable[Plot]) -> Table:
    """Plots of the relocation sites."""
    cells: Cells[Plot] = (
        (Column("地块编号", Content.KEY), lambda p: p.plot_id),
        (Column("安置点"), lambda p: p.site_code),
        (Column("面积(亩)"), lambda p: str(p.area_mu)),
        (Column("状态"), lambda p: term("state", p.state)),
        (Column("户编号", Content.KEY), lambda p: p.household_id),
        (Column("经营人编号", Content.KEY), lambda p: p.tiller_id),
        (Column("起始日期", Content.DAY), lambda p: p.start),
        (Column("免费至", Content.DAY), lambda p: p.free_until),
        (Column("起始时户类"), lambda p: term("class_at_start", p.class_at_start) if p.class_at_start else None),
    )
    return _fill(f"{SYNTHETIC}_微田园地块", (f"（{SYNTHETIC}·演示）{spec.name}微田园地块台账",), cells, plots)


def placement_form(spec: CountySpec, placements: Iterable[Placement]) -> Table:
    """Placements with their proof and who checked it."""
    near = spec.counties[0]
    cells: Cells[Placement] = (
        (Column("安置编号", Content.KEY), lambda p: p.placement_id),
        (Column("人员编号", Content.KEY), lambda p: p.worker_id),
        (Column("岗位编号", Content.KEY), lambda p: p.vacancy_id),
        (Column("单位编号", Content.KEY), lambda p: p.employer_id),
        (Column("就业单位", Content.NAME), lambda p: p.employer_name),
        (Column("就业地址", Content.PLACE), lambda p: place(p.place_code, near)),
        (Column("就业起始日期", Content.DAY), lambda p: p.start),
        (Column("就业终止日期", Content.DAY), lambda p: p.end),
        (Column("离职原因"), lambda p: p.end_reason),
        (Column("合同类型"), lambda p: term("contract_type", p.contract_type)),
        (Column("合同起始日期", Content.DAY), lambda p: p.contract_start),
        (Column("合同终止日期", Content.DAY), lambda p: p.contract_end),
        (Column("月工资(元)", Content.COUNT), lambda p: p.wage_yuan_month),
        (Column("劳务经纪人编号", Content.KEY), lambda p: p.broker_id),
        (
            Column(label(Placement, "evidence")),
            lambda p: msgspec.json.encode(p.evidence).decode() if p.evidence else None,
        ),
        (Column("核实人"), lambda p: p.checked_by),
    )
    return _fill(f"{SYNTHETIC}_就业安置", (f"（{SYNTHETIC}·演示）{spec.name}就业安置台账",), cells, placements)


def _some_list(values: tuple[str, ...] | None) -> str | None:
    """A list as one cell; an empty one stays empty, for an advert that asks nothing writes nothing."""
    return listed(values) if values else None


def _fill(sheet: str, titles: tuple[str, ...], cells: Cells[R], records: Iterable[R]) -> Table:
    rows = tuple(tuple(read(record) for _, read in cells) for record in records)
    return Table(sheet, titles, tuple(column for column, _ in cells), rows)
