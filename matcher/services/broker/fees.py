"""What a claim for bringing people into work still lacks, placement by placement; sums from the pack in force alone.

Nothing of it is read where people are ranked, and nothing here tells who is on a register: what registers decide is
taken as settled for everybody alike, and left to the office.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from matcher.office.claims.cases import Case
from matcher.office.claims.facts import (
    DAY_TO_COME,
    FROM_FUTURE,
    NO_TERM,
    Reader,
    arrived,
    evidence_to_come,
    facts_of_rule,
    held_papers,
)
from matcher.policy import Pack
from matcher.policy.benefit_types import Benefit, Paper
from matcher.policy.benefits import BenefitAnswer, Dossier, claim
from matcher.policy.benefits.answer import ELIGIBLE, NEEDS_REVIEW
from matcher.policy.benefits.money import FEN_PER_YUAN
from matcher.policy.binding import pack_for
from matcher.policy.evaluation.conventions import from_settings
from matcher.policy.figures.in_force import CountyFigures
from matcher.ports import RosterStore
from matcher.privacy import neutral_words
from matcher.records import Placement
from matcher.services.documents.benefits import sentence
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.placed_cases import cases_of_placements, placements_of
from matcher.services.ground.rulebook import Means

SHARED: Final = "placement_service_out_of_province"
"""The name all documents share for what is paid for bringing somebody into work."""
ARRIVAL: Final = "到岗证明（上车点名、本人回话或者上门核实，有一样就行）"
N_SHOWN: Final = 200
N_JUDGED: Final = 2000
"""Placements whose claims are reckoned for one page, the newest."""


class _FeeFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    read: frozenset[str]
    settled_by_office: Mapping[str, Any]


class FeeQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose placements (no names: everybody's of the reader's regions), on which day, in which county."""

    brokers: tuple[str, ...]
    jurisdiction: str
    on: date


def fees_told(store: RosterStore, means: Means, call: FeeQuery) -> dict[str, Any]:
    """Per placement the papers a claim holds and lacks, and why it does not stand yet; the nearest to ready first."""
    bound = pack_for(means.packs, call.jurisdiction, call.on)
    benefits = [benefit for benefit in bound.asked.benefits if SHARED in benefit.shared] if bound.pays else []
    head = {
        "on": call.on.isoformat(),
        "document": bound.asked.document.number or "",
        "pays": bool(benefits),
        "why_not": "" if benefits else _why_not(bound.pays),
    }
    cases = _cases(store, call) if benefits else []
    figures = kept_figures(store)
    judged = cases[:N_JUDGED]
    rows = [_row(case, benefit, bound.asked, means, call, figures) for case in judged for benefit in benefits]
    rows.sort(key=lambda row: (not row["ready"], len(row["lacks"]) + len(row["reasons"]), row["placement_id"]))
    shown = rows[:N_SHOWN]
    named = {row["worker_id"] for row in shown}
    people = masked_people(store, [case.worker for case in judged if case.worker.worker_id in named])
    told = [{**row, "name": (one := people[row["worker_id"]]).name, "place": one.place} for row in shown]
    return {
        **head,
        "rows": told,
        "n_placements": len(cases),
        "n_judged": len(judged),
        "n_ready": len({row["placement_id"] for row in rows if row["ready"]}),
    }


def _why_not(pays: bool) -> str:
    if pays:
        return "现行文件没有推荐就业的服务补助。"
    return "今天没有可以申领的现行政策，所以不算钱，也不报。"


def _cases(store: RosterStore, call: FeeQuery) -> list[Case]:
    """Placements the brokers brought about, the newest first."""
    found = [one for one in placements_of(store) if one.broker_id is not None]
    return cases_of_placements(store, [one for one in found if not call.brokers or one.broker_id in call.brokers])


def _row(
    case: Case,
    benefit: Benefit,
    pack: Pack,
    means: Means,
    call: FeeQuery,
    figures: CountyFigures,
) -> dict[str, Any]:
    placement, settled = case.placement, _facts().settled_by_office
    conventions = from_settings(means.settings)
    reader = Reader(call.on, call.on, pack, benefit, conventions, means.packs.vocabulary, ())
    facts = facts_of_rule(case, reader, settled=settled, only=_facts().read)
    held = {*held_papers(case, benefit, facts, call.on)}
    office = {paper.id for paper in benefit.evidence if set(paper.proves) <= set(settled)}
    answer = None
    if all(name in facts for name in benefit.explicit):
        handed_in = Dossier(evidence=tuple(sorted(held | office)))
        answer = claim(pack, benefit, facts, figures, call.on, conventions, handed_in)
    came = arrived(placement, call.on)
    papers = [paper for paper in benefit.evidence if paper.id not in office]
    lacks = [_label(paper) for paper in papers if paper.id not in held] + ([] if came else [ARRIVAL])
    outcome, reasons = _told(answer, _doubts(placement, call.on), pack, means)
    ready = outcome == ELIGIBLE and not lacks
    return {
        "placement_id": placement.placement_id,
        "worker_id": case.worker.worker_id,
        "title": case.vacancy.title if case.vacancy else "",
        "employer": placement.employer_name or (case.vacancy.employer_name if case.vacancy else "") or "",
        "start": placement.start.isoformat(),
        "clause": benefit.clause,
        "outcome": outcome,
        "holds": [_label(paper) for paper in papers if paper.id in held] + ([ARRIVAL] if came else []),
        "lacks": lacks,
        "of_office": len(office),
        "reasons": reasons,
        "ready": ready,
        "amount_yuan": _yuan(answer) if answer and ready else None,
    }


def _doubts(placement: Placement, on: date) -> list[str]:
    """What the office would have to look into whatever the rule says: dates that lie ahead."""
    ahead = [FROM_FUTURE.sentence] if evidence_to_come(placement, on) else []
    return ahead + ([DAY_TO_COME.sentence] if placement.start > on else [])


def _told(answer: BenefitAnswer | None, doubts: list[str], pack: Pack, means: Means) -> tuple[str, list[str]]:
    """Outcome, and why the claim does not stand yet; what is in doubt stands for nobody before it is looked into."""
    if answer is None:
        return NEEDS_REVIEW, [NO_TERM.sentence]
    outcome = NEEDS_REVIEW if answer.outcome == ELIGIBLE and doubts else answer.outcome
    return outcome, _reasons(answer, pack, means) + doubts


def _label(paper: Paper) -> str:
    return neutral_words(paper.label)


def _reasons(answer: BenefitAnswer, pack: Pack, means: Means) -> list[str]:
    """Why the claim does not stand yet, in the words of the document's rule."""
    codes = dict.fromkeys((*answer.reasons, *(found.reason for found in answer.further)))
    return list(dict.fromkeys(neutral_words(sentence(code, answer, pack, means.packs)) for code in codes))


def _yuan(answer: BenefitAnswer) -> int | None:
    """Whole yuan of a claim that stands; None for any other."""
    if answer.outcome != "eligible" or answer.amount_fen is None:
        return None
    return answer.amount_fen // FEN_PER_YUAN


@cache
def _facts() -> _FeeFacts:
    """The committed table, read once per process."""
    return msgspec.toml.decode((files("matcher.services.broker") / "fee_facts.toml").read_bytes(), type=_FeeFacts)
