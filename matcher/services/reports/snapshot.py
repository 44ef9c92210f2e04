"""A report frozen: worked out once at a revision and a number of deeds, kept as people's ids and as a workbook.

The stream `report:KIND:PERIOD` holds each freezing; a correction is another deed with its grounds, the first one stays.
What is dated back reaches a frozen figure in no other way, and that way takes two: one asks and another signs (`redo`).
The kept bytes are the report. Worked out again from what was known then (records, identities, deeds, the county's
figures) they come out equal, unless somebody was erased; `compare` tells what would differ and mixes nothing in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.office.registers.persons import of_persons
from matcher.office.reports.forms import Form, Period, forms, period_of
from matcher.office.reports.table import Change, Known, Table, changes, table_of
from matcher.ports import DeedStore, RosterStore
from matcher.records import Kind, Placement
from matcher.records.deeds import Deed, NewDeed, file_name
from matcher.services.ground.rulebook import Means
from matcher.services.registers.ledger import Asked, Ledger, ledger
from matcher.services.reports.due import is_early
from matcher.services.reports.redo import signable
from matcher.services.reports.workbook import workbook

PREFIX: Final = "report:"
FROZEN: Final = "report.frozen"
PAID: Final = "claim.paid"


class Freeze(msgspec.Struct, frozen=True, kw_only=True):
    """The call. on : the office's day; again : sign what somebody else asked for, a frozen report made anew."""

    kind: str
    period: str
    on: date
    at: datetime
    by: str
    jurisdiction: str = ""
    again: bool = False


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What was frozen. on : the last day it tells of; ids alone, no names.

    revision, deeds_until, n_figures : what was known, as `Asked` of the registers has it; reports frozen before the
    county's figures were counted have None for these
    """

    kind: str
    period: str
    first: date
    on: date
    revision: int
    deeds_until: int
    jurisdiction: str
    document: str
    cells: dict[str, dict[str, list[str]]]
    n_figures: int | None = None

    @property
    def table(self) -> Table:
        """Its figures."""
        return Table(cells=self.cells)


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """A freezing as its deed tells it; data, workbook : SHA-256 of what is kept.

    again, asked_by : grounds of a correction and who asked for it; "" for a first one
    """

    seq: int
    at: datetime
    by: str
    kind: str
    period: str
    on: date
    revision: int
    deeds_until: int
    data: str
    workbook: str
    again: str = ""
    asked_by: str = ""


def freeze(store: RosterStore, deeds: DeedStore, means: Means, call: Freeze) -> Frozen:
    """Work a report out and keep it; one that is frozen is given back as it is, unless `again` signs a new one.

    One that stopped before its period's end (`is_early`) needs no grounds to be followed by a later one.

    Raises InvalidInput before the period has begun, Conflict for a signature nobody else has asked for. Of two at
    once one freezes, and both get the same.
    """
    stream, held = _stream(call.kind, call.period), freezings(deeds, call.kind, call.period)
    early = bool(held) and held[-1].on < call.on and is_early(means, call.kind, call.period, held[-1].on)
    if held and not (call.again or early):
        return held[-1]
    asked = signable(deeds, call.kind, call.period, held[-1].seq if held else 0, call.by) if call.again else None
    snapshot = work_out(store, deeds, means, call)
    data, book = msgspec.json.encode(snapshot), workbook(snapshot.table, _heading(snapshot), forms())
    new = NewDeed(
        kind=FROZEN,
        at=call.at,
        on=snapshot.on,
        by=call.by,
        body={
            "revision": snapshot.revision,
            "deeds_until": snapshot.deeds_until,
            "data": file_name(data),
            "workbook": file_name(book),
            "again": asked.why if asked else "",
            **({"asked_by": asked.by} if asked else {}),
        },
        keeps=(data, book),
    )

    def decide(before: tuple[Deed, ...]) -> Sequence[NewDeed]:
        if call.again and len(before) != len(held):
            raise Conflict("别人刚刚重做了这张报表", where=stream, remedy="请先看看新的一版。")
        return [new] if len(before) == len(held) else []

    return _frozen(call.kind, call.period, deeds.act(stream, decide)[-1])


def work_out(
    store: RosterStore,
    deeds: DeedStore,
    means: Means,
    call: Freeze,
    *,
    revision: int = 0,
    deeds_until: int | None = None,
    n_figures: int | None = None,
) -> Snapshot:
    """A report of the day, or of an earlier one; of what was known by then, as `Asked` of the registers has it.

    An import that lands on the way is not in it: it is worked out again of the one revision it names.
    """
    now = store.revision()
    asked = Asked(
        on=call.on,
        jurisdiction=call.jurisdiction,
        revision=revision,
        deeds_until=deeds.last_number() if deeds_until is None else deeds_until,
        n_figures=n_figures,
    )
    told = _worked_out(store, deeds, means, call, asked)
    if revision or store.revision() == now:
        return told
    return _worked_out(
        store, deeds, means, call, msgspec.structs.replace(asked, revision=now, n_figures=told.n_figures)
    )


def _worked_out(store: RosterStore, deeds: DeedStore, means: Means, call: Freeze, asked: Asked) -> Snapshot:
    form = forms().of(call.kind)
    period = _until(period_of(form, call.period), asked.on)
    asked = msgspec.structs.replace(asked, on=period.last).known_by(deeds)
    joined = dict(asked.joined)
    book = ledger(store, means, asked, identities=True)
    paid = _paid(asked.deeds(deeds, kinds=(PAID,)), period)
    known = Known(
        standings=book.people,
        workers=book.workers,
        placements=of_persons(_placements(store, period.last, asked.revision or None), book.workers, joined),
        paid=frozenset(_person(one, book, joined) for one in paid),
        refuted=asked.refuted,
    )
    return Snapshot(
        kind=form.kind,
        period=period.name,
        first=period.first,
        on=period.last,
        revision=book.asked.revision,
        deeds_until=asked.deeds_until or 0,
        n_figures=book.asked.n_figures,
        jurisdiction=call.jurisdiction,
        document=book.bound.asked.name,
        cells=table_of(known, form.figures, period).cells,
    )


def _person(subject: str, book: Ledger, joined: Mapping[str, str]) -> str:
    """Under which id somebody stands in the registers."""
    return subject if subject in book.workers else joined.get(subject, subject)


def freezings(deeds: DeedStore, kind: str, period: str) -> list[Frozen]:
    """Every freezing of a report, the newest last. Raises NotFound for an unknown kind, InvalidInput for a period."""
    period_of(forms().of(kind), period)
    return [_frozen(kind, period, deed) for deed in deeds.stream(_stream(kind, period)) if deed.kind == FROZEN]


def all_freezings(deeds: DeedStore) -> list[Frozen]:
    """Every freezing of every report, in order."""
    told = []
    for deed in deeds.deeds(prefix=PREFIX, kinds=(FROZEN,)):
        kind, _, period = deed.stream.removeprefix(PREFIX).partition(":")
        told.append(_frozen(kind, period, deed))
    return told


def snapshot_of(deeds: DeedStore, frozen: Frozen) -> Snapshot:
    """What a freezing kept."""
    return msgspec.json.decode(deeds.file(frozen.data), type=Snapshot)


def last_frozen(deeds: DeedStore, kind: str, period: str) -> Frozen:
    """The newest freezing of a report. Raises NotFound if there is none."""
    held = freezings(deeds, kind, period)
    if not held:
        raise NotFound("这一期还没有定稿", where=f"{kind} {period}", remedy="请先定稿。")
    return held[-1]


def compare(
    store: RosterStore, deeds: DeedStore, means: Means, frozen: Frozen, regions: Sequence[str] = ()
) -> list[Change]:
    """What the report would hold if it were worked out of all that is known now about the same days, in regions."""
    kept = snapshot_of(deeds, frozen)
    call = Freeze(
        kind=kept.kind, period=kept.period, on=kept.on, at=frozen.at, by=frozen.by, jurisdiction=kept.jurisdiction
    )
    return changes(kept.table.within(regions), work_out(store, deeds, means, call).table.within(regions))


def again(store: RosterStore, deeds: DeedStore, means: Means, frozen: Frozen) -> bytes:
    """The workbook worked out anew from the same revision and deeds; equal to the kept one, see the module."""
    kept = snapshot_of(deeds, frozen)
    call = Freeze(
        kind=kept.kind, period=kept.period, on=kept.on, at=frozen.at, by=frozen.by, jurisdiction=kept.jurisdiction
    )
    made = work_out(
        store,
        deeds,
        means,
        call,
        revision=kept.revision,
        deeds_until=kept.deeds_until,
        n_figures=kept.n_figures,
    )
    return workbook(made.table, _heading(made), forms())


def public_workbook(deeds: DeedStore, frozen: Frozen) -> bytes:
    """The workbook of a freezing as anybody may have it: public figures, small cells hidden, nobody listed."""
    kept = snapshot_of(deeds, frozen)
    return workbook(kept.table, _heading(kept), forms(), public=True)


def _heading(snapshot: Snapshot) -> tuple[Form, Period, str]:
    form = forms().of(snapshot.kind)
    said = f"{snapshot.document}　数据第{snapshot.revision}版、办理记录到第{snapshot.deeds_until}号"
    if snapshot.n_figures is not None:
        said += f"、县里填的数{snapshot.n_figures}条"
    return form, Period(snapshot.period, snapshot.first, snapshot.on), said


def _until(period: Period, on: date) -> Period:
    """The days of a period that have been; raises InvalidInput if none has."""
    if on < period.first:
        raise InvalidInput("这一期还没开始", where=period.name, remedy=f"{period.first}起才有。")
    return period._replace(last=min(period.last, on))


def _placements(store: RosterStore, on: date, revision: int | None) -> list[Placement]:
    """Placements as they hold on a day, of what was known at a revision (None = now)."""
    if store.stated_after(Kind.PLACEMENTS, on):
        found = store.records_on(Kind.PLACEMENTS, on, revision=revision)
    else:
        found = store.records(Kind.PLACEMENTS, revision=revision)
    return [one for one in found if isinstance(one, Placement)]


def _paid(deeds: Sequence[Deed], period: Period) -> frozenset[str]:
    """Whom deeds of payment within the period name; firms and villages are sorted out where people are counted."""
    return frozenset(one for deed in deeds if period.first <= deed.on <= period.last for one in deed.subjects)


def _stream(kind: str, period: str) -> str:
    return f"{PREFIX}{kind}:{period}"


def _frozen(kind: str, period: str, deed: Deed) -> Frozen:
    body = deed.body
    return Frozen(
        seq=deed.seq, at=deed.at, by=deed.by, kind=kind, period=period, on=deed.on,
        revision=body["revision"], deeds_until=body["deeds_until"], data=body["data"], workbook=body["workbook"],
        again=body.get("again", ""), asked_by=body.get("asked_by", ""),
    )  # fmt: skip
