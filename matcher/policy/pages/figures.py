"""Figures and listed terms of a pack as Chinese words: value, unit and bound in one readable piece."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from matcher.policy.predicates.facts import shown
from matcher.policy.rule_types import LocalFigure, Parameter, ParameterKind
from matcher.policy.types import Document, Pack

_NO_VALUE = {
    ParameterKind.MASKED: "原文此处打码，不能计算",
    ParameterKind.UNSPECIFIED: "原文未写明，由县里填写",
    ParameterKind.ABSENT: "原文没有这一项",
}
_NEEDED = (ParameterKind.MASKED, ParameterKind.UNSPECIFIED)
_AMOUNTS = {
    ">=": "不低于{}",
    "<=": "不超过{}",
    ">": "超过{}",
    "<": "低于{}",
}
_TERMS = {"not in": "不含{}", "outside": "不在{}"}
# A day, a month, an hour is no amount: it is passed, not exceeded; a month given as the last one counts whole.
_DAYS = {">=": "{}起", "<=": "{}以前", ">": "{}以后", "<": "{}之前"}
_POINTS = {">=": "{}起", "<=": "到{}为止", ">": "{}以后", "<": "{}前"}
# Unit of a point in time -> how it reads.
_POINT_UNITS = {"上年月份": "上年{}月", "月份": "{}月", "时": "{}时"}
_SHARE = "比例"
_PERCENT = 100
_PARTIAL_DAY = re.compile(r"(\d{4})-0?(\d{1,2})-\?\?")


def parameter_line(row: Parameter, document: Document, words: Mapping[str, str]) -> str:
    """One figure with its clause; days only where they differ from the document's, the id where a reader needs it."""
    parts = [f"{row.name or words.get(row.id, '')}：{figure(row, words)}", words.get(row.clause, row.clause)]
    if (row.from_, row.to) != (document.from_, document.to):
        parts.append(window(row.from_, row.to))
    # The id is what a county fills a missing figure in under, and the only name of a row without a Chinese one.
    key = f"（{row.id}）" if not row.name or row.kind in _NEEDED else ""
    return "- " + "；".join(parts).removeprefix("：") + key


def local_line(pack: Pack, row: LocalFigure, words: Mapping[str, str]) -> str:
    """A rate left to the county, with its unit, the bounds the document states, its clause and its id."""
    bounds = local_bounds(pack, row, words)
    parts = [f"{row.name}：单位{row.unit}" + (f"，{bounds}" if bounds else "")]
    parts += [words.get(row.clause, row.clause), *([row.note] if row.note else [])]
    return f"- {'；'.join(parts)}（{row.id}）"


def local_bounds(pack: Pack, row: LocalFigure, words: Mapping[str, str]) -> str:
    """The bounds a document states for a local figure: 不低于700元/人、不超过1200元/人; "" for none."""
    bounds = [pack.parameter(name) for name in (row.at_least, row.at_most) if name]
    return "、".join(figure(bound, words) for bound in bounds if bound is not None)


def figure(row: Parameter, words: Mapping[str, str]) -> str:
    """The value of a parameter as a reader says it, bound included: 不低于45岁, 5%, 2018-02-28以前."""
    missing = _NO_VALUE.get(row.kind)
    if missing is not None:
        asked = row.kind is ParameterKind.UNSPECIFIED and row.unit and row.unit != "日期"
        return f"（单位：{row.unit}）{missing}" if asked else missing
    is_day = row.kind in {ParameterKind.DATE, ParameterKind.YEAR}
    amounts = _TERMS if row.kind is ParameterKind.TEXT else _AMOUNTS
    templates = _DAYS if is_day else _POINTS if row.unit in _POINT_UNITS else amounts
    template = templates.get(row.operator, "{}")
    return template.format(_value(row, words))


def window(from_: date | None, to: date | None) -> str:
    """Days something holds; an open side is said as such only where both are open."""
    if from_ is None and to is None:
        return "起止日期未写明"
    return (f"{from_}起" if from_ else "") + (f"至{to}止" if to else "")


def _value(row: Parameter, words: Mapping[str, str]) -> str:
    if row.kind is ParameterKind.RATIO:
        of = row.unit.removesuffix(_SHARE)
        percent = (Decimal(row.value) * _PERCENT).normalize()
        return (f"{of}的" if of else "") + f"{percent:f}%"
    if row.kind is ParameterKind.YEAR:
        return f"{row.value}年"
    if row.unit in _POINT_UNITS:
        return _POINT_UNITS[row.unit].format(shown(row.value))
    if row.kind.is_figure:
        return f"{shown(row.value)}{words.get(row.unit, row.unit)}"
    items = row.value if isinstance(row.value, tuple) else (row.value,)
    return "、".join(words.get(f"{row.id}.{item}") or _word(str(item), words) for item in items)


def _word(item: str, words: Mapping[str, str]) -> str:
    """A listed term in Chinese; `a=b` is a term with what it stands for."""
    if item in words:
        return words[item]
    partial = _PARTIAL_DAY.fullmatch(item)
    if partial:
        return f"{partial[1]}年{partial[2]}月（日期缺）"
    key, equals, rest = item.partition("=")
    return f"{words.get(key, key)}：{words.get(rest, rest)}" if equals else item
