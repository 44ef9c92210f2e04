"""Numbers as people type them: full width, thousands separators, simple Chinese numerals; yes and no."""

from __future__ import annotations

import re
import unicodedata

import msgspec

DASHES = re.compile(r"[-‐-―−﹣~〜∼]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile("[零〇一二两三四五六七八九十百千]+")
_NUMBER = re.compile(r"[+]?(\d+)(?:\.(\d+))?")
_YES = frozenset({"是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "对", "愿意", "同意", "已"})
_NO = frozenset(
    {"否", "无", "没有", "×", "✗", "✘", "n", "no", "false", "0", "不", "不是", "不愿意", "不同意", "未", "x"}
)
_UNKNOWN = frozenset({"", "-", "/", "未知", "不详", "不清楚", "待核实", "未填"})


class ParsedInt(msgspec.Struct, frozen=True):
    """A whole number, or the problem (Chinese) that kept it from being one; an empty text is neither."""

    text: str
    value: int | None = None
    problem: str | None = None


class ParsedBool(msgspec.Struct, frozen=True):
    """Yes, no or unknown (None without a problem)."""

    text: str
    value: bool | None = None
    problem: str | None = None


def clean(text: str) -> str:
    """Half width, lower case, no spaces, one kind of dash, no thousands separators."""
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
    return _THOUSANDS.sub("", DASHES.sub("-", plain))


def chinese_number(text: str) -> int | None:
    """三十 -> 30, 一百零五 -> 105, 二〇一八 -> 2018; None if it is not a numeral below ten thousand."""
    if not _NUMERAL.fullmatch(text):
        return None
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) in (1, 4) else None
    total, digit, above = 0, None, 10_000
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
            continue
        unit = _UNITS[char]
        if unit >= above:
            return None
        total += (1 if digit is None else digit) * unit
        digit, above = None, unit
    return total + (digit or 0)


def replace_numerals(text: str, before: str) -> str:
    """Write numerals that stand right before one of the words `before` (a regex) with digits: 三十人 -> 30人."""

    def digits(match: re.Match[str]) -> str:
        number = chinese_number(match[0])
        return match[0] if number is None else str(number)

    return re.sub(rf"(?<![\d零〇一二两三四五六七八九十百千]){_NUMERAL.pattern}(?={before})", digits, text)


def parse_int(text: str) -> ParsedInt:
    """A whole number; 3.0 (a spreadsheet's float) is 3, 3.5 is a problem."""
    plain = clean(text)
    if not plain:
        return ParsedInt(text)
    numeral = chinese_number(plain)
    if numeral is not None:
        return ParsedInt(text, numeral)
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return ParsedInt(text, problem=f"“{text.strip()}”不是整数，请只填数字")
    if match[2] and match[2].strip("0"):
        return ParsedInt(text, problem=f"“{text.strip()}”带小数，请填整数")
    return ParsedInt(text, int(match[1]))


def parse_bool(text: str) -> ParsedBool:
    """是/否 in the usual spellings; empty and 未知 are unknown; anything else (男, 女) is a problem."""
    plain = clean(text)
    if plain in _UNKNOWN:
        return ParsedBool(text)
    if plain in _YES:
        return ParsedBool(text, value=True)
    if plain in _NO:
        return ParsedBool(text, value=False)
    return ParsedBool(text, problem=f"“{text.strip()}”看不出是或否，请填“是”或“否”")
