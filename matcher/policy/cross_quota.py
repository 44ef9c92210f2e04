"""A quota of a document asked by itself: what is required, whether it is reached, what to find out."""

from __future__ import annotations

from decimal import Decimal

from matcher.errors import NotFound
from matcher.policy.conventions import Conventions
from matcher.policy.evaluate import Answer, cross_rule
from matcher.policy.figures import NO_FIGURES, CountyFigures
from matcher.policy.inputs import Facts
from matcher.policy.quotas import QuotaFacts, report
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
def _quota(facts: Facts, packs: PackSet, conventions: Conventions) -> Answer:
    """How a quota stands (10.3); `county_figure` fills a share or number the document masks or leaves open."""
    del conventions
    pack, quota = quota_named(packs, facts["quota"])
    told = report(
        pack,
        quota,
        QuotaFacts(counted=facts["counted"], undecided=facts.get("undecided") or 0, whole=facts.get("whole")),
        on=facts["on"],
        vocabulary=packs.vocabulary,
        figures=_figures(pack, quota, facts.get("county_figure"), facts),
    )
    answer: Answer = {"outcome": told.outcome.value, "ask": list(told.ask)}
    return answer | {
        key: value for key, value in (("required", told.required), ("short_by", told.short_by)) if value is not None
    }


def quota_named(packs: PackSet, quota_id: str) -> tuple[Pack, Quota]:
    """The quota of an id and the pack that holds it. Raises NotFound naming those there are."""
    every = [(pack, quota) for pack in packs.packs.values() for quota in pack.quotas]
    for pack, quota in every:
        if quota.id == quota_id:
            return pack, quota
    known = "、".join(quota.id for _, quota in every)
    raise NotFound(f"no quota {quota_id}", where="quota", remedy=f"Use one of: {known}.")


def _figures(pack: Pack, quota: Quota, value: Decimal | None, facts: Facts) -> CountyFigures:
    if value is None:
        return NO_FIGURES
    row = pack.parameter(quota.bound)
    figure = CountyFigure(
        pack_id=pack.id,
        parameter_id=quota.bound,
        value=Decimal(value),
        unit=row.unit if row else "",
        from_=facts["on"],
        author="X_QUOTA",
        source="X_QUOTA",
        recorded_on=facts["on"],
    )
    return CountyFigures([figure])
