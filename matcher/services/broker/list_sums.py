"""One line of a list worked out in the open: three bars, the slot price in words, the sum that can be done again."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from matcher.shortlist import PlanMode

STAGES: Final = {"apply": "愿去", "hire": "厂里要", "keep": "干满半年"}
UNITS_OF_ONE: Final = 1024
"""Shares of a stage are multiples of 2^-10; pages count them in these units."""


def sums_of(item: Mapping[str, Any], plan: Mapping[str, str] | None, times_listed: int | None) -> dict[str, Any]:
    """The parts of an item as `CONTRACT.md` section 4 names them, with what they come to.

    times_listed : in how many lists of the season the advert stands, None without a plan
    """
    mode = PlanMode(plan["mode"]) if plan else PlanMode.BALANCED
    explained: Mapping[str, Any] = item.get("explanation") or {"stages": [], "rules": []}
    return {
        **{name: value for name, value in item.items() if name != "explanation"},
        "mode": mode.value,
        "bars": [
            {"stage": stage, "label": label, "p": item[f"p_{stage}"], "percent": round(100 * item[f"p_{stage}"], 1)}
            for stage, label in STAGES.items()
        ],
        "stages": [_stage(stage) for stage in explained["stages"]],
        "rules": [rule for rule in explained["rules"] if rule["rule_id"] != "priority_tier"],
        "tier_rule": next((rule for rule in explained["rules"] if rule["rule_id"] == "priority_tier"), None),
        "price_sentence": price_sentence(item["slot_price"], item["places_left"], times_listed),
        **_sum(item, mode),
    }


def price_sentence(price: float, places_left: int, times_listed: int | None) -> str:
    """What the slot price says: how many places there are, how many lists name the post, what that costs."""
    places = f"还有{places_left}个名额"
    if times_listed is None:
        return f"{places}。这一季还没有排过计划，名额价是0，不加不减。"
    listed = f"{places}，这一季到今天有{times_listed}个人的名单列了它。"
    if price > 0:
        return f"{listed}所以减{shown(price)}；抢的人越多，减得越多。"
    if price < 0:
        return f"{listed}名额比人多，所以加{shown(-price)}。"
    return f"{listed}名额够，不加不减。"


def shown(number: float) -> str:
    """Five decimals, enough to do the sum again by hand."""
    return f"{number:.5f}"


def _stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    """Start, shares and sum of one stage in units of 1/1024; they add up exactly."""
    return {
        "stage": stage["stage"],
        "label": STAGES[stage["stage"]],
        "start": _units(stage["intercept"]),
        "steps": [
            {"term": share["term"], "sentence": share["sentence"], "units": _units(share["value"])}
            for share in stage["contributions"]
        ],
        "end": _units(stage["log_odds"]),
    }


def _units(value: float) -> int:
    return round(value * UNITS_OF_ONE)


def _sum(item: Mapping[str, Any], mode: PlanMode) -> dict[str, Any]:
    """The steps of the score and whether they come to the score that was listed, to the last bit."""
    chance = _product(item, "p_apply", "p_hire")
    value = _product(item, "p_keep", "household_factor", "priority_factor", "group_factor")
    price = Fraction(item["slot_price"])
    whole = chance * value - price if mode is PlanMode.BALANCED else chance * (value - price)
    q, v, p, score = shown(float(chance)), shown(float(value)), shown(item["slot_price"]), shown(item["score"])
    last = f"{q} × {v} − {p} = {score}" if mode is PlanMode.BALANCED else f"{q} × ({v} − {p}) = {score}"
    return {
        "sum": [
            {"label": "愿去 × 厂里要", "text": f"{shown(item['p_apply'])} × {shown(item['p_hire'])} = {q}"},
            {
                "label": "干满半年 × 家庭 × 优先 × 分组",
                "text": f"{shown(item['p_keep'])} × {item['household_factor']:g} × {item['priority_factor']:g} × "
                f"{item['group_factor']:g} = {v}",
            },
            {"label": "减 名额价", "text": f"− {p}"},
            {"label": "得分", "text": last},
        ],
        "adds_up": float(whole) == item["score"],
    }


def _product(item: Mapping[str, Any], *names: str) -> Fraction:
    product = Fraction(1)
    for name in names:
        product *= Fraction(item[name])
    return product
