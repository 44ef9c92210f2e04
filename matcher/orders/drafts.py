"""The form of an order read into values: every fault with how to mend it, every gap as a question; pure.

A line is cut into the same fields first (`said`), so that form and line give the same draft.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

import msgspec

from matcher.geography import PlaceMatch
from matcher.records.local_time import CHINA
from matcher.records.orders import MAX_SEATS

LONGEST: Final[Mapping[str, int]] = {
    "employer": 60, "place": 60, "trade": 40, "headcount": 20, "wage": 40, "ages": 40, "departs_on": 10,
    "departs_time": 5, "pickup": 60, "board": 3, "lodging": 3, "terms": 400,
}  # fmt: skip
"""The fields of the form, in its order, and the characters each may hold."""
LABELS: Final[Mapping[str, str]] = {
    "employer": "用人单位", "place": "工作地点", "trade": "工种", "headcount": "人数", "wage": "工资",
    "ages": "年龄要求", "departs_on": "哪天走", "departs_time": "几点走", "pickup": "在哪里上车", "board": "包吃",
    "lodging": "包住", "terms": "其他要求",
}  # fmt: skip
FAR: Final = timedelta(days=180)
_MARKUP = re.compile(r"<[^>]*>|</|javascript:|\{\{|\{%")
_FORMULA = re.compile(r"^\s*[=+@]|^\s*-\s*\w+\(")
_PIECE = re.compile(r"计件(?:工资)?|按件[算计]?|[\s,，、:：]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FLAGS: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "": None}
_NO_AGES: Final = frozenset({"", "不限", "无要求", "年龄不限"})


class Span(NamedTuple):
    """What a reader made of a string: the ends of a range, each None where nothing is said, or the problem.

    by_piece : a wage of so much a piece, which is no wage a month
    """

    low: int | None = None
    high: int | None = None
    problem: str | None = None
    by_piece: bool = False


class Readers(msgspec.Struct, frozen=True):
    """How single strings are read; the readers belong to another stage and are handed in."""

    wage: Callable[[str], Span]
    headcount: Callable[[str], Span]
    ages: Callable[[str], Span]
    place: Callable[[str, str | None], PlaceMatch]


class Told(msgspec.Struct, frozen=True):
    """One sentence about one field of the form."""

    field: str
    sentence: str


class OrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a form says; None where nothing was said or nothing could be read.

    n_seats : people wanted; faults : the order cannot be opened so; questions : it can, but somebody should look
    """

    employer: str = ""
    place: str = ""
    place_code: str | None = None
    place_name: str = ""
    trade: str = ""
    n_seats: int | None = None
    wage_low_yuan_month: int | None = None
    wage_high_yuan_month: int | None = None
    wage: str = ""
    age_min: int | None = None
    age_max: int | None = None
    departs_at: datetime | None = None
    departs_on: date | None = None
    pickup: str = ""
    board: bool | None = None
    lodging: bool | None = None
    terms: str = ""
    faults: tuple[Told, ...] = ()
    questions: tuple[Told, ...] = ()


class _Notes:
    """Faults and questions as they are found, in the order of the form."""

    def __init__(self) -> None:
        self.faults: list[Told] = []
        self.questions: list[Told] = []

    def fault(self, field: str, sentence: str) -> None:
        self.faults.append(Told(field, sentence))

    def ask(self, field: str, sentence: str) -> None:
        self.questions.append(Told(field, sentence))


def clean_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form among what was sent, blanks at the ends off; empty ones left out."""
    return {name: text for name in LONGEST if (text := _CONTROL.sub(" ", fields.get(name, "")).strip())}


def read_draft(
    sent: Mapping[str, str], on: date, readers: Readers, near: str = "", clock: time | None = None
) -> OrderDraft:
    """The draft of a form on a day.

    near : region code of the county, around which places are read; clock : the time of day now, None: not looked at
    """
    fields, notes = clean_fields(sent), _Notes()
    if not fields:
        notes.fault("trade", "单子是空的。请写清要什么工、要几个人、哪个单位要。")
        return OrderDraft(faults=tuple(notes.faults))
    texts = {name: _plain(name, fields.get(name, ""), notes) for name in LONGEST}
    n_seats = _seats(texts["headcount"], readers, notes)
    place = _place(texts["place"], readers, near, notes)
    wage = _wage(texts["wage"], readers, notes)
    low, high = _ages(texts["ages"], readers, notes)
    departs_on, departs_at = _departure(texts, (on, clock), notes)
    for name, sentence in (("employer", "没写是哪个单位要人。请写单位全称。"), ("trade", "没写要什么工。")):
        if not texts[name] and not any(told.field == name for told in notes.faults):
            notes.fault(name, sentence)
    return OrderDraft(
        employer=texts["employer"],
        place=texts["place"],
        place_code=place.code if place else None,
        place_name=(place.name or "") if place else "",
        trade=texts["trade"],
        n_seats=n_seats,
        wage=texts["wage"],
        wage_low_yuan_month=wage[0],
        wage_high_yuan_month=wage[1],
        age_min=low,
        age_max=high,
        departs_on=departs_on,
        departs_at=departs_at,
        pickup=texts["pickup"],
        board=_flag("board", texts, notes),
        lodging=_flag("lodging", texts, notes),
        terms=texts["terms"],
        faults=tuple(sorted(notes.faults, key=_place_in_form)),
        questions=tuple(sorted(notes.questions, key=_place_in_form)),
    )


def _place_in_form(told: Told) -> int:
    return list(LONGEST).index(told.field)


def _plain(name: str, text: str, notes: _Notes) -> str:
    """A text fit to be kept; "" with a fault if it is too long, markup or a formula."""
    if len(text) > LONGEST[name]:
        notes.fault(name, f"“{LABELS[name]}”太长，最多{LONGEST[name]}个字。")
        return ""
    if _MARKUP.search(text) or _FORMULA.search(text):
        notes.fault(name, f"“{LABELS[name]}”里粘进了网页代码或表格公式，请只写字。")
        return ""
    return text


def _seats(text: str, readers: Readers, notes: _Notes) -> int | None:
    if not text:
        if not any(told.field == "headcount" for told in notes.faults):
            notes.fault("headcount", "没写要几个人。")
        return None
    found = readers.headcount(text)
    n_seats = found.high if found.high is not None else found.low
    if found.problem or n_seats is None:
        unsure = f"“{text}”看不出要几个人，请写一个1到{MAX_SEATS}的数，如40。"
        notes.fault("headcount", unsure if found.problem else "订座要有确定的人数，“若干”不行。先写最少要几个人。")
        return None
    if n_seats > MAX_SEATS:
        notes.fault("headcount", f"一张单子最多{MAX_SEATS}人，{n_seats}人请分成几张，一车一张最清楚。")
        return None
    if found.low != found.high:
        notes.ask("headcount", f"“{text}”先按{n_seats}个座位开，对不对？")
    return n_seats


def _place(text: str, readers: Readers, near: str, notes: _Notes) -> PlaceMatch | None:
    if not text:
        if not any(told.field == "place" for told in notes.faults):
            notes.fault("place", "没写在哪里干活。请写到市、县，能写到镇更好。")
        return None
    found = readers.place(text, near or None)
    if found.code is None or found.alternatives:
        names = "、".join(other.name for other in found.alternatives[:3])
        choice = (
            f"有几个地方叫这个名：{names}。请写全。" if names else "没有找到这个地方，请写到市、县，如“广东省东莞市”。"
        )
        notes.fault("place", f"“{text}”{choice}")
        return None
    if found.problem:
        notes.ask("place", f"{found.problem}。")
    return found


def _wage(text: str, readers: Readers, notes: _Notes) -> tuple[int | None, int | None]:
    if not text:
        notes.ask("wage", "没写工资。工人第一句就问这个，请问清再填。")
        return None, None
    found = readers.wage(text)
    if found.by_piece and (about := _PIECE.sub("", text)):
        found = readers.wage(about)
    if found.by_piece:
        notes.ask("wage", "计件工资。请问清普通熟手一个月大概拿多少，写成“计件，5000左右”也行。")
    elif found.problem:
        notes.ask("wage", f"{found.problem}。")
    return found.low, found.high


def _ages(text: str, readers: Readers, notes: _Notes) -> tuple[int | None, int | None]:
    if text in _NO_AGES:
        return None, None
    found = readers.ages(text)
    if found.problem:
        notes.fault("ages", f"{found.problem}。")
    return found.low, found.high


def _departure(
    texts: Mapping[str, str], now: tuple[date, time | None], notes: _Notes
) -> tuple[date | None, datetime | None]:
    """The day, and the moment by the clock on the wall; a day without an hour is the day alone."""
    on, clock = now
    day, at = _iso_day(texts["departs_on"]), _iso_time(texts["departs_time"])
    if texts["departs_on"] and day is None:
        notes.fault("departs_on", "日期看不懂，请写成 2018-06-08 这样。")
    if texts["departs_time"] and at is None:
        notes.fault("departs_time", "钟点看不懂，请写成 07:00 这样。")
    if day is None:
        if not texts["departs_on"] and not any(told.field == "departs_on" for told in notes.faults):
            notes.ask("departs_on", "没写哪天走。定了再填也行。")
        return None, None
    if day < on:
        notes.fault("departs_on", f"{day:%-m月%-d日}已经过了（今天是{on:%-m月%-d日}），请改出发日期。")
        return None, None
    if day - on > FAR:
        notes.ask("departs_on", f"{day:%Y年%-m月%-d日}离今天还有{(day - on).days}天，日期对不对？")
    if at is None:
        if not texts["departs_time"]:
            notes.fault("departs_time", "写了哪天走，也请写几点走：留座、上车和名单都按这个钟点。")
        return day, None
    if day == on and clock is not None and at < clock:
        notes.fault("departs_time", f"今天{at:%-H:%M}已经过了（现在{clock:%-H:%M}），请改出发时间。")
        return day, None
    return day, datetime.combine(day, at, CHINA)


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _iso_time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if re.fullmatch(r"\d\d:\d\d", text) else None
    except ValueError:
        return None


def _flag(name: str, texts: Mapping[str, str], notes: _Notes) -> bool | None:
    text = texts[name]
    if text not in _FLAGS:
        notes.fault(name, f"“{LABELS[name]}”请选包、不包或没说。")
        return None
    if not text:
        notes.ask(name, f"没说{LABELS[name]}不{LABELS[name]}。")
    return _FLAGS[text]
