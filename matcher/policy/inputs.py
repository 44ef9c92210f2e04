"""Facts of a rule from decoded JSON: typed, every fault named by key and expectation, nothing guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from matcher.errors import InvalidInput, Problem

Facts = Mapping[str, Any]
OPTIONAL = "*"


def read_inputs(rule_id: str, spec: Mapping[str, str], raw: Any) -> Facts:
    """Facts of one call, typed by `spec` (key -> type; `?` after a type allows null, `*` at the end absence).

    Types: bool, int, count (>= 0), decimal, amount (>= 0), amounts, date, text, texts, enum(a,b), records.
    Raises InvalidInput with one Problem per missing key, unknown key and wrong type; `column` is the key.
    """
    problems: list[Problem] = []
    if not isinstance(raw, Mapping):
        problems.append(_problem(rule_id, "inputs", raw, "对象(object)"))
        raw = {}
    else:
        problems += [
            _missing(rule_id, key, spec[key]) for key in spec if key not in raw and not spec[key].endswith(OPTIONAL)
        ]
        problems += [_superfluous(rule_id, key, spec) for key in raw if key not in spec]
    facts: dict[str, Any] = {}
    for key in spec.keys() & raw.keys():
        try:
            facts[key] = read_value(spec[key], raw[key])
        except ValueError as error:
            problems.append(_problem(rule_id, key, raw[key], str(error)))
    if problems:
        ordered = tuple(sorted(problems, key=lambda problem: problem.column))
        raise InvalidInput(
            f"the inputs of {rule_id} do not fit: " + "; ".join(f"{p.column}: {p.expected}" for p in ordered),
            ordered,
            where=rule_id,
            remedy="Give every key the type it expects; null only where the type ends in `?`.",
        )
    return facts


def read_value(kind: str, value: Any) -> Any:
    """One value by its type; raises ValueError whose text is what is expected."""
    kind = kind.removesuffix(OPTIONAL)
    nullable, name = kind.endswith("?"), kind.removesuffix("?")
    if value is None:
        if nullable:
            return None
        raise ValueError(f"{expectation(kind)}，不能为空(null)")
    if name.startswith("enum("):
        choices = name.removeprefix("enum(").removesuffix(")").split(",")
        if value in choices:
            return value
        raise ValueError(expectation(kind))
    reader, _ = _READERS[name]
    try:
        return reader(value)
    except (ValueError, TypeError, InvalidOperation):
        raise ValueError(expectation(kind)) from None


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
    if isinstance(value, int) and not isinstance(value, bool):
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
    if not number.is_finite():
        raise ValueError
    return number


def _amount(value: Any) -> Decimal:
    number = _decimal(value)
    if number < 0:
        raise ValueError
    return number


def _date(value: Any) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and len(value) == len("YYYY-MM-DD"):
        return date.fromisoformat(value)
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


_READERS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "bool": (_bool, "是或否(true/false)"),
    "int": (_int, "整数"),
    "count": (_count, "不小于零的整数"),
    "decimal": (_decimal, "数字(十进制文本)"),
    "amount": (_amount, "不小于零的数字(十进制文本)"),
    "amounts": (_many(_amount), "数字(十进制文本)组成的数组"),
    "date": (_date, "日期(YYYY-MM-DD)"),
    "text": (_text, "文本"),
    "texts": (_many(_text), "文本组成的数组"),
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
