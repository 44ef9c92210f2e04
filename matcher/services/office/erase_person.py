"""A person erased for good: key, identity and record, every seat, question and text, with an entry that says why.

What was answered stays in the log by its id and can no longer be given again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from matcher.errors import Erased, InvalidInput, NotFound
from matcher.office.claims.steps import By
from matcher.ports import AccessStore, DeedStore, OrderStore, RosterStore, TextStore
from matcher.records import Kind
from matcher.records.access import AuditEntry
from matcher.services.claims.programmes import keep_the_others
from matcher.services.ground.same_person import joined_people
from matcher.services.ground.scoped_store import Scoped
from matcher.services.reconcile.keeping import forget_in_runs
from matcher.services.reconcile.merges import split

ACTION: Final = "person_erased"
REASONS: Final[Mapping[str, str]] = {
    "own_request": "本人要求删除",
    "guardian_request": "监护人或家属要求删除",
    "no_such_person": "登记错了，没有这个人",
    "twice": "同一个人登记了两次",
    "authority": "主管部门依法要求",
}
"""Codes, so that no name gets into a log that is never changed."""


class ErasePerson(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whom, why (one of REASONS), by whom with which role and regions (none: everywhere), and when."""

    worker_id: str
    reason: str
    actor: str
    role: str
    regions: tuple[str, ...] = ()
    now: datetime
    on: date


def erase_person(
    store: RosterStore, orders: OrderStore, texts: TextStore, deeds: DeedStore, access: AccessStore, call: ErasePerson
) -> dict[str, str | int]:
    """What was erased. Raises NotFound for nobody in the regions, Erased if it is done already, InvalidInput.

    Broken off half-way it is finished by the same call: what ledgers of two offices show goes first, found by name and
    number, then the record with them, seats, texts and deeds, then the entry. Payment files stay as long as the law
    says. That a number refused texts stays, as a keyed hash: whoever has it next is not written to against its word.
    """
    if call.reason not in REASONS:
        raise InvalidInput("没有写为什么删除", where="reason", remedy=f"请选一个：{'、'.join(REASONS)}。")
    there = Scoped(store, call.regions).records(Kind.WORKERS, ids=[call.worker_id])
    if not there and (call.regions or not store.erased([call.worker_id])):
        raise NotFound("您管的范围里没有这个人", where=call.worker_id, remedy="请从查来由的页面重新点进来。")
    n_ledgers = 0
    if there:
        _part(deeds, call)
        people = list(store.identities([call.worker_id]).values())
        n_ledgers = forget_in_runs(deeds, people, by=call.actor, on=call.on, at=call.now)
        store.erase_worker(call.worker_id, at=call.now, by=call.actor)
    n_changed = orders.forget_person(call.worker_id)
    n_texts = texts.forget_person(call.worker_id)
    keep_the_others(deeds, call.worker_id, By(actor=call.actor, at=call.now, on=call.on))
    n_deeds = deeds.forget_person(call.worker_id)
    if not there and not n_changed and not n_texts and not n_deeds:
        raise Erased("这个人的资料早已删除", where=call.worker_id, remedy="不用再删。")
    n = {"n_orders": n_changed, "n_texts": n_texts, "n_deeds": n_deeds, "n_ledgers": n_ledgers}
    access.append_audit(
        AuditEntry(
            at=call.now,
            actor=call.actor,
            role=call.role,
            action=ACTION,
            subjects=(call.worker_id,),
            detail={"reason": call.reason, **n},
        )
    )
    return {
        "worker_id": call.worker_id,
        "reason": call.reason,
        **n,
        "erased_at": f"{call.now:%FT%TZ}",
    }


def _part(deeds: DeedStore, call: ErasePerson) -> None:
    """Take back that records were one person: the other goes on for itself, and nothing waits for who is gone."""
    for joined in joined_people(deeds):
        if call.worker_id in (joined.keep, joined.other):
            split(deeds, joined.stream, reason=call.reason, by=call.actor, on=call.on, at=call.now)


def erasure_told(store: RosterStore, orders: OrderStore, worker_id: str) -> dict[str, Any]:
    """What would go with somebody, before it does. Raises NotFound, Erased."""
    if not store.records(Kind.WORKERS, ids=[worker_id]):
        if store.erased([worker_id]):
            raise Erased("这个人的资料早已删除", where=worker_id)
        raise NotFound("您管的范围里没有这个人", where=worker_id, remedy="请从查来由的页面重新点进来。")
    return {
        "worker_id": worker_id,
        "n_lists": len(store.decisions_of(worker_id)),
        "n_orders": len(orders.orders_of([worker_id]).get(worker_id, ())),
        "reasons": [{"code": code, "label": label} for code, label in REASONS.items()],
    }
