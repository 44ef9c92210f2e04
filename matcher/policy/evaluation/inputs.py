"""Facts of a rule from decoded JSON: typed, every fault named by key and expectation, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR, ONE_DAY, add_months

Facts = Mapping[str, Any]
OPTIONAL = "*"
QUARTERS_PER_YEAR = 4
MONTHS_PER_QUARTER = MONTHS_PER_YEAR // QUARTERS_PER_YEAR
# A day so far out is a slip of the pen, and a term counted from it would leave the calendar.
REACH_YEARS = 1000
# Whole numbers and amounts a county could mean; beyond them products would no longer be exact.
MOST_COUNT_DIGITS = 9
MOST_AMOUNT_DIGITS = 12
_PERIOD = re.compile(r"(\d{4})(?:-Q([1-4]))?")


def read_inputs(
    rule_id: str, spec: Mapping[str, str], raw: Any, rows: Mapping[str, Mapping[str, str]] | None = None
) -> Facts:
    """Facts of one call, typed by `spec` (key -> type; `?` after a type allows null, `*` at the end absence).

    Types: bool, int, count (>= 0), decimal, amount (>= 0), date, month, period, text, enum(a,b); lists of them: ints,
    amounts, months, texts, records; objects: record, counts and amounts_by_key (key -> number), texts_by_key.
    rows : columns of a `records` input -> type.
    Raises InvalidInput with one Problem per missing key, unknown key and wrong type; `column` is the key.
    """
    problems: list[Problem] = []
    facts = _read(rule_id, spec, raw, "", problems)
    for key, columns in (rows or {}).items():
        facts[key] = tuple(
            _read(rule_id, columns, row, f"{key}[{at}].", problems) for at, row in enumerate(facts.get(key) or ())
        )
    if problems:
        ordered = tuple(sorted(problems, key=lambda problem: problem.column))
        raise InvalidInput(
            f"the inputs of {rule_id} do not fit: " + "; ".join(f"{p.column}: {p.expected}" for p in ordered),
            ordered,
            where=rule_id,
            remedy="Give every key the type it expects; null only where the type ends in `?`.",
        )
    return facts


def _read(rule_id: str, spec: Mapping[str, str], raw: Any, prefix: str, problems: list[Problem]) -> dict[str, Any]:
    """Typed values of one object; its faults are appended, their keys after a prefix."""
    if not isinstance(raw, Mapping):
        problems.append(_problem(rule_id, prefix.rstrip(".") or "inputs", raw, "对象(object)"))
        return {}
    wanted = [key for key, kind in spec.items() if not kind.endswith(OPTIONAL)]
    problems += [_missing(rule_id, prefix + key, spec[key]) for key in wanted if key not in raw]
    problems += [_superfluous(rule_id, prefix + key, spec) for key in raw if key not in spec]
    facts: dict[str, Any] = {}
    for key in spec.keys() & raw.keys():
        try:
            facts[key] = read_value(spec[key], raw[key])
        except ValueError as error:
            problems.append(_problem(rule_id, prefix + key, raw[key], str(error)))
    return facts


def read_value(kind: str, value: Any) -> Any:
    """One value by its type; raises ValueError whose text is what is expected."""
    nullable, reader = _reader(kind)
    if value is None:
        if nullable:
            return None
        raise ValueError(f"{expectation(kind)}，不能为空(null)")
    try:
        return reader(value)
    except (ValueError, TypeError, InvalidOperation):
        raise ValueError(expectation(kind)) from None


# Packs name some dozens of types, read again with every fact of every person.
@lru_cache(maxsize=1024)
def _reader(kind: str) -> tuple[bool, Callable[[Any], Any]]:
    """Whether a type allows null, and what reads a value of it."""
    kind = kind.removesuffix(OPTIONAL)
    name = kind.removesuffix("?")
    if not name.startswith("enum("):
        return kind.endswith("?"), _READERS[name][0]
    return kind.endswith("?"), _one_of(name.removeprefix("enum(").removesuffix(")").split(","))


def _one_of(choices: Sequence[str]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if value in choices:
            return value
        raise ValueError

    return read


def expectation(kind: str) -> str:
    """What a type asks for, in Chinese."""
    name = kind.removesuffix(OPTIONAL).removesuffix("?")
    if name.startswith("enum("):
        return "以下之一：" + name.removeprefix("enum(").removesuffix(")").replace(",", "、")
    return _READERS[name][1]


def is_type(kind: str) -> bool:
    """Whether a type string of a pack is one this module reads."""
    name = kind.removesuffix(OPTIONAL).removesuffix("?")
    return name in _READERS or (name.startswith("enum(") and name.endswith(")") and len(name) > len("enum()"))


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError


def _int(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and len(str(abs(value))) <= MOST_COUNT_DIGITS:
        return value
    raise ValueError


def _count(value: Any) -> int:
    if _int(value) >= 0:
        return int(value)
    raise ValueError


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise ValueError
    number = Decimal(str(value))
    if not number.is_finite() or number.adjusted() >= MOST_AMOUNT_DIGITS:
        raise ValueError
    return number


def _amount(value: Any) -> Decimal:
    number = _decimal(value)
    if number < 0:
        raise ValueError
    # Nought has no sign, or an amount of it would be shown as -0.00.
    return number.copy_abs()


def _date(value: Any) -> date:
    if type(value) is date:
        return _near(value)
    if isinstance(value, str) and len(value) == len("YYYY-MM-DD"):
        return _near(date.fromisoformat(value))
    raise ValueError


def _near(day: date) -> date:
    if REACH_YEARS <= day.year <= date.max.year - REACH_YEARS:
        return day
    raise ValueError


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError


def _many(reader: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise ValueError
        return tuple(reader(item) for item in value)

    return read


def _record(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise ValueError


class Period(msgspec.Struct, frozen=True):
    """A year, or a quarter of it."""

    year: int
    quarter: int | None

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        months = MONTHS_PER_YEAR if self.quarter is None else self.quarter * MONTHS_PER_QUARTER
        return add_months(date(self.year, 1, 1), months) - ONE_DAY


def month_day(text: str) -> tuple[int, int]:
    """Month and day of a day written without its year (06-25). Raises ValueError for anything else."""
    month, day = text.split("-")
    return int(month), int(day)


def _month(value: Any) -> date:
    if isinstance(value, str) and len(value) == len("YYYY-MM"):
        return _near(date.fromisoformat(f"{value}-01"))
    raise ValueError


def _period(value: Any) -> Period:
    found = _PERIOD.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError
    year = _near(date.fromisoformat(f"{found[1]}-01-01")).year
    return Period(year, int(found[2]) if found[2] else None)


def _by_key(reader: Callable[[Any], Any]) -> Callable[[Any], Mapping[str, Any]]:
    def read(value: Any) -> Mapping[str, Any]:
        return {key: reader(item) for key, item in _record(value).items()}

    return read


_READERS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "bool": (_bool, "是或否(true/false)"),
    "int": (_int, "整数"),
    "count": (_count, "不小于零的整数"),
    "decimal": (_decimal, "数字(十进制文本)"),
    "amount": (_amount, "不小于零的数字(十进制文本)"),
    "amounts": (_many(_amount), "数字(十进制文本)组成的数组"),
    "date": (_date, "日期(YYYY-MM-DD)"),
    "month": (_month, "月份(YYYY-MM)"),
    "months": (_many(_month), "月份(YYYY-MM)组成的数组"),
    "period": (_period, "年份(YYYY)或季度(YYYY-Q1至Q4)"),
    "ints": (_many(_int), "整数组成的数组"),
    "text": (_text, "文本"),
    "texts": (_many(_text), "文本组成的数组"),
    "record": (_record, "对象(object)"),
    "counts": (_by_key(_count), "名称到不小于零的整数的对象(object)"),
    "amounts_by_key": (_by_key(_amount), "名称到不小于零的数字的对象(object)"),
    "texts_by_key": (_by_key(_text), "名称到文本的对象(object)"),
    "records": (_many(_record), "对象(object)组成的数组"),
}


def _problem(rule_id: str, key: str, value: Any, expected: str) -> Problem:
    found = "null" if value is None else str(value)
    return Problem(sheet=rule_id, column=key, found=found[:80], expected=expected, fix=f"请将 {key} 改为{expected}。")


def _missing(rule_id: str, key: str, kind: str) -> Problem:
    return Problem(sheet=rule_id, column=key, expected=expectation(kind), fix=f"请补充 {key}（{expectation(kind)}）。")


def _superfluous(rule_id: str, key: str, spec: Mapping[str, str]) -> Problem:
    known = "、".join(sorted(spec))
    return Problem(sheet=rule_id, column=key, found=key, expected=known, fix=f"本规则没有 {key} 这一项，请删除或改正。")
