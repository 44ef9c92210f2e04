"""What an advert may not ask: conditions in its columns and its text, the law that speaks of them, its last day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matcher.intake.cells import warning
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft, json_ready
from matcher.language.conditions import ConditionKind, TextCondition, age_bounds, find_conditions
from matcher.policy.publication import judge
from matcher.records import PublishBar

EXPIRED = "expired"
UNDER_AGE = "under_age"
_EXPIRED_SENTENCE = "招聘截止日期已过，续期后才能发布。"
_INPUTS = frozenset({"title", "duties", "sex_condition", "deposit_yuan", "valid_to", "age_min", "age_max"})
_ADDED_COLUMNS = (("ethnicity_condition", "民族要求"), ("marital_condition", "婚姻要求"))
_OPEN = ("不限", "无", "无要求", "不要求", "均可", "/")
_N_QUOTES = 3

_COLUMNS: dict[str, tuple[str, ...]] = {
    "sex": ("sex_condition",),
    "age": ("age_range", "age_max", "age_min"),
    "deposit": ("deposit_yuan",),
}
"""Columns that state a condition outright; a condition of the text stands where its words are."""

_Quotes = dict[str, list[str]]


def keep_conditions(draft: Draft) -> None:
    """Columns that have no field of their own join the duties, so that nothing is lost and the law is applied to it."""
    for column, label in _ADDED_COLUMNS:
        text = draft.sources.pop(column, None)
        if text and text not in _OPEN:
            draft.added.append((column, f"{label}：{text}"))
    for _, line in draft.added:
        duties = draft.stated("duties") or ""
        if line not in duties:
            draft.fields["duties"] = f"{duties}\n{line}" if duties else line


def apply_law(draft: Draft, context: IntakeContext) -> None:
    """Put text conditions beside the columns, flag contradictions, and set what bars the advert or warns of it.

    Worked out on the vacancy as it stands after this row; left alone by a row that states none of what it rests on.
    """
    asked_open = draft.sources.pop("age_open", False), draft.sources.pop("sex_open", False)
    if not _INPUTS.intersection(draft.fields) and draft.current is not None:
        return
    conditions = [c for name in ("title", "duties") for c in find_conditions(draft.stated(name) or "")]
    low, high = age_bounds(conditions)
    _beside_column(draft, low, high, asked_open=asked_open[0])
    _contradicting_sex(draft, conditions, asked_open=asked_open[1])
    quotes = _quotes(draft, conditions)
    where = {kind: _place_of(draft, kind, found) for kind, found in quotes.items()}
    if context.working_age is not None and low is not None and low < context.working_age:
        quotes[UNDER_AGE] = [c.text for c in conditions if c.low == low]
        where[UNDER_AGE] = _text_with(draft, quotes[UNDER_AGE])
    bars, warnings = judge(quotes, context.publication_rules)
    deadline = draft.stated("valid_to")
    if deadline is not None and deadline < context.on.isoformat():
        bars.append(PublishBar(code=EXPIRED, sentence=_EXPIRED_SENTENCE, found=deadline))
    where[EXPIRED] = "valid_to"
    _state(draft, "publish_bars", bars, where)
    _state(draft, "publish_warnings", warnings, where)


def _place_of(draft: Draft, kind: str, quotes: Sequence[str]) -> str:
    """The field, or the header of a joined column, under which a condition stands."""
    stated = {"sex": ("sex_condition",), "deposit": ("deposit_yuan",), "age": ("age_min", "age_max")}.get(kind, ())
    if any(name in draft.fields for name in stated):
        column = next((name for name in _COLUMNS[kind] if name in draft.headers), None)
        if column is not None:
            return column
    return _text_with(draft, quotes)


def _text_with(draft: Draft, quotes: Sequence[str]) -> str:
    """Where the first of the quotes is written: the title, a column that joined the duties, else the duties."""
    for quote in quotes:
        if quote in (draft.fields.get("title") or ""):
            return "title"
        added = next((column for column, line in draft.added if quote in line), None)
        if added is not None:
            return added
    return "duties"


def _beside_column(draft: Draft, low: int | None, high: int | None, *, asked_open: bool) -> None:
    for name, age in (("text_age_min", low), ("text_age_max", high)):
        if age is not None:
            draft.fields[name] = age
    stated = draft.stated("age_min"), draft.stated("age_max")
    in_column = asked_open or any(age is not None for age in stated)
    if (low is not None or high is not None) and in_column and (low, high) != stated:
        found = f"年龄栏{_span(*stated)}，正文{_span(low, high)}"
        fix = "两处不一致，都已登记；请向用人单位核实后改正。"
        draft.say("age_range", warning(found, "年龄栏与正文一致", fix))


def _span(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return "不限"
    if low is None:
        return f"{high}岁以下"
    return f"{low}岁以上" if high is None else f"{low}—{high}岁"


def _contradicting_sex(draft: Draft, conditions: Iterable[TextCondition], *, asked_open: bool) -> None:
    quoted = [c.text for c in conditions if c.kind is ConditionKind.SEX]
    stated = draft.stated("sex_condition")
    if not quoted or (stated is None and not asked_open):
        return
    same = stated is not None and all(stated[:1] in quote for quote in quoted)
    if not same:
        quotes = "”“".join(dict.fromkeys(quoted[:_N_QUOTES]))
        found = f"性别栏{stated or '不限'}，正文“{quotes}”"
        draft.say("sex_condition", warning(found, "性别栏与正文一致", "两处不一致；性别要求依法都应删去。"))


def _quotes(draft: Draft, conditions: Iterable[TextCondition]) -> _Quotes:
    quotes: _Quotes = {}
    sex, deposit = draft.stated("sex_condition"), draft.stated("deposit_yuan")
    if sex:
        quotes["sex"] = [f"性别：{sex}"]
    if deposit:
        quotes["deposit"] = [f"押金{deposit}元"]
    ages = draft.stated("age_min"), draft.stated("age_max")
    if any(age is not None for age in ages):
        quotes["age"] = [f"年龄：{_span(*ages)}"]
    for condition in conditions:
        quotes.setdefault(condition.kind.value, []).append(condition.text)
    return quotes


def _state(draft: Draft, name: str, verdicts: Sequence[PublishBar], where: Mapping[str, str]) -> None:
    stated: list[dict[str, Any]] = [json_ready(verdict) for verdict in verdicts]
    if stated or draft.stored(name):
        draft.fields[name] = stated
    consequence = "不得发布" if name == "publish_bars" else "提示"
    for verdict in verdicts:
        law = f"（{verdict.document}{verdict.clause}）" if verdict.document else ""
        said = warning(verdict.found, "", f"{consequence}：{verdict.sentence}{law}")
        draft.say(where.get(verdict.code, "duties"), said)
