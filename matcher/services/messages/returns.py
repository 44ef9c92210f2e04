"""The ledger of returned workers (随返随报, masked county 2020 四(七)): noted by an informant, at a desk or in a call.

Who came home is a dated fact of the worker, so that the two lists (in work, willing but not out) and the next plan
follow from it; the entry itself keeps from where, why, the wish and who helps this person one to one. A check, a
broker's question and a worker's own text that say so write the same entry, with the same clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.geography import gazetteer
from matcher.messaging.return_words import return_words
from matcher.messaging.season import local
from matcher.office.tracking.returnees import report_told, returnee_rules
from matcher.ports import Change, RosterStore
from matcher.privacy import without_personal
from matcher.records import COUNTY_DIGITS, Kind, Placement, Worker
from matcher.records.replies import Return
from matcher.records.texts import Channel
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.own_batch import Deed, batch_id_of, write_own
from matcher.services.ground.place_words import home_words, work_words
from matcher.services.ground.scoped_store import Scoped
from matcher.services.messages.desk import By, Desk, id_of

LONGEST_WORDS: Final = 40
REPORT_WORDS: Final = {
    "met": "按时报的",
    "not_met": "报晚了",
    "needs_config": "几小时内要报：文件没写，县里还没有填",
    "needs_review": "要人核对",
}
LATE: Final = {"met": False, "not_met": True}
"""Outcome of the rule of the clock -> whether an entry is late; nothing is said where the county gave no hours."""


class NoteReturn(msgspec.Struct, frozen=True, kw_only=True):
    """The call: who came home on which day, from where, why and what now (codes of `returns.toml`, "" unknown).

    from_place : region code; from_words : the place as said, where no code is known; helper : who helps one to one
    """

    worker_id: str
    returned_on: date
    from_place: str = ""
    from_words: str = ""
    why: str = ""
    wish: str = ""
    helper: str = ""
    channel: Channel = Channel.PAPER


def note_return(desk: Desk, call: NoteReturn, by: By) -> dict[str, Any]:
    """Keep an entry and its facts; told as a row of `returns_told`. The same person and day is the same entry.

    Said again it adds to what was said and is as early as it was first. Work out there that is over for certain by
    what was said ends with that day. Raises NotFound for nobody in the regions, InvalidInput for a day to come or too
    long ago, a code or place nobody knows.
    """
    worker = _worker(desk, call.worker_id, by)
    _refuse_misfits(desk, call, by)
    return_id = id_of("rt", call.worker_id, call.returned_on.isoformat())
    before = next((one for one in ledger_of(desk, call.worker_id) if one.return_id == return_id), None)
    from_words = without_personal(" ".join(call.from_words.split()))[:LONGEST_WORDS]
    helper = " ".join(call.helper.split())[:LONGEST_WORDS]
    entry = Return(
        return_id=return_id,
        worker_id=call.worker_id,
        region_code=worker.place_code,
        returned_on=call.returned_on,
        from_place=call.from_place or (before.from_place if before and not from_words else ""),
        from_words=from_words or (before.from_words if before else ""),
        why=call.why or (before.why if before else ""),
        wish=call.wish or (before.wish if before else ""),
        helper=helper or (before.helper if before else ""),
        by=by.actor,
        channel=call.channel,
        noted_at=by.at,
        ended_on=before.ended_on if before else None,
        first_noted_at=(before.first_noted_at or before.noted_at) if before else None,
    )
    _write_facts(desk, entry, by)
    _end_work(desk, entry, worker, by)
    desk.texts.put_return(entry)
    desk.tell(by, "return_noted", call.worker_id, wish=call.wish, channel=call.channel.value)
    return _rows(desk, [entry])[0]


def require_new(desk: Desk, call: NoteReturn, by: By) -> None:
    """Raise Conflict where the ledger has somebody home on another day of the same week: it is the same return.

    Of people the asker does not reach nothing is said here.
    """
    _worker(desk, call.worker_id, by)
    week = timedelta(days=returnee_rules().rematch_within_days)
    for entry in ledger_of(desk, call.worker_id):
        apart = abs(entry.returned_on - call.returned_on)
        if entry.ended_on is None and timedelta() < apart <= week:
            raise Conflict(
                f"这个人{entry.returned_on}回来，已经报过",
                where="returned_on",
                remedy=f"要补什么，日期填{entry.returned_on}再报一次；日期报错了，先把那一条撤回。",
            )


def note_found_home(desk: Desk, placement: Placement, on: date, channel: Channel, by: By) -> None:
    """Keep that somebody placed is home again, unless the ledger has them home since they left for this work.

    Where from is the place of the work; why and the wish were not asked.
    """
    known = ledger_of(desk, placement.worker_id)
    if any(placement.start <= entry.returned_on and entry.ended_on is None for entry in known):
        return
    place = placement.place_code or ""
    call = NoteReturn(
        worker_id=placement.worker_id,
        returned_on=on,
        from_place=place if place and gazetteer().exists(place) else "",
        channel=channel,
    )
    note_return(desk, call, by)


def just_home(desk: Desk, worker_id: str, on: date) -> bool:
    """Whether the ledger has them home since so few days that the first week's clock still runs: the same return."""
    week = timedelta(days=returnee_rules().rematch_within_days)
    return any(entry.ended_on is None and on - week <= entry.returned_on for entry in ledger_of(desk, worker_id))


def take_back_return(desk: Desk, worker_id: str, on: date, *, noted_at: datetime, by: By) -> None:
    """Take the entry of a day back with its facts, where it is still the one noted at that moment."""
    for entry in ledger_of(desk, worker_id):
        if (entry.returned_on, entry.noted_at) == (on, noted_at):
            _take_back(desk, entry, by)


def take_back_entry(desk: Desk, return_id: str, by: By, *, own: bool) -> None:
    """Take an entry back that was a slip, with its facts.

    own : entries of others are not the asker's to take back, Conflict. Raises NotFound for none of the regions.
    """
    entry = next((one for one in ledger(desk, by.regions) if one.return_id == return_id), None)
    if entry is None:
        raise NotFound("您管的范围里没有这条返乡登记", where="return", remedy="请刷新页面再看。")
    if own and entry.by != by.actor:
        raise Conflict("这一条不是您报的", where="return", remedy="报错了的，请报的人或者县就业局撤回。")
    _take_back(desk, entry, by)


def _take_back(desk: Desk, entry: Return, by: By) -> None:
    """First the facts, the last first: where something was built upon them nothing at all is taken back."""
    source = _source(entry)
    batches = [one for one in desk.store.batches() if one.file == source and one.undone_at is None]
    for batch in sorted(batches, key=lambda one: one.imported_at, reverse=True):
        desk.store.undo_batch(batch.batch_id, at=by.at, by=by.actor)
    desk.texts.put_return(replace(entry, taken_back_at=by.at))
    desk.tell(by, "return_taken_back", entry.worker_id)


def ledger(desk: Desk, regions: tuple[str, ...], since: date | None = None) -> list[Return]:
    """The entries of the regions that stand, newest first."""
    return [entry for entry in desk.texts.returns(regions=regions, since=since) if entry.taken_back_at is None]


def ledger_of(desk: Desk, worker_id: str) -> list[Return]:
    """The entries of somebody that stand, newest first."""
    return [entry for entry in desk.texts.returns(worker_id=worker_id) if entry.taken_back_at is None]


def _worker(desk: Desk, worker_id: str, by: By) -> Worker:
    for found in Scoped(desk.store, by.regions).records(Kind.WORKERS, ids=[worker_id]):
        if isinstance(found, Worker):
            return found
    raise NotFound("您管的范围里没有这个人", where=worker_id, remedy="请先在名册里登记这个人。")


def _refuse_misfits(desk: Desk, call: NoteReturn, by: By) -> None:
    words = return_words()
    today = local(by.at, desk.rules).date()
    for field, fits, fix in (
        ("returned_on", call.returned_on <= today, "返乡日期不能在今天以后。"),
        ("returned_on", (today - call.returned_on).days <= words.oldest_days, "这一天太早了，请核对年份。"),
        ("why", call.why in ("", *(one.code for one in words.why)), "请选一个返乡原因。"),
        ("wish", call.wish in ("", *(one.code for one in words.wish)), "请选一个打算。"),
        ("from_place", not call.from_place or gazetteer().exists(call.from_place), "请选一个地方，或者只写地名。"),
    ):
        if not fits:
            raise InvalidInput("返乡登记有一项不对", where=field, remedy=fix)


def _write_facts(desk: Desk, entry: Return, by: By) -> None:
    """One batch of one row, dated by the return: what the entry says of the worker."""
    wish = return_words().wish_of(entry.wish)
    fields: dict[str, Any] = {"returned_on": entry.returned_on.isoformat()}
    if wish is not None:
        stated = {
            "wish_to_work": wish.works,
            "wish_to_go_out": wish.goes_out,
            "needs_daily_return": wish.needs_daily_return,
            "wish_to_train": wish.trains,
            "wish_to_start_up": wish.starts_up,
        }
        fields |= {name: value for name, value in stated.items() if value is not None}
    body = msgspec.json.encode([entry.worker_id, fields])
    undone = {batch.batch_id: batch.undone_at is not None for batch in desk.store.batches()}
    # Said again after it was taken back it is a batch of its own: an id is used once.
    ids = (batch_id_of(msgspec.json.encode([entry.return_id, fields, *((n,) if n else ())])) for n in count())
    batch_id = next(one for one in ids if not undone.get(one, False))
    if batch_id in undone:
        return
    change = Change(record_id=entry.worker_id, sheet="返乡", row=1, fields=fields, since=entry.returned_on)
    write_own(desk.store, batch_id, Kind.WORKERS, Deed(_source(entry), body, by.at, by.actor), [change])


def _end_work(desk: Desk, entry: Return, worker: Worker, by: By) -> None:
    """End the work elsewhere that ran until the return, where what was said leaves no doubt that it is over."""
    words = return_words()
    if not words.over(entry.why, entry.wish):
        return
    label = words.label_of(entry.why) or words.label_of(entry.wish)
    fields = {"end": entry.returned_on.isoformat(), "end_reason": f"返乡登记：{label}"}
    changes = [
        Change(record_id=one.placement_id, sheet="返乡", row=row, fields=fields)
        for row, one in enumerate(_work_away(desk, entry, worker), 1)
    ]
    if changes:
        source, body = _source(entry), msgspec.json.encode([fields, by.at])
        write_own(
            desk.store,
            batch_id_of(body + source.encode()),
            Kind.PLACEMENTS,
            Deed(source, body, by.at, by.actor),
            changes,
        )


def _work_away(desk: Desk, entry: Return, worker: Worker) -> list[Placement]:
    """What ran when somebody came home and is not in the own county; where no place is recorded it was away."""
    home = worker.place_code[:COUNTY_DIGITS]
    return [
        one
        for one in desk.store.records(Kind.PLACEMENTS)
        if isinstance(one, Placement)
        and one.worker_id == entry.worker_id
        and one.start < entry.returned_on
        and one.end is None
        and (one.place_code or "")[:COUNTY_DIGITS] != home
    ]


def _source(entry: Return) -> str:
    return f"return:{entry.return_id}"


def end_return(desk: Desk, worker_id: str, on: date) -> None:
    """Note that somebody who had come home has gone out again or begun to work."""
    for entry in ledger_of(desk, worker_id):
        if entry.ended_on is None and entry.returned_on <= on:
            desk.texts.put_return(replace(entry, ended_on=on))


def returns_told(desk: Desk, by: By, *, since: date | None = None, own: bool = False) -> dict[str, Any]:
    """The ledger of the regions, newest first, masked; the two lists it feeds; how many each village has.

    own : the asker takes back own entries alone

    in_work : have begun to work since; not_left : the work they had before runs on in the records, to be asked about
    willing : would work and are not out yet, those nobody helps first
    """
    entries = ledger(desk, by.regions, since)
    rows = [row | {"may_take_back": not own or row["by"] == by.actor} for row in _rows(desk, entries)]
    started = _started(desk.store, local(by.at, desk.rules).date())
    back = {entry.worker_id: entry.returned_on for entry in reversed(entries)}
    workers = desk.workers([entry.worker_id for entry in entries])
    still = {entry.worker_id for entry in entries if entry.ended_on is None}
    willing = {one for one, worker in workers.items() if worker.wish_to_work and one in still and one not in started}
    words = return_words()
    first = _first_of_each(rows)
    return {
        "clause": words.clause,
        "n": len(rows),
        "entries": rows,
        "in_work": [row for row in first if started.get(row["worker_id"], date.min) >= back[row["worker_id"]]],
        "not_left": [row for row in first if started.get(row["worker_id"], date.max) < back[row["worker_id"]]],
        "willing": sorted((row for row in first if row["worker_id"] in willing), key=lambda row: bool(row["helper"])),
        "villages": [{"place": place, "n": n} for place, n in Counter(row["place"] for row in first).most_common()],
        "why": [{"code": one.code, "label": one.label} for one in words.why],
        "wish": [{"code": one.code, "label": one.label} for one in words.wish],
    }


def _started(store: RosterStore, on: date) -> dict[str, date]:
    """Worker -> when the latest work that runs on a day began."""
    found: dict[str, date] = {}
    for one in store.records(Kind.PLACEMENTS):
        if isinstance(one, Placement) and one.start <= on and (one.end is None or on <= one.end):
            found[one.worker_id] = max(one.start, found.get(one.worker_id, one.start))
    return found


def _first_of_each(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["worker_id"], row)
    return list(found.values())


def _rows(desk: Desk, entries: list[Return]) -> list[dict[str, Any]]:
    shown = masked_people(desk.store, list(desk.workers([entry.worker_id for entry in entries]).values()))
    words, rules, packs, figures = return_words(), returnee_rules(), desk.means.packs, kept_figures(desk.store)
    reports = [str(report_told(entry, rules, packs, figures)["outcome"]) for entry in entries]
    return [
        {
            "return_id": entry.return_id,
            "worker_id": entry.worker_id,
            "name": shown[entry.worker_id].name if entry.worker_id in shown else "",
            "phone": shown[entry.worker_id].phone if entry.worker_id in shown else "",
            "place": home_words(entry.region_code),
            "returned_on": entry.returned_on.isoformat(),
            "from": work_words(entry.from_place) if entry.from_place else entry.from_words,
            "why": words.label_of(entry.why),
            "wish": words.label_of(entry.wish),
            "helper": entry.helper,
            "by": entry.by,
            "channel": entry.channel.value,
            "late": LATE.get(report),
            "report": report,
            "report_label": REPORT_WORDS.get(report, report),
            "ended_on": entry.ended_on.isoformat() if entry.ended_on else None,
        }
        for entry, report in zip(entries, reports, strict=True)
    ]
