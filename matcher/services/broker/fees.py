"""What a claim for bringing people into work still lacks, placement by placement; sums from the pack in force alone.

Nothing of it is read where people are ranked, and nothing here tells who is on a register: what registers decide is
taken as settled for everybody alike, and left to the office.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec

from matcher.geography import significant
from matcher.policy import Pack
from matcher.policy.benefit_types import Benefit, Paper
from matcher.policy.benefits import BenefitAnswer, Dossier, claim
from matcher.policy.benefits.conditions import merged
from matcher.policy.benefits.money import FEN_PER_YUAN
from matcher.policy.binding import pack_for
from matcher.policy.evaluation.conventions import from_settings
from matcher.policy.figures.in_force import CountyFigures
from matcher.policy.rule_types import Rule
from matcher.ports import RosterStore
from matcher.privacy import neutral_words
from matcher.records import COUNTY_DIGITS, EvidenceKind, Kind, Placement, Vacancy, Worker
from matcher.records.codes import PROVINCE_DIGITS
from matcher.services.documents.benefits import sentence
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.rulebook import Means

SHARED: Final = "placement_service_out_of_province"
"""The name all documents share for what is paid for bringing somebody into work."""
ARRIVED: Final = frozenset({EvidenceKind.CHECK_IN, EvidenceKind.OWN_REPLY, EvidenceKind.VISIT})
ARRIVAL: Final = "到岗证明（上车点名、本人回话或者上门核实，有一样就行）"
NO_TERM: Final = "合同的起止日期还没登记"
N_SHOWN: Final = 200
N_JUDGED: Final = 2000
"""Placements whose claims are reckoned for one page, the newest."""


class _FeeFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    facts: Mapping[str, str]
    settled_by_office: Mapping[str, Any]
    proof: Mapping[str, tuple[EvidenceKind, ...]]


class FeeQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose placements (no names: everybody's of the reader's regions), on which day, in which county."""

    brokers: tuple[str, ...]
    jurisdiction: str
    on: date


class _Case(NamedTuple):
    """One placement with what stands around it."""

    placement: Placement
    worker: Worker
    vacancy: Vacancy | None


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
    cases = list(_cases(store, call)) if benefits else []
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


def _cases(store: RosterStore, call: FeeQuery) -> Iterator[_Case]:
    """Placements the brokers brought about, the newest first."""
    found = [
        placement
        for placement in store.records(Kind.PLACEMENTS)
        if isinstance(placement, Placement)
        and placement.broker_id is not None
        and (not call.brokers or placement.broker_id in call.brokers)
    ]
    found.sort(key=lambda placement: (placement.start, placement.placement_id), reverse=True)
    workers = _by_id(store.records(Kind.WORKERS, ids=sorted({p.worker_id for p in found})), "worker_id")
    posts = _by_id(
        store.records(Kind.VACANCIES, ids=sorted({p.vacancy_id for p in found if p.vacancy_id})), "vacancy_id"
    )
    for placement in found:
        worker = workers.get(placement.worker_id)
        if isinstance(worker, Worker):
            yield _Case(placement, worker, posts.get(placement.vacancy_id or ""))


def _by_id(records: Iterable[Any], field: str) -> dict[str, Any]:
    return {getattr(record, field): record for record in records}


def _row(
    case: _Case,
    benefit: Benefit,
    pack: Pack,
    means: Means,
    call: FeeQuery,
    figures: CountyFigures,
) -> dict[str, Any]:
    placement = case.placement
    office = {paper.id for paper in benefit.evidence if set(paper.proves) <= set(_facts().settled_by_office)}
    held = {paper.id for paper in benefit.evidence if _held(paper, placement)}
    facts = _claim_facts(case, call, merged(pack, benefit))
    answer = None
    if all(name in facts for name in benefit.explicit):
        handed_in = Dossier(evidence=tuple(sorted(held | office)))
        answer = claim(pack, benefit, facts, figures, call.on, from_settings(means.settings), handed_in)
    arrived = any(evidence.kind in ARRIVED for evidence in placement.evidence)
    papers = [paper for paper in benefit.evidence if paper.id not in office]
    lacks = [_label(paper) for paper in papers if paper.id not in held] + ([] if arrived else [ARRIVAL])
    return {
        "placement_id": placement.placement_id,
        "worker_id": case.worker.worker_id,
        "title": case.vacancy.title if case.vacancy else "",
        "employer": placement.employer_name or (case.vacancy.employer_name if case.vacancy else "") or "",
        "start": placement.start.isoformat(),
        "clause": benefit.clause,
        "outcome": answer.outcome if answer else "needs_review",
        "holds": [_label(paper) for paper in papers if paper.id in held] + ([ARRIVAL] if arrived else []),
        "lacks": lacks,
        "of_office": len(office),
        "reasons": _reasons(answer, pack, means) if answer else [NO_TERM],
        "ready": answer is not None and answer.outcome == "eligible" and not lacks,
        "amount_yuan": _yuan(answer) if answer and not lacks else None,
    }


def _claim_facts(case: _Case, call: FeeQuery, rule: Rule) -> dict[str, Any]:
    """Of the facts the rule asks for those that are held; what nobody has said is left out and so unknown."""
    settled = _facts().settled_by_office
    held = {name: _source(source, case, call) for name, source in _facts().facts.items() if name in rule.inputs}
    known = {name: value for name, value in held.items() if value is not None}
    return known | {name: value for name, value in settled.items() if name in rule.inputs}


def _source(source: str, case: _Case, call: FeeQuery) -> Any:
    placement = case.placement
    if source == "today":
        return call.on.isoformat()
    if source == "wage_months":
        days = (e.on for e in placement.evidence if e.kind is EvidenceKind.WAGE_ROLL and e.on is not None)
        return sorted({f"{day:%Y-%m}" for day in days}) or None
    if source == "n_insurance":
        months = {f"{e.on:%Y-%m}" for e in placement.evidence if e.kind is EvidenceKind.INSURANCE and e.on is not None}
        return len(months) or None
    if source == "destination":
        return _destination(case)
    if source == "rows":
        return [_counted(placement)]
    value = getattr(placement, source)
    return None if value is None else value.isoformat()


def _counted(placement: Placement) -> dict[str, Any]:
    """The placement as a row of a claim; whether it came about is unknown while nothing proves it."""
    arrived = any(evidence.kind in ARRIVED for evidence in placement.evidence)
    return {"worker_id": placement.worker_id, "registered_poor": True, "success": True if arrived else None}


def _destination(case: _Case) -> str | None:
    """Whether the work is in the home county, in the province, or outside it; None where nobody wrote the place."""
    work = case.placement.place_code or (case.vacancy.place_code if case.vacancy else None)
    if work is None:
        return None
    home, there = case.worker.place_code, significant(work)
    if there[:PROVINCE_DIGITS] != home[:PROVINCE_DIGITS]:
        return "out_of_province"
    if len(there) < COUNTY_DIGITS:
        return None
    return "in_county" if there[:COUNTY_DIGITS] == home[:COUNTY_DIGITS] else "in_province_out_county"


def _held(paper: Paper, placement: Placement) -> bool:
    """Whether evidence of the placement proves what the paper stands for."""
    kinds = {kind for fact in paper.proves for kind in _facts().proof.get(fact, ())}
    return any(evidence.kind in kinds for evidence in placement.evidence)


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
