"""A quota of a document asked by itself: what is required, whether it is reached, what to find out."""

from __future__ import annotations

from decimal import Decimal

from matcher.errors import InvalidInput, Problem
from matcher.policy.evaluation.evaluate import Answer, Around, cross_rule, told_figures
from matcher.policy.evaluation.inputs import Facts
from matcher.policy.figures.in_force import CountyFigures
from matcher.policy.quotas import QuotaFacts, QuotaOutcome, QuotaReport, report
from matcher.policy.types import Pack, PackSet, Quota
from matcher.records.figures import CountyFigure


@cross_rule(
    "X_QUOTA",
    counted="count?",
    county_figure="decimal?*",
    on="date",
    quota="text",
    undecided="count?*",
    whole="count?*",
)
def _quota(facts: Facts, around: Around) -> Answer:
    """How a quota stands (10.3); a share or number the document masks or leaves open is the county's.

    It is the one the facts give as `county_figure`, else the one the caller's county has recorded for the day.
    """
    packs = around.packs
    pack, quota = quota_named(packs, facts["quota"])
    given = _given(pack, quota, facts)
    figures = around.county.figures if given is None else CountyFigures([given])
    told = report(
        pack,
        quota,
        QuotaFacts(counted=facts["counted"], undecided=facts.get("undecided") or 0, whole=facts.get("whole")),
        on=facts["on"],
        vocabulary=packs.vocabulary,
        figures=figures,
    )
    reasons = {"reasons": list(told.reasons)} if told.reasons else {}
    answer: Answer = {"outcome": told.outcome.value, **reasons, "ask": list(told.ask)}
    heads = (("required", told.required), ("short_by", told.short_by))
    answer |= {key: value for key, value in heads if value is not None}
    return answer | (_of_county(pack, quota, told, facts, around) if given is None and around.county.asked else {})


def _of_county(pack: Pack, quota: Quota, told: QuotaReport, facts: Facts, around: Around) -> Answer:
    """The recorded figure a quota rests on or lacks; neither where the document states it or asks for nothing."""
    row = pack.parameter(quota.bound, facts["on"])
    if row is None or row.kind.has_value or told.outcome is QuotaOutcome.NOT_IN_FORCE:
        return {}
    return told_figures({quota.bound: around.county.figures.on(pack.id, quota.bound, facts["on"])})


def quota_named(packs: PackSet, quota_id: str) -> tuple[Pack, Quota]:
    """The quota of an id and the pack that holds it. Raises InvalidInput naming those there are."""
    every = [(pack, quota) for pack in packs.packs.values() for quota in pack.quotas]
    for pack, quota in every:
        if quota.id == quota_id:
            return pack, quota
    known = "、".join(quota.id for _, quota in every)
    fix = "没有这条比例或人数的要求，请从列出的编号中选一个。"
    problem = Problem(sheet="X_QUOTA", column="quota", found=quota_id[:80], expected=known, fix=fix)
    raise InvalidInput(f"no quota {quota_id[:80]}", (problem,), where="X_QUOTA", remedy=fix)


def _given(pack: Pack, quota: Quota, facts: Facts) -> CountyFigure | None:
    """The figure among the facts, None without one."""
    value = facts.get("county_figure")
    if value is None:
        return None
    row = pack.parameter(quota.bound)
    return CountyFigure(
        pack_id=pack.id,
        parameter_id=quota.bound,
        value=Decimal(value),
        unit=row.unit if row else "",
        from_=facts["on"],
        author="X_QUOTA",
        source="X_QUOTA",
        recorded_on=facts["on"],
    )
