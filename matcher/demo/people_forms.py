"""People and households on the forms of two systems: the national monitoring export and a provincial ledger.

Both are filled in from the same records; columns the office added by hand (skills, wishes, judgements, consent)
follow the form's own, as they do in practice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from matcher.demo.county import DemoCounty
from matcher.demo.specs import SYNTHETIC, CountySpec
from matcher.demo.tables import Column, Content, Table, Value
from matcher.demo.wording import flag, listed, place, term
from matcher.geography import gazetteer
from matcher.records import EmploymentStatus, Household, Identity, MonitoredType, Worker, label

_RISKS = ("缺劳动力", "因病", "因学", "务工就业不稳")


class Person(NamedTuple):
    """A worker with everything a form asks beside the worker's own facts."""

    worker: Worker
    identity: Identity
    head: Identity
    near: str


Cell = tuple[Column, Callable[[Person], Value]]


def people(county: DemoCounty, near: str) -> list[Person]:
    """All workers with identity and head of household (its first member)."""
    heads: dict[str | None, Identity] = {}
    for worker, identity in zip(county.workers, county.identities, strict=True):
        heads.setdefault(worker.household_id, identity)
    return [
        Person(worker, identity, heads[worker.household_id], near)
        for worker, identity in zip(county.workers, county.identities, strict=True)
    ]


def in_monitoring_system(worker: Worker) -> bool:
    """Whether a person stands in the national system: registered poor, or monitored."""
    return bool(worker.registered_poor) or worker.monitored_type not in (None, MonitoredType.NONE)


def monitoring_form(spec: CountySpec, persons: Iterable[Person]) -> Table:
    """The national monitoring export: two title rows, header on the third, 民族 misspelt as it is there."""
    own: tuple[Cell, ...] = (
        (Column("县", Content.COUNTY), lambda p: _part(p, 6)),
        (Column("乡"), lambda p: _part(p, 9)),
        (Column("行政村", Content.VILLAGE), lambda p: _part(p, 12)),
        (Column("户编号", Content.KEY), lambda p: p.worker.household_id),
        (Column("人编号", Content.KEY), lambda p: p.worker.worker_id),
        (Column("姓名", Content.NAME), lambda p: p.identity.name),
        (Column("性别"), lambda p: term("sex", p.worker.sex)),
        (Column("证件类型"), lambda p: "居民身份证"),
        (Column("证件号码", Content.ID_NUMBER), lambda p: p.identity.id_number),
        (Column("出生日期", Content.DAY), lambda p: p.worker.birth_date),
        (Column("名族"), lambda p: p.identity.ethnicity),
        (Column("文化程度"), lambda p: term("education", p.worker.education)),
        (Column("劳动技能"), lambda p: term("labour_ability", p.worker.labour_ability)),
        (Column("户类型"), _household_kind),
        (Column("监测对象类别"), lambda p: term("monitored_type", p.worker.monitored_type)),
        (Column("致贫/返贫风险1"), lambda p: _RISKS[len(p.worker.trades or ()) % len(_RISKS)]),
        (Column("家庭成员联系电话", Content.PHONE), lambda p: p.identity.phone),
        (Column("就业状态"), _status),
        (Column(label(Worker, "out_of_poverty")), lambda p: flag(p.worker.out_of_poverty)),
    )
    titles = (
        f"（{SYNTHETIC}·演示）{spec.name}监测对象信息",
        f"导出日期：{spec.on.isoformat()}　{SYNTHETIC}，人员均为虚构",
    )
    return _fill(f"{SYNTHETIC}_监测对象信息", titles, (*own, *_added()), persons)


def ledger_form(spec: CountySpec, persons: Iterable[Person]) -> Table:
    """The members' template of a provincial employment ledger: header on the first row, required columns starred."""
    own: tuple[Cell, ...] = (
        (Column("户主姓名*", Content.NAME), lambda p: p.head.name),
        (Column("户主证件号码*"), lambda p: p.head.id_number),
        (Column("姓名*", Content.NAME), lambda p: p.identity.name),
        (Column("身份证号*", Content.ID_NUMBER), lambda p: p.identity.id_number),
        (Column("电话*", Content.PHONE), lambda p: p.identity.phone),
        (Column("文化程度*"), lambda p: term("education", p.worker.education)),
        (Column("就业创业状态"), _status),
        (Column("就创业意愿"), lambda p: None),
        (Column("劳动能力"), lambda p: term("labour_ability", p.worker.labour_ability)),
        (Column("备注"), lambda p: SYNTHETIC),
        (Column("户编号", Content.KEY), lambda p: p.worker.household_id),
        (Column("人员编号", Content.KEY), lambda p: p.worker.worker_id),
        (Column("性别"), lambda p: term("sex", p.worker.sex)),
        (Column("出生日期", Content.DAY), lambda p: p.worker.birth_date),
        (Column("民族"), lambda p: p.identity.ethnicity),
        (Column("家庭住址", Content.PLACE), lambda p: place(p.worker.place_code, p.near)),
        (Column(label(Worker, "registered_poor")), lambda p: flag(p.worker.registered_poor)),
        (Column(label(Worker, "out_of_poverty")), lambda p: flag(p.worker.out_of_poverty)),
        (Column("监测对象类别"), lambda p: term("monitored_type", p.worker.monitored_type)),
    )
    return _fill(f"{SYNTHETIC}_家庭成员", (), (*own, *_added()), persons)


def household_form(spec: CountySpec, county: DemoCounty) -> Table:
    """Households as the county keeps them: titles on two rows, header on the third."""
    heads: dict[str | None, Identity] = {}
    for worker, identity in zip(county.workers, county.identities, strict=True):
        heads.setdefault(worker.household_id, identity)
    near = spec.counties[0]
    columns: tuple[tuple[Column, Callable[[Household], Value]], ...] = (
        (Column("户编号", Content.KEY), lambda h: h.household_id),
        (Column("户主姓名", Content.NAME), lambda h: heads[h.household_id].name),
        (Column("详细住址", Content.PLACE), lambda h: place(h.place_code, near)),
        (Column("户类型"), lambda h: term("poor_status", h.poor_status)),
        (Column("劳动力人数", Content.COUNT), lambda h: h.able_members),
        (Column("已就业人数", Content.COUNT), lambda h: h.employed_members),
        (Column("已培训人数", Content.COUNT), lambda h: h.trained_members),
        (Column("是否有微田园"), lambda h: flag(h.holds_plot)),
        (Column("易地扶贫搬迁"), lambda h: flag(h.relocated)),
        (Column("安置点"), lambda h: h.site_code),
        (Column("是否原极度贫困户"), lambda h: flag(h.former_extreme_poverty)),
    )
    titles = (f"（{SYNTHETIC}·演示）{spec.name}农户信息", f"导出日期：{spec.on.isoformat()}　{SYNTHETIC}，农户均为虚构")
    rows = tuple(tuple(read(household) for _, read in columns) for household in county.households)
    return Table(f"{SYNTHETIC}_户信息", titles, tuple(column for column, _ in columns), rows)


def _fill(sheet: str, titles: tuple[str, ...], cells: tuple[Cell, ...], persons: Iterable[Person]) -> Table:
    rows = tuple(tuple(read(person) for _, read in cells) for person in persons)
    return Table(sheet, titles, tuple(column for column, _ in cells), rows)


def _part(person: Person, digits: int) -> str | None:
    """County, township or village of home by its own name; empty where home is not known so finely."""
    code = person.worker.place_code
    return gazetteer().units[code[:digits]].name if len(code) >= digits else None


def _household_kind(person: Person) -> str | None:
    worker = person.worker
    if worker.registered_poor is None:
        return None
    if not worker.registered_poor:
        return "一般农户"
    return "脱贫户" if worker.out_of_poverty else "建档立卡户"


def _status(person: Person) -> str | None:
    status = person.worker.employment_status
    return "转移就业" if status is EmploymentStatus.EMPLOYED else term("employment_status", status)


def _header(field: str) -> Column:
    return Column(label(Worker, field))


def _day(field: str) -> Column:
    return Column(label(Worker, field), Content.DAY)


def _added() -> tuple[Cell, ...]:
    """Columns the office keeps beside the form, under the labels of the records."""
    return (*_wishes(), *_standing(), *_judged(), *_waiting(), *_agreed())


def _wishes() -> tuple[Cell, ...]:
    """What somebody can do and wants."""
    return (
        (_header("skills"), lambda p: listed(p.worker.skills)),
        (_header("trades"), lambda p: listed(p.worker.trades)),
        (_header("certificates"), lambda p: listed(p.worker.certificates)),
        (_header("hukou_code"), lambda p: p.worker.hukou_code),
        (_header("travel_range"), lambda p: term("travel_range", p.worker.travel_range)),
        (_header("preferred_places"), lambda p: listed(p.worker.preferred_places)),
        (_header("preferred_trades"), lambda p: listed(p.worker.preferred_trades)),
        (Column(label(Worker, "wage_floor_yuan_month"), Content.COUNT), lambda p: p.worker.wage_floor_yuan_month),
        (_day("available_from"), lambda p: p.worker.available_from),
        (_header("needs_daily_return"), lambda p: flag(p.worker.needs_daily_return)),
        (_header("wish_to_work"), lambda p: flag(p.worker.wish_to_work)),
        (_header("system_work_years"), lambda p: listed(p.worker.system_work_years)),
        (Column("wish_to_go_out"), lambda p: flag(p.worker.wish_to_go_out)),
        (_header("wish_to_train"), lambda p: flag(p.worker.wish_to_train)),
        (_header("wish_to_start_up"), lambda p: flag(p.worker.wish_to_start_up)),
    )


def _standing() -> tuple[Cell, ...]:
    """Groups and places the documents name."""
    return (
        (_header("relocated"), lambda p: flag(p.worker.relocated)),
        (_header("relocation_site"), lambda p: p.worker.relocation_site),
        (_header("deep_poverty_village"), lambda p: flag(p.worker.deep_poverty_village)),
        (_header("deep_poverty_township"), lambda p: flag(p.worker.deep_poverty_township)),
        (_header("former_extreme_poverty"), lambda p: flag(p.worker.former_extreme_poverty)),
        (_header("rural_low_income"), lambda p: flag(p.worker.rural_low_income)),
        (_header("poor_village"), lambda p: flag(p.worker.poor_village)),
        (_header("hard_to_employ"), lambda p: flag(p.worker.hard_to_employ)),
    )


def _judged() -> tuple[Cell, ...]:
    """The village's word that off-farm work is out of reach, with who said it, when and why."""
    return (
        (
            Column("off_farm_hard.value"),
            lambda p: flag(p.worker.off_farm_hard.value) if p.worker.off_farm_hard else None,
        ),
        (Column("off_farm_hard.by"), lambda p: p.worker.off_farm_hard.by if p.worker.off_farm_hard else None),
        (Column("off_farm_hard.on"), lambda p: p.worker.off_farm_hard.on if p.worker.off_farm_hard else None),
        (Column("off_farm_hard.grounds"), lambda p: p.worker.off_farm_hard.grounds if p.worker.off_farm_hard else None),
    )


def _waiting() -> tuple[Cell, ...]:
    return (
        (_day("returned_on"), lambda p: p.worker.returned_on),
        (_day("waiting_since"), lambda p: p.worker.waiting_since),
    )


def _agreed() -> tuple[Cell, ...]:
    """What somebody agreed to."""
    return (
        (Column("同意微田园"), lambda p: flag(p.worker.consent.plot) if p.worker.consent else None),
        (Column("同意短信"), lambda p: flag(p.worker.consent.sms) if p.worker.consent else None),
        (
            Column("同意向用人单位提供信息"),
            lambda p: flag(p.worker.consent.share_with_employer) if p.worker.consent else None,
        ),
    )
