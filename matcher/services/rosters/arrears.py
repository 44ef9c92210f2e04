"""Lists of employers that owe wages: read from a sheet, kept entry by entry, removals honoured from their day."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, Problem, Severity
from matcher.intake import read_table
from matcher.intake.parse import parse_date
from matcher.intake.sheets import RawRow
from matcher.orders.papers import Listed, arrears_of, is_credit_code, same_name
from matcher.ports import OrderStore, RosterStore
from matcher.records import Employer, Kind, Vacancy
from matcher.records.orders import Arrear, LabourOrder, OrderState
from matcher.settings import Settings

HEADERS: Final[Mapping[str, re.Pattern[str]]] = {
    "employer_name": re.compile(
        r"employer_name|(?:用人|失信|欠薪|违法)?(?:单位|企业|公司)名称|用人单位|单位|企业|名称|主体名称"
    ),
    "credit_code": re.compile(r"credit_code|.*信用代码.*|.*信用编码.*"),
    "listed_on": re.compile(
        r"listed_on|列入(?:日期|时间|决定日期)|认定(?:日期|时间)|公布(?:日期|时间)|公示(?:日期|时间)"
    ),
    "removed_on": re.compile(r"removed_on|移出(?:日期|时间|决定日期)|解除(?:日期|时间)|修复(?:日期|时间)"),
    "source": re.compile(r"source|来源|(?:列入|认定|作出|公布)?(?:机关|单位|部门)(?:名称)?|决定机关"),
}
"""Field -> what its column is called; the first column that fits is taken."""
WANTED: Final = ("employer_name", "listed_on")
N_HEADER_ROWS: Final = 6
LONGEST_NAME: Final = 100


class ImportArrears(msgspec.Struct, frozen=True, kw_only=True):
    """The call: the file, who imports, on which day.

    source : who published the list, where no column says so; whole : the file is the whole list of that source, so
    entries of it that are missing now were taken off
    """

    path: Path
    file: str
    source: str
    author: str
    on: date
    whole: bool = False


def import_arrears(orders: OrderStore, settings: Settings, call: ImportArrears) -> dict[str, Any]:
    """How many rows, entries new or changed, taken off, refused; every problem with its row.

    Raises InvalidInput for a file that is no table or has no such columns. Rows without fault are kept even if
    others are refused.
    """
    found, problems = _read(call, settings)
    kept = {arrear.arrear_id: arrear for arrear in orders.arrears()}
    fresh = {arrear.arrear_id: _with_earlier(arrear, kept.get(arrear.arrear_id)) for arrear in found}
    removed = _taken_off(kept.values(), fresh, call) if call.whole and not problems else {}
    n_changed = orders.put_arrears([*fresh.values(), *removed.values()])
    return {
        "file": call.file,
        "rows": len(found) + len({problem.row for problem in problems}),
        "accepted": len(found),
        "changed": n_changed - len(removed),
        "removed": len(removed) + sum(arrear.removed_on is not None for arrear in fresh.values()),
        "rejected": len({problem.row for problem in problems}),
        "whole_list_ignored": bool(call.whole and problems),
        "problems": [msgspec.to_builtins(problem) for problem in problems],
    }


def arrears_told(store: RosterStore, orders: OrderStore, on: date, regions: Sequence[str] = ()) -> dict[str, Any]:
    """Every entry, those that stand first, and open orders of the regions whose employers are on a list now."""
    entries = sorted(orders.arrears(), key=lambda arrear: (not arrear.stands_on(on), arrear.employer_name))
    return {
        "on": on.isoformat(),
        "n_standing": sum(arrear.stands_on(on) for arrear in entries),
        "entries": [{**msgspec.to_builtins(arrear), "stands": arrear.stands_on(on)} for arrear in entries],
        "orders": _orders_of_listed(store, orders.orders(regions=regions), entries, on),
    }


def listed_employer(arrears: Iterable[Arrear], name: str | None, on: date, credit_code: str = "") -> Listed | None:
    """The entry that surely fits an employer on a day, if any."""
    if not name and not credit_code:
        return None
    found = arrears_of(arrears, name or "", credit_code, on)
    return next((listed for listed in found if listed.sure), None)


def owes_wages(store: RosterStore, orders: OrderStore, vacancy: Vacancy, on: date) -> bool:
    """Whether the employer of a post stands on a list of wage arrears, or is marked so in the roster."""
    found = store.records(Kind.EMPLOYERS, ids=[vacancy.employer_id]) if vacancy.employer_id else []
    employer = next((record for record in found if isinstance(record, Employer)), None)
    listed = listed_employer(orders.arrears(), vacancy.employer_name, on, (employer and employer.credit_code) or "")
    until = employer.arrears_until if employer else None
    return listed is not None or (until is not None and until >= on)


def _orders_of_listed(
    store: RosterStore, orders: Iterable[LabourOrder], arrears: Sequence[Arrear], on: date
) -> list[dict[str, Any]]:
    running = [order for order in orders if order.state is OrderState.OPEN]
    found = store.records(Kind.VACANCIES, ids=sorted({order.vacancy_id for order in running}))
    posts = {vacancy.vacancy_id: vacancy for vacancy in found if isinstance(vacancy, Vacancy)}
    told = []
    for order in running:
        post = posts.get(order.vacancy_id)
        if post is not None and listed_employer(arrears, post.employer_name, on):
            told.append(
                {
                    "order_id": order.order_id, "vacancy_id": order.vacancy_id, "title": post.title,
                    "employer": post.employer_name or "", "broker": order.broker, "n_taken": order.n_taken,
                }
            )  # fmt: skip
    return told


def _read(call: ImportArrears, settings: Settings) -> tuple[list[Arrear], list[Problem]]:
    table = read_table(call.path, name=call.file, settings=settings)
    found: list[Arrear] = []
    problems: list[Problem] = []
    is_list = False
    for sheet in table.sheets:
        rows = list(sheet.rows())
        head = _header(rows)
        if head is None:
            continue
        is_list = True
        number, columns = head
        for row, cells in rows[number:]:
            texts = {field: _cell(cells, column) for field, column in columns.items()}
            if any(texts.values()):
                _take(texts, row, sheet.name, call, found, problems)
    if not is_list:
        fix = "表头里要有单位名称和列入日期两列。"
        wanted = Problem(
            file=call.file, found="没有认出表头", expected="单位名称、列入日期", fix=fix, severity=Severity.ERROR
        )
        raise InvalidInput("这不是欠薪名单", (wanted,), where=call.file, remedy=fix)
    return found, problems


def _header(rows: Sequence[tuple[int, RawRow]]) -> tuple[int, dict[str, Any]] | None:
    """How many rows end with the header, and the column of each field; None where no header is found."""
    for number, (_, cells) in enumerate(rows[:N_HEADER_ROWS], start=1):
        heads = {name: name for name in cells} if isinstance(cells, dict) else dict(enumerate(cells))
        labels: dict[Any, str] = {column: "".join(str(head or "").split()) for column, head in heads.items()}
        columns: dict[str, Any] = {}
        for field, pattern in HEADERS.items():
            fits = (name for name, head in labels.items() if name not in columns.values() and pattern.fullmatch(head))
            column = next(fits, None)
            if column is not None:
                columns[field] = column
        if all(field in columns for field in WANTED):
            return (0 if isinstance(cells, dict) else number), columns
    return None


def _cell(cells: RawRow, column: Any) -> Any:
    if isinstance(cells, dict):
        return cells.get(column)
    return cells[column] if column < len(cells) else None


def _take(
    texts: Mapping[str, Any], row: int, sheet: str, call: ImportArrears, found: list[Arrear], problems: list[Problem]
) -> None:
    """One row: an entry, or its problems."""
    faults = list(_faults(texts))
    for column, text, expected, fix in faults:
        problems.append(
            Problem(
                file=call.file, sheet=sheet, row=row, column=column, found=text, expected=expected, fix=fix,
                severity=Severity.ERROR,
            )
        )  # fmt: skip
    if faults:
        return
    name, code = _text(texts, "employer_name"), _text(texts, "credit_code").upper()
    listed_on = parse_date(texts["listed_on"]).value
    if listed_on is None:
        return
    key = "\x1f".join((code or same_name(name), listed_on.isoformat()))
    found.append(
        Arrear(
            arrear_id=hashlib.sha256(key.encode()).hexdigest()[:24],
            employer_name=name,
            credit_code=code,
            listed_on=listed_on,
            removed_on=parse_date(texts["removed_on"]).value if texts.get("removed_on") else None,
            source=_text(texts, "source") or call.source,
            author=call.author,
        )
    )


def _faults(texts: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Column, what stands there, what is expected, how to mend it."""
    name, code = _text(texts, "employer_name"), _text(texts, "credit_code").upper()
    if not name or len(name) > LONGEST_NAME:
        yield "单位名称", name[:LONGEST_NAME], f"1到{LONGEST_NAME}个字", "请照名单原文填单位全称。"
    if code and not is_credit_code(code):
        yield "信用代码", code[:30], "18位统一社会信用代码", "校验不对，请对照名单原文；没有就留空。"
    for field, label in (("listed_on", "列入日期"), ("removed_on", "移出日期")):
        cell = texts.get(field)
        if cell in (None, "") and field == "removed_on":
            continue
        day = parse_date(cell)
        if day.value is None or day.precision != "day":
            yield label, str(cell or ""), "年月日，如 2018-06-08", day.problem or "请写到日。"
    start, end = (parse_date(texts.get(field) or "").value for field in ("listed_on", "removed_on"))
    if start is not None and end is not None and end < start:
        yield "移出日期", end.isoformat(), "不早于列入日期", "两个日期可能填反，请核对。"


def _text(texts: Mapping[str, Any], field: str) -> str:
    cell = texts.get(field)
    return "" if cell is None else " ".join(str(cell).split())


def _with_earlier(arrear: Arrear, earlier: Arrear | None) -> Arrear:
    """An entry stated again keeps a removal that was honoured before, and its first author."""
    if earlier is None:
        return arrear
    return msgspec.structs.replace(
        arrear,
        removed_on=arrear.removed_on or earlier.removed_on,
        author=earlier.author,
        source=arrear.source or earlier.source,
    )


def _taken_off(kept: Iterable[Arrear], fresh: Mapping[str, Arrear], call: ImportArrears) -> dict[str, Arrear]:
    """Entries of the source that the whole list of today holds no longer."""
    return {
        arrear.arrear_id: msgspec.structs.replace(arrear, removed_on=call.on)
        for arrear in kept
        if arrear.arrear_id not in fresh and arrear.source == call.source and arrear.stands_on(call.on)
    }
