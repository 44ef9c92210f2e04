"""What workers say is wrong in their records, in one queue of the office: from the desk, a broker's call or a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.office.tracking.corrections import (
    ASKED,
    PREFIX,
    SETTLED,
    Correction,
    correction_of,
    correction_rules,
    corrections_of,
)
from matcher.ports import DeedStore, RosterStore
from matcher.records import Kind, Worker
from matcher.records.deeds import Deed, NewDeed
from matcher.records.local_time import CHINA
from matcher.services.messages.desk import By, id_of
from matcher.services.tracking.words import N_LISTED, people_told

THROUGH: Final = {"desk": "本人到窗口说的", "call": "打电话时说的", "text": "回短信说的"}


class AskCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose record, what is wrong in it (a code of `corrections.toml`), by which way it was said."""

    worker_id: str
    what: str
    through: str = "desk"
    reply_id: str = ""


def corrections_told(store: RosterStore, deeds: DeedStore, on: date, skip: int = 0) -> dict[str, Any]:
    """The open ones of people the store reaches, due first; what may be wrong and how it may end."""
    rules = correction_rules()
    rows = sorted(open_of(store, deeds), key=lambda one: (one.asked_on, one.correction_id))
    part = rows[skip : skip + N_LISTED]
    people = people_told(store, [one.worker_id for one in part])
    return {
        "on": on.isoformat(),
        "n": len(rows),
        "n_late": sum(one.due(rules) < on for one in rows),
        "rows": [
            {
                **people[one.worker_id],
                "correction_id": one.correction_id,
                "what": rules.label_of(one.what),
                "through": THROUGH.get(one.through, ""),
                "asked_on": one.asked_on.isoformat(),
                "by": one.by,
                "due": one.due(rules).isoformat(),
                "late_days": max(0, (on - one.due(rules)).days),
            }
            for one in part
            if one.worker_id in people
        ],
        "skip": skip,
        "next": skip + N_LISTED if len(rows) > skip + N_LISTED else None,
        "hows": [{"code": one.code, "label": one.label} for one in rules.how],
        "days": rules.days,
        "reading": rules.reading,
        "source": rules.source,
    }


def corrections_due(store: RosterStore, deeds: DeedStore, on: date) -> dict[str, int]:
    """How many are open and how many of them late, for the page of the day."""
    rules, rows = correction_rules(), open_of(store, deeds)
    return {"n_open": len(rows), "n_late": sum(one.due(rules) < on for one in rows)}


def open_of(store: RosterStore, deeds: DeedStore) -> list[Correction]:
    """The open ones of people the store reaches."""
    found = [one for one in corrections_of(deeds.deeds(prefix=PREFIX)) if not one.how]
    reached = {one.worker_id for one in _workers(store, [one.worker_id for one in found])}
    return [one for one in found if one.worker_id in reached]


def corrections_about(deeds: DeedStore, worker_id: str) -> dict[str, Any]:
    """What was asked about one person, newest first, and what may be."""
    rules = correction_rules()
    rows = corrections_of(deeds.deeds(prefix=PREFIX, subject=worker_id))
    return {
        "rows": [
            {
                "what": rules.label_of(one.what),
                "asked_on": one.asked_on.isoformat(),
                "due": one.due(rules).isoformat(),
                "how": rules.label_of(one.how),
                "settled_on": one.settled_on.isoformat() if one.settled_on else "",
            }
            for one in rows[::-1]
        ],
        "whats": whats_told(),
    }


def whats_told() -> list[dict[str, str]]:
    """What may be wrong, as a form offers it."""
    return [{"code": one.code, "label": one.label} for one in correction_rules().what]


def ask_correction(store: RosterStore, deeds: DeedStore, call: AskCorrection, by: By) -> str:
    """Keep that something is wrong, once while it is open; its id.

    Raises NotFound for nobody the store reaches, InvalidInput for a code or a way nobody knows.
    """
    rules = correction_rules()
    if call.what not in {one.code for one in rules.what} or call.through not in THROUGH:
        raise InvalidInput("没有选哪一项不对", where="what", remedy="请选一项。")
    if not _workers(store, [call.worker_id]):
        raise NotFound("您管的范围里没有这个人", where="worker", remedy="请从名单重新点进来。")
    before = corrections_of(deeds.deeds(prefix=PREFIX, subject=call.worker_id))
    stands = next((one for one in before if one.what == call.what and not one.how), None)
    if stands is not None:
        return stands.correction_id
    # The number of those before is part of the id: of two at once one stands, and both get the same.
    correction_id = id_of("co", call.worker_id, call.what, len(before))
    body = {"what": call.what, "through": call.through, **({"reply_id": call.reply_id} if call.reply_id else {})}
    new = NewDeed(kind=ASKED, at=by.at, on=_day(by), by=by.actor, subjects=(call.worker_id,), body=body)
    deeds.act(PREFIX + correction_id, lambda found: () if found else (new,))
    return correction_id


def settle_correction(store: RosterStore, deeds: DeedStore, correction_id: str, how: str, by: By) -> str:
    """Say how it ended; whose it was.

    Raises NotFound, InvalidInput for a word nobody knows, Conflict once it ended otherwise.
    """
    if how not in {one.code for one in correction_rules().how}:
        raise InvalidInput("没有这种结果", where="how", remedy="请按页面上的选项。")
    known = correction_of(deeds.stream(PREFIX + correction_id))
    if known is None or not _workers(store, [known.worker_id]):
        raise NotFound("您管的范围里没有这一条", where="correction", remedy="请从名单重新点进来。")

    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        stands = correction_of(found)
        if stands is not None and stands.how:
            if stands.how == how:
                return ()
            raise Conflict("这一条已经办结了", where="correction", remedy="请刷新页面再看。")
        subjects = (known.worker_id,)
        return [NewDeed(kind=SETTLED, at=by.at, on=_day(by), by=by.actor, subjects=subjects, body={"how": how})]

    deeds.act(PREFIX + correction_id, decide)
    return known.worker_id


def _day(by: By) -> date:
    return by.at.astimezone(CHINA).date()


def _workers(store: RosterStore, worker_ids: Iterable[str]) -> list[Worker]:
    found = store.records(Kind.WORKERS, ids=sorted(set(worker_ids)))
    return [one for one in found if isinstance(one, Worker)]
