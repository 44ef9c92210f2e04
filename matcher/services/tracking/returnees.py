"""Who came home: a clock for each, one who helps, a new list in the same week, how it ended.

Entries come from the ledger (desk, call, text message) alike; what was done for each is a deed of its stream.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.messaging.return_words import return_words
from matcher.office.tracking.returnees import (
    CLOSED,
    HELPER,
    OFFERED,
    PLACED,
    REOPENED,
    Clock,
    Done,
    Step,
    clock_of,
    done_of,
    returnee_rules,
)
from matcher.ports import DeedStore
from matcher.records.deeds import Deed, NewDeed
from matcher.records.local_time import CHINA
from matcher.records.replies import Return
from matcher.services.documents.county_figures import kept_figures
from matcher.services.ground.refuted import refuted_on
from matcher.services.ground.scoped_store import Scoped
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.returns import LONGEST_WORDS, REPORT_WORDS, ledger
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.services.tracking.words import N_LISTED, people_told, placements_at

STREAM: Final = "return:"
STEP_WORDS: Final = {
    Step.HELPER: "先定谁帮他",
    Step.OFFER: "给他一份新名单",
    Step.FOLLOW: "问他看中哪个",
    Step.CLOSED: "办结",
}


class Returnees(msgspec.Struct, frozen=True, kw_only=True):
    """The call: the day, from which row; closed ones instead of open ones."""

    on: date
    skip: int = 0
    closed: bool = False


def returnees_told(desk: Desk, deeds: DeedStore, call: Returnees, by: By) -> dict[str, Any]:
    """The cases of the regions, those whose list is due first, with what is to be done next for each."""
    rules = returnee_rules()
    cases = _cases(desk, deeds, call.on, by)
    rows = [case for case in cases if (case[2].next is Step.CLOSED) == call.closed]
    rows.sort(key=lambda case: (case[1].offered_on is not None, case[2].offer_by, case[0].return_id))
    part = rows[call.skip : call.skip + N_LISTED]
    people = people_told(Scoped(desk.store, by.regions), (entry.worker_id for entry, _, _ in part))
    still = [clock for _, _, clock in cases if clock.next is not Step.CLOSED]
    return {
        "on": call.on.isoformat(),
        "closed": call.closed,
        "n_open": len(still),
        "n_late": sum(clock.late for clock in still),
        "n_without_helper": sum(clock.next is Step.HELPER for clock in still),
        "n_closed": len(cases) - len(still),
        "rows": [_row(case, people) for case in part],
        "n_rows": len(rows),
        "skip": call.skip,
        "next": call.skip + N_LISTED if len(rows) > call.skip + N_LISTED else None,
        "ends": [{"code": one.code, "label": one.label} for one in rules.end],
        "clause": rules.clause,
        "document": desk.means.packs[rules.pack].name,
        "reading": rules.reading,
        "days": rules.rematch_within_days,
        "longest": LONGEST_WORDS,
    }


def name_helper(desk: Desk, deeds: DeedStore, return_id: str, helper: str, by: By) -> str:
    """Say who helps one to one; whom. Raises NotFound, InvalidInput for nobody."""
    entry = _entry(desk, return_id, by)
    words = " ".join(helper.split())[:LONGEST_WORDS]
    if not words:
        raise InvalidInput("没有写谁帮他", where="helper", remedy="请写一对一帮扶的人。")
    if words == entry.helper:
        return entry.worker_id
    # A deed holds no names: who it is stands in the ledger.
    desk.texts.put_return(msgspec.structs.replace(entry, helper=words))
    _act(deeds, entry, by, HELPER, {})
    return entry.worker_id


def offer_list(desk: Desk, deeds: DeedStore, return_id: str, by: By, *, on: date, jurisdiction: str) -> dict[str, Any]:
    """A new list for somebody who came home, logged like any other; told with its decision and number of posts.

    A list without posts is none: the clock goes on. Raises NotFound, Conflict for a closed case.
    """
    entry = _entry(desk, return_id, by)
    _require_open(entry, deeds)
    settings = desk.means.settings
    call = Recommend(
        worker_id=entry.worker_id,
        on=on,
        jurisdiction=jurisdiction,
        top=settings.top,
        seed=settings.seed,
        explain=True,
        regions=by.regions,
    )
    answer = recommend(desk.store, desk.means, call, at=by.at)
    n = len(answer["lists"][0]["items"])
    if n:
        _act(deeds, entry, by, OFFERED, {"decision_id": answer["decision_id"], "n": n})
    return {"decision_id": answer["decision_id"], "n": n, "worker_id": entry.worker_id}


def close_case(desk: Desk, deeds: DeedStore, return_id: str, how: str, by: By) -> str:
    """Say how it ended; for whom. Raises NotFound, InvalidInput for an end nobody knows."""
    if returnee_rules().ended(how) is None:
        raise InvalidInput("没有这种结果", where="how", remedy="请按页面上的选项。")
    entry = _entry(desk, return_id, by)
    _require_open(entry, deeds)
    _act(deeds, entry, by, CLOSED, {"how": how})
    return entry.worker_id


def reopen_case(desk: Desk, deeds: DeedStore, return_id: str, by: By) -> str:
    """Take the end back; whose. Raises NotFound, Conflict for a case that is open."""
    entry = _entry(desk, return_id, by)
    if not done_of(entry, deeds.stream(STREAM + return_id)).ended:
        if _since(entry, _starts(desk, deeds, by.at.astimezone(CHINA).date())):
            raise Conflict("登记上已经有新的活", where="return", remedy="那条就业登记不对的，先改那一条。")
        raise Conflict("这件事还没有办结", where="return", remedy="请刷新页面再看。")
    if entry.ended_on is not None:
        raise Conflict("登记上写着又出去了", where="return", remedy="再回来请重新登记一次。")
    _act(deeds, entry, by, REOPENED, {})
    return entry.worker_id


def _cases(desk: Desk, deeds: DeedStore, on: date, by: By) -> list[tuple[Return, Done, Clock]]:
    done = defaultdict(list)
    for deed in deeds.deeds(prefix=STREAM):
        done[deed.stream.removeprefix(STREAM)].append(deed)
    rules, figures, starts = returnee_rules(), kept_figures(desk.store), _starts(desk, deeds, on)
    told = []
    for entry in ledger(desk, by.regions):
        if entry.returned_on <= on:
            so_far = done_of(entry, (deed for deed in done[entry.return_id] if deed.on <= on))
            since = _since(entry, starts)
            if since is not None and not so_far.ended:
                so_far = msgspec.structs.replace(so_far, ended=PLACED, ended_on=since)
            clock = clock_of(entry, so_far, on, rules=rules, packs=desk.means.packs, figures=figures)
            told.append((entry, so_far, clock))
    return told


def _starts(desk: Desk, deeds: DeedStore, on: date) -> dict[str, list[date]]:
    """Worker -> the days on which work began up to a day, without what was found false."""
    refuted, found = refuted_on(deeds, on), defaultdict(list)
    for one in placements_at(desk.store):
        if one.start <= on and one.placement_id not in refuted:
            found[one.worker_id].append(one.start)
    return found


def _since(entry: Return, starts: Mapping[str, Sequence[date]]) -> date | None:
    """When somebody began to work after they came home, None where they have not: the case is over by that."""
    return min((day for day in starts.get(entry.worker_id, ()) if day >= entry.returned_on), default=None)


def _row(case: tuple[Return, Done, Clock], people: dict[str, dict[str, str]]) -> dict[str, Any]:
    entry, done, clock = case
    words, rules = return_words(), returnee_rules()
    ended = rules.ended(done.ended)
    nobody = {"worker_id": entry.worker_id, "name": "", "phone": "", "place": ""}
    return {
        **people.get(entry.worker_id, nobody),
        "return_id": entry.return_id,
        "returned_on": entry.returned_on.isoformat(),
        "why": words.label_of(entry.why),
        "wish": words.label_of(entry.wish),
        "channel": entry.channel.value,
        "helper": done.helper,
        "report": clock.report,
        "report_label": REPORT_WORDS.get(clock.report, clock.report),
        "offer_by": clock.offer_by.isoformat(),
        "late": clock.late,
        "days_left": clock.days_left,
        "next": clock.next.value,
        "next_label": STEP_WORDS[clock.next],
        "offered_on": done.offered_on.isoformat() if done.offered_on else None,
        "decision_id": done.decision_id,
        "n_offered": done.n_offered,
        "ended": ended.label if ended else "",
        "ended_on": done.ended_on.isoformat() if done.ended_on else None,
    }


def _entry(desk: Desk, return_id: str, by: By) -> Return:
    for entry in ledger(desk, by.regions):
        if entry.return_id == return_id:
            return entry
    raise NotFound("您管的范围里没有这条返乡登记", where="return", remedy="请从名单重新点进来。")


def _require_open(entry: Return, deeds: DeedStore) -> None:
    if done_of(entry, deeds.stream(STREAM + entry.return_id)).ended:
        raise Conflict("这件事已经办结了", where="return", remedy="要再办，先撤回办结。")


def _act(deeds: DeedStore, entry: Return, by: By, kind: str, body: dict[str, Any]) -> None:
    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        if found and found[-1].kind == kind and found[-1].body == body:
            return ()
        day = by.at.astimezone(CHINA).date()
        return [NewDeed(kind=kind, at=by.at, on=day, by=by.actor, subjects=(entry.worker_id,), body=body)]

    deeds.act(STREAM + entry.return_id, decide)
