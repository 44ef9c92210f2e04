"""One check noted with its proof, or taken back.

What proves that somebody is still at work becomes evidence of the placement, as a dated fact like any other; so every
count that follows by grade knows it. By what it is known that somebody has left proves no work: it stays in the deed.
Whoever is found to be home again stands in the return ledger by the same deed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.office.tracking.checks import NOTED, UNDONE, UNREACHABLE, Said, findings_of, schedule
from matcher.policy.evaluation.conventions import add_months
from matcher.ports import Change, DeedStore, RosterStore
from matcher.privacy import without_personal
from matcher.records import EvidenceKind, Kind, Placement
from matcher.records.deeds import Deed, NewDeed
from matcher.records.local_time import CHINA
from matcher.records.texts import Channel
from matcher.services.ground.own_batch import Deed as Source
from matcher.services.ground.own_batch import batch_id_of, write_rows
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.returns import note_found_home, take_back_return
from matcher.services.tracking.visits import STREAM, planned_steps

SHEET: Final = "回访"
LONGEST_JOB: Final = 40


class NoteVisit(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which check of whose placement, what was found, by which proof ("" none), on which day.

    income_yuan_month, job, issue : what was heard besides; issue : a code of the schedule, "" none
    """

    placement_id: str
    months: int
    status: str
    kind: str = ""
    on: date
    income_yuan_month: int | None = None
    job: str = ""
    issue: str = ""


def note_visit(desk: Desk, deeds: DeedStore, call: NoteVisit, by: By, *, today: date) -> str:
    """Keep what a check found: as a deed, and as evidence, end or return; whose it is. Said twice it is so once.

    Raises NotFound for a placement nobody of the regions has, InvalidInput for a day to come, a check before its time
    or a word nobody knows, Conflict for a placement that has ended.
    """
    store = Scoped(desk.store, by.regions)
    placement = _placement(store, call.placement_id)
    _refuse_misfits(placement, desk.means, call, today)
    if call.status == UNREACHABLE:
        # Nobody was seen or heard, whatever the form's list of proofs was left at.
        call = msgspec.structs.replace(call, kind="")
    body = _body(call)

    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        stands = findings_of(found).get(call.months)
        if stands is not None and _said_so(stands, call, body):
            return ()
        if placement.end is not None and placement.end < call.on:
            raise Conflict("这个人已经离开这家单位了", where="visit", remedy="请看最新的一条就业登记。")
        return [NewDeed(kind=NOTED, at=by.at, on=call.on, by=by.actor, subjects=(placement.worker_id,), body=body)]

    stream = deeds.act(STREAM + placement.placement_id, decide)
    # Said again behind another check, it is still the deed that said it whose facts are looked for.
    said = next(deed for deed in reversed(stream) if (deed.kind, deed.body, deed.on) == (NOTED, body, call.on))
    _write(store, placement.placement_id, call, said)
    if _comes_home(call.status):
        note_found_home(desk, placement, call.on, Channel.DESK, by._replace(at=said.at))
    return placement.worker_id


def _body(call: NoteVisit) -> dict[str, Any]:
    """What the deed holds; what was not asked is left out, so that a check says the same as before there were more."""
    job = without_personal(" ".join(call.job.split()))[:LONGEST_JOB]
    besides = {"income_yuan_month": call.income_yuan_month, "job": job, "issue": call.issue}
    told = {name: value for name, value in besides.items() if value not in (None, "")}
    return {"months": call.months, "status": call.status, "kind": call.kind, **told}


def _said_so(stands: Said, call: NoteVisit, body: Mapping[str, Any]) -> bool:
    """Whether what stands says all the same."""
    besides = stands.income_yuan_month, stands.job, stands.issue
    asked = body.get("income_yuan_month"), body.get("job", ""), body.get("issue", "")
    return (stands.code, stands.kind or "", stands.on, *besides) == (call.status, call.kind, call.on, *asked)


def undo_visit(desk: Desk, deeds: DeedStore, placement_id: str, by: By) -> str:
    """Take the last noted check of a placement back: what it changed in the records goes with it; whose it is.

    Raises NotFound for nobody of the regions, Conflict where nothing is left to take back.
    """
    store = Scoped(desk.store, by.regions)
    placement = _placement(store, placement_id)
    last = _last(deeds.stream(STREAM + placement_id))
    batch_id = _batch_id(last)
    if any(batch.batch_id == batch_id and batch.undone_at is None for batch in store.batches()):
        # First the facts: where something was built upon them nothing at all is taken back.
        store.undo_batch(batch_id, at=by.at, by=by.actor)
    if _comes_home(str(last.body["status"])):
        take_back_return(desk, placement.worker_id, last.on, noted_at=last.at, by=by)

    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        if _last(found) != last:
            raise Conflict("刚才有人也在改这条回访", where="visit", remedy="请刷新页面再看。")
        body = {"months": last.body["months"]}
        day = by.at.astimezone(CHINA).date()
        return [NewDeed(kind=UNDONE, at=by.at, on=day, by=by.actor, subjects=(placement.worker_id,), body=body)]

    deeds.act(STREAM + placement_id, decide)
    return placement.worker_id


def _comes_home(status: str) -> bool:
    finding = schedule().found(status)
    return finding is not None and finding.home


def _last(deeds: Sequence[Deed]) -> Deed:
    """The last check noted that was not taken back; Conflict where none is left."""
    stack: list[Deed] = []
    for deed in deeds:
        if deed.kind == NOTED and "status" in deed.body:
            stack.append(deed)
        elif deed.kind == UNDONE and stack:
            stack.pop()
    if not stack:
        raise Conflict("没有可以撤回的回访", where="visit", remedy="请刷新页面再看。")
    return stack[-1]


def _placement(store: RosterStore, placement_id: str) -> Placement:
    for found in store.records(Kind.PLACEMENTS, ids=[placement_id]):
        if isinstance(found, Placement):
            return found
    raise NotFound("您管的范围里没有这条就业登记", where="placement", remedy="请从名单重新点进来。")


def _refuse_misfits(placement: Placement, means: Means, call: NoteVisit, today: date) -> None:
    finding, income, most = schedule().found(call.status), call.income_yuan_month, schedule().most_income_yuan_month
    planned = call.months in {one.months for one in planned_steps(means, today)}
    opens = _opens(placement, call.months) if planned else placement.start
    for field, fits, fix in (
        ("status", finding is not None, "请按页面上的按钮之一。"),
        ("kind", call.kind in ("", *EvidenceKind), "请选一样佐证，或者不选。"),
        ("months", planned, "请从名单重新点进来。"),
        ("on", placement.start <= call.on <= today, "回访的日期要在上岗以后、今天以前。"),
        ("on", opens <= call.on, f"满{call.months}个月的回访要到{opens}才能做。"),
        ("kind", finding is None or bool(call.kind) or finding.code != "kept", "还在做，要写明凭什么知道的。"),
        ("issue", not call.issue or schedule().trouble(call.issue) is not None, "请选一样难处，或者不选。"),
        ("income_yuan_month", income is None or 0 < income <= most, f"月收入请填1到{most}的整数，没问就不填。"),
    ):
        if not fits:
            raise InvalidInput("回访有一项不对", where=field, remedy=fix)


def _opens(placement: Placement, months: int) -> date:
    """The first day a check is shown: before it nobody can have been at work for so long."""
    return add_months(placement.start, months) - timedelta(days=schedule().shown_days_before)


def _batch_id(deed: Deed) -> str:
    return batch_id_of(f"{deed.stream}:{deed.seq}".encode())


def _write(store: RosterStore, record_id: str, call: NoteVisit, deed: Deed) -> None:
    """One batch of one row: the evidence of who is at work yet, or the end; nothing for who could not be reached."""
    finding = schedule().found(call.status)
    batch_id = _batch_id(deed)
    if finding is None or not (finding.proves or finding.leaves):
        return
    if any(batch.batch_id == batch_id for batch in store.batches()):
        return

    def changes() -> Iterator[Change]:
        placement = _placement(store, record_id)
        fields: dict[str, Any] = {}
        if call.kind and finding.proves:
            held = [msgspec.to_builtins(one) for one in placement.evidence]
            fields["evidence"] = [*held, {"kind": call.kind, "on": call.on.isoformat(), "by": deed.by}]
            fields["checked_by"] = placement.checked_by or deed.by
        if finding.leaves and placement.end is None:
            fields |= {"end": call.on.isoformat(), "end_reason": f"{call.months}个月回访：{finding.label}"}
        yield Change(record_id=record_id, sheet=SHEET, row=1, fields=fields)

    source = Source(f"{deed.stream}#{deed.seq}", record_id.encode(), deed.at, deed.by)
    write_rows(store, batch_id, Kind.PLACEMENTS, source, changes(), 1)
