"""Where a wage stands in a text: amounts with their units, what is pay and what is an allowance."""

from __future__ import annotations

import re
from fractions import Fraction

import msgspec

from matcher.intake.parse.numbers import clean

_NUM = r"\d+(?:\.\d+)?"
_BOUND = r"\+|及以上|或以上|以上|及以下|或以下|以下|以内|左右|上下|起|封顶"
_PERIOD = (
    r"[/每一]个?月|/每个?月|(?<=元)个?月(?!薪|工)|/m(?:onth)?|[/每一]年(?!假|终)|/每年|(?<=元)年|/y(?:ear)?"
    r"|[/每一]个?(?:天|日|工作日|班|工)|/每[天日]|(?<=元)天|[/每一]个?(?:小时|工时|时|h)|/每小时|/[a-z\u4e00-\u9fff]{1,3}"
)
AMOUNT = re.compile(
    rf"(?P<above>>=?|≥|不低于|不少于|至少|最低)?(?P<below><=?|≤|不超过|不高于|最高)?"
    rf"(?P<low>{_NUM})(?P<low_unit>[万千百kw])?元?(?P<plus>\+)?"
    rf"(?:[-至到](?P<high>{_NUM})(?P<high_unit>[万千百kw])?)?(?P<yuan>元)?"
    rf"(?P<bound>{_BOUND})?(?P<yuan2>元)?(?P<period>{_PERIOD})?(?P<bound2>{_BOUND})?"
)
_NUMERALS = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SALARIES_A_YEAR = re.compile(r"[·•.*x×,;]?\(?(1[2-9]|2\d)薪\)?")
_CURRENCY = re.compile(r"人民币|rmb|[¥$](?=\d)")

# The last of these words before an amount says what it is: 五险一金(年收入8万) is pay, 绩效工资500 is on top of it.
_WORDS = re.compile(
    r"(?P<extra>(?:工龄|绩效|加班|技能|岗位|学历)工资|补(?!充)|津贴|奖|全勤|工龄|安家|经费|住房|公积金|险|提成|体检|报销|过节"
    r"|资金|购房|绩效|费|扣|押金|基金|科研)"
    r"|(?P<pay>转正后?|试用期|薪(?!假|年|病|休|[级档])|工资|收入|待遇|报酬|工钱|日结|月入|保底)"
)
_WORD_REACH = 10
_ALLOWANCE_AFTER = re.compile(
    r"^[^\d,;。、+-]{0,8}(?:补贴|补助|餐补|津贴|奖励|奖金(?!等)|全勤|经费|安家|住房|房补|购房|支持|资金|基金|科研|商业险|保额)"
)
_ADDED = re.compile(r"\+[^\d,;。]{0,8}$")
_NOT_MONEY_AFTER = re.compile(r"^(?:[%％]|薪|人|名|岁|周|次|号|年|天|日|小时|平|㎡|间|套|楼|级|倍|个|[、.:)]|\d)")
_PERIOD_BEFORE = re.compile(
    r"(月|年|日|天|时)(?:薪|工资|收入|均|入|结|基本工资)[^\d,;。]{0,6}$|每(月|年|日|天|小时)[^\d,;。]{0,4}$"
)
_BASE_BEFORE = re.compile(r"(?:底薪|保底|基本工资|无责|起薪)[^\d]{0,3}$")
_BASE_AFTER = re.compile(r"^\((?:保底|底薪|无责)")
_LABEL_BEFORE = re.compile(r"^[^\d,;。]{0,12}:$")
_MORE_AFTER = re.compile(r"^[,;]?(?:\+|另?外?加|另加|另有|外加|加)(?!班)")


class Mention(msgspec.Struct, frozen=True):
    """One amount that is pay.

    low, high : yuan, exact; bound : range, from or upto; period : the words of it, empty if none; base : a base pay
    with more on top; in_wan : written in 万; united : a unit was written (万, 千, k, 元)
    """

    low: Fraction
    high: Fraction | None
    bound: str
    period: str
    in_wan: bool
    united: bool
    thousands: bool


class WageText(msgspec.Struct, frozen=True):
    """A cleaned text and the amounts in it that are pay.

    unexplained : amounts of money besides them that are neither pay nor an allowance; an amount that runs on
    (3000-5000-8000) counts as one
    """

    plain: str
    mentions: tuple[Mention, ...]
    several_salaries: bool
    unexplained: bool


def read_wage_text(text: str) -> WageText:
    """Find the pay in a text."""
    plain = _numerals(_CURRENCY.sub("", clean(text)).replace("块钱", "元").replace("块", "元").replace("圆", "元"))
    stripped = _SALARIES_A_YEAR.sub("", plain)
    mentions: list[Mention] = []
    unexplained = False
    for match in AMOUNT.finditer(stripped):
        before, after = stripped[: match.start()], stripped[match.end() :]
        role = _role(match, before, after)
        if role == "pay" and not (mentions and _ADDED.search(before)):
            mentions.append(_mention(match, before, after))
        unexplained |= role == "unexplained" or (role == "pay" and re.match(r"[-/]\d", after) is not None)
    distinct = tuple(dict.fromkeys(mentions))
    return WageText(stripped, distinct, stripped != plain and "年终" not in plain, unexplained)


def _numerals(plain: str) -> str:
    """三千 -> 3千, 八千五 -> 8.5千, 4千5百 -> 4500; words like 五险一金 stay."""
    plain = re.sub(
        "([一二两三四五六七八九])(?=[万千百])", lambda m: str(_NUMERALS[m[1]]), plain.replace("十万", "10万")
    )
    plain = re.sub(r"(\d)千([1-9一-九])百", lambda m: f"{m[1]}{_NUMERALS.get(m[2], m[2])}00", plain)
    plain = re.sub(r"(\d)百(?=元|/|-|$)", r"\g<1>00", plain)
    return re.sub(
        r"(\d)([万千])([1-9一二三四五六七八九])(?![\d.万千百])(?=元|/|-|$|以)",
        lambda m: f"{m[1]}.{_NUMERALS.get(m[3], m[3])}{m[2]}",
        plain,
    )


def _role(match: re.Match[str], before: str, after: str) -> str:
    """pay, other (an allowance, a percentage, a count of something) or unexplained (money of no known purpose)."""
    money = "元" in match[0] or bool(match["low_unit"] or match["high_unit"])
    if re.match("[%％]", after) or (not (money or match["period"]) and _NOT_MONEY_AFTER.match(after)):
        return "other"
    if _BASE_BEFORE.search(before):
        return "pay"
    word = _last_word(before)
    on_top = match["plus"] or match[0].endswith("+")
    if word == "extra" or (_ALLOWANCE_AFTER.match(after) and not on_top):
        return "other"
    if not before or word == "pay":
        return "pay"
    if not (money or match["period"]):
        return "other"
    timed = match["period"] or _PERIOD_BEFORE.search(before)
    return "pay" if _LABEL_BEFORE.search(before) or (timed and money) else "unexplained"


def _last_word(before: str) -> str:
    """Kind of the last word for pay or an extra in the same clause, shortly before an amount; empty if none."""
    clause = re.split(r"[\d,;。]", before)[-1][-_WORD_REACH:]
    kinds = [match.lastgroup for match in _WORDS.finditer(clause)]
    return kinds[-1] or "" if kinds else ""


def _mention(match: re.Match[str], before: str, after: str) -> Mention:
    low_unit, high_unit = match["low_unit"] or "", match["high_unit"] or ""
    low, high = Fraction(match["low"]), Fraction(match["high"]) if match["high"] else None
    if high is not None:
        low_unit, high_unit = _shared_unit(low, low_unit, high, high_unit)
        high *= _factor(high_unit)
    low *= _factor(low_unit)
    written = {low_unit, high_unit}
    return Mention(
        low=low,
        high=high,
        bound=_bound(match, before, after),
        period=_period(match, before, after),
        in_wan=bool(written & {"万", "w"}),
        united=bool(written - {""}) or "元" in match[0],
        thousands=bool(written & {"千", "k"}),
    )


def _shared_unit(low: Fraction, low_unit: str, high: Fraction, high_unit: str) -> tuple[str, str]:
    """The unit at one end holds for the other unless that end is plainly in yuan: 1-1.5万, but 3000-1万."""
    if high_unit and not low_unit and low < 100:
        return high_unit, high_unit
    if low_unit and not high_unit and high < 100:
        return low_unit, low_unit
    return low_unit, high_unit


def _factor(unit: str) -> int:
    return {"万": 10_000, "w": 10_000, "千": 1000, "k": 1000, "百": 100}.get(unit, 1)


def _bound(match: re.Match[str], before: str, after: str) -> str:
    words = f"{match['bound'] or ''}{match['bound2'] or ''}"
    if match["below"] or (words.endswith(("下", "内", "封顶")) and not words.endswith("上下")):
        return "upto"
    more = match["plus"] or words.endswith(("+", "以上", "起")) or _MORE_AFTER.match(after)
    if match["above"] or more or _base_only(match, before, after):
        return "from"
    return "range"


def _base_only(match: re.Match[str], before: str, after: str) -> bool:
    """A single amount called base pay: what comes on top is open."""
    return match["high"] is None and bool(_BASE_BEFORE.search(before) or _BASE_AFTER.match(after))


def _period(match: re.Match[str], before: str, after: str) -> str:
    """The period behind the amount, else the word for it before (月薪, 年收入, 日结, 每小时)."""
    if match["period"]:
        return match["period"]
    word = _PERIOD_BEFORE.search(before)
    if word:
        return word[1] or word[2]
    return "日" if after.startswith("日结") else ""
