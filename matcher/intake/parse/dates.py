"""Dates as typed and as spreadsheets keep them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import msgspec

from matcher.intake.parse.bounds import bounds
from matcher.intake.parse.numbers import chinese_number, clean

# Day 0 of the 1900 date system, shifted by the leap day 1900 never had; right from serial 61 on.
EXCEL_EPOCH = date(1899, 12, 30)
UNIX_EPOCH = date(1970, 1, 1)

_DAY = re.compile(
    r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})[日号]?(?:t?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?)?"
)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:年(\d{1,2})月份?|[-./](\d{1,2})|(\d{2}))")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SHORT_YEAR = re.compile(r"\d{2}(?:年|[-./])\d{1,2}(?:(?:月|[-./])\d{1,2}日?)?")
_TIME_FOLLOWS = re.compile(r"\s+(?=\d{1,2}[:：])")
_WHOLE_FLOAT = re.compile(r"^(\d+)\.0+$")
_NUMERALS = re.compile(
    r"([零〇一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?"
)


class ParsedDate(msgspec.Struct, frozen=True):
    """A date, or the problem (Chinese). precision : day, or month (the first of the month stands for it)."""

    text: str
    value: date | None = None
    precision: str | None = None
    problem: str | None = None


def parse_date(cell: str | float | date | None, *, deadline: bool = False) -> ParsedDate:
    """Read a cell: text, an Excel serial (1900 system) or a date.

    A deadline of 1970-01-01 is a computer's zero and means no date; as a birth date it is a day like others.
    """
    reading = _read(cell)
    if deadline and reading.value == UNIX_EPOCH:
        return ParsedDate(reading.text, problem="1970-01-01是系统默认值，等于没有填写截止日期，请补填")
    return reading


def _read(cell: str | float | date | None) -> ParsedDate:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return ParsedDate("", problem="没有填写日期")
    if isinstance(cell, datetime):
        return _day(str(cell), cell.year, cell.month, cell.day)
    if isinstance(cell, date):
        return _day(cell.isoformat(), cell.year, cell.month, cell.day)
    if isinstance(cell, (int, float)):
        return _number(cell)
    return _text(cell)


def _number(cell: float) -> ParsedDate:
    """A numeric cell: a serial, or digits typed without separators; 2018.1 may have lost a zero."""
    text = str(int(cell)) if float(cell).is_integer() else repr(cell)
    if 10_000 <= cell < 100_000:
        return _serial(text, int(cell))
    if float(cell).is_integer():
        return _text(text)
    return ParsedDate(text, problem=f"{text}是数字格式，可能丢了末位的0，请改为文本或日期格式，如 2018-10")


def _text(cell: str) -> ParsedDate:
    plain = _with_digits(clean(_TIME_FOLLOWS.sub("t", cell.strip())))
    plain = _WHOLE_FLOAT.sub(r"\1", plain)
    for pattern in (_DAY, _COMPACT_DAY):
        match = pattern.fullmatch(plain)
        if match:
            return _day(cell, int(match[1]), int(match[2]), int(match[3]))
    match = _MONTH.fullmatch(plain)
    if match:
        month = next(int(m) for m in match.groups()[1:] if m)
        first = _day(cell, int(match[1]), month, 1)
        return msgspec.structs.replace(first, precision="month") if first.value else first
    if _SERIAL.fullmatch(plain):
        return _serial(cell, int(float(plain)))
    return ParsedDate(cell, problem=_why(cell, plain))


def _with_digits(plain: str) -> str:
    """二〇一八年二月八日 -> 2018年2月8日."""
    match = _NUMERALS.fullmatch(plain)
    if match is None:
        return plain
    year, month, day = (chinese_number(part) if part else None for part in match.groups())
    return f"{year}年{month}月" + (f"{day}日" if day else "")


def _serial(text: str, days: int) -> ParsedDate:
    day = EXCEL_EPOCH + timedelta(days=days)
    return _day(text, day.year, day.month, day.day)


def _day(text: str, year: int, month: int, day: int) -> ParsedDate:
    limits = bounds().date
    if not limits.first_year <= year <= limits.last_year:
        return ParsedDate(text, problem=f"年份{year}不在{limits.first_year}至{limits.last_year}之间，请核对")
    try:
        return ParsedDate(text, date(year, month, day), "day")
    except ValueError:
        return ParsedDate(text, problem=f"{year}年{month}月{day}日不存在，请核对")


def _why(cell: str, plain: str) -> str:
    if _SHORT_YEAR.fullmatch(plain):
        return f"“{cell.strip()}”的年份只有两位，请写四位年份，如 2018-02-08"
    if re.fullmatch(r"\d{4}年?", plain):
        return f"“{cell.strip()}”只有年份，请写到月或日"
    if len(re.findall(r"\d{4}", plain)) > 1:
        return f"“{cell.strip()}”写了几个日期，请分开填写"
    return f"“{cell.strip()}”不是日期，请写成 2018-02-08"
