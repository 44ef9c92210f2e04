"""Readers by type: texts, keys, codes, flags, counts, amounts, days, lists and JSON."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

import msgspec

from matcher.intake.cells import Cell, clean_text, error, lost_digits, plain_text, repaired, warning
from matcher.intake.drafts import plain_decimal
from matcher.intake.parse.dates import parse_date
from matcher.intake.parse.numbers import parse_int
from matcher.intake.repair import close_up, narrow
from matcher.intake.values import Meaning, meaning_of, shown_values

LIST_BREAK = re.compile(r"[、，,;；\n]+")
_UNITS = re.compile(r"(?:元/月|元|人|个月|个|月|名|亩|岁|户)$")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}")
_DECIMAL = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
_LOST_EXPECTED = "文本格式的编号"
_LOST_FIX = "编号被表格软件当作数字，末几位已丢失，无法还原；请把该列设为文本格式后重新填写。"
WIDE_FIX = "已把全角字符改为半角，请核对。"
_MAX_COUNT = 10**9


def read_text(raw: object, *, field: str, close: bool = False) -> Cell:
    """Free text; `close`: a name, closed up and with plain digits and letters."""
    text, notes = clean_text(raw)
    if close:
        closed = narrow(close_up(text))
        if closed != text and not notes:
            notes = (repaired(text, closed, "已去掉字间空格或把全角改为半角，请核对。"),)
        text = closed
    return Cell(((field, text),) if text else (), notes)


def read_key(raw: object, *, field: str) -> Cell:
    """An id or code: no spaces, plain characters; a number that lost digits is refused."""
    if lost_digits(raw) or (isinstance(raw, str) and _SCIENTIFIC.fullmatch(raw.strip())):
        return Cell((), (error(raw, _LOST_EXPECTED, _LOST_FIX),))
    text, notes = clean_text(raw)
    key = narrow("".join(text.split()))
    if key != text:
        notes = (*notes, repaired(text, key, WIDE_FIX))
    return Cell(((field, key),) if key else (), notes)


def read_code(raw: object, *, field: str, enum: type[Enum]) -> Cell:
    """A coded value through its list; an unknown wording is refused with the accepted ones."""
    return _from_list(raw, name=field, field=field, enum=enum)


def read_listed(raw: object, *, field: str) -> Cell:
    """A wording that states fields of other names, through its list."""
    return _from_list(raw, name=field, field=field, enum=None)


def read_flag(raw: object, *, field: str, also: str = "") -> Cell:
    """Yes or no; `also` names a list of further wordings of this field."""
    if isinstance(raw, bool):
        return Cell(((field, raw),))
    text, notes = clean_text(raw)
    meaning = (meaning_of(also, text, field=field) if also else None) or meaning_of("flag", text, field=field)
    if meaning is None:
        return Cell((), (*notes, error(raw, "是、否", "请填“是”或“否”；不清楚的留空。")))
    return Cell(tuple((field, value) for _, value in meaning.sets), notes)


def _from_list(raw: object, *, name: str, field: str, enum: type[Enum] | None) -> Cell:
    text, notes = clean_text(raw)
    meaning = meaning_of(name, text, field=field, enum=enum)
    if meaning is None:
        return Cell((), (*notes, refused(raw, name, enum)))
    return Cell(_sets_of(meaning), (*notes, *_remarks(meaning, text, name)))


def _sets_of(meaning: Meaning) -> tuple[tuple[str, Any], ...]:
    # A wording of a list-valued field (a certificate's grade) states a list of one.
    return tuple((name, [value] if name == "certificates" else value) for name, value in meaning.sets)


def _remarks(meaning: Meaning, text: str, name: str) -> tuple[Any, ...]:
    if not meaning.note:
        return ()
    return (warning(text, "、".join(shown_values(name)), f"{meaning.note}。", once=True),)


def refused(raw: object, name: str, enum: type[Enum] | None) -> Any:
    """The refusal of a wording that a list does not have, with the wordings it has."""
    offered = shown_values(name) or tuple(str(member.value) for member in enum or ())
    return error(raw, "、".join(offered), "请从可填的值里选一个填写；不清楚的留空。")


def read_codes(raw: object, *, field: str, enum: type[Enum]) -> Cell:
    """Several coded values, joined by 、 or a JSON list."""
    items, notes = _items(raw)
    codes: list[Any] = []
    for item in items:
        meaning = meaning_of(field, item, field=field, enum=enum)
        if meaning is None:
            return Cell((), (*notes, refused(item, field, enum)))
        codes.extend(value for _, value in meaning.sets)
    return Cell(((field, list(dict.fromkeys(codes))),), notes)


def read_texts(raw: object, *, field: str) -> Cell:
    """Several texts, joined by 、 or a JSON list; repeated ones once."""
    items, notes = _items(raw)
    return Cell(((field, list(dict.fromkeys(items))),), notes)


def _items(raw: object) -> tuple[list[str], tuple[Any, ...]]:
    if isinstance(raw, str) and raw.lstrip().startswith("["):
        raw = _decoded(raw)
    if isinstance(raw, list):
        return [text for item in raw if (text := clean_text(plain_text(item))[0])], ()
    text, notes = clean_text(raw)
    return [part.strip() for part in LIST_BREAK.split(text) if part.strip()], notes


def _decoded(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text.strip()


def read_count(raw: object, *, field: str) -> Cell:
    """A whole number not below zero, units left off."""
    text, notes = clean_text(raw)
    parsed = parse_int(_UNITS.sub("", narrow(text)))
    if isinstance(raw, bool) or parsed.value is None or parsed.value > _MAX_COUNT:
        return Cell((), (*notes, error(raw, "整数", f"{parsed.problem or '不是人数、月数或金额'}。")))
    return Cell(((field, parsed.value),), notes)


def read_amount(raw: object, *, field: str) -> Cell:
    """A decimal not below zero, as plain text (0.3), units left off."""
    text, notes = clean_text(raw)
    plain = _UNITS.sub("", narrow(text).replace("．", ".")).strip()
    try:
        value = Decimal(plain) if _DECIMAL.fullmatch(plain) else None
    except InvalidOperation:
        value = None
    if value is None:
        return Cell((), (*notes, error(raw, "数字，如 0.3", "请只填数字，不带文字。")))
    return Cell(((field, plain_decimal(format(value, "f"))),), notes)


def read_day(raw: object, *, field: str, deadline: bool = False) -> Cell:
    """A day as YYYY-MM-DD, from a date cell, an Excel serial or text; a month stands for its first day."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | date | datetime):
        return Cell((), (error(raw, "日期，如 2018-02-08", "请填写日期。"),))
    text, notes = (raw, ()) if not isinstance(raw, str) else clean_text(raw)
    parsed = parse_date(text, deadline=deadline)
    if parsed.value is None:
        return Cell((), (*notes, error(raw, "日期，如 2018-02-08", f"{parsed.problem}。")))
    return Cell(((field, parsed.value.isoformat()),), notes)


def read_objects(raw: object, *, field: str) -> Cell:
    """A list of objects, from JSON; its content is checked with the record."""
    value = _decoded(raw) if isinstance(raw, str) else raw
    if not isinstance(value, list):
        return Cell((), (error(raw, "JSON 列表", "请填写 JSON 列表，或留空。"),))
    return Cell(((field, value),))
