"""A figure as a county enters it: every fault of the entry at once, with how to mend it; else the figure itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.policy.evaluation.inputs import read_value
from matcher.policy.figures.in_force import NO_FIGURES
from matcher.policy.figures.needed import NeededFigure, needed_figure
from matcher.policy.figures.units import misfit, unit_rule
from matcher.policy.pages.figures import figure as stated
from matcher.policy.types import Pack, PackSet
from matcher.records.figures import CountyFigure

MOST_AUTHOR = 80
MOST_SOURCE = 1000


class FigureEntry(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What somebody typed, all as text; `to` empty = until another is recorded."""

    pack_id: str
    parameter_id: str
    value: str
    unit: str
    from_: str
    to: str = ""
    author: str
    source: str


def county_figure(packs: PackSet, entry: FigureEntry, *, recorded_on: date) -> CountyFigure:
    """The figure an entry states. Raises InvalidInput with one Problem per fault; `column` is the field."""
    needed = needed_figure(packs, entry.pack_id, entry.parameter_id, recorded_on, NO_FIGURES)
    problems = [*_name_faults(packs, entry, needed)]
    read: dict[str, Any] = {}
    for field, reader in _READERS.items():
        try:
            read[field] = reader(getattr(entry, field).strip())
        except ValueError as error:
            problems.append(_problem(field, getattr(entry, field), str(error)))
    if needed is not None:
        problems += _value_faults(needed, entry, read.get("value"))
        problems += _unit_faults(needed, entry)
    problems += _day_faults(packs.packs.get(entry.pack_id), read)
    if problems:
        raise InvalidInput("这个数不能登记", tuple(problems), remedy="请按每一处的提示修改，再登记一次。")
    return CountyFigure(
        pack_id=entry.pack_id,
        parameter_id=entry.parameter_id,
        unit=entry.unit.strip(),
        recorded_on=recorded_on,
        **read,
    )


def _name_faults(packs: PackSet, entry: FigureEntry, needed: NeededFigure | None) -> Iterator[Problem]:
    """Whether the figure is one a county may set; what the document states is refused by name."""
    pack = packs.packs.get(entry.pack_id)
    if pack is None:
        yield _problem("pack_id", entry.pack_id, f"没有这份政策；可以用的编号：{'、'.join(packs.packs)}")
    elif needed is None:
        yield _problem("parameter_id", entry.parameter_id, _not_open(pack, packs, entry.parameter_id))
    elif needed.parts:
        yield _problem(
            "parameter_id", entry.parameter_id, f"“{needed.name}”不是一个数，请分别填写：{'、'.join(needed.parts)}"
        )
    elif not needed.settable:
        says = f"“{needed.name}”是日子，不是数；请写进这份政策的 pack.toml，起止日期都由它算出"
        yield _problem("parameter_id", entry.parameter_id, says)


def _not_open(pack: Pack, packs: PackSet, parameter_id: str) -> str:
    row = pack.parameter(parameter_id)
    if row is None:
        return f"{pack.id} 没有这个数；要填的数请看“县里要填的数”"
    name, words = row.name or row.id, packs.vocabulary.words
    if not row.kind.has_value:
        return f"“{name}”原文没有这一项（{row.clause}），不能由县里补"
    return f"“{name}”原文写明了：{stated(row, words)}（{row.clause}），县里不能另填"


def _value_faults(needed: NeededFigure, entry: FigureEntry, value: Decimal | None) -> Iterator[Problem]:
    if value is None:
        return
    if misfit(needed.unit or entry.unit, value):
        yield _problem(
            "value", entry.value, f"单位为“{needed.unit or entry.unit}”的，请填{unit_rule(needed.unit).says}"
        )
    below = needed.least is not None and value < needed.least
    above = needed.most is not None and value > needed.most
    if below or above:
        yield _problem("value", entry.value, f"超出原文的范围，请填{needed.says}的数（{needed.clause}）")


def _unit_faults(needed: NeededFigure, entry: FigureEntry) -> Iterator[Problem]:
    unit = entry.unit.strip()
    if not unit:
        yield _problem("unit", entry.unit, f"请写明单位{f'：{needed.unit}' if needed.unit else ''}")
    elif needed.unit and unit != needed.unit:
        yield _problem("unit", entry.unit, f"单位须是“{needed.unit}”，请换算后再填")


def _day_faults(pack: Pack | None, read: Mapping[str, Any]) -> Iterator[Problem]:
    start, end = read.get("from_"), read.get("to")
    if start is None:
        return
    if end is not None and end < start:
        yield _problem("to", str(end), f"截止日期早于开始日期 {start}，请改正")
    first = pack.document.from_ if pack else None
    if first is not None and start < first:
        yield _problem("from_", str(start), f"早于文件开始执行的日子，请填 {first} 或以后的日子")


def _day(text: str) -> date:
    if not text:
        raise ValueError("请填开始日期，按“年-月-日”写，例如 YYYY-MM-DD")
    try:
        return read_value("date", text)  # type: ignore[no-any-return]
    except ValueError:
        raise ValueError("这不是一个日子，请按“年-月-日”写，例如 YYYY-MM-DD") from None


def _last_day(text: str) -> date | None:
    return _day(text) if text else None


def _number(text: str) -> Decimal:
    try:
        return read_value("amount", text)  # type: ignore[no-any-return]
    except ValueError:
        raise ValueError("请填不小于零的数字，例如 1430 或 0.55，不带单位和逗号") from None


def _text(what: str, most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text:
            raise ValueError(f"请写明{what}")
        if len(text) > most or not text.isprintable():
            raise ValueError(f"{what}请写在一行之内，不超过{most}个字")
        return text

    return read


_READERS: dict[str, Callable[[str], Any]] = {
    "value": _number,
    "from_": _day,
    "to": _last_day,
    "author": _text("谁对这个数负责", MOST_AUTHOR),
    "source": _text("依据的文件或决定", MOST_SOURCE),
}


def _problem(field: str, found: str, expected: str) -> Problem:
    fields = {"from_": "from", "pack_id": "pack", "parameter_id": "parameter"}
    return Problem(column=fields.get(field, field), found=found[:80], expected=expected, fix=f"{expected}。")
