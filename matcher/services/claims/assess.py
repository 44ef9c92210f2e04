"""What the policy says of one claim today: outcome, clause, version, papers, the working of the amount."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from matcher.errors import InvalidInput
from matcher.office.claims.cases import Case, Purpose, claim_facts
from matcher.office.claims.facts import (
    DAY_TO_COME,
    FROM_FUTURE,
    NO_TERM,
    Reader,
    evidence_to_come,
    facts_of_rule,
    held_papers,
    pay_notes,
)
from matcher.office.claims.record import CLOSED, ClaimRecord, Proposal, Why, Working
from matcher.office.claims.steps import claim_id_of
from matcher.policy import Pack, digest
from matcher.policy.benefit_types import Benefit, Nature
from matcher.policy.benefits import BenefitAnswer, Claim, Claims, Dossier, claim
from matcher.policy.benefits.answer import ELIGIBLE, NEEDS_CONFIG, NEEDS_REVIEW, NOT_ELIGIBLE
from matcher.policy.benefits.conditions import merged, sum_parameters
from matcher.policy.evaluation.conventions import ONE_DAY, Conventions, add_months
from matcher.policy.figures.in_force import CountyFigures
from matcher.policy.figures.words import figure_name, row_of
from matcher.policy.types import PackSet
from matcher.records.codes import EvidenceKind
from matcher.services.documents.benefits import sentence

NOTHING_DUE: Final = Why(code="amount_is_zero", sentence="按登记的事实算出来是零，请核对人数、月数")
FOUND_FALSE: Final = Why(code="placement_found_false", sentence="抽查查明这次安置不属实，不能作为依据")
NO_PAYEE: Final = Why(code="payee_not_recorded", sentence="款付给谁还没登记，不能付给别人")

OPEN_PAYEE: Final = Why(
    code="payee_not_in_document", sentence="原文没有写明付给谁，要县里定：在这个班的登记里写付给谁、依据哪份文件"
)


class Book(NamedTuple):
    """What every assessment of one call shares.

    joined : record -> record of the person, where two are one; refuted : ids of placements found false
    """

    packs: PackSet
    conventions: Conventions
    figures: CountyFigures
    earlier: Claims
    by_person: Mapping[str, tuple[ClaimRecord, ...]]
    on: date
    versions: dict[str, str]
    joined: Mapping[str, str] = {}
    refuted: Collection[str] = frozenset()

    def version(self, pack: Pack) -> str:
        """SHA-256 of a pack, reckoned once a call."""
        if pack.id not in self.versions:
            self.versions[pack.id] = digest(pack)
        return self.versions[pack.id]

    def person(self, worker_id: str) -> str:
        """The record under which somebody is paid once."""
        return self.joined.get(worker_id, worker_id)

    def of_persons(self, claim: Claim) -> Claim:
        """A claim with its people as persons: what is held against others, while it keeps the records it is of."""
        people = tuple(dict.fromkeys(map(self.person, claim.persons)))
        return claim if people == claim.persons else msgspec.structs.replace(claim, persons=people)


class Asked(NamedTuple):
    """One claim to be assessed: facts and papers as they are held, and what people stated for it.

    notes : what is to be known of the facts, whatever the rule says; beside : ids of further placements it rests on
    payee : code and words of whom the county pays, where the document does not say
    """

    claim: Claim
    source: str
    facts: Mapping[str, Any]
    papers: tuple[str, ...]
    filed_on: date
    from_future: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    notes: tuple[Why, ...] = ()
    beside: tuple[str, ...] = ()
    payee: tuple[str, str] | None = None


def asked_of(
    case: Case, purpose: Purpose, pack: Pack, benefit: Benefit, book: Book, known: Mapping[str, ClaimRecord]
) -> Asked:
    """The claim a placement gives rise to, with what was stated for it before."""
    who = claim_of(case, purpose, pack, benefit)
    record = known.get(who.id)
    # Who asks again after a no or a withdrawal asks today: an old day would reach back behind a document's end.
    is_open = record is not None and record.state not in CLOSED
    filed_on = record.filed_on if record is not None and is_open and record.filed_on else book.on
    stated = dict(record.stated) if record is not None else {}
    earlier = book.by_person.get(book.person(case.worker.worker_id), ())
    others = tuple(one for one in earlier if one.claim_id != who.id)
    if case.month:
        # What is paid by the month is due for that month's days: one before the document is not paid by it.
        filed_on = min(filed_on, add_months(date.fromisoformat(f"{case.month}-01"), 1) - ONE_DAY)
    reader = Reader(book.on, filed_on, pack, benefit, book.conventions, book.packs.vocabulary, others)
    facts = {**facts_of_rule(case, reader), **stated}
    kind = next((str(facts[name]) for name in purpose.kind_facts if facts.get(name)), "")
    to_come = [one for placement in case.placements for one in evidence_to_come(placement, book.on)]
    return Asked(
        claim=_with(who, claimant_kind=kind or _only_payee(benefit)),
        source=case.source,
        facts=facts,
        papers=held_papers(case, benefit, facts, book.on),
        filed_on=filed_on,
        from_future=tuple(f"{_EVIDENCE[one.kind]} {one.on}" for one in to_come),
        notes=pay_notes(case, reader, stated),
        beside=tuple(one.placement_id for one in case.beside),
    )


_EVIDENCE: Final = {
    EvidenceKind.CONTRACT: "合同",
    EvidenceKind.WAGE_ROLL: "工资单",
    EvidenceKind.INSURANCE: "参保记录",
    EvidenceKind.VISIT: "上门核实",
    EvidenceKind.CHECK_IN: "点名签到",
    EvidenceKind.OWN_REPLY: "本人回话",
}


def claim_of(case: Case, purpose: Purpose, pack: Pack, benefit: Benefit) -> Claim:
    """Who claims what for whom, with its id; the kind of the claimant is no part of the id."""
    placement = case.placement
    who = Claim(
        pack=pack.id,
        benefit=benefit.id,
        on=case.on,
        claimant=str(getattr(placement, purpose.claimant) or ""),
        persons=(placement.worker_id,),
        operator=str(getattr(placement, purpose.operator) or "") if purpose.operator else "",
        household=case.worker.household_id or "",
        occasion=placement.placement_id,
        months=(case.month,) if case.month else (),
    )
    return _with(who, id=claim_id_of(_with(who, household=""), case.source))


def _with(who: Claim, **changes: Any) -> Claim:
    return msgspec.structs.replace(who, **changes)


def _only_payee(benefit: Benefit) -> str:
    return benefit.payees[0].code if len(benefit.payees) == 1 else ""


def assess(asked: Asked, pack: Pack, benefit: Benefit, book: Book) -> Proposal:
    """The answer of the policy as a proposal. InvalidInput for facts that do not fit what the benefit asks."""
    rule = merged(pack, benefit)
    facts = spread(asked.facts, rule.rows, rule.inputs)
    if not all(name in facts for name in benefit.explicit):
        return _proposal(asked, pack, benefit, book, None, (NO_TERM,))
    who = book.of_persons(asked.claim)
    dossier = Dossier(evidence=asked.papers, who=who, earlier=book.earlier)
    answer = claim(pack, benefit, facts, book.figures, asked.filed_on, book.conventions, dossier)
    answer = _of_people(answer, who)
    codes = dict.fromkeys((*answer.reasons, *(found.reason for found in answer.further)))
    told = tuple(Why(code=code, sentence=sentence(code, answer, pack, book.packs)) for code in codes)
    told += (FROM_FUTURE,) if asked.from_future else ()
    return _proposal(asked, pack, benefit, book, answer, told)


def _of_people(answer: BenefitAnswer, who: Claim) -> BenefitAnswer:
    """The answer where nobody of the claim is left to be paid for: a no, with what was said of each of them."""
    barred = {one.person: one.reasons for one in answer.people if one.outcome == NOT_ELIGIBLE}
    if not who.persons or not barred.keys() >= set(who.persons):
        return answer
    reasons = dict.fromkeys(reason for person in who.persons for reason in barred[person])
    return msgspec.structs.replace(
        answer, outcome=NOT_ELIGIBLE, reasons=tuple(sorted(reasons)), further=(), amount_fen=None, shares=()
    )


def spread(
    facts: Mapping[str, Any], rows: Mapping[str, Mapping[str, str]], inputs: Mapping[str, str]
) -> dict[str, Any]:
    """Facts as the rule wants them: what was stated of a person goes into the person's row; strange keys are faults."""
    own = {name: value for name, value in facts.items() if name in inputs}
    beside = {name: value for name, value in facts.items() if name not in inputs}
    for key, columns in rows.items():
        mine = {name: beside.pop(name) for name in list(beside) if name in columns}
        if mine and isinstance(own.get(key), list):
            own[key] = [{**row, **mine} for row in own[key]]
    if beside:
        raise InvalidInput(f"这项补助不问：{'、'.join(sorted(beside))}", where="facts")
    return own


def _proposal(
    asked: Asked, pack: Pack, benefit: Benefit, book: Book, answer: BenefitAnswer | None, why: Iterable[Why]
) -> Proposal:
    outcome = answer.outcome if answer is not None else NEEDS_REVIEW
    late = asked.claim.on > book.on
    nothing = answer is not None and outcome == ELIGIBLE and answer.amount_fen == 0
    money = benefit.nature in (Nature.PAYMENT, Nature.PREMIUM)
    nobody = money and bool(benefit.payees) and not _is_payee_known(asked.claim, benefit)
    false = bool(asked.claim.occasion) and asked.claim.occasion in book.refuted
    open_payee = money and not benefit.payees and asked.payee is None
    if outcome == ELIGIBLE and (asked.from_future or late or nothing or nobody or false):
        outcome = NEEDS_REVIEW
    elif outcome == ELIGIBLE and open_payee:
        outcome = NEEDS_CONFIG
    amount = answer.amount_fen if answer is not None and outcome == ELIGIBLE and money else None
    beside = [
        *((FOUND_FALSE,) if false else ()),
        *((DAY_TO_COME,) if late else ()),
        *((NOTHING_DUE,) if nothing else ()),
        *((NO_PAYEE,) if nobody else ()),
        *((OPEN_PAYEE,) if open_payee else ()),
        *asked.notes,
    ]
    return Proposal(
        claim=asked.claim,
        source=asked.source,
        title=benefit.title,
        purpose=benefit.purpose,
        document=pack.cited,
        clause=benefit.clause,
        version=book.version(pack),
        outcome=outcome,
        why=(*why, *beside),
        amount_fen=amount,
        quantity=(answer.quantity or "") if answer else "",
        shares=answer.shares if answer and amount is not None else (),
        funds=tuple(_figure(pack, name, book.packs) for name in answer.funds) if answer else (),
        working=_working(pack, benefit, answer, book.packs) if answer else (),
        papers=tuple((paper.id, paper.label) for paper in benefit.evidence),
        held=answer.evidence_held if answer else asked.papers,
        payees=tuple((party.code, party.label) for party in benefit.payees) or ((asked.payee,) if asked.payee else ()),
        facts=asked.facts,
        facts_missing=_missing(answer, asked, pack, benefit) if answer else benefit.explicit,
        figures_missing=tuple(need.parameter_id for need in answer.figures_needed) if answer else (),
        guards=answer.period_keys if answer else (),
        places=asked.places,
        from_future=asked.from_future,
        beside=asked.beside,
    )


def _is_payee_known(claim: Claim, benefit: Benefit) -> bool:
    """Whether somebody is named who is paid: the person only where the document pays the person."""
    if claim.claimant or claim.operator or claim.station:
        return True
    kind = claim.claimant_kind or benefit.payees[0].code
    return bool(claim.persons) and kind in claim_facts().own_payees


def _missing(answer: BenefitAnswer, asked: Asked, pack: Pack, benefit: Benefit) -> tuple[str, ...]:
    """Facts an officer may state: those that decided, and of a list's row and the rule itself those nobody knows."""
    if answer.outcome != NEEDS_REVIEW:
        return ()
    rule = merged(pack, benefit)
    own = {name for name, kind in rule.inputs.items() if "?" in kind and asked.facts.get(name) is None}
    rows = {
        name
        for key, columns in rule.rows.items()
        for row in asked.facts.get(key, ())
        for name, kind in columns.items()
        if "?" in kind and row.get(name) is None
    }
    return tuple(sorted({*answer.facts_missing, *own, *rows} - set(asked.facts)))


def _figure(pack: Pack, name: str, packs: PackSet) -> str:
    row = row_of(pack, name)
    value = getattr(row, "value", None)
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return str(value) if value is not None else figure_name(row, packs.vocabulary) if row else name


def _working(pack: Pack, benefit: Benefit, answer: BenefitAnswer, packs: PackSet) -> tuple[Working, ...]:
    """The figures a sum rests on, of the document and of the county, in the order of the rule."""
    stated = []
    for name in sum_parameters(pack, benefit):
        row = pack.parameter(name, answer.on)
        if row is not None and row.kind.has_value:
            label = figure_name(row, packs.vocabulary)
            stated.append(Working(name=label, value=str(row.value), unit=row.unit, clause=row.clause))
    for used in answer.figures_used:
        row_used = row_of(pack, used.parameter_id)
        label = figure_name(row_used, packs.vocabulary) if row_used else used.parameter_id
        stated.append(
            Working(
                name=label, value=f"{used.value:f}", unit=used.unit, by=f"{used.author}，{used.source}",
                clause=row_used.clause if row_used else "",
            )
        )  # fmt: skip
    return tuple(stated)
