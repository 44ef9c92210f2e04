"""Quotas beside a vacancy's candidates: what the firm's year and the first people of the list come to.

They are counted after the list stands and move nobody in it (requirements 10.3).
"""

from __future__ import annotations

from typing import Any

import msgspec

from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy import worker_flags
from matcher.policy.evaluation.logic import Truth
from matcher.policy.figures.in_force import NO_FIGURES, CountyFigures
from matcher.policy.quotas import QuotaFacts, report
from matcher.policy.tiers import test
from matcher.policy.types import Pack, Quota, QuotaOf
from matcher.records import Employer, Vacancy
from matcher.services.rounds.match_round import Round

LISTED = "名单前{n}人中，已知属于这一类的有{yes}人，还不清楚的有{unknown}人。"


def quotas_of(pack: Pack, vacancy: Vacancy) -> tuple[Quota, ...]:
    """Quotas of a document shown beside a vacancy: those over its firm and over its own places."""
    return tuple(
        quota
        for quota in pack.quotas
        if quota.of is not QuotaOf.VILLAGE and vacancy.channel in (quota.channels or (vacancy.channel,))
    )


def list_quotas(
    solved: Round,
    vacancy: Vacancy,
    ranked: Pairs,
    *,
    employer: Employer | None,
    figures: CountyFigures = NO_FIGURES,
) -> list[dict[str, Any]]:
    """Every quota of the place's document with its report, and how many of the first to be sent are of its group."""
    told = []
    for quota in quotas_of(solved.bound.asked, vacancy):
        verdicts = _first_people(solved, quota, vacancy, ranked)
        yes, unknown = verdicts.count(True), verdicts.count(None)
        facts = (
            _of_firm(vacancy, employer)
            if quota.of is QuotaOf.EMPLOYER
            else QuotaFacts(
                subject=vacancy.vacancy_id,
                counted=yes,
                # Nobody knows of those already there whether they are of the group.
                undecided=unknown + vacancy.filled,
                whole=vacancy.headcount,
            )
        )
        stands = report(
            solved.bound.asked,
            quota,
            facts,
            on=solved.on,
            vocabulary=solved.means.packs.vocabulary,
            figures=figures,
        )
        told.append({
            **msgspec.to_builtins(stands),
            "of": quota.of.value,
            "listed": {"n": len(verdicts), "of_group": yes, "unknown": unknown},
            "listed_sentence": LISTED.format(n=len(verdicts), yes=yes, unknown=unknown),
        })  # fmt: skip
    return told


def _of_firm(vacancy: Vacancy, employer: Employer | None) -> QuotaFacts:
    if employer is None:
        return QuotaFacts(subject=vacancy.employer_id or "")
    return QuotaFacts(
        subject=employer.employer_id,
        counted=employer.annual_poor_local_workers,
        whole=employer.annual_total_workers,
    )


def _first_people(solved: Round, quota: Quota, vacancy: Vacancy, ranked: Pairs) -> list[Truth]:
    """Of the first people with verdict yes, as many as there are places left: whether each is of the group."""
    offered = [ix for ix in range(len(ranked)) if ranked["verdict"][ix] == Verdict.YES]
    people = [solved.rosters.workers[ranked.worker_ix[ix]] for ix in offered[: max(0, vacancy.places_left)]]
    vocabulary = solved.means.packs.vocabulary
    return [
        test(
            quota.group,
            worker_flags(person, on=solved.on, work_place_code=vacancy.place_code, vocabulary=vocabulary),
        )
        for person in people
    ]
