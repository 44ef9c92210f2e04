"""What an advert may not ask: conditions in its columns and its text, the law that speaks of them, its last day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from matcher.intake.cells import warning
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft, json_ready
from matcher.language.conditions import ConditionKind, TextCondition, age_bounds, find_conditions
from matcher.policy.publication import (
    AGE,
    DEPOSIT,
    SEX,
    UNDER_AGE,
    Advert,
    Ground,
    age_span,
    judge,
    no_condition,
)
from matcher.records import EXPIRED, SUSPENDED, PublishBar

_INPUTS = frozenset({"title", "duties", "sex_condition", "deposit_yuan", "valid_to", "age_min", "age_max"})
_ADDED_COLUMNS = (("ethnicity_condition", "民族要求"), ("marital_condition", "婚姻要求"))
_N_QUOTES = 3

_AGE_COLUMNS = ("age_range", "age_max", "age_min")
_COLUMNS: dict[str, tuple[str, ...]] = {
    SEX: ("sex_condition",),
    AGE: _AGE_COLUMNS,
    UNDER_AGE: _AGE_COLUMNS,
    DEPOSIT: ("deposit_yuan",),
}
"""Columns that state a condition outright; a condition of the text stands where its words are."""


def keep_conditions(draft: Draft) -> None:
    """Columns that have no field of their own join the duties, so that nothing is lost and the law is applied to it."""
    for column, label in _ADDED_COLUMNS:
        text = draft.sources.pop(column, None)
        if text and not no_condition(text):
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
    judgement = judge(_advert(draft, conditions), context.law)
    where = {kind: _place_of(draft, kind, grounds) for kind, grounds in judgement.grounds.items()}
    where[EXPIRED] = "valid_to"
    _state(draft, "publish_bars", judgement.bars, where)
    _state(draft, "publish_warnings", judgement.warnings, where)


def _advert(draft: Draft, conditions: Sequence[TextCondition]) -> Advert:
    """The vacancy as it stands after this row."""
    deadline = draft.stated("valid_to")
    return Advert(
        sex_condition=draft.stated("sex_condition"),
        deposit_yuan=draft.stated("deposit_yuan"),
        age_min=draft.stated("age_min"),
        age_max=draft.stated("age_max"),
        valid_to=None if deadline is None else date.fromisoformat(deadline),
        conditions=conditions,
    )


def _place_of(draft: Draft, kind: str, grounds: Sequence[Ground]) -> str:
    """The field, or the header of a joined column, under which a condition stands."""
    if grounds[0].in_column:
        column = next((name for name in _COLUMNS[kind] if name in draft.headers), None)
        if column is not None:
            return column
    return _text_with(draft, [ground.words for ground in grounds])


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
        found = f"年龄栏{age_span(*stated)}，正文{age_span(low, high)}"
        fix = "两处不一致，都已登记；请向用人单位核实后改正。"
        draft.say("age_range", warning(found, "年龄栏与正文一致", fix))


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


def _state(draft: Draft, name: str, verdicts: Sequence[PublishBar], where: Mapping[str, str]) -> None:
    # What an officer has halted no list lets go on.
    halted = [bar for bar in draft.stored(name) or () if bar["code"] == SUSPENDED]
    stated: list[dict[str, Any]] = [*(json_ready(verdict) for verdict in verdicts), *halted]
    if stated or draft.stored(name):
        draft.fields[name] = stated
    consequence = "不得发布" if name == "publish_bars" else "提示"
    for verdict in verdicts:
        law = f"（{verdict.document}{verdict.clause}）" if verdict.document else ""
        said = warning(verdict.found, "", f"{consequence}：{verdict.sentence}{law}")
        draft.say(where.get(verdict.code, "duties"), said)
