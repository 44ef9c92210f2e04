"""What intake writes: rejected rows, blank templates, exports; each comes back through the front door."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_files import COUNTY, Run, Stored, csv_bytes, id_number, xlsx

from matcher.errors import InvalidInput, UsageError
from matcher.geography import gazetteer
from matcher.intake import ExportForm, export_form, write_export, write_rejects, write_template
from matcher.intake.headers import match_header
from matcher.intake.templates import template_columns
from matcher.intake.textual import guarded, unguarded
from matcher.intake.values import meaning_of, shown_values, value_list
from matcher.records import (
    Consent,
    Employer,
    Evidence,
    Household,
    Identity,
    Judgement,
    Kind,
    Placement,
    Plot,
    Record,
    Vacancy,
    Worker,
)

Read = Callable[..., Run]


def cells(workbook: bytes, sheet: int = 0) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[sheet].values]


def rejects_of(run: Run) -> bytes:
    out = io.BytesIO()
    assert write_rejects(out, run.plan, run.rows) == run.outcomes["rejected"]
    return out.getvalue()


def bad_file() -> bytes:
    return xlsx(
        [
            ["2018年台账"],
            ["姓名", "身份证号", "联系电话", "政治面貌", "出生日期"],
            ["韦秀英", id_number(), "13800138000", "群众", date(1973, 1, 1)],
            ["覃海", 450206197301011234.0, "138", "=1+1", date(1973, 1, 1)],
        ]
    )


def test_rejected_rows_come_back_with_their_columns_and_the_reasons(read: Read) -> None:
    header, row = cells(rejects_of(read(Kind.WORKERS, bad_file())))
    assert header == ["姓名", "身份证号", "联系电话", "政治面貌", "出生日期", "原因", "如何修改", "原行号"]
    assert row[0] == "覃海"
    assert row[3] == "=1+1"
    assert row[4] == "1973-01-01"
    assert "身份证号" in row[5]
    assert "联系电话" in row[5]
    assert "文本格式" in row[6]
    assert row[7] == 4


def test_mended_rejects_come_in_clean(read: Read) -> None:
    book = openpyxl.load_workbook(io.BytesIO(rejects_of(read(Kind.WORKERS, bad_file()))))
    sheet = book.worksheets[0]
    assert sheet["B2"].number_format == "@"
    sheet["B2"], sheet["C2"] = id_number(order=14), "13800138001"
    out = io.BytesIO()
    book.save(out)
    again = read(Kind.WORKERS, out.getvalue())
    assert again.outcomes == {"accepted": 1}
    assert {u.header for u in again.plan.sheets[0].unread} == {"政治面貌"}


def test_rejects_of_several_sheets_and_of_json_come_back_too(read: Read) -> None:
    rows = [["姓名", "出生日期"], ["甲", "1"]]
    run = read(Kind.WORKERS, xlsx(rows, rows, names=["一村", "二村"]))
    assert openpyxl.load_workbook(io.BytesIO(rejects_of(run))).sheetnames == ["一村", "二村"]
    lines = read(Kind.WORKERS, b'{"worker_id": "w1", "phone": "1", "consent": {"sms": true}}\nbroken')
    header, first, second = cells(rejects_of(lines))
    assert header[:4] == ["", "worker_id", "phone", "consent.sms"]
    assert first[1:4] == ["w1", "1", "true"]
    assert second[0] == "broken"


def test_without_rejects_the_workbook_says_so(read: Read) -> None:
    run = read(Kind.WORKERS, csv_bytes(["姓名"], ["甲"]))
    assert openpyxl.load_workbook(io.BytesIO(rejects_of(run))).sheetnames == ["没有错误行"]


FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "'=quoted", "''+x", "'plain", "1=1", ""]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_marked_in_csv_and_the_mark_comes_off_again(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text


@given(st.text())
def test_the_mark_always_comes_off(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("form", list(ExportForm))
def test_no_export_runs_a_formula_and_all_read_back(read: Read, form: ExportForm) -> None:
    names = [text.strip() for text in FORMULAS if text.strip()]
    employers = [Employer(employer_id=f"e{n}", name=name) for n, name in enumerate(names)]
    out = io.BytesIO()
    write_export(out, form, Kind.EMPLOYERS, employers)
    if form is ExportForm.XLSX:
        for row in openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[0].iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    back = read(Kind.EMPLOYERS, out.getvalue(), known=Stored(*employers))
    assert back.outcomes == {"unchanged": len(names)}


VACANCY = Vacancy(
    vacancy_id="v1", title="缝纫工", duties="限女性\n年龄18-35周岁", channel="workshop", employer_id="e1",  # type: ignore[arg-type]
    employer_name="某厂", place_code="450206", headcount=1, headcount_unknown=True, filled=2, age_min=18,
    education_min="junior", skills_required=("缝纫、平车", "电脑车"), skills_preferred=(),  # type: ignore[arg-type]
    certificates_required=("[a]",), lodging=True, board=False,
    valid_from=date(2018, 1, 1), valid_to=date(2018, 12, 31), area_mu=Decimal("0.30"),
    reserved_for=("relocated", "weak_labour"), deposit_yuan=0, sex_condition="女",  # type: ignore[arg-type]
)  # fmt: skip
WORKER = Worker(
    worker_id="w1", birth_date=date(1973, 1, 1), sex="female", education="vocational", skills=("缝纫",), trades=(),  # type: ignore[arg-type]
    place_code="450206100201", hukou_code="450206", travel_range="anywhere", preferred_places=("440600", "450200"),  # type: ignore[arg-type]
    preferred_trades=("缝纫工",), wage_floor_yuan_month=3000, needs_daily_return=False, household_id="h1",
    registered_poor=True, off_farm_hard=Judgement(value=True, by="王", on=date(2018, 5, 1), grounds="照顾老人"),
    consent=Consent(plot=True, sms=False), occupations=("6-18-01-01",),
)  # fmt: skip
PERSON = Identity(worker_id="w1", name="韦秀英", id_number=id_number(), phone="13800138000", ethnicity="壮族")
PLACEMENT = Placement(
    placement_id="p1", worker_id="w1", start=date(2018, 3, 1), wage_yuan_month=3500, employer_id="e1", checked_by="李",
    evidence=(Evidence(kind="contract", on=date(2018, 3, 1)), Evidence(kind="visit", by="王")),  # type: ignore[arg-type]
)  # fmt: skip
RECORDS: list[tuple[Kind, Record]] = [
    (Kind.WORKERS, WORKER),
    (Kind.VACANCIES, VACANCY),
    (Kind.PLACEMENTS, PLACEMENT),
    (Kind.HOUSEHOLDS, Household(household_id="h1", able_members=0, holds_plot=False, poor_status="out")),  # type: ignore[arg-type]
    (Kind.PLOTS, Plot(plot_id="p1", site_code="兴柳小区", area_mu=Decimal("0.2"), free_until=date(2021, 1, 1))),
    (Kind.EMPLOYERS, Employer(employer_id="e1", name="某厂", kind="workshop", credit_code="91450221MA5KX00000")),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("form", list(ExportForm))
@pytest.mark.parametrize(("kind", "record"), RECORDS)
def test_an_export_reads_back_as_unchanged(read: Read, form: ExportForm, kind: Kind, record: Record) -> None:
    """The record is first taken in, so that what follows from its text stands in it."""
    first = read(kind, msgspec.json.encode(record), known=Stored())
    change = first.rows[0].change
    assert change is not None, first.problems
    id_field = record.__struct_fields__[0]
    stored = msgspec.convert({**msgspec.to_builtins(record), **change.fields, id_field: change.record_id}, type(record))
    identities = {"w1": PERSON} if kind is Kind.WORKERS else None
    out = io.BytesIO()
    assert write_export(out, form, kind, [stored], identities=identities) == 1
    known = Stored(stored, identities=[PERSON] if identities else [])
    back = read(kind, out.getvalue(), known=known)
    assert back.outcomes == {"unchanged": 1}, (back.rows[0].change, back.problems)
    into_nothing = read(kind, out.getvalue())
    assert into_nothing.rows[0].change is not None, into_nothing.problems
    new = into_nothing.rows[0].change
    assert msgspec.convert({id_field: new.record_id, **new.fields}, type(record)) == stored


@pytest.mark.parametrize("form", list(ExportForm))
def test_the_same_records_give_the_same_bytes_in_any_order(form: ExportForm) -> None:
    employers = [Employer(employer_id=f"e{n}", name="甲") for n in range(5)]
    first, second = io.BytesIO(), io.BytesIO()
    write_export(first, form, Kind.EMPLOYERS, employers)
    write_export(second, form, Kind.EMPLOYERS, employers[::-1])
    assert first.getvalue() == second.getvalue()


def test_an_export_without_identities_names_nobody() -> None:
    out = io.BytesIO()
    write_export(out, ExportForm.CSV, Kind.WORKERS, [WORKER])
    header = out.getvalue().decode("utf-8-sig").splitlines()[0].split(",")
    assert not {"name", "id_number", "phone"}.intersection(header)
    assert "consent.plot" in header


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut() -> None:
    long = [Employer(employer_id="e1", name="长" * 32_768)]
    with pytest.raises(InvalidInput):
        write_export(io.BytesIO(), ExportForm.XLSX, Kind.EMPLOYERS, long)
    assert write_export(io.BytesIO(), ExportForm.CSV, Kind.EMPLOYERS, long) == 1


def test_the_form_follows_the_ending() -> None:
    assert export_form("a/b.XLSX") is ExportForm.XLSX
    with pytest.raises(UsageError):
        export_form("a.pdf")


NO_SPACE = st.characters(min_codepoint=0x21, max_codepoint=0x9FFF, exclude_categories=["C", "Z"])
TEXT = st.text(NO_SPACE, min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(TEXT, min_size=1, max_size=4),
    skills=st.none() | st.lists(TEXT, max_size=3, unique=True),
    form=st.sampled_from(list(ExportForm)),
)
def test_any_text_survives_the_way_out_and_in(
    read: Read, names: list[str], skills: list[str] | None, form: ExportForm
) -> None:
    vacancies = [
        {"vacancy_id": f"v{n}", "title": name, "channel": "workshop", "place_code": COUNTY, "headcount": n + 1}
        | ({} if skills is None else {"skills_required": skills})
        for n, name in enumerate(names)
    ]
    first = read(Kind.VACANCIES, b"\n".join(map(msgspec.json.encode, vacancies)))
    changes = [row.change for row in first.rows if row.change]
    stored = [msgspec.convert({**c.fields, "vacancy_id": c.record_id}, Vacancy) for c in changes]
    if not stored:
        return
    out = io.BytesIO()
    write_export(out, form, Kind.VACANCIES, stored)
    back = read(Kind.VACANCIES, out.getvalue(), known=Stored(*stored))
    assert back.outcomes == {"unchanged": len(stored)}, (stored, [r.change for r in back.rows], back.problems)


def template(kind: Kind) -> bytes:
    out = io.BytesIO()
    write_template(out, kind, gazetteer=gazetteer(), region_code=COUNTY)
    return out.getvalue()


@pytest.mark.parametrize("kind", list(Kind))
def test_every_column_of_a_template_is_read_as_its_field(kind: Kind) -> None:
    for column in template_columns(kind):
        match = match_header(kind, column.header)
        assert match is not None
        assert (match.field, match.similar) == (column.field, "")


@pytest.mark.parametrize("kind", list(Kind))
def test_a_template_has_drop_downs_text_formats_and_a_page_of_advice(kind: Kind) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(kind)))
    sheet, columns = book.worksheets[0], template_columns(kind)
    assert [cell.value.rstrip("*") for cell in sheet[1]] == [column.header for column in columns]
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    for number, column in enumerate(columns, start=1):
        letter = openpyxl.utils.get_column_letter(number)
        if column.list and column.list not in ("township", "village"):
            rule = rules[f"{letter}2"]
            assert rule.type == "list"
            offered = rule.formula1.strip('"').split(",")
            assert offered == list(shown_values(column.list) or ("是", "否"))
        if column.field.endswith("id_number"):
            assert sheet.column_dimensions[letter].number_format == "@"
    assert book.worksheets[1].title == "填写说明"
    assert book.worksheets[1].max_row == len(columns) + 1


def test_villages_of_the_county_are_offered_from_a_hidden_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(Kind.WORKERS)))
    assert book["_选项"].sheet_state == "hidden"
    assert "黄岭村村民委员会" in [cell.value for cell in book["_选项"]["A"]]
    assert "list_village" in book.defined_names


def test_a_template_is_the_same_bytes_each_time() -> None:
    assert template(Kind.WORKERS) == template(Kind.WORKERS)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_template_filled_with_its_own_samples_comes_in_and_its_other_sheets_do_not(read: Read, kind: Kind) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(kind)))
    own = {"id_number": id_number(), "worker.id_number": id_number(), "household.head_id": id_number(),
           "place.village": "黄岭村", "place.name": "柳江区拉堡镇", "employer_name": "某厂", "name": "某厂",
           "plot_id": "p1", "site_code": "兴柳小区", "household_id": "h1", "start": "2018-03-01"}  # fmt: skip
    for number, column in enumerate(template_columns(kind), start=1):
        book.worksheets[0].cell(2, number, column.sample or own.get(column.field))
    out = io.BytesIO()
    book.save(out)
    worker = Worker(worker_id="w1", place_code=COUNTY)
    known = Stored(worker, identities=[PERSON]) if kind is Kind.PLACEMENTS else Stored()
    run = read(kind, out.getvalue(), known=known)
    assert run.outcomes == {"accepted": 1}, run.problems
    assert run.plan.problems == ()


@pytest.mark.parametrize("name", sorted({c.list for k in Kind for c in template_columns(k) if c.list}))
def test_what_a_template_offers_is_what_an_import_accepts(name: str) -> None:
    for wording in shown_values(name):
        assert meaning_of(name, wording, field=name) is not None
    if name not in ("flag", "township", "village"):
        assert value_list(name)
