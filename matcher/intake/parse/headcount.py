"""How many people a vacancy wants."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from matcher.intake.parse.bounds import bounds
from matcher.intake.parse.numbers import clean, replace_numerals

_COUNTER = "(?:个)?(?:人|名|位)+"
_LABEL = re.compile(r"^(?:拟|计划)?(?:招聘|招收|招|聘|需求|需|人数|数量)+(?:人数)?:?")
_UNCOUNTED = re.compile(rf"(?:若干|数|多|几|不限|无限制|不限制|大量)(?:{_COUNTER})?(?:不限)?|{_COUNTER}不限")
_COUNT = re.compile(
    rf"(?P<least>>=?|≥|不少于|不低于|至少|最少)?(?P<most><=?|≤|不超过|最多|至多)?(?:约|大约)?"
    rf"(?P<low>\d+)(?:\.0+)?(?:{_COUNTER})?(?:[-至到](?P<high>\d+)(?:\.0+)?(?:{_COUNTER})?)?"
    rf"(?P<bound>\+|余|多|及?以上|起|及?以下|以内|左右)?(?:{_COUNTER})?(?P<bound2>及?以上|及?以下|以内|左右)?"
)


class ParsedHeadcount(msgspec.Struct, frozen=True):
    """`parse headcount` of the contract. Both ends None without a problem: wanted, number not stated (若干, 不限)."""

    text: str
    low: int | None = None
    high: int | None = None
    problem: str | None = None


@lru_cache(maxsize=65_536)
def parse_headcount(text: str) -> ParsedHeadcount:
    """Read a head count; 0, an inverted range and anything that is no count are problems."""
    plain = replace_numerals(_LABEL.sub("", clean(text)), f"{_COUNTER}|[-至到]|$")
    if not plain:
        return ParsedHeadcount(text, problem="没有填写人数；不限人数请填“若干”")
    if _UNCOUNTED.fullmatch(plain):
        return ParsedHeadcount(text)
    match = _COUNT.fullmatch(plain)
    if match is None:
        return ParsedHeadcount(text, problem=f"“{text.strip()}”看不出人数，请填一个数字，如 5 或 3-4")
    return _counted(text, match)


def _counted(text: str, match: re.Match[str]) -> ParsedHeadcount:
    low = int(match["low"])
    high: int | None = int(match["high"]) if match["high"] else low
    words = f"{match['bound'] or ''}{match['bound2'] or ''}"
    if high == 0 or low == 0:
        return ParsedHeadcount(text, problem="人数为0；已招满请填已招人数，人数不限请填“若干”")
    if high is not None and high < low:
        return ParsedHeadcount(text, problem=f"上限{high}小于下限{low}，请核对")
    if max(low, high or 0) > bounds().headcount.most:
        return ParsedHeadcount(text, problem=f"人数超过{bounds().headcount.most}，像是电话或编号，请核对")
    if match["most"] or words.endswith(("下", "内")):
        return ParsedHeadcount(text, None, high if match["most"] != "<" else low - 1)
    if match["least"] or words.endswith(("上", "+", "余", "多", "起")):
        return ParsedHeadcount(text, low + 1 if match["least"] == ">" else low, None)
    return ParsedHeadcount(text, low, high)
