"""Single strings of a spreadsheet read into the objects of CONTRACT section 6; a problem is a value, never a guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from matcher.errors import UsageError
from matcher.geography import gazetteer
from matcher.intake.parse.age import ParsedAge, parse_age
from matcher.intake.parse.dates import ParsedDate, parse_date
from matcher.intake.parse.headcount import ParsedHeadcount, parse_headcount
from matcher.intake.parse.numbers import ParsedBool, ParsedInt, parse_bool, parse_int
from matcher.intake.parse.place import ParsedPlace, parse_place
from matcher.intake.parse.wage import ParsedWage, parse_wage


def _place(text: str) -> ParsedPlace:
    return parse_place(text, gazetteer=gazetteer())


LINE_KINDS: dict[str, Callable[[str], msgspec.Struct]] = {
    "wage": parse_wage,
    "place": _place,
    "headcount": parse_headcount,
    "age": parse_age,
}


def parse_line(kind: str, text: str) -> dict[str, Any]:
    """One line of `matcher parse KIND` as the contract's object, every key present; raises UsageError for another kind.

    Wages are read with the contract's 26 days and 208 hours; for others call `parse_wage`.
    """
    reader = LINE_KINDS.get(kind)
    if reader is None:
        raise UsageError(f"no such kind: {kind}", where="parse", remedy=f"Use one of {', '.join(LINE_KINDS)}.")
    fields: dict[str, Any] = msgspec.to_builtins(reader(text))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


__all__ = [
    "LINE_KINDS",
    "ParsedAge",
    "ParsedBool",
    "ParsedDate",
    "ParsedHeadcount",
    "ParsedInt",
    "ParsedPlace",
    "ParsedWage",
    "parse_age",
    "parse_bool",
    "parse_date",
    "parse_headcount",
    "parse_int",
    "parse_line",
    "parse_place",
    "parse_wage",
]
