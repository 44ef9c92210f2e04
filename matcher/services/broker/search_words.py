"""Chips and choices of a search as brokers read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from matcher.geography import gazetteer, written
from matcher.language.trade_words import named_with
from matcher.orders.search.query import (
    EXACTLY,
    LITERAL,
    NEW,
    PAIR,
    UNKNOWN,
    About,
    Chip,
    Contacted,
    Departs,
)
from matcher.privacy import mask_name
from matcher.records import TravelRange
from matcher.services.ground.masked_people import Contact
from matcher.services.ground.place_words import home_words

VERDICTS: Final = {"yes": "都合适", "unknown": "要先问一句"}
FACET_LABELS: Final[Mapping[About, str]] = {
    About.SKILL: "会什么",
    About.TOWNSHIP: "乡镇",
    About.VILLAGE: "村",
    About.GOING: "愿去多远",
    About.DEPARTS: "哪天能走",
    About.CONTACTED: "上次联系",
    About.TOGETHER: "一起走",
    About.CONTACT: "电话",
    About.VERDICT: "条件",
}
RANGES: Final[Mapping[str, str]] = {
    TravelRange.VILLAGE: "只在本村",
    TravelRange.TOWNSHIP: "最远到本镇",
    TravelRange.COUNTY: "最远到本县",
    TravelRange.CITY: "最远到本市",
    TravelRange.PROVINCE: "最远到本省",
    TravelRange.ANYWHERE: "哪里都行",
    UNKNOWN: "没问过",
}
_DEPARTS: Final[Mapping[str, str]] = {
    Departs.NOW: "现在就能走",
    Departs.WEEK: "7天内能走",
    Departs.MONTH: "8到30天能走",
    Departs.LATER: "一个月以后",
    Departs.UNKNOWN: "没登记",
}
_CONTACTED: Final[Mapping[str, str]] = {
    Contacted.NEVER: "没联系过",
    Contacted.EARLIER: "30天以前",
    Contacted.MONTH: "7到30天前",
    Contacted.WEEK: "7天内",
}
_SOUND: Final = "（同音也算）"


def choice_label(about: About, value: str) -> str:
    """A value as a choice of its facet; one that nobody knows stands as it was typed."""
    if about in (About.TOWNSHIP, About.VILLAGE):
        return home_words(value.ljust(6, "0")) if value.isascii() and value.isdigit() and len(value) <= 12 else value
    if about is About.SKILL:
        return value.removeprefix(LITERAL)
    if about is About.CONTACT:
        return Contact(value).label if value in set(Contact) else value
    return _LABELS.get(about, {}).get(value, value)


def chip_label(chip: Chip) -> str:
    """A condition in words; a name masked, as everywhere."""
    return f"不要：{_said(chip)}" if chip.negated else _said(chip)


def _said(chip: Chip) -> str:
    about, value = chip.about, chip.value
    if about is About.SKILL:
        return _skill(value)
    if about is About.NAME:
        return _name(value)
    if about in (About.TOWNSHIP, About.VILLAGE):
        return f"住{choice_label(about, value)}"
    if about is About.GOING:
        return f"去哪里：{RANGES[value]}" if value in RANGES else f"愿去{_place(value)}"
    if about is About.DEPARTS and value not in _DEPARTS:
        return _by_day(value)
    label = choice_label(about, value)
    told = {About.DEPARTS: f"哪天能走：{label}", About.CONTACTED: f"上次联系：{label}"}
    return told.get(about, label)


def _skill(value: str) -> str:
    if value.startswith(LITERAL):
        return f"写有“{value.removeprefix(LITERAL)}”"
    beside = named_with(value)
    verb = "有" if value.endswith("证") or value.startswith("驾驶证") else "会"
    return f"{verb}{value}" + (f"（含{'、'.join(beside)}）" if beside else "")


def _name(value: str) -> str:
    plain = value.removeprefix(EXACTLY)
    if plain.isascii():
        return f"名字拼音{mask_name(plain)}"
    if len(plain) == 1:
        return f"姓{plain}" + ("" if value.startswith(EXACTLY) else _SOUND)
    return f"名字{mask_name(plain)}" + ("（就这几个字）" if value.startswith(EXACTLY) else _SOUND)


def _place(value: str) -> str:
    known = value.isascii() and value.isdigit() and 2 <= len(value) <= 12
    return (gazetteer().short_name(written(value)) if known else "") or value


def _by_day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return f"{value}能走"
    return f"{day:%-m月%-d日}能走"


_LABELS: Final[Mapping[About, Mapping[str, str]]] = {
    About.GOING: RANGES,
    About.DEPARTS: _DEPARTS,
    About.CONTACTED: _CONTACTED,
    About.TOGETHER: {PAIR: "一户有两人能走"},
    About.VERDICT: VERDICTS,
    About.FRESH: {NEW: "上次看过以后新来的"},
}
