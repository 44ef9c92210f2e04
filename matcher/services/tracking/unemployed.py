"""Who left work and has none again: when they registered as unemployed, which support they draw, what the rule says.

Both are facts of the placement that ended (requirements 8.11). What nobody recorded is told as the question to ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.office.tracking.returnees import returnee_rules
from matcher.policy.binding import pack_for
from matcher.policy.evaluation.evaluate import evaluate_rule
from matcher.policy.evaluation.labels import worker_flags
from matcher.policy.types import PackSet
from matcher.ports import Change, DeedStore, RosterStore
from matcher.records import EvidenceKind, Kind, Placement, UnemploymentBenefit, Worker
from matcher.services.ground.own_batch import Deed, batch_id_of, write_own
from matcher.services.messages.desk import By
from matcher.services.tracking.words import N_LISTED, of_persons, people_told, placements_at, runs_on

SHEET: Final = "离岗"
BENEFITS: Final = {
    UnemploymentBenefit.INSURANCE: "失业保险待遇",
    UnemploymentBenefit.AID: "低保或临时救助",
    UnemploymentBenefit.NONE: "都没有",
}


class Unemployed(msgspec.Struct, frozen=True, kw_only=True):
    """The call: the day, whose document counts, from which row."""

    on: date
    jurisdiction: str
    skip: int = 0


class NoteUnemployed(msgspec.Struct, frozen=True, kw_only=True):
    """The call: of which placement that ended; registered : the day, None not yet; benefit : a code, "" not known."""

    placement_id: str
    registered: date | None = None
    benefit: str = ""


def unemployed_told(store: RosterStore, deeds: DeedStore, packs: PackSet, call: Unemployed) -> dict[str, Any]:
    """Those whose last work ended lately and who have none since, not registered first, then the longest without."""
    rule = returnee_rules().unemployed
    ended = _ended(of_persons(store, deeds, placements_at(store)), call.on, rule.days)
    ended.sort(key=lambda one: (one.registered_unemployed_on is not None, one.end or call.on, one.placement_id))
    part = ended[call.skip : call.skip + N_LISTED]
    ids = sorted({one.worker_id for one in part})
    people = people_told(store, ids)
    workers = {one.worker_id: one for one in store.records(Kind.WORKERS, ids=ids) if isinstance(one, Worker)}
    pack, said = packs.rule_owner(rule.rule) or (None, None)
    bound = pack_for(packs, call.jurisdiction, call.on).asked.id
    return {
        "on": call.on.isoformat(),
        "days": rule.days,
        "reading": rule.reading,
        "source": f"{pack.cited} {said.clause}" if pack and said else "",
        "borrowed": pack is not None and pack.id != bound,
        "n": len(ended),
        "n_unregistered": sum(one.registered_unemployed_on is None for one in ended),
        "rows": [
            {**people[one.worker_id], **_row(one, workers[one.worker_id], packs, call.on)}
            for one in part
            if one.worker_id in people
        ],
        "skip": call.skip,
        "next": call.skip + N_LISTED if len(ended) > call.skip + N_LISTED else None,
        "benefits": [{"code": code.value, "label": label} for code, label in BENEFITS.items()],
    }


def note_unemployed(store: RosterStore, call: NoteUnemployed, by: By, *, today: date) -> str:
    """Keep when somebody registered and what they draw, as facts of the work that ended; whose it is.

    Said again it is so once. Raises NotFound for a placement nobody of the regions has, Conflict for one that has not
    ended, InvalidInput for a day before its end or to come, for another word, and for a form without either.
    """
    found = store.records(Kind.PLACEMENTS, ids=[call.placement_id])
    placement = next((one for one in found if isinstance(one, Placement)), None)
    if placement is None:
        raise NotFound("您管的范围里没有这条就业登记", where="placement", remedy="请从名单重新点进来。")
    if placement.end is None:
        raise Conflict("这条就业登记还没有结束", where="placement", remedy="先在回访里记下他离开了。")
    for field, fits, fix in (
        (
            "registered",
            call.registered is None or placement.end <= call.registered <= today,
            "登记在离岗以后、今天以前。",
        ),
        ("benefit", call.benefit in ("", *UnemploymentBenefit), "请选一样待遇，不清楚就不选。"),
        ("registered", bool(call.registered or call.benefit), "登记日期、待遇至少填一样。"),
    ):
        if not fits:
            raise InvalidInput("失业登记有一项不对", where=field, remedy=fix)
    fields: dict[str, Any] = {}
    if call.registered is not None and call.registered != placement.registered_unemployed_on:
        fields["registered_unemployed_on"] = call.registered.isoformat()
    if call.benefit and call.benefit != placement.unemployment_benefit:
        fields["unemployment_benefit"] = call.benefit
    if fields:
        source = f"unemployed:{placement.placement_id}"
        batch_id = batch_id_of(msgspec.json.encode([source, fields, by.at]))
        change = Change(record_id=placement.placement_id, sheet=SHEET, row=1, fields=fields)
        deed = Deed(source, msgspec.json.encode(fields), by.at, by.actor)
        write_own(store, batch_id, Kind.PLACEMENTS, deed, [change])
    return placement.worker_id


def _ended(placements: Iterable[Placement], on: date, days: int) -> list[Placement]:
    """Of everybody without running work the work that ended last, within so many days."""
    last: dict[str, Placement] = {}
    running: set[str] = set()
    for one in placements:
        if runs_on(one, on) and one.end != on:
            running.add(one.worker_id)
        elif one.end is not None and one.end <= on:
            before = last.get(one.worker_id)
            if before is None or (before.end or on, before.placement_id) < (one.end, one.placement_id):
                last[one.worker_id] = one
    first = on - timedelta(days=days)
    return [one for one in last.values() if one.worker_id not in running and one.end and one.end >= first]


def _row(placement: Placement, worker: Worker, packs: PackSet, on: date) -> dict[str, Any]:
    drawn = placement.unemployment_benefit
    insured = any(one.kind is EvidenceKind.INSURANCE for one in placement.evidence)
    inputs = {
        "poor_worker": worker_flags(worker, on=on, vocabulary=packs.vocabulary)["poor_worker"],
        # No record of a contribution is no proof that there was none.
        "insured": True if insured or drawn is UnemploymentBenefit.INSURANCE else None,
        "meets_aid_conditions": True if drawn is UnemploymentBenefit.AID else None,
    }
    answer, words = evaluate_rule(returnee_rules().unemployed.rule, inputs, packs=packs), packs.vocabulary.words
    support = str(answer.get("income_support", ""))
    return {
        "placement_id": placement.placement_id,
        "employer": placement.employer_name or "",
        "end": placement.end.isoformat() if placement.end else "",
        "end_reason": placement.end_reason or "",
        "registered": placement.registered_unemployed_on.isoformat() if placement.registered_unemployed_on else "",
        "benefit": BENEFITS[drawn] if drawn else "",
        "benefit_code": drawn.value if drawn else "",
        "hard_to_employ": answer.get("hard_to_employ"),
        "support": words.get(support, support),
        "ask": [words.get(str(one), str(one)) for one in answer.get("reasons", ())],
    }
