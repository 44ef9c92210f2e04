"""Rules over all documents: age, order of people, state of a document, group words, place class."""

from __future__ import annotations

from typing import Any

from matcher.errors import InvalidInput, Problem
from matcher.policy.benefit_types import Benefit, Nature
from matcher.policy.binding import state
from matcher.policy.evaluation.conventions import age_on
from matcher.policy.evaluation.evaluate import Answer, Around, cross_rule, told_figures
from matcher.policy.evaluation.inputs import Facts, read_inputs
from matcher.policy.evaluation.labels import vocabulary_labels
from matcher.policy.figures.in_force import FiguresOn, scaled
from matcher.policy.formulas.kinds import render
from matcher.policy.rule_types import Parameter, ParameterKind
from matcher.policy.tiers import tier_of, tiers
from matcher.policy.types import Pack, PackSet
from matcher.records.codes import COUNTY_DIGITS, PREFECTURE_DIGITS, PROVINCE_DIGITS

_CANDIDATE = {"id": "text", "flags": "texts"}


@cross_rule("X_AGE", age_basis="enum(birthday,day_after)", as_of="date", birth_date="date")
def _age(facts: Facts, around: Around) -> Answer:
    """Full years on a day under a stated basis (0.4 age_basis, leap_birthday)."""
    birth, on = facts["birth_date"], facts["as_of"]
    if birth > on:
        raise _misfit("X_AGE", "birth_date", str(birth), f"不晚于 {on}", "出生日期晚于计算日期，请核对。")
    return {"age": age_on(birth, on, facts["age_basis"], around.conventions.leap_birthday)}


@cross_rule("X_PRIORITY", candidates="records", equal_fit="bool", jurisdiction="text", service="text")
def _priority(facts: Facts, around: Around) -> Answer:
    """Order of people of equal fit for a service (10.1); equal rank shares a list, sorted by id."""
    pack = _pack(around.packs, "X_PRIORITY", facts["jurisdiction"])
    if not facts["equal_fit"]:
        raise _misfit(
            "X_PRIORITY", "equal_fit", "false", "true", "档次只在匹配程度相近时决定先后，请只比较程度相近的人。"
        )
    known = {*around.packs.vocabulary.services, *(service.id for service in pack.services)}
    if facts["service"] not in known:
        fix = "词表中没有这项服务，请改正拼写。"
        raise _misfit("X_PRIORITY", "service", facts["service"], "、".join(sorted(known)), fix)
    rows = tiers(pack, facts["service"])
    ranks: dict[tuple[int, int], list[str]] = {}
    asked = {name for tier in rows for test in (tier.when, *tier.lifts) for name in test.flags}
    for raw in facts["candidates"]:
        candidate = read_inputs("X_PRIORITY", _CANDIDATE, raw)
        result = tier_of({name: name in candidate["flags"] for name in asked}, rows)
        ranks.setdefault((result.rank, result.sub_rank), []).append(candidate["id"])
    return {"order": [sorted(ranks[key]) for key in sorted(ranks)]}


@cross_rule("X_EFFECTIVE", jurisdiction="text", on="date")
def _effective(facts: Facts, around: Around) -> Answer:
    """State of a document on a day (14.5)."""
    return {"state": state(_pack(around.packs, "X_EFFECTIVE", facts["jurisdiction"]), facts["on"]).value}


@cross_rule(
    "X_VOCAB",
    exit_date="date?*",
    monitored_from="date?*",
    monitored_type="enum(none,unstable,marginal,sudden)?*",
    registered_from="date?*",
    relocated_from="date?*",
    rural_low_income="bool?*",
)
def _vocab(facts: Facts, around: Around) -> Answer:
    """Labels one person carries in each document's vocabulary (7.2)."""
    return dict(vocabulary_labels(facts, around.packs))


@cross_rule("X_GEO", hukou_code="text", work_code="text?")
def _geo(facts: Facts, around: Around) -> Answer:
    """Place of work against registration, from six-digit codes; a place without a mainland code is for review."""
    provinces = around.packs.vocabulary.mainland_provinces
    home, work = facts["hukou_code"], facts["work_code"] or ""
    if not (_is_code(home, provinces) and _is_code(work, provinces)):
        return {"class": "needs_review", "same_prefecture": False}
    same = home[:PREFECTURE_DIGITS] == work[:PREFECTURE_DIGITS]
    if home[:COUNTY_DIGITS] == work[:COUNTY_DIGITS]:
        return {"class": "in_county", "same_prefecture": same}
    in_province = home[:PROVINCE_DIGITS] == work[:PROVINCE_DIGITS]
    return {"class": "in_province_out_county" if in_province else "out_of_province", "same_prefecture": same}


@cross_rule("X_JURISDICTION", benefit="text", facts="text?*")
def _jurisdiction(facts: Facts, around: Around) -> Answer:
    """What each document pays under one name; no figure ever crosses from one document to another (14.5).

    What a document masks or leaves open is paid by its own county's figure of the day, where the caller asks for those.
    """
    documents = [pack for pack in around.packs.packs.values() if not pack.document.always]
    known = sorted({name for pack in documents for benefit in pack.benefits for name in (benefit.id, *benefit.shared)})
    if facts["benefit"] not in known:
        raise _misfit("X_JURISDICTION", "benefit", facts["benefit"], "、".join(known), "请填写已登记的补助编号。")
    return {pack.id: _paid(pack, facts["benefit"], around.county) for pack in documents}


def _paid(pack: Pack, benefit_id: str, county: FiguresOn) -> Answer:
    """The amount a document states for a benefit or its county has set, or why there is none."""
    benefit = pack.benefit(benefit_id)
    if benefit is None:
        return _stated(None)
    row = pack.parameter(benefit.stated(benefit_id) or "")
    figure_id = _left_open(pack, benefit, row)
    if figure_id is None:
        return _depends(benefit) if row is None else _stated(row)
    figure = county.of(pack.id, figure_id, None)
    amount: Answer = {"amount_yuan": None, "outcome": "needs_config"} if row is None else _stated(row)
    if figure is not None:
        amount = {"amount_yuan": render(scaled(figure), "money"), "outcome": "eligible"}
    return amount | (told_figures({figure_id: figure}) if county.asked else {})


def _left_open(pack: Pack, benefit: Benefit, row: Parameter | None) -> str | None:
    """The figure of the county that is the amount; a sum promised for several benefits is set for each of them."""
    own = benefit.computes.of if benefit.computes is not None and benefit.computes.formula == "same" else ()
    names = [benefit.figures[fact] for fact in own if fact in benefit.figures]
    if row is None:
        return next(iter(names), None)
    if not row.kind.is_open:
        return None
    return next((local.id for local in pack.figures if local.part_of == row.id and local.id in names), row.id)


def _depends(benefit: Benefit) -> Answer:
    """A benefit of the document without one amount: that of other rules, or one that follows from the facts."""
    referred = benefit.nature is Nature.REFERRAL
    outcome, reason = (
        ("needs_config", "amount_by_other_rules") if referred else ("needs_review", "amount_not_determined")
    )
    return {"amount_yuan": None, "outcome": outcome, "reasons": [reason]}


def _stated(row: Parameter | None) -> Answer:
    """What a row of the document says; `no_rule` without one."""
    if row is None or row.kind is ParameterKind.ABSENT:
        return {"amount_yuan": None, "outcome": "no_rule"}
    if row.kind is ParameterKind.MASKED:
        return {"amount_yuan": None, "outcome": "not_computable"}
    if row.kind is ParameterKind.UNSPECIFIED:
        return {"amount_yuan": None, "outcome": "needs_config"}
    return {"amount_yuan": render(row.value, "money"), "outcome": "eligible"}


def _is_code(code: str, provinces: tuple[str, ...]) -> bool:
    return len(code) >= COUNTY_DIGITS and code.isdigit() and code[:PROVINCE_DIGITS] in provinces


def _pack(packs: PackSet, rule_id: str, jurisdiction: str) -> Pack:
    if jurisdiction in packs.packs:
        return packs[jurisdiction]
    raise _misfit(rule_id, "jurisdiction", jurisdiction, "、".join(packs.packs), "请填写已有政策包的编号。")


def _misfit(rule_id: str, key: str, found: Any, expected: str, fix: str) -> InvalidInput:
    problem = Problem(sheet=rule_id, column=key, found=str(found), expected=expected, fix=fix)
    return InvalidInput(f"{key} of {rule_id} does not fit: {expected}", (problem,), where=rule_id, remedy=fix)
