"""Facts of a claim as the records hold them, and the papers that prove them; what nobody recorded is unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from matcher.geography import gazetteer, significant
from matcher.office.claims.cases import Case, claim_facts, destination
from matcher.office.claims.record import CLOSED, ClaimRecord, ClaimState, Why
from matcher.office.claims.workshop import (
    Meter,
    evidence_months,
    meter,
    month_number,
    month_text,
    months_of,
    target_of,
    years_of,
)
from matcher.policy import Pack, worker_flags
from matcher.policy.benefit_types import Benefit, Every, Paper
from matcher.policy.benefits.conditions import merged
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.types import Vocabulary
from matcher.records import COUNTY_DIGITS, Channel, Evidence, EvidenceKind, Placement, Worker
from matcher.records.codes import PROVINCE_DIGITS

WORKSHOP: Final = "workshop"
"""Purpose of what is paid for a workshop's worker."""
REGISTER: Final = "register"
PAY: Final = "window_pay"
GROUPS: Final = ("registered_poor", "out_of_poverty", "monitored", "marginal", "rural_low_income", "rural_labour")
ARRIVED: Final = frozenset({EvidenceKind.CHECK_IN, EvidenceKind.OWN_REPLY, EvidenceKind.VISIT})
NO_TERM: Final = Why(code="contract_term_not_recorded", sentence="合同的起止日期还没登记")
FROM_FUTURE: Final = Why(code="evidence_from_future", sentence="有的材料日期在今天以后，不能作为依据，请核对日期")
DAY_TO_COME: Final = Why(code="day_to_come", sentence="申领所说的日子还没到")
MONEY_OUT: Final = frozenset({ClaimState.IN_PAYMENT, ClaimState.PAID})


class Reader(NamedTuple):
    """What facts are read with: days of reading and of filing, the document, its conventions, the person's claims."""

    on: date
    filed_on: date
    pack: Pack
    benefit: Benefit
    conventions: Conventions
    vocabulary: Vocabulary
    earlier: tuple[ClaimRecord, ...]


def held_evidence(placement: Placement, on: date) -> tuple[Evidence, ...]:
    """Evidence up to a day; undated pieces are there."""
    return tuple(one for one in placement.evidence if one.on is None or one.on <= on)


def evidence_to_come(placement: Placement, on: date) -> tuple[Evidence, ...]:
    """Evidence dated after the day: nobody can hold it yet."""
    return tuple(one for one in placement.evidence if one.on is not None and one.on > on)


def arrived(placement: Placement, on: date) -> bool:
    """Whether anything held on the day proves that the person came to work."""
    return any(one.kind in ARRIVED for one in held_evidence(placement, on))


def held_papers(case: Case, benefit: Benefit, facts: Mapping[str, Any], on: date) -> tuple[str, ...]:
    """Papers of a benefit that the records prove, in the document's order."""
    kinds = {one.kind.value for placement in case.placements for one in held_evidence(placement, on)}
    return proved_papers(benefit, kinds, facts)


def proved_papers(benefit: Benefit, kinds: set[str], facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Papers of a benefit that these kinds of evidence, or the register, prove."""
    return tuple(paper.id for paper in benefit.evidence if _proved(paper, kinds, facts))


def _proved(paper: Paper, kinds: set[str], facts: Mapping[str, Any]) -> bool:
    """Whether all that a paper stands for is proved, by evidence or by the register that knows it."""
    return all(_fact_proved(fact, kinds, facts) for fact in paper.proves)


def _fact_proved(fact: str, kinds: set[str], facts: Mapping[str, Any]) -> bool:
    proofs = claim_facts().proof.get(fact, ())
    if REGISTER in proofs:
        return _known(fact, facts)
    return any(kind in kinds for kind in proofs)


def _known(fact: str, facts: Mapping[str, Any]) -> bool:
    """Whether the register says so, for the claim or for the person in its list."""
    rows = [row for value in facts.values() if isinstance(value, list) for row in value if isinstance(row, dict)]
    return bool(facts.get(fact)) or any(bool(row.get(fact)) for row in rows)


def facts_of(case: Case, reader: Reader, names: Iterable[str]) -> dict[str, Any]:
    """Of the facts asked for those that are held, JSON-ready; what nobody recorded is left out and so unknown."""
    table = claim_facts().facts
    found = {name: _SOURCES[table[name]](case, reader) for name in names if name in table}
    return {name: value for name, value in found.items() if value is not None}


def facts_of_rule(
    case: Case, reader: Reader, *, settled: Mapping[str, Any] | None = None, only: Collection[str] | None = None
) -> dict[str, Any]:
    """Facts of the benefit's rule and, where it judges a list, the one row of this person in it.

    settled : taken as they are given, never read; only : names that may be read from the records, None for all
    """
    rule, people = merged(reader.pack, reader.benefit), reader.benefit.people
    given = settled or {}

    def held(names: Iterable[str]) -> dict[str, Any]:
        asked = [name for name in names if name not in given and (only is None or name in only)]
        return {**facts_of(case, reader, asked), **{name: given[name] for name in names if name in given}}

    found = held([name for name in rule.inputs if people is None or name != people.rows])
    if people is not None:
        columns = rule.rows[people.rows]
        row = held(list(columns))
        found[people.rows] = [{name: row.get(name) for name in columns}]
    return found


def groups_of(worker: Worker, on: date, vocabulary: Vocabulary) -> list[str] | None:
    """Groups a document may name that somebody belongs to on a day; None where nobody recorded what decides."""
    flags = worker_flags(worker, on=on, vocabulary=vocabulary)
    found = [name for name in GROUPS if flags.get(name)]
    unknown = any(flags.get(name) is None for name in GROUPS[:2])
    return found or (None if unknown else [])


def registered_poor(worker: Worker, on: date, vocabulary: Vocabulary) -> bool | None:
    """Whether the register holds somebody on a day."""
    return worker_flags(worker, on=on, vocabulary=vocabulary)["registered_poor"]


def _agreement(case: Case, _: Reader) -> str | None:
    kind = next((one.contract_type for one in case.placements if one.contract_type is not None), None)
    return claim_facts().agreements.get(kind.value, kind.value) if kind is not None else None


def window_of(case: Case, pack: Pack, conventions: Conventions, on: date) -> Meter | None:
    """The window of a workshop's worker that is furthest; None where the document counts no months, or there are none.

    Where the document pays each year again it is the window of the year the case is of. Claims and the office's meters
    read this one.
    """
    target, months = target_of(pack), months_of(case.placements, on)
    if target is None or not months:
        return None
    by_calendar = conventions.window_1_year == "calendar_year"
    if pays_yearly(pack):
        starts = years_of(months, target, calendar_year=by_calendar)
        first = month_number(case.on) if case.since else starts[0]
        months = tuple(one for one in months if first <= one.month < first + target.window_months)
    return meter(months, target, on, calendar_year=by_calendar)


def pays_yearly(pack: Pack) -> bool:
    """Whether the document pays for a workshop's worker each year again."""
    return any(one.purpose == WORKSHOP and one.period and one.period.every is Every.YEAR for one in pack.benefits)


def claimed_years(case: Case, pack: Pack, conventions: Conventions, on: date) -> list[str]:
    """The years a workshop's worker may be claimed for, each by its `since`: one alone where it is paid once."""
    target, months = target_of(pack), months_of(case.placements, on)
    if target is None or not pays_yearly(pack):
        return [""]
    starts = years_of(months, target, calendar_year=conventions.window_1_year == "calendar_year")
    return ["", *(month_text(start) for start in starts[1:])]


def pay_notes(case: Case, reader: Reader, stated: Collection[str]) -> tuple[Why, ...]:
    """That pay was reckoned by the contract where no roll says what was paid; nothing where the rule asks for no pay.

    stated : names of facts that somebody found out, which stand in the place of what is read
    """
    rule, sources = merged(reader.pack, reader.benefit), claim_facts().facts
    asked = {name for columns in (rule.inputs, *rule.rows.values()) for name in columns if sources.get(name) == PAY}
    window = _window(case, reader) if asked.difference(stated) else None
    n = window.months_by_contract if window else 0
    if not n:
        return ()
    return (Why(code="pay_by_contract", sentence=f"有{n}个月的工资表没写实发多少，按合同工资算的，请核对"),)


def _window(case: Case, reader: Reader) -> Meter | None:
    return window_of(case, reader.pack, reader.conventions, reader.on)


def _window_months(case: Case, reader: Reader) -> int | None:
    window = _window(case, reader)
    return window.months if window else None


def _window_pay(case: Case, reader: Reader) -> str | None:
    window = _window(case, reader)
    return str(window.pay_yuan) if window and window.pay_yuan is not None else None


def _roll_months(case: Case, reader: Reader) -> list[str] | None:
    return [month_text(one.month) for one in months_of(case.placements, reader.on)] or None


def _n_insurance(case: Case, reader: Reader) -> int | None:
    dated = (one.on for one in held_evidence(case.placement, reader.on) if one.kind is EvidenceKind.INSURANCE)
    return len({month_number(day) for day in dated if day is not None}) or None


def _arrived(case: Case, reader: Reader) -> bool | None:
    """Whether somebody came to work; nobody knows while nothing proves it."""
    return arrived(case.placement, reader.on) or None


def _province(case: Case, _: Reader) -> str | None:
    work = case.place_code
    return gazetteer().name(significant(work)[:PROVINCE_DIGITS].ljust(6, "0")) if work else None


def _paid(_: Case, reader: Reader) -> tuple[ClaimRecord, ...]:
    """Earlier claims for this benefit whose money went out; `earlier` are the person's, under whichever record."""
    return tuple(
        record
        for record in reader.earlier
        if record.state in MONEY_OUT
        and record.proposal is not None
        and record.proposal.claim.benefit == reader.benefit.id
        and record.proposal.claim.pack == reader.pack.id
    )


def _months(record: ClaimRecord) -> tuple[str, ...]:
    return record.proposal.claim.months if record.proposal else ()


def _paid_years(case: Case, reader: Reader) -> list[int]:
    return sorted({record.proposal.claim.on.year for record in _paid(case, reader) if record.proposal})


_SOURCES: Final[Mapping[str, Callable[[Case, Reader], Any]]] = {
    "contract_start": lambda case, _: _iso(case.placement.contract_start),
    "contract_end": lambda case, _: _iso(case.placement.contract_end),
    "start": lambda case, _: _iso(case.placement.start),
    "start_year": lambda case, _: case.placement.start.year,
    "filed_on": lambda _, reader: reader.filed_on.isoformat(),
    "roll_months": _roll_months,
    "one_month": lambda case, _: 1 if case.month else None,
    "n_insurance": _n_insurance,
    "insured": lambda case, reader: case.month in evidence_months(case.placement, EvidenceKind.INSURANCE, reader.on),
    "n_paid_months": lambda case, reader: len({month for one in _paid(case, reader) for month in _months(one)}),
    "hard_to_employ": lambda case, _: case.worker.hard_to_employ,
    "window_months": _window_months,
    PAY: _window_pay,
    "agreement": _agreement,
    "destination": lambda case, _: destination(case),
    "destination_province": _province,
    "birth_date": lambda case, _: _iso(case.worker.birth_date),
    "hukou_county": lambda case, _: (case.worker.hukou_code or "")[:COUNTY_DIGITS] or None,
    "status": lambda case, reader: groups_of(case.worker, reader.filed_on, reader.vocabulary),
    "registered_poor": lambda case, reader: registered_poor(case.worker, reader.filed_on, reader.vocabulary),
    "worker_id": lambda case, _: case.worker.worker_id,
    "arrived": _arrived,
    "holds_post": lambda case, _: case.channel is Channel.WELFARE_POST,
    "paid_before": lambda case, reader: bool(_paid(case, reader)),
    "paid_this_year": lambda case, reader: case.on.year in _paid_years(case, reader),
    "paid_years": _paid_years,
}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def live(records: Iterable[ClaimRecord]) -> tuple[ClaimRecord, ...]:
    """Claims that still stand for something."""
    return tuple(record for record in records if record.state not in CLOSED and record.proposal is not None)
