"""Age conditions as written in vacancy lists."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from matcher.intake.parse.bounds import bounds
from matcher.intake.parse.numbers import clean, replace_numerals

_YEARS = r"(?:周?岁)?"
_INCLUDED = r"(?:\(含\)|\(包含\)|含)?"
_RANGE = re.compile(
    rf"(?:在|满|年满)?(\d{{1,3}}){_YEARS}{_INCLUDED}(?:以上)?(?:[-至到])(\d{{1,3}}){_YEARS}{_INCLUDED}(?:以下|以内|之间|左右)?"
)
_LEAST = re.compile(
    rf"(?P<word>年满|已满|(?<![未不])满|不低于|不小于|至少|≥|>=|(?<!不)大于|(?<!不)超过|>)(?P<a>\d{{1,3}}){_YEARS}{_INCLUDED}(?:及?以上)?"
    rf"|(?P<b>\d{{1,3}})(?:{_YEARS}{_INCLUDED}(?:及?以上|起){_INCLUDED}|{_YEARS}\+)"
)
_MOST = re.compile(
    rf"(?P<word>不超过|不大于|不高于|至多|最大|≤|<=|(?<!不)小于|(?<!不)低于|未满|不满|<)(?P<a>\d{{1,3}}){_YEARS}{_INCLUDED}(?:及?以下|以内)?"
    rf"|(?P<b>\d{{1,3}}){_YEARS}{_INCLUDED}(?:及?以下|以内|之内|内){_INCLUDED}"
)
_EXCLUSIVE = frozenset({"大于", "超过", ">", "小于", "低于", "未满", "不满", "<"})
_FREE = re.compile(r"(?:年龄)?(?:不限|无要求|没有要求|无限制|不作?要求|不限制)(?:年龄)?")
_LABEL = re.compile(r"^(?:年龄(?:要求|范围|段)?|要求):?")
# Words beside an age that do not change it (优先 and 放宽 would).
_BESIDE = re.compile(r"身体健康|男女(?:不限|均可|皆可)|(?:的)?(?:人员|员工)|均可")
_JOINT = re.compile(r"[,;、。]|且|并|但|,?年龄")


class ParsedAge(msgspec.Struct, frozen=True):
    """`parse age` of the contract; both ends are included. Both None without a problem: any age."""

    text: str
    min: int | None = None
    max: int | None = None
    problem: str | None = None


@lru_cache(maxsize=65_536)
def parse_age(text: str) -> ParsedAge:
    """Read an age condition; 以上 and 以内 include the number, 超过 and 低于 do not (Civil Code article 1259)."""
    plain = replace_numerals(_LABEL.sub("", clean(text)), "周?岁|[-至到]")
    if not plain:
        return ParsedAge(text, problem="没有填写年龄要求；不限请填“不限”")
    if _FREE.fullmatch(plain):
        return ParsedAge(text)
    plain = _BESIDE.sub("", plain)
    whole = _RANGE.fullmatch(_JOINT.sub("", plain))
    if whole:
        return _checked(text, int(whole[1]), int(whole[2]))
    least, rest = _take(_LEAST, plain)
    most, rest = _take(_MOST, rest)
    if (least is None and most is None) or _JOINT.sub("", rest):
        return ParsedAge(text, problem=_why(text, plain))
    lower = None if least is None else least[0] + (least[1] in _EXCLUSIVE)
    upper = None if most is None else most[0] - (most[1] in _EXCLUSIVE)
    return _checked(text, lower, upper)


def _take(pattern: re.Pattern[str], plain: str) -> tuple[tuple[int, str] | None, str]:
    """First match as (number, word before it), and the text without it."""
    match = pattern.search(plain)
    if match is None:
        return None, plain
    number = int(match["a"] or match["b"])
    return (number, match["word"] or ""), plain[: match.start()] + plain[match.end() :]


def _checked(text: str, lower: int | None, upper: int | None) -> ParsedAge:
    limits = bounds().age
    if lower is not None and upper is not None and upper < lower:
        return ParsedAge(text, problem=f"年龄上限{upper}小于下限{lower}，请核对")
    if any(age is not None and not limits.least <= age <= limits.most for age in (lower, upper)):
        return ParsedAge(text, problem=f"“{text.strip()}”不像工作年龄（{limits.least}至{limits.most}岁），请核对")
    return ParsedAge(text, lower, upper)


def _why(text: str, plain: str) -> str:
    if re.fullmatch(rf"\d{{1,3}}{_YEARS}(?:左右)?", plain):
        if not bounds().age.least <= int(re.sub(r"\D", "", plain)) <= bounds().age.most:
            return f"“{text.strip()}”不像工作年龄，请核对"
        return f"只写了“{text.strip()}”，看不出是下限还是上限，请写成“18-45”或“45岁以下”"
    if len(re.findall(r"\d+", plain)) > 2:
        return f"“{text.strip()}”写了几个年龄范围，请只写一个"
    return f"“{text.strip()}”看不出年龄要求，请写成“18-45”“45岁以下”或“不限”"
