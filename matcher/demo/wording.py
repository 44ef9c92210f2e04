"""Facts in the words of a form: 是 and 否, lists joined with 、, wages as adverts write them, places by name."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from matcher.demo.places import written_place
from matcher.geography import gazetteer
from matcher.intake.values import wording_of
from matcher.records import Vacancy

NOTHING = "无"


def flag(value: bool | None) -> str | None:
    """是, 否 or an empty cell."""
    return None if value is None else "是" if value else "否"


def listed(values: Iterable[str] | None) -> str | None:
    """Words joined as forms join them; 无 for none at all, an empty cell for not known."""
    return None if values is None else "、".join(values) or NOTHING


@cache
def term(field: str, value: StrEnum | None) -> str | None:
    """The Chinese word of a coded value, from the value lists of intake."""
    return None if value is None else wording_of(field, field, value)


def terms(field: str, values: Iterable[StrEnum] | None) -> str | None:
    """Several coded values in one cell."""
    return None if values is None else "、".join(wording_of(field, field, value) for value in values)


@cache
def place(code: str | None, near: str) -> str | None:
    """A place as people write it; its code where every way to write it is read as another place."""
    if code is None:
        return None
    for text in (written_place(code), written_place(code, in_full=True)):
        if gazetteer().find(text, near).code == code:
            return text
    return code


def wage(vacancy: Vacancy) -> str:
    """3500-4500, 3500元以上 or 面议."""
    low, high = vacancy.wage_low_yuan_month, vacancy.wage_high_yuan_month
    if low is None:
        return "面议"
    return f"{low}元以上" if high is None else f"{low}-{high}元/月"


def ages(vacancy: Vacancy) -> str:
    """18-45岁, 18岁以上, 45岁以下 or 不限."""
    low, high = vacancy.age_min, vacancy.age_max
    if low is None:
        return "不限" if high is None else f"{high}岁以下"
    return f"{low}岁以上" if high is None else f"{low}-{high}岁"


def headcount(vacancy: Vacancy) -> str | int:
    """The number, or 若干 where nobody said."""
    return "若干" if vacancy.headcount_unknown else vacancy.headcount
