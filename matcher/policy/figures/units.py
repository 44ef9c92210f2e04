"""What a number in a unit means: its kind, its scale, and what nobody could have meant."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from matcher.policy.rule_types import ParameterKind

ONE: Final = Decimal(1)


class UnitRule(msgspec.Struct, frozen=True, kw_only=True):
    """How a number in a unit is read.

    kind : of the parameter it becomes; per : what it is divided by (a figure in % becomes a share)
    least, most : bounds of the unit itself, None = none; whole : no fractions; n_decimals : None = any
    says : what a reader is told of it
    """

    kind: ParameterKind = ParameterKind.NUMBER
    per: Decimal = ONE
    least: Decimal | None = Decimal(0)
    most: Decimal | None = None
    whole: bool = False
    n_decimals: int | None = None
    says: str = "不小于零的数"


SHARE: Final = "比例"
DAY: Final = "日期"
PLAIN: Final = UnitRule()
UNITS: Final[dict[str, UnitRule]] = {
    "%": UnitRule(kind=ParameterKind.RATIO, per=Decimal(100), most=Decimal(100), says="0到100之间的数（百分之几）"),
    SHARE: UnitRule(kind=ParameterKind.RATIO, most=ONE, says="0到1之间的小数"),
    "元": UnitRule(n_decimals=2, says="不小于零、最多两位小数的数"),
    "年": UnitRule(kind=ParameterKind.YEAR, least=Decimal(1000), whole=True, says="四位数的年份"),
    "月底": UnitRule(least=ONE, most=Decimal(12), whole=True, says="1到12之间的月份"),
    "条": UnitRule(whole=True, says="不小于零的整数"),
}


def unit_rule(unit: str) -> UnitRule:
    """How numbers in a unit are read; a unit `元/人` is read as `元`, a unit ending in 比例 as a share."""
    if unit.endswith(SHARE):
        return UNITS[SHARE]
    return UNITS.get(unit) or UNITS.get(unit.partition("/")[0]) or PLAIN


def is_number(unit: str) -> bool:
    """Whether what is missing is a number at all; a day belongs into the pack, for all its dates follow from it."""
    return unit != DAY


def misfit(unit: str, value: Decimal) -> bool:
    """Whether a number is none that the unit could hold."""
    rule = unit_rule(unit)
    below = rule.least is not None and value < rule.least
    above = rule.most is not None and value > rule.most
    fraction = rule.whole and value != value.to_integral_value()
    fine = rule.n_decimals is not None and value != round(value, rule.n_decimals)
    year = rule.kind is ParameterKind.YEAR and len(f"{value:f}") != len("YYYY")
    return below or above or fraction or fine or year
