"""Blank templates: Chinese headers, drop-downs from the value lists, text where digits matter, a page of advice."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from matcher.geography import Gazetteer
from matcher.intake.values import shown_values
from matcher.intake.workbook import Styles, Target, new_workbook, put
from matcher.records import Kind

ROWS_WITH_LISTS = 5000
"""Rows that carry drop-downs; more rows than a county's village has people."""
ADVICE_SHEET, OPTIONS_SHEET = "填写说明", "_选项"
_SHEET_NAMES: dict[Kind, str] = {
    Kind.HOUSEHOLDS: "户",
    Kind.WORKERS: "人员",
    Kind.VACANCIES: "岗位",
    Kind.EMPLOYERS: "单位",
    Kind.PLOTS: "地块",
    Kind.PLACEMENTS: "就业",
}
_INLINE_LIMIT = 255
"""Characters a drop-down can hold in itself; longer lists stand on a hidden sheet under a name."""
_KEPT_AS_TEXT = frozenset({"id_number", "phone", "household.head_id", "worker.id_number", "credit_code"})
_FREE_LISTS = frozenset({"reserved_for"})
"""Several values may be joined in one cell, so the list advises and does not forbid."""
_PLACE_LISTS: dict[str, int] = {"township": 9, "village": 12}
_FLAGS = ("是", "否")


class TemplateColumn(msgspec.Struct, frozen=True):
    """A column of a template: header, field, must it be filled, list of its drop-down, sample, advice."""

    header: str
    field: str
    required: bool
    list: str
    sample: str
    advice: str


@cache
def template_columns(kind: Kind) -> tuple[TemplateColumn, ...]:
    """Columns of a kind's template, from templates.csv."""
    text = (files("matcher.intake") / "data" / "templates.csv").read_text("utf-8")
    return tuple(
        TemplateColumn(row["header"], row["field"], bool(row["required"]), row["list"], row["sample"], row["advice"])
        for row in csv.DictReader(text.splitlines())
        if row["kind"] == kind
    )


def write_template(target: Target, kind: Kind, *, gazetteer: Gazetteer | None = None, region_code: str = "") -> None:
    """Write a kind's blank template; with a county its townships and villages are offered as lists."""
    columns = template_columns(kind)
    lists = {c.list: _choices(c.list, gazetteer, region_code) for c in columns if c.list}
    with new_workbook(target) as (workbook, styles):
        sheet = workbook.add_worksheet(_SHEET_NAMES[kind])
        _write_headers(sheet, styles, columns)
        _write_advice(workbook.add_worksheet(ADVICE_SHEET), styles, columns)
        names = _write_options(workbook, lists)
        for index, column in enumerate(columns):
            _restrict(sheet, index, column, lists.get(column.list, ()), names.get(column.list, ""))


def _choices(name: str, gazetteer: Gazetteer | None, region_code: str) -> tuple[str, ...]:
    if name == "flag":
        return _FLAGS
    if name in _PLACE_LISTS:
        return _units(gazetteer, region_code, _PLACE_LISTS[name]) if gazetteer and region_code else ()
    return shown_values(name)


def _units(gazetteer: Gazetteer, region_code: str, digits: int) -> tuple[str, ...]:
    """Names of the units of one level inside the county, in order of their codes."""
    inside = (
        unit.name
        for code, unit in sorted(gazetteer.units.items())
        if len(code) == digits and code.startswith(region_code[:6])
    )
    return tuple(dict.fromkeys(inside))


def _write_headers(sheet: Worksheet, styles: Styles, columns: Sequence[TemplateColumn]) -> None:
    sheet.freeze_panes(1, 1)
    for index, column in enumerate(columns):
        as_text = column.field in _KEPT_AS_TEXT or column.field.endswith("_id")
        width = 22 if as_text else max(10, 2 * len(column.header) + 2)
        sheet.set_column(index, index, width, styles.text if as_text else None)
        mark = "*" if column.required else ""
        put(sheet, 0, index, column.header + mark, styles.required if column.required else styles.header)
        if column.advice:
            sheet.write_comment(0, index, column.advice)


def _write_advice(sheet: Worksheet, styles: Styles, columns: Iterable[TemplateColumn]) -> None:
    """The sample stands here and not among the data, so that nobody imports it."""
    for index, (title, width) in enumerate((("栏目", 24), ("是否必填", 10), ("填写方法", 60), ("示例", 24))):
        sheet.set_column(index, index, width)
        put(sheet, 0, index, title, styles.header)
    for number, column in enumerate(columns, start=1):
        cells = (column.header, "必填" if column.required else "选填", column.advice, column.sample)
        for index, cell in enumerate(cells):
            put(sheet, number, index, cell, styles.wrapped)


def _write_options(workbook: Workbook, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Long lists on a hidden sheet; list -> defined name."""
    long = {name: values for name, values in lists.items() if len(",".join(values)) > _INLINE_LIMIT}
    if not long:
        return {}
    sheet = workbook.add_worksheet(OPTIONS_SHEET)
    sheet.hide()
    names = {}
    for index, (name, values) in enumerate(sorted(long.items())):
        for number, value in enumerate(values):
            put(sheet, number, index, value)
        letter = chr(ord("A") + index)
        names[name] = f"list_{name}"
        workbook.define_name(names[name], f"='{OPTIONS_SHEET}'!${letter}$1:${letter}${len(values)}")
    return names


def _restrict(sheet: Worksheet, index: int, column: TemplateColumn, values: Sequence[str], name: str) -> None:
    if column.field in ("id_number", "household.head_id", "worker.id_number"):
        rule = {"validate": "length", "criteria": "between", "minimum": 15, "maximum": 18}
        message = "身份证号应为18位（旧号15位），请核对。"
    elif values:
        rule = {"validate": "list", "source": f"={name}" if name else list(values)}
        message = "请从下拉列表里选择；列表里没有的请联系县就业服务中心。"
    else:
        return
    open_list = column.list in _FREE_LISTS or column.list in _PLACE_LISTS
    options = {**rule, "error_title": column.header, "error_message": message, "ignore_blank": True}
    if open_list:
        options["error_type"] = "information"
    sheet.data_validation(1, index, ROWS_WITH_LISTS, index, options)
