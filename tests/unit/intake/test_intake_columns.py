"""The header is found wherever it stands, and every column is read, or listed as not read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import openpyxl
import pytest
from intake_files import Run, csv_bytes, id_number, xlsx

from matcher.errors import InvalidInput, Severity
from matcher.intake import ColumnPlan, fingerprint, plan_columns, read_table
from matcher.intake.fields import fields_of
from matcher.intake.headers import IGNORED, forms, header_table, match_header, recognise
from matcher.records import RECORD_TYPES, Kind
from matcher.settings import Settings

S = Settings()
Read = Callable[..., Run]


def plan(source: bytes, kind: Kind = Kind.WORKERS, **options: Any) -> ColumnPlan:
    return plan_columns(read_table(source, name="f", settings=S), kind, **options)


def fields(made: ColumnPlan, sheet: int = 0) -> dict[str, str]:
    return {column.header: column.field for column in made.sheets[sheet].columns}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("姓名*", "name"),
        ("劳动力姓名*", "name"),
        ("身份证号", "id_number"),
        ("证件号码", "id_number"),
        ("公民身份号码", "id_number"),
        ("劳动力身份证号*", "id_number"),
        ("身 份 证 号", "id_number"),
        ("身份证号（必填）", "id_number"),
        ("名族", "ethnicity"),
        ("民族", "ethnicity"),
        ("gender", "sex"),
        ("劳动技能", "labour_ability"),
        ("劳动能力", "labour_ability"),
        ("联系电话", "phone"),
        ("联系手机", "phone"),
        ("电话*", "phone"),
        ("人编号", "worker_id"),
        ("户编号", "household_id"),
        ("户主证件号码*", "household.head_id"),
        ("县(市、区、旗)", "place.county"),
        ("县（市、区、旗）", "place.county"),
        ("乡(镇)", "place.township"),
        ("行政村", "place.village"),
        ("检测对象类别", "monitored_type"),
        ("期望工资（元/月）", "wage_floor"),
        ("ＷＯＲＫＥＲ＿ＩＤ", "worker_id"),
        ("consent.plot", "consent.plot"),
        ("off_farm_hard.value", "off_farm_hard.value"),
        ("基本情况:联系电话", "phone"),
        ("文化程度".encode("gb18030").decode("latin-1"), "education"),
    ],
)
def test_a_workers_header_is_read(header: str, field: str) -> None:
    match = match_header(Kind.WORKERS, header)
    assert match is not None
    assert match.field == field
    assert not match.similar


@pytest.mark.parametrize("kind", list(Kind))
def test_english_names_and_chinese_labels_of_the_record_are_always_accepted(kind: Kind) -> None:
    for field in fields_of(kind):
        match = match_header(kind, field.name)
        assert match is not None
        assert match.field == field.name
        assert match_header(kind, field.label) is not None


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_of_the_header_table_has_a_reader(kind: Kind, context: Any) -> None:
    from matcher.intake.readers import reader_for

    for match in header_table(kind).values():
        if match.field != IGNORED:
            assert reader_for(kind, match.field, context) is not None, match.field


def test_one_slip_of_the_pen_is_read_with_a_warning() -> None:
    made = plan(csv_bytes(["公民身份号吗", "姓名"], [id_number(), "韦秀英"]))
    assert fields(made)["公民身份号吗"] == "id_number"
    (problem,) = made.problems
    assert problem.severity is Severity.WARNING
    assert "公民身份号码" in problem.found


@pytest.mark.parametrize("header", ["创业起始日期", "户主电话", "新户主证件号码", "培训地址", "信息采集人联系电话"])
def test_a_known_header_of_another_meaning_is_never_taken_for_a_slip(header: str) -> None:
    match = match_header(Kind.WORKERS, header)
    assert match is None or match.field == IGNORED


def test_the_header_of_the_monitoring_export_stands_on_the_third_row(read: Read) -> None:
    rows = [
        ["全国防返贫监测信息系统"],
        ["导出时间：2023-12-18"],
        ["县", "乡", "行政村", "户编号", "人编号", "证件号码", "是否计划务工", "计划务工所在县", "是否计划外出务工"],
        ["柳江区", "拉堡镇", "黄岭村", "45020600001", "p1", id_number(), "是", "南海区", "是"],
    ]
    result = read(Kind.WORKERS, xlsx(rows))
    assert result.plan.sheets[0].header_row == 3
    assert result.plan.sheets[0].form == "计划外出务工信息(全国防返贫监测信息系统)"
    assert result.rows[0].row == 4
    assert result.fields()["worker_id" if "worker_id" in result.fields() else "household_id"] == "45020600001"


def two_level_form() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["贫困户劳动力情况表"])
    sheet.append(["序号", "户主情况", None, "务工情况", None])
    sheet.append([None, "户主姓名", "户主身份证号", "务工人数", "务工地"])
    sheet.append([1, "韦志强", id_number(), 2, "佛山"])
    for area in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
        sheet.merge_cells(area)
    import io

    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_header_of_two_merged_levels_is_joined(read: Read) -> None:
    result = read(Kind.HOUSEHOLDS, two_level_form())
    sheet = result.plan.sheets[0]
    assert sheet.header_row == 3
    assert sheet.headers == (
        "序号",
        "户主情况:户主姓名",
        "户主情况:户主身份证号",
        "务工情况:务工人数",
        "务工情况:务工地",
    )
    assert result.outcomes == {"accepted": 1}
    assert result.fields()["employed_members"] == 2


def test_two_levels_are_seen_in_a_csv_too() -> None:
    made = plan(
        csv_bytes(["序号", "户主", "", "务工人数"], ["", "户主姓名", "户主身份证号", ""], ["1", "韦志强", "x", "2"]),
        Kind.HOUSEHOLDS,
    )
    assert made.sheets[0].header_row == 2
    assert fields(made)["户主:户主身份证号"] == "household.head_id"


def test_cells_merged_downwards_count_for_every_row_they_span(read: Read) -> None:
    import io

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["户编号", "姓名", "身份证号"])
    sheet.append(["H7", "韦志强", id_number("19700101", sex="male")])
    sheet.append([None, "韦小明", id_number("19950101", sex="male")])
    sheet.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    result = read(Kind.WORKERS, out.getvalue())
    assert [result.fields(n)["household_id"] for n in (0, 1)] == ["H7", "H7"]


def test_a_file_without_a_header_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        plan(csv_bytes(["韦秀英", id_number(), "壮族"], ["覃海", id_number(order=14), "汉族"]))
    assert "表头" in caught.value.problems[0].found
    assert caught.value.problems[0].row == 0


def test_a_header_below_the_tenth_row_is_not_looked_for() -> None:
    note = ["说明"]
    header, row = ["姓名", "身份证号"], ["韦秀英", id_number()]
    assert plan(csv_bytes(*[note] * 9, header, row)).sheets[0].header_row == 10
    with pytest.raises(InvalidInput):
        plan(csv_bytes(*[note] * 10, header, row))


def test_columns_not_read_are_listed_with_samples() -> None:
    made = plan(csv_bytes(["姓名", "政治面貌", "最喜欢的菜"], ["韦秀英", "群众", "螺蛳粉"], ["覃海", "", "米粉"]))
    assert [(u.header, u.samples) for u in made.sheets[0].unread] == [
        ("政治面貌", ("群众",)),
        ("最喜欢的菜", ("螺蛳粉", "米粉")),
    ]
    assert made.sheets[0].samples["name"] == ("韦秀英", "覃海")


def test_a_row_wider_than_its_header_has_shifted_and_is_rejected(read: Read) -> None:
    run = read(Kind.WORKERS, csv_bytes(["姓名", "民族"], ["甲", "壮族"], ["乙", "汉", "族"], ["丙", "壮族", " "]))
    assert [row.outcome.value for row in run.rows] == ["accepted", "rejected", "accepted"]
    assert "错位" in run.rows[1].problems[0].fix


def test_cells_under_no_header_are_said(read: Read) -> None:
    rows = [["姓名", "", "民族"], *([f"甲{n}", "", ""] for n in range(19)), ["乙", "要紧", ""], ["丙", "也要紧", ""]]
    run = read(Kind.WORKERS, xlsx(rows))
    assert [(p.row, p.found) for p in run.problems if "表头" in p.found] == [(21, "第2列没有表头")]


def test_two_columns_of_one_field_are_reported_and_the_second_fills_blanks(read: Read) -> None:
    rows = [
        ["姓名", "联系电话", "联系手机"],
        ["甲", "0772-7212345", "13800138000"],
        ["乙", "13800138001", ""],
        ["丙", "13800138002", "13800138002"],
    ]
    result = read(Kind.WORKERS, csv_bytes(*rows))
    assert result.plan.problems[0].column == "联系手机"
    assert [result.fields(n)["phone"] for n in range(3)] == ["13800138000", "13800138001", "13800138002"]
    assert any("不一致" in p.fix for p in result.rows[0].problems)
    assert not result.rows[2].problems


def test_a_second_column_of_a_number_is_never_taken_for_somebody_else(read: Read) -> None:
    """A household screen has the head's number and the members' under two headers."""
    rows = [["户主姓名", "户主身份证号", "证件号码"], ["甲", "", id_number()]]
    result = read(Kind.HOUSEHOLDS, csv_bytes(*rows))
    assert result.fields().keys() == set()


def test_a_remembered_mapping_wins() -> None:
    source = csv_bytes(["谁", "哪天生"], ["韦秀英", "1973-01-01"])
    with pytest.raises(InvalidInput):
        plan(source)
    mark = fingerprint(Kind.WORKERS, ["谁", "哪天生"])
    made = plan(source, remembered={mark: {"谁": "name", "哪天生": "birth_date"}})
    assert fields(made) == {"谁": "name", "哪天生": "birth_date"}
    assert made.sheets[0].fingerprint == mark
    assert made.sheets[0].mapping == {"谁": "name", "哪天生": "birth_date"}


def test_a_fingerprint_forgives_spelling_noise_and_nothing_else() -> None:
    mark = fingerprint(Kind.WORKERS, ["姓名", "身份证号"])
    assert mark == fingerprint(Kind.WORKERS, ["姓名*", " 身份证号（必填）"])
    assert mark != fingerprint(Kind.WORKERS, ["身份证号", "姓名"])
    assert mark != fingerprint(Kind.PLACEMENTS, ["姓名", "身份证号"])


def test_a_file_reads_the_same_once_its_own_mapping_is_remembered() -> None:
    source = csv_bytes(["联系电话", "姓名", "联系手机"], ["0772-7212345", "甲", "13800138000"])
    first = plan(source).sheets[0]
    second = plan(source, remembered={first.fingerprint: first.mapping}).sheets[0]
    assert second == first


def test_a_remembered_field_that_is_none_of_this_kind_is_forgotten() -> None:
    mark = fingerprint(Kind.WORKERS, ["姓名", "民族"])
    made = plan(csv_bytes(["姓名", "民族"], ["甲", "壮族"]), remembered={mark: {"姓名": "title", "民族": "-"}})
    assert fields(made) == {"姓名": "name"}


PROVINCIAL: Sequence[tuple[str, Kind, str]] = [
    ("认定年度|户主姓名*|户主身份证号*|户主电话*|详细住址*|是否属于易地扶贫搬迁户*|安置点名称|是否残疾人|脱贫状态|备注",
     Kind.HOUSEHOLDS, "ledger_household"),
    ("户主姓名*|户主证件号码*|姓名*|身份证号*|电话*|文化程度*|就业创业状态|就创业意愿|劳动能力|培训教育状态|培训教育意愿",
     Kind.WORKERS, "ledger_member"),
    ("劳动力姓名*|劳动力身份证号*|就业渠道*|就业地域*|就业类型*|就业单位|就业起始日期*|就业终止日期|就业地址*",
     Kind.PLACEMENTS, "ledger_employment"),
    ("劳动力姓名*|劳动力身份证号*|创业项目*|创业单位|创业地址*|登记注册*|创业起始日期*",
     Kind.PLACEMENTS, "ledger_startup"),
    ("劳动力姓名*|劳动力身份证号*|培训类型*|培训工种*|培训单位名称*|培训地址|培训起始日期*",
     Kind.WORKERS, "ledger_training"),
    ("劳动力姓名*|劳动力身份证号*|技工院校名称*|技工院校地址*|所学专业|入学日期*", Kind.WORKERS, "ledger_school"),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "kind", "form"), PROVINCIAL)
def test_the_six_provincial_templates_are_recognised(headers: str, kind: Kind, form: str) -> None:
    found = recognise(headers.split("|"))
    assert found is not None
    assert found.form == form
    made = plan(csv_bytes(headers.split("|"), ["x"] * (headers.count("|") + 1)), kind)
    assert made.sheets[0].form == found.name
    assert bool(made.problems) == (found.kind != kind)


def test_a_form_of_another_kind_is_named_with_the_command_that_fits() -> None:
    made = plan(csv_bytes(PROVINCIAL[1][0].split("|"), ["x"] * 11), Kind.HOUSEHOLDS)
    assert any("import workers" in problem.fix for problem in made.problems)


def test_every_form_names_headers_and_a_kind_that_exists() -> None:
    for form in forms():
        assert form.headers
        assert form.kind in ("", *(kind.value for kind in Kind))


def test_each_sheet_is_mapped_on_its_own_and_others_are_named(read: Read) -> None:
    people = [["姓名", "身份证号"], ["韦秀英", id_number()]]
    turned = [["身份证号", "姓名"], [id_number(order=14), "覃海"]]
    sites = [["安置点名称"], ["兴柳小区"], ["和谐家园"]]
    source = xlsx(people, turned, sites, people, names=["一村", "二村", "字典", "草稿"], hidden=["草稿"])
    result = read(Kind.WORKERS, source)
    assert [row.sheet for row in result.rows] == ["一村", "二村"]
    assert [result.fields(n)["name"] for n in (0, 1)] == ["韦秀英", "覃海"]
    assert {(p.sheet, p.severity) for p in result.plan.problems} == {
        ("字典", Severity.WARNING),
        ("草稿", Severity.WARNING),
    }


def test_no_field_of_a_record_is_out_of_reach() -> None:
    """Every field has a column of its own name, so that an export reads back whole."""
    for kind, record_type in RECORD_TYPES.items():
        names = {field.name.split(".")[0] for field in fields_of(kind)}
        assert names >= {field.name for field in msgspec.structs.fields(record_type)}
