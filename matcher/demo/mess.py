"""Real-looking mess in the demo's tables: what hands, spreadsheets and old encodings do to clean rows."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib import resources

import msgspec
import numpy as np

from matcher.demo.draws import Draws
from matcher.demo.shares import Spec
from matcher.demo.specs import CountySpec
from matcher.demo.tables import Content, Row, Table, Value


class Slip(Spec, frozen=True, kw_only=True):
    """One kind of slip: where it happens, how often against the mess rate, what an import makes of it."""

    slip: str
    contents: tuple[Content, ...]
    often: float
    fate: str


class Duplicates(Spec, frozen=True, kw_only=True):
    """Rows written twice."""

    contents: tuple[Content, ...]
    often: float


class MessSpec(Spec, frozen=True, kw_only=True):
    """Everything in mess.toml."""

    slip: tuple[Slip, ...]
    duplicates: Duplicates


@cache
def mess_spec() -> MessSpec:
    """The slips of mess.toml."""
    text = resources.files("matcher.demo").joinpath("data", "mess.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), MessSpec)


def messy(table: Table, county: CountySpec, rate: float, draws: Draws) -> Table:
    """The table with slips in about `rate` of its rows per kind of slip; rate 0 returns it unchanged.

    A cell has one slip at most; duplicates follow the last row.
    """
    if rate <= 0 or not table.rows:
        return table
    spec, rows = mess_spec(), [list(row) for row in table.rows]
    touched: set[tuple[int, int]] = set()
    for slip in spec.slip:
        for column in (i for content in slip.contents for i in table.index(content)):
            for row in _chosen(draws, len(rows), rate * slip.often).tolist():
                value = rows[row][column]
                if value is None or (row, column) in touched:
                    continue
                rows[row][column] = SLIPS[slip.slip](value, county.written_names)
                touched.add((row, column))
    twice = _twice(table, [tuple(row) for row in rows], rate, draws)
    return Table(table.sheet, table.titles, table.columns, twice)


def _chosen(draws: Draws, n_rows: int, share: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Rows to spoil: one at least."""
    count = min(max(1, round(n_rows * share)), n_rows)
    return np.sort(np.argsort(draws.uniform(n_rows), kind="stable")[:count])


def _twice(table: Table, rows: list[Row], rate: float, draws: Draws) -> tuple[Row, ...]:
    """Some rows again under a new number of their own, where the table knows people by identity number."""
    spec = mess_spec().duplicates
    if not any(table.index(content) for content in spec.contents):
        return tuple(rows)
    own = table.index(Content.KEY)[-1]
    again = [
        tuple(f"{value}-2" if i == own and value else value for i, value in enumerate(rows[row]))
        for row in _chosen(draws, len(rows), rate * spec.often).tolist()
    ]
    return (*rows, *again)


def _full_width(value: Value, _: Mapping[str, str]) -> Value:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in str(value))


def _spaces(value: Value, _: Mapping[str, str]) -> Value:
    text = str(value)
    return f" {text[:2]} {text[2:]}　"


def _dotted_day(value: Value, _: Mapping[str, str]) -> Value:
    return f"{value.year}.{value.month}.{value.day}" if isinstance(value, date) else value


def _chinese_day(value: Value, _: Mapping[str, str]) -> Value:
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else value


def _compact_day(value: Value, _: Mapping[str, str]) -> Value:
    return f"{value:%Y%m%d}" if isinstance(value, date) else value


def _garbled(value: Value, _: Mapping[str, str]) -> Value:
    """GBK bytes read as Latin-1, as one of the source documents arrived."""
    return str(value).encode("gbk", errors="replace").decode("latin-1")


def _old_name(value: Value, names: Mapping[str, str]) -> Value:
    text = str(value)
    for official, written in names.items():
        text = text.replace(official, written)
    return text


def _unknown_place(value: Value, _: Mapping[str, str]) -> Value:
    return "桃花源县武陵镇无名村"


def _unknown_village(value: Value, _: Mapping[str, str]) -> Value:
    return "无名村"


def _wrong_digit(value: Value, _: Mapping[str, str]) -> Value:
    text = str(value)
    return f"{text[:8]}{(int(text[8]) + 1) % 10}{text[9:]}" if len(text) == 18 else value


def _masked(value: Value, _: Mapping[str, str]) -> Value:
    text = str(value)
    return f"{text[:10]}****{text[14:]}"


def _lost_digits(value: Value, _: Mapping[str, str]) -> Value:
    """The number as a spreadsheet keeps it once it took it for a number."""
    text = str(value)
    return float(text[:17] + "0") if text[:17].isdigit() else value


def _short_phone(value: Value, _: Mapping[str, str]) -> Value:
    return str(value)[:10]


def _cut_wage(value: Value, _: Mapping[str, str]) -> Value:
    """A range cut by the width of its column: 2000~300."""
    text = str(value).split("元")[0]
    low, _dash, high = text.partition("-")
    return f"{low}~{high[:3] or low[:3]}" if low.isdigit() else "2000~300"


def _thousands_wage(value: Value, _: Mapping[str, str]) -> Value:
    low, _dash, high = str(value).split("元")[0].partition("-")
    return f"{int(low) / 1000:g}-{int(high) / 1000:g}千/月" if low.isdigit() and high.isdigit() else value


def _negotiable_wage(value: Value, _: Mapping[str, str]) -> Value:
    return "面议"


def _vague_headcount(value: Value, _: Mapping[str, str]) -> Value:
    return "若干人"


def _many_headcount(value: Value, _: Mapping[str, str]) -> Value:
    return f"{value}-{int(value) + 1}名" if isinstance(value, int) else value


SLIPS: Mapping[str, Callable[[Value, Mapping[str, str]], Value]] = {
    "full_width": _full_width,
    "spaces": _spaces,
    "dotted_day": _dotted_day,
    "chinese_day": _chinese_day,
    "compact_day": _compact_day,
    "garbled": _garbled,
    "old_name": _old_name,
    "unknown_place": _unknown_place,
    "unknown_village": _unknown_village,
    "wrong_digit": _wrong_digit,
    "masked": _masked,
    "lost_digits": _lost_digits,
    "short_phone": _short_phone,
    "cut_wage": _cut_wage,
    "thousands_wage": _thousands_wage,
    "negotiable_wage": _negotiable_wage,
    "vague_headcount": _vague_headcount,
    "many_headcount": _many_headcount,
}
"""Name in mess.toml -> what it makes of a cell that is not empty."""
