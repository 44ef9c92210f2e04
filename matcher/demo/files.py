"""The files an officer would have of the synthetic county, in the order in which they are imported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from matcher.demo.county import DEFAULT_VACANCIES, DEFAULT_WORKERS, DemoCounty, clean_records
from matcher.demo.draws import Draws
from matcher.demo.mess import messy
from matcher.demo.people_forms import household_form, in_monitoring_system, ledger_form, monitoring_form, people
from matcher.demo.specs import SYNTHETIC, CountySpec, county_spec
from matcher.demo.tables import Table, csv_bytes, xlsx_bytes
from matcher.demo.work_forms import advert_form, employer_form, placement_form, plot_form, vacancy_form
from matcher.records import Channel, Kind

DEFAULT_MESS = 0.02


class DemoFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the demo: what kind of records it holds, and the channel to import it under where it names none."""

    kind: Kind
    path: Path
    channel: Channel | None = None


class _Sheet(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    name: str
    table: Table
    channel: Channel | None = None


def write_county(
    folder: Path,
    jurisdiction: str,
    seed: int = 0,
    workers: int = DEFAULT_WORKERS,
    vacancies: int = DEFAULT_VACANCIES,
    *,
    mess: float = DEFAULT_MESS,
) -> list[DemoFile]:
    """Write the county's files into `folder` (made if it is not there) and say what they are, in import order.

    mess : share of rows spoilt per kind of slip (mess.toml); 0 writes what `clean_records` holds, row for row.
    The same arguments write the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spec, written = county_spec(jurisdiction), list[DemoFile]()
    for sheet in _sheets(spec, clean_records(jurisdiction, seed, workers, vacancies)):
        table = messy(sheet.table, spec, mess, Draws(seed, jurisdiction, "mess", sheet.name))
        path = folder / f"{SYNTHETIC}_{spec.name}_{sheet.name}"
        path.write_bytes(_encoded(path, table, spec))
        written.append(DemoFile(kind=sheet.kind, path=path, channel=sheet.channel))
    return written


def _sheets(spec: CountySpec, county: DemoCounty) -> Iterator[_Sheet]:
    persons = people(county, spec.counties[0])
    listed = [p for p in persons if in_monitoring_system(p.worker)]
    others = [p for p in persons if not in_monitoring_system(p.worker)]
    partner = [v for v in county.vacancies if v.channel is Channel.GUANGDONG_PARTNER]
    rest = [v for v in county.vacancies if v.channel is not Channel.GUANGDONG_PARTNER]
    yield _Sheet(kind=Kind.HOUSEHOLDS, name="户信息.xlsx", table=household_form(spec, county))
    yield _Sheet(kind=Kind.WORKERS, name="监测系统导出.xlsx", table=monitoring_form(spec, listed))
    yield _Sheet(kind=Kind.WORKERS, name="家庭成员台账.xlsx", table=ledger_form(spec, others))
    yield _Sheet(kind=Kind.EMPLOYERS, name="用人单位.csv", table=employer_form(spec, county.employers))
    yield _Sheet(
        kind=Kind.VACANCIES,
        name="粤桂协作岗位.csv",
        table=advert_form(spec, partner),
        channel=Channel.GUANGDONG_PARTNER,
    )
    yield _Sheet(kind=Kind.VACANCIES, name="各渠道岗位.xlsx", table=vacancy_form(spec, rest))
    yield _Sheet(kind=Kind.PLOTS, name="微田园地块.xlsx", table=plot_form(spec, county.plots))
    yield _Sheet(kind=Kind.PLACEMENTS, name="就业安置.xlsx", table=placement_form(spec, county.placements))


def _encoded(path: Path, table: Table, spec: CountySpec) -> bytes:
    """xlsx by its ending; adverts as county sites hand them out (gb18030), employers with a byte order mark."""
    if path.suffix == ".xlsx":
        return xlsx_bytes(table, spec.on)
    return csv_bytes(table, "gb18030" if "岗位" in path.name else "utf-8-sig")
