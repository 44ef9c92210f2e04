"""Claims proposed: for every placement, class and station a benefit in force may be paid for, or handed in as lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound, Problem
from matcher.office.claims.cases import SOURCE, Case, Purpose, Years, cases_of, claim_facts
from matcher.office.claims.facts import claimed_years, live
from matcher.office.claims.record import ClaimRecord, Proposal, claim_stream, read_claim
from matcher.office.claims.steps import KNOWN_NO, By, claim_id_of, propose, subjects_of
from matcher.policy import Pack
from matcher.policy.benefit_types import Benefit, Every, Nature, Subject
from matcher.policy.benefits import Claim, Claims
from matcher.policy.binding import pack_for
from matcher.policy.evaluation.conventions import from_settings
from matcher.records import Kind, Placement
from matcher.records.deeds import Deed, NewDeed
from matcher.services.claims.assess import Asked, Book, asked_of, assess
from matcher.services.claims.desk import ClaimDesk, all_claims, claims_about
from matcher.services.claims.propose_rosters import SOURCES, Ask, asked_of_entry, entry_of, roster_asks
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.placed_cases import cases_of_placements, placements_of
from matcher.services.ground.refuted import refuted_on
from matcher.services.ground.same_person import everybody_of, stands_for

EXPECTED: Final = '{"pack": …, "benefit": …, "on": "YYYY-MM-DD", "facts": {…}, "evidence": […], "who": {…}}'
ONE: Final = "one"
"""Where a roster says of a fact that each entry is one of them."""
LINE: Final = "line"
"""Source of a claim that was handed in and read from no record."""


class ProposedLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim handed in as a line, as `matcher policy claim --batch` reads it; places where it is about no person."""

    pack: str
    benefit: str
    on: date
    facts: dict[str, Any] = {}
    evidence: tuple[str, ...] = ()
    who: dict[str, Any] = {}
    places: tuple[str, ...] = ()


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one claim: its id, whether anything was written, and the proposal as it stands now."""

    claim_id: str
    written: bool
    proposal: Proposal


class Part(NamedTuple):
    """What came of a part of the placements; n_left : placements, counted per benefit, not looked at yet."""

    found: list[Proposed]
    n_left: int


def propose_placements(desk: ClaimDesk, *, benefit_id: str = "") -> list[Proposed]:
    """Claims for placements, held classes and stations of the desk's regions, the newest first.

    They are asked under the document that binds the county. benefit_id : one benefit alone
    A claim that does not stand for a known reason is told, and not kept where nobody asked for it.
    """
    return propose_part(desk, benefit_id=benefit_id).found


def propose_part(desk: ClaimDesk, *, benefit_id: str = "", n_skip: int = 0, n_most: int = 0) -> Part:
    """As `propose_placements`, of each benefit so many records (0: all) behind the first `n_skip`."""
    pack = pack_for(desk.means.packs, desk.jurisdiction, desk.on).asked
    known = all_claims(desk)
    book = book_of(desk, known.values())
    found: list[Proposed] = []
    deeds: dict[str, list[NewDeed]] = {}
    n_left = 0
    for benefit, asks in _asks(desk, pack, benefit_id, book, known):
        part = asks[n_skip:][: n_most or None]
        n_left += max(0, len(asks) - n_skip - len(part))
        for ask in part:
            asked = ask()
            proposal = assess(asked, pack, benefit, book)
            record = known.get(asked.claim.id)
            keep = record is not None or proposal.outcome not in KNOWN_NO
            new = propose(asked.claim.id, record, proposal, desk.by) if keep else []
            if new:
                deeds[claim_stream(asked.claim.id)] = new
                book.earlier.add(book.of_persons(asked.claim))
            found.append(Proposed(claim_id=asked.claim.id, written=bool(new), proposal=proposal))
    if deeds:
        read = {claim_stream(record.claim_id): record.n_deeds for record in known.values()}
        desk.deeds.act_all({stream: partial(_unmoved, read.get(stream, 0), new) for stream, new in deeds.items()})
    return Part(found, n_left)


def _asks(
    desk: ClaimDesk, pack: Pack, benefit_id: str, book: Book, known: Mapping[str, ClaimRecord]
) -> Iterator[tuple[Benefit, list[Ask]]]:
    """Each benefit with what it is asked for: of placements, of classes that were held, of stations."""
    chosen = _benefits(pack, benefit_id)
    of_placements = any(benefit.purpose in claim_facts().purposes for benefit in chosen)
    every = cases_of_placements(desk.store, placements_of(desk.store)) if of_placements else []
    for benefit in chosen:
        purpose = claim_facts().purposes.get(benefit.purpose)
        if purpose is None:
            yield benefit, list(roster_asks(desk, pack, benefit, book, known))
            continue
        fitting = cases_of(purpose, every, desk.on, book.refuted, _years(purpose, pack, benefit, book))
        yield benefit, [partial(asked_of, case, purpose, pack, benefit, book, known) for case in fitting]


def _years(purpose: Purpose, pack: Pack, benefit: Benefit, book: Book) -> Years | None:
    """Which years a case is claimed for, where the document pays for it each year again."""
    if not purpose.together or benefit.period is None or benefit.period.every is not Every.YEAR:
        return None
    return partial(claimed_years, pack=pack, conventions=book.conventions, on=book.on)


def _unmoved(n_read: int, new: Sequence[NewDeed], deeds: Sequence[Deed]) -> Sequence[NewDeed]:
    """Nothing for a claim that somebody did something about while it was judged: it keeps what was done."""
    return new if len(deeds) == n_read else ()


def _benefits(pack: Pack, benefit_id: str) -> list[Benefit]:
    """Benefits of a document that are paid for what the county keeps. NotFound for one that is not."""
    purposes = {*claim_facts().purposes, *claim_facts().rosters}
    listed = [one for one in pack.benefits if one.purpose in purposes and _is_paid(one) and not _is_of_firm(one)]
    chosen = [one for one in listed if benefit_id in ("", one.id, *one.shared)]
    if benefit_id and not chosen:
        names = "、".join(one.id for one in listed) or "没有"
        raise NotFound(f"{pack.cited}没有按登记申领的{benefit_id}", where="benefit", remedy=f"可以提出的：{names}。")
    return chosen


def _is_of_firm(benefit: Benefit) -> bool:
    """Whether what would be asked for month by month is paid to a firm as a whole."""
    purpose = claim_facts().purposes.get(benefit.purpose)
    monthly = purpose is not None and purpose.monthly_by is not None
    return monthly and (benefit.period is None or benefit.period.per is not Subject.PERSON)


def _is_paid(benefit: Benefit) -> bool:
    return benefit.nature is Nature.PAYMENT


def book_of(desk: ClaimDesk, records: Iterable[ClaimRecord]) -> Book:
    """What assessments share: figures of the county, earlier claims that still stand, found by person as well."""
    conventions = from_settings(desk.means.settings)
    standing, joined = live(records), stands_for(desk.deeds)
    by_person: dict[str, list[ClaimRecord]] = defaultdict(list)
    for record in standing:
        for person in record.proposal.claim.persons if record.proposal else ():
            by_person[joined.get(person, person)].append(record)
    book = Book(
        packs=desk.means.packs,
        conventions=conventions,
        figures=kept_figures(desk.store),
        earlier=Claims(desk.means.packs.packs, conventions),
        by_person={person: tuple(found) for person, found in by_person.items()},
        on=desk.on,
        versions={},
        joined=joined,
        refuted=refuted_on(desk.deeds, desk.on),
    )
    for record in standing:
        if record.proposal is not None:
            book.earlier.add(book.of_persons(record.proposal.claim))
    return book


def propose_lines(desk: ClaimDesk, lines: Iterable[str | bytes]) -> list[Proposed]:
    """Claims handed in as lines of JSON; each is kept whatever comes of it, a known no as refused with its clause.

    The day of a line is the day of what it is about. InvalidInput naming every line that is no claim or names people
    nobody knows; nothing is written then.
    """
    known = all_claims(desk)
    book = book_of(desk, known.values())
    read = [_read(number, text) for number, text in enumerate(lines, start=1) if text.strip()]
    _check_people(desk, [who for _, who in read])
    for line, who in read:
        _check_counted(line, who, book)
    judged = [_judged(line, who, known.get(who.id), book) for line, who in read]
    found: list[Proposed] = []
    for who, proposal in judged:
        before = known.get(who.id)
        stream = desk.deeds.act(claim_stream(who.id), partial(_again, who.id, proposal, desk.by))
        written = len(stream) > (before.n_deeds if before else 0)
        found.append(Proposed(claim_id=who.id, written=written, proposal=proposal))
    return found


def _again(claim_id: str, proposal: Proposal, by: By, deeds: Sequence[Deed]) -> list[NewDeed]:
    return propose(claim_id, read_claim(deeds), proposal, by, again=True)


def _read(number: int, text: str | bytes) -> tuple[ProposedLine, Claim]:
    try:
        line = msgspec.json.decode(text, type=ProposedLine)
        who = msgspec.convert({"pack": line.pack, "benefit": line.benefit, "on": line.on} | line.who, Claim)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        fix = f"请把这一行改为 {EXPECTED}。"
        problem = Problem(row=number, found=str(error), expected=EXPECTED, fix=fix)
        raise InvalidInput(f"the line is no claim: {error}", (problem,), where=f"line {number}", remedy=fix) from None
    return line, msgspec.structs.replace(who, id=claim_id_of(who, LINE))


def _check_people(desk: ClaimDesk, asked: Sequence[Claim]) -> None:
    """People a line names must be known here: a claim for nobody cannot be looked into."""
    named = sorted({person for who in asked for person in who.persons})
    found = {getattr(one, "worker_id", "") for one in desk.store.records(Kind.WORKERS, ids=named)} if named else set()
    strange = [one for one in named if one not in found]
    if strange:
        problems = tuple(
            Problem(column="persons", found=one, expected="名册里的人员编号", fix="请先导入这个人，或者改正编号。")
            for one in strange
        )
        raise InvalidInput("claims name people nobody knows", problems, where="persons", remedy=problems[0].fix)


def _check_counted(line: ProposedLine, who: Claim, book: Book) -> None:
    """Nobody is counted whom a line does not name: what is held against double payment is what it names.

    InvalidInput for a list of other people than the persons named, and for more trainees or stations than are named.
    """
    _, benefit = named_benefit(book, line.pack, line.benefit)
    column = benefit.people.column if benefit.people is not None else ""
    rows = line.facts.get(benefit.people.rows) if benefit.people is not None else None
    if column and isinstance(rows, list) and who.persons:
        counted = {str(row.get(column, "")) for row in rows if isinstance(row, dict)}
        if counted != set(who.persons):
            fix = "名单里的人要和 persons 里的人一样。"
            found = "、".join(sorted(counted ^ set(who.persons)))
            problem = Problem(column=column, found=found, expected="persons 里的人", fix=fix)
            raise InvalidInput("the line counts others than it names", (problem,), where="persons", remedy=fix)
    n_named = len(set(who.persons)) if who.persons else 1 if who.station else None
    for name, source in claim_facts().roster_facts.items():
        n = line.facts.get(name)
        if source == ONE and n_named is not None and isinstance(n, int) and n > n_named:
            fix = "一行写几个人、几个站，就算几个，不能多。"
            problem = Problem(column=name, found=str(n), expected=str(n_named), fix=fix)
            raise InvalidInput("the line counts more than it names", (problem,), where=name, remedy=fix)


def _judged(line: ProposedLine, who: Claim, record: ClaimRecord | None, book: Book) -> tuple[Claim, Proposal]:
    pack, benefit = named_benefit(book, line.pack, line.benefit)
    who = msgspec.structs.replace(who, benefit=benefit.id)
    facts = {**line.facts, **(dict(record.stated) if record else {})}
    asked = Asked(claim=who, source=LINE, facts=facts, papers=line.evidence, filed_on=line.on, places=line.places)
    proposal = assess(asked, pack, benefit, book)
    book.earlier.add(book.of_persons(who))
    return who, proposal


def named_benefit(book: Book, pack_id: str, benefit_id: str) -> tuple[Pack, Benefit]:
    """A pack and its benefit by id. NotFound for either."""
    pack = book.packs.packs.get(pack_id)
    benefit = pack.benefit(benefit_id) if pack else None
    if pack is None or benefit is None:
        raise NotFound(f"{pack_id}没有{benefit_id}这项补助", where="benefit", remedy="`matcher policy benefits PACK`")
    return pack, benefit


def reassessed(desk: ClaimDesk, record: ClaimRecord, stated: Mapping[str, Any] | None = None) -> Proposal:
    """The claim as the policy sees it with the records of now. Conflict where the placement is no longer there.

    stated : facts of people in the place of those the claim keeps
    """
    told = record.proposal
    if told is None:
        raise Conflict("这笔申领的个人信息已删除", where=record.claim_id)
    named = dict.fromkeys(one for subject in subjects_of(told) for one in everybody_of(desk.deeds, subject))
    known = claims_about(desk, named) | {record.claim_id: record}
    if stated is not None:
        known[record.claim_id] = msgspec.structs.replace(record, stated=stated)
    book = book_of(desk, known.values())
    pack, benefit = named_benefit(book, told.claim.pack, told.claim.benefit)
    if told.source == LINE:
        facts = {**told.facts, **(record.stated if stated is None else stated)}
        asked = Asked(told.claim, LINE, facts, told.held, told.claim.on, places=told.places)
        return assess(asked, pack, benefit, book)
    if told.source.startswith(SOURCES):
        return assess(asked_of_entry(entry_of(desk, told.source), pack, benefit, book, known), pack, benefit, book)
    purpose = claim_facts().purposes[benefit.purpose]
    case = _case_of(desk, told, purpose)
    if purpose.together and case.placement.placement_id not in book.refuted:
        case = case._replace(beside=_beside(desk, case.placement, book))
    return assess(asked_of(case, purpose, pack, benefit, book, known), pack, benefit, book)


def _beside(desk: ClaimDesk, placement: Placement, book: Book) -> tuple[Placement, ...]:
    """Further placements of the person with the same employer, none that was found false, the first first."""
    found = [
        one
        for one in placements_of(desk.store)
        if placement.employer_id
        and (one.worker_id, one.employer_id) == (placement.worker_id, placement.employer_id)
        and one.placement_id != placement.placement_id
        and one.placement_id not in book.refuted
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.placement_id)))


def _case_of(desk: ClaimDesk, told: Proposal, purpose: Purpose) -> Case:
    """The case a claim was read from; ids of placements may hold a colon, so the source is not cut at one."""
    placement_id = told.claim.occasion
    part = told.source.removeprefix(f"{SOURCE}{placement_id}").removeprefix(":")
    found = cases_of_placements(desk.store, placements_of(desk.store, [placement_id]))
    if not found:
        remedy = "请看导入是不是撤销了，再决定撤回还是重提。"
        raise Conflict("这笔申领依据的安置记录不在了", where=told.source, remedy=remedy)
    return found[0]._replace(month=part) if purpose.monthly_by else found[0]._replace(since=part)
