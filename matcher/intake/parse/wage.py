"""Wages as written, turned into yuan a month (CONTRACT section 6); what cannot be read is never repaired."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

import msgspec

from matcher.intake.parse.bounds import WageBounds, bounds
from matcher.intake.parse.wage_text import Mention, WageText, read_wage_text

MONTHS_A_YEAR = 12
DAYS_PER_MONTH = 26
HOURS_PER_MONTH = 208

_BASES = (("小时", "hour"), ("工时", "hour"), ("时", "hour"), ("h", "hour"), ("月", "month"), ("m", "month"))
_MORE_BASES = (("年", "year"), ("y", "year"), ("天", "day"), ("日", "day"), ("班", "day"), ("工", "day"))
_PIECE = re.compile(r"[件个单吨米亩斤双套只台趟箱车方公里]")
_NEGOTIABLE = re.compile(r"面议|面谈|协商|协议工资|详谈|具体谈|商议|议薪|可谈")
_PIECE_WORK = re.compile(r"计件|按件")
_NO_AMOUNT = (
    (
        re.compile(r"按|执行|参照|政策|标准|规定|同工同酬|详见|制度|办法"),
        "只写了按规定执行，没有金额，请补填大致月工资",
    ),
    (
        re.compile(r"险|公积金|福利|补贴|餐|住宿|宿舍|休|假|奖金|编制|体检|住房|公寓|安家"),
        "只写了福利待遇，没有工资数额，请补填月工资",
    ),
)


class ParsedWage(msgspec.Struct, frozen=True):
    """`parse wage` of the contract.

    kind : range, from, upto, negotiable or problem; low, high : whole yuan a month, None where not stated;
    basis : the period written (month, year, day, hour, piece), None if there is no amount.
    """

    text: str
    kind: str
    low_yuan_month: int | None = None
    high_yuan_month: int | None = None
    basis: str | None = None
    problem: str | None = None


@lru_cache(maxsize=65_536)
def parse_wage(
    text: str, *, days_per_month: int = DAYS_PER_MONTH, hours_per_month: int = HOURS_PER_MONTH
) -> ParsedWage:
    """Read a wage: days x `days_per_month`, hours x `hours_per_month`, years / 12, halves of a yuan rounded up.

    N薪 (salaries a year) does not change the month. With 提成 or a plus on top, the stated amount is the least.
    """
    found = read_wage_text(text)
    if not found.mentions:
        return _without_amount(text, found)
    if found.unexplained or len(found.mentions) > 1:
        return _problem(text, "写了几个数额，看不出哪一个是这个岗位的工资，请只写一个范围")
    return _with_amount(text, found, days_per_month, hours_per_month)


def _with_amount(text: str, found: WageText, days: int, hours: int) -> ParsedWage:
    limits, mention = bounds().wage, found.mentions[0]
    if mention.high is not None and mention.high >= limits.no_upper_end_yuan:
        mention = msgspec.structs.replace(mention, high=None, bound="from")
    if mention.high is not None and mention.high < mention.low:
        return _problem(text, f"上限{_plain(mention.high)}小于下限{_plain(mention.low)}，可能被截断，请核对原文")
    basis = _basis(mention, found, limits)
    if basis not in ("month", "year", "day", "hour"):
        return _problem(text, _no_basis(basis, mention), "piece" if basis == "piece" else None)
    factor = {"month": Fraction(1), "year": Fraction(1, MONTHS_A_YEAR), "day": Fraction(days), "hour": Fraction(hours)}
    low = _whole(mention.low * factor[basis])
    high = low if mention.high is None else _whole(mention.high * factor[basis])
    if low < limits.least_yuan_month or high > limits.most_yuan_month:
        return _problem(text, _implausible(low, high), basis)
    if mention.bound == "from":
        return ParsedWage(text, "from", low, None, basis)
    if mention.bound == "upto":
        return ParsedWage(text, "upto", None, high, basis)
    return ParsedWage(text, "range", low, high, basis)


def _basis(mention: Mention, found: WageText, limits: WageBounds) -> str:
    """month, year, day, hour, piece, or what is missing: unit, period, foreign (a period that is no time)."""
    if mention.period:
        written = next((b for word, b in (*_BASES, *_MORE_BASES) if word in mention.period.lstrip("/每一")), None)
        if written is None:
            return "piece" if _PIECE.search(mention.period) else "foreign"
        return "unit" if not mention.united and mention.low < _least_without_unit(written) else written
    top = mention.low if mention.high is None else mention.high
    if found.several_salaries or mention.thousands:
        return "month"
    if not mention.in_wan and mention.low < limits.least_unstated_yuan:
        return "period" if mention.united else "unit"
    if top <= limits.most_unstated_month_yuan:
        return "month"
    return "year" if mention.in_wan and mention.low >= limits.least_unstated_year_yuan else "period"


def _least_without_unit(basis: str) -> int:
    """A bare number below it is in thousands or 万 although its period is written: 6-8/月, 10-15/年."""
    return {"month": 100, "year": 1000, "day": 20, "hour": 2}[basis]


def _no_basis(missing: str, mention: Mention) -> str:
    if missing == "piece":
        return "计件单价不能折算成月工资，请补填大致月收入"
    if missing == "foreign":
        return f"单位“{mention.period.strip('/')}”不能折算成月工资，请改写为每月、每天或每小时的数额"
    if missing == "unit":
        return "没有写单位，看不出是元、千元还是万元，也看不出按月还是按年，请写明，如“3000-5000元/月”"
    return "没有写明按月、按年、按天还是按小时，请写明，如“3000-5000元/月”或“6-8万元/年”"


def _implausible(low: int, high: int) -> str:
    limits = bounds().wage
    amount = f"{low}" if low == high else f"{low}至{high}"
    return f"折合每月{amount}元，不在{limits.least_yuan_month}至{limits.most_yuan_month}元之间，请核对数额和单位"


def _without_amount(text: str, found: WageText) -> ParsedWage:
    """Negotiable, piece work, by rule, benefits only, or nothing at all."""
    plain = found.plain
    if _NEGOTIABLE.search(plain.replace("、", "")):
        return ParsedWage(text, "negotiable")
    if _PIECE_WORK.search(plain):
        return _problem(text, "计件工资，没有写单价或大致月收入，请补填", "piece")
    if not plain:
        return _problem(text, "没有填写工资；可以面谈的请填“面议”")
    if found.unexplained:
        return _problem(text, "文字里有数额，但看不出是不是这个岗位的工资，请单独写明，如“3000-5000元/月”")
    reason = next((said for pattern, said in _NO_AMOUNT if pattern.search(plain)), None)
    return _problem(text, reason or f"“{text.strip()[:20]}”看不出工资数额，请写成“3000-5000元/月”或“面议”")


def _problem(text: str, reason: str, basis: str | None = None) -> ParsedWage:
    return ParsedWage(text, "problem", basis=basis, problem=reason)


def _whole(amount: Fraction) -> int:
    """Nearest whole yuan, halves up."""
    return math.floor(amount + Fraction(1, 2))


def _plain(amount: Fraction) -> str:
    return str(int(amount)) if amount.denominator == 1 else str(float(amount))
