"""When an order leaves, as it is said: 周五7点, 明天早上八点, 6月8日, 8号下午2点半; pure, the day is given."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Final

import msgspec

_DIGITS: Final = dict(zip("一二三四五六七八九", range(1, 10), strict=True)) | {"两": 2, "十": 10, "日": 7, "天": 7}
_N = r"(?:\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_HALF_DAYS: Final = {
    "凌晨": 0, "清早": 0, "大清早": 0, "早上": 0, "早晨": 0, "清晨": 0, "早": 0, "上午": 0, "中午": 12, "下午": 12,
    "傍晚": 12, "晚上": 12, "晚": 12,
}  # fmt: skip
_NIGHT: Final = frozenset({"晚上", "晚"})
_PART = r"(?:大清早|凌晨|清早|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|早|晚)"
_GO = r"(?:\s*(?:前|之前)?\s*(?:准时)?\s*(?:出发|上车|发车|动身|启程|开车|走人|走|集合|到厂|报到)(?!访|廊|秀))?"
_RELATIVE: Final = {"今天": 0, "今日": 0, "今": 0, "明天": 1, "明日": 1, "明": 1, "后天": 2, "后": 2, "大后天": 3}
_DAY = re.compile(
    rf"(?P<iso>(?P<y>20\d\d)\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}})\s*[日号]?)"
    rf"|(?P<md>(?P<month>{_N})\s*月\s*(?P<day>{_N}|二?三?十[一二三四五六七八九]?)\s*[日号]?)"
    rf"|(?P<slash>(?<![\d.])(?P<sm>\d{{1,2}})[/.](?P<sd>\d{{1,2}})(?=\s*(?:{_PART}|\d{{1,2}}\s*(?:点|:)|出发|走|上车|发车|号|日))[日号]?)"
    r"|(?P<week>(?P<which>下下|下个?|这个?|本)?(?:周|星期|礼拜)\s*(?P<weekday>[一二三四五六日天1-7]))"
    rf"|(?P<rel>大后天|今天|明天|后天|今日|明日|(?:今|明|后)(?={_PART}))"
    rf"|(?P<dom>(?<![\d月])(?P<dd>{_N})\s*[号日](?![线楼厂店机门台车桌]))"
    r"|(?P<vague>月底|月初|月中|年底|年后|节后|年前|过完年|下个?月|过几天|尽快|随时)"
)
_TIME = re.compile(
    rf"(?P<part>{_PART})?\s*(?P<hour>{_N})\s*(?:点钟?|时(?!间|薪|结|段))(?P<half>半|一刻|三刻|(?P<min>\d{{2}}(?!\d)|[一二三四五]?十[一二三四五六七八九]?)\s*分?)?(?!\s*(?:下班|工作制))"
    rf"|(?P<part2>{_PART})?\s*(?<!\d)(?P<h2>\d{{1,2}}):(?P<m2>\d{{2}})(?!\d)"
)
_BARE_WEEKDAY = re.compile(r"(?<![这本下])(?<!这个)(?<!下个)(?:周|星期|礼拜)\s*[一二三四五六日天1-7]")
_WORKING_HOURS = re.compile(r"^\s*(?:[-~至到])")
_FAR_BACK = timedelta(days=180)
NOON: Final = 12
LIKELY_MORNING: Final = 5
"""A bare 1 to 4 o'clock is as likely the afternoon: asked about."""


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, where it stood in the text, and what has to be asked."""

    day: date | None = None
    time: time | None = None
    spans: tuple[tuple[int, int], ...] = ()
    questions: tuple[str, ...] = ()


def read_departure(text: str, on: date, clock: time | None = None) -> Departure:
    """The day and the time a text names; a day of the week is the next one, today included while its hour is to come.

    clock : the time of day it is said at, None if that does not matter
    A day without a year is this year's, the next year's if it is half a year ago or more. A day past is told as it
    is: the draft's check says so.
    """
    spans: list[tuple[int, int]] = []
    questions: list[str] = []
    day = _day_in(text, on, spans, questions)
    at = _time_in(text, spans, questions)
    if day == on and at is not None and clock is not None and at <= clock and _BARE_WEEKDAY.search(text):
        day += timedelta(days=7)
    return Departure(day=day, time=at, spans=tuple(_with_verbs(text, spans)), questions=tuple(questions))


def _day_in(text: str, on: date, spans: list[tuple[int, int]], questions: list[str]) -> date | None:
    for match in _DAY.finditer(text):
        if match["vague"]:
            continue
        day = _day_of(match, on)
        if day is None:
            questions.append(f"“{match[0]}”这一天不存在，哪天走？")
            spans.append(match.span())
            return None
        spans.append(match.span())
        return day
    vague = next((match for match in _DAY.finditer(text) if match["vague"]), None)
    if vague is not None:
        spans.append(vague.span())
        questions.append(f"“{vague[0]}”是哪一天走？")
    return None


def _day_of(match: re.Match[str], on: date) -> date | None:
    """The day of one match; None if there is no such day."""
    if match["rel"]:
        return on + timedelta(days=_RELATIVE[match["rel"]])
    if match["week"]:
        return _weekday(match["which"] or "", match["weekday"], on)
    if match["dom"]:
        return _day_of_month(_number(match["dd"]), on)
    if match["iso"]:
        return _date(int(match["y"]), int(match["m"]), int(match["d"]))
    month, day = (match["month"], match["day"]) if match["md"] else (match["sm"], match["sd"])
    found = _date(on.year, _number(month), _number(day))
    if found is not None and on - found >= _FAR_BACK:
        return _date(on.year + 1, found.month, found.day)
    return found


def _weekday(which: str, name: str, on: date) -> date:
    weekday = (_DIGITS.get(name) or int(name)) - 1
    monday = on - timedelta(days=on.weekday())
    if which.startswith("下下"):
        return monday + timedelta(days=14 + weekday)
    if which.startswith("下"):
        return monday + timedelta(days=7 + weekday)
    if which:
        return monday + timedelta(days=weekday)
    return on + timedelta(days=(weekday - on.weekday()) % 7)


def _day_of_month(day: int, on: date) -> date | None:
    if day >= on.day:
        return _date(on.year, on.month, day)
    year, month = divmod(on.month, 12)
    return _date(on.year + year, month + 1, day)


def _time_in(text: str, spans: list[tuple[int, int]], questions: list[str]) -> time | None:
    for match in _TIME.finditer(text):
        if _WORKING_HOURS.match(text[match.end() :]) or re.search(r"[-~至到]\s*$", text[: match.start()]):
            continue
        part = match["part"] or match["part2"] or ""
        hour = _number(match["hour"] or match["h2"])
        minute = _minute(match)
        spans.append(match.span())
        if hour > 24 or minute > 59:
            questions.append(f"“{match[0].strip()}”不是钟点，几点走？")
            return None
        unsure = _unsure(hour, part)
        if unsure:
            questions.append(f"“{match[0].strip()}”{unsure}")
            return None
        return time(_hour_of_day(hour, part), minute)
    return None


def _unsure(hour: int, part: str) -> str:
    """What to ask about an hour that may be two: of the morning or the afternoon, of the night before or after."""
    if hour == 24 or (part in _NIGHT and (hour == NOON or 0 < hour < LIKELY_MORNING)):
        return f"是哪一天的零点以后？请写成“几号凌晨{hour % NOON}点”。"
    return "是早上还是下午？" if not part and 0 < hour < LIKELY_MORNING else ""


def _hour_of_day(hour: int, part: str) -> int:
    if part == "凌晨":
        return hour % NOON
    if not part or hour >= NOON:
        return hour
    if part == "中午":
        return hour if hour == 11 else hour + NOON
    return hour + _HALF_DAYS[part]


def _minute(match: re.Match[str]) -> int:
    if match["m2"]:
        return int(match["m2"])
    half = match["half"]
    if not half:
        return 0
    return {"半": 30, "一刻": 15, "三刻": 45}.get(half) or _number(match["min"])


def _with_verbs(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans with the verb of leaving behind each."""
    verbs = re.compile(_GO)
    grown = []
    for start, end in spans:
        verb = verbs.match(text, end)
        # 集合 and 上车 behind a place belong to the place.
        grown.append((start, verb.end() if verb else end))
    return grown


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, has_tens, ones = text.partition("十")
    if not has_tens:
        return _DIGITS[text]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
