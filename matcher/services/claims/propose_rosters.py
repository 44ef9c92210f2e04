"""Claims read from what is no placement: trainees of classes that were held, stations and their years."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

import msgspec

from matcher.errors import Conflict
from matcher.office.claims.cases import claim_facts
from matcher.office.claims.facts import proved_papers
from matcher.office.claims.programmes import PAID_TO, Course, PaidTo, Programme
from matcher.office.claims.record import CLOSED, ClaimRecord
from matcher.office.claims.rosters import (
    CLASS,
    HELD,
    Entry,
    class_entries,
    open_months,
    roster_facts,
    station_entries,
)
from matcher.office.claims.steps import claim_id_of
from matcher.policy import Pack
from matcher.policy.benefit_types import Benefit
from matcher.policy.benefits import Claim
from matcher.policy.benefits.conditions import merged
from matcher.records import Kind, Worker
from matcher.services.claims.assess import Asked, Book
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.programmes import seen_programmes

Ask = Callable[[], Asked]
SOURCES: Final = tuple(f"{kind}:" for kind in HELD)
"""How the source of a claim that is read here begins."""


def roster_asks(
    desk: ClaimDesk, pack: Pack, benefit: Benefit, book: Book, known: Mapping[str, ClaimRecord]
) -> Iterator[Ask]:
    """What a benefit is asked for of the classes that were held, the newest first, or of the stations."""
    programmes = seen_programmes(desk)
    if claim_facts().rosters[benefit.purpose] == CLASS:
        entries = class_entries(programmes.values(), _trainees(desk, programmes))
    else:
        entries = station_entries(programmes.values(), desk.on)
    for entry in entries:
        if _is_read_from(entry, benefit):
            yield partial(asked_of_entry, entry, pack, benefit, book, known)


def _trainees(desk: ClaimDesk, programmes: Mapping[str, Programme]) -> dict[str, Worker]:
    named = sorted({name for one in programmes.values() if one.result for name in one.result.came or ()})
    found = desk.store.records(Kind.WORKERS, ids=named) if named else []
    return {one.worker_id: one for one in found if isinstance(one, Worker)}


def _is_read_from(entry: Entry, benefit: Benefit) -> bool:
    """Whether a benefit is asked for of a class of this course; one whose course nobody wrote down is asked about."""
    courses = claim_facts().courses.get(benefit.rule)
    course = entry.programme.plan.course
    return entry.kind != CLASS or courses is None or course is None or course in map(Course, courses)


def asked_of_entry(entry: Entry, pack: Pack, benefit: Benefit, book: Book, known: Mapping[str, ClaimRecord]) -> Asked:
    """The claim a trainee or a station gives rise to, with what was stated for it before."""
    programme, worker = entry.programme, entry.worker
    who = Claim(pack=pack.id, benefit=benefit.id, on=entry.on)
    if worker is not None:
        name = worker.worker_id
        who = msgspec.structs.replace(who, claimant=name, persons=(name,), occasion=programme.programme_id)
    else:
        who = msgspec.structs.replace(who, claimant=programme.programme_id, station=programme.programme_id)
    who = msgspec.structs.replace(who, id=claim_id_of(who, entry.source))
    record = known.get(who.id)
    is_open = record is not None and record.state not in CLOSED
    filed_on = record.filed_on if record is not None and is_open and record.filed_on else book.on
    rule = merged(pack, benefit)
    held = roster_facts(entry, rule.inputs, filed_on, book.packs.vocabulary)
    facts = {**held, **(record.stated if record is not None else {})}
    paid_to = _decided(programme) if worker is not None and not benefit.payees else None
    kind = benefit.payees[0].code if len(benefit.payees) == 1 else paid_to.value if paid_to else ""
    claimant = programme.plan.institution if paid_to is PaidTo.INSTITUTION else who.claimant
    return Asked(
        claim=msgspec.structs.replace(who, claimant=claimant, claimant_kind=kind),
        source=entry.source,
        facts=facts,
        papers=proved_papers(benefit, set(HELD[entry.kind]), facts),
        filed_on=filed_on,
        places=() if worker is not None else (programme.plan.place,),
        payee=(paid_to.value, PAID_TO[paid_to]) if paid_to else None,
    )


def _decided(programme: Programme) -> PaidTo | None:
    """Whom the county pays for a class, by which paper; nobody while either is not written down."""
    plan = programme.plan
    named = plan.paid_to is not PaidTo.INSTITUTION or plan.institution
    return plan.paid_to if plan.paid_by and named else None


def entry_of(desk: ClaimDesk, source: str) -> Entry:
    """The trainee or the station's year a claim was read from. Conflict where the record no longer says so."""
    kind, _, rest = source.partition(":")
    programme_id, _, what = rest.rpartition(":")
    found = seen_programmes(desk).get(programme_id)
    listed = {programme_id: found} if found is not None else {}
    entries = class_entries(listed.values(), _trainees(desk, listed))
    if kind != CLASS and found is not None:
        entries = [one for one in [Entry(found, year=int(what))] if open_months(found, one.year)]
    for entry in entries:
        if entry.source == source:
            return entry
    remedy = "请看班的结果或者工作站的登记是不是改过，再决定撤回还是重提。"
    raise Conflict("这笔申领依据的登记不在了", where=source, remedy=remedy)
