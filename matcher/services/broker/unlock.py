"""A full number for one call: with the person's consent, inside an open order, for a stated reason, within a quota."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from matcher.errors import Conflict, Forbidden, InvalidInput, MatcherError, NotFound, TooMany
from matcher.orders.calling import without_call
from matcher.orders.seats import STAYS, as_of, seat_of
from matcher.ports import AccessStore, OrderStore, RosterStore
from matcher.privacy import without_personal
from matcher.records import Worker
from matcher.records.access import AuditEntry, Role
from matcher.records.orders import ContactUnlock, LabourOrder
from matcher.services.broker.order_desk import day_start, require_open, rule_of, workers_of
from matcher.services.ground.masked_people import Contact
from matcher.settings import Settings

REASONS: Final[Mapping[str, str]] = {
    "offer": "问愿不愿意去这个单子",
    "callback": "说好了再打",
    "trip": "通知上车的时间地点",
    "papers": "核对证件和材料",
    "other": "别的（要写明）",
}
"""Why a number may be looked at; the list is closed."""
LONGEST_NOTE: Final = 60
ALERT: Final = "unlock_alert"
"""Action of the audit entry that tells the office of somebody who looks at numbers and does not call."""
N_LOOKED_BACK: Final = 50


class UnlockContact(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose number, for which order, why (one of REASONS, with a few words of one's own), for whom."""

    worker_id: str
    reason: str
    note: str = ""
    actor: str
    role: Role


class FullContact(NamedTuple):
    """Name and number in full; it leaves with the page of one call and is kept nowhere."""

    name: str
    phone: str


def unlock_contact(
    store: RosterStore,
    orders: OrderStore,
    access: AccessStore,
    settings: Settings,
    order: LabourOrder,
    call: UnlockContact,
    at: datetime,
) -> FullContact:
    """The number, after the look stands in the log and in the audit.

    Raises InvalidInput for a reason that is none, Conflict for an order that is not open or a person who has left it,
    or when too many numbers were looked at without a call, Forbidden without the person's consent, NotFound outside
    the asker's regions or where no number is recorded, TooMany beyond the quota of the day.
    """
    reason = _reason(call)
    require_open(order)
    seat = seat_of(as_of(order, rule_of(settings, at)), call.worker_id)
    if seat.state not in STAYS and not seat.state.bound:
        raise Conflict("这个人在这个单子里已经有结果了，不再打", remedy="请回呼叫单，打下一个。")
    worker = workers_of(store, [call.worker_id]).get(call.worker_id)
    if worker is None:
        raise NotFound("您管的范围里没有这个人", remedy="请从呼叫单重新点进来。")
    _require_consent(worker)
    identity = store.identities([call.worker_id]).get(call.worker_id)
    if identity is None or not identity.phone:
        raise NotFound("没有登记电话", remedy="请托村里带话，问到了交县就业局登记。")
    _require_calls(orders, access, settings, call, at)
    look = ContactUnlock(at=at, actor=call.actor, worker_id=call.worker_id, order_id=order.order_id, reason=reason)
    if not orders.unlock(look, daily_quota=settings.unlocks_per_day, day_start=day_start(at)):
        _refuse(access, call, at, "quota", settings.unlocks_per_day, _over_quota(settings, at))
    _tell(access, call, at, "unlock", (order.order_id, call.worker_id), {"reason": call.reason})
    return FullContact(identity.name or "", identity.phone)


def may_unlock(worker: Worker) -> bool:
    """Whether the person has said yes to giving the number on."""
    return Contact.of(worker) is Contact.AGREED


def left_today(orders: OrderStore, settings: Settings, actor: str, at: datetime) -> int:
    """How many more people the actor may look at today."""
    since = day_start(at)
    seen = {look.worker_id for look in orders.unlocks(actor=actor) if look.at >= since}
    return max(0, settings.unlocks_per_day - len(seen))


def _reason(call: UnlockContact) -> str:
    note = without_personal(" ".join(call.note.split()))[:LONGEST_NOTE]
    if call.reason not in REASONS or (call.reason == "other" and not note):
        raise InvalidInput("要先说为什么看号码", where="reason", remedy="请选一个原因；选“别的”要写几个字。")
    return f"{call.reason}：{note}" if note else call.reason


def _require_consent(worker: Worker) -> None:
    if not may_unlock(worker):
        raise Forbidden(
            f"{Contact.of(worker).label}，不能看号码", where="consent", remedy="请托村里当面问，本人同意并登记后再打。"
        )


def _require_calls(
    orders: OrderStore, access: AccessStore, settings: Settings, call: UnlockContact, at: datetime
) -> None:
    """Conflict, and an entry for the office, once so many numbers were looked at without a call being noted."""
    looks = [look for look in orders.unlocks(actor=call.actor) if look.at >= day_start(at)]
    if len(looks) < settings.unlocks_without_call:
        return
    idle = set(without_call(looks, orders.orders(), day_start(at))) - {call.worker_id}
    if len(idle) >= settings.unlocks_without_call:
        remedy = "请回呼叫单，把打过的一个个记好，再看下一个。"
        error = Conflict(f"前面看过{len(idle)}个号码，还没有记下结果", remedy=remedy)
        _refuse(access, call, at, "no_calls", len(idle), error)


def _over_quota(settings: Settings, at: datetime) -> TooMany:
    tomorrow = day_start(at) + timedelta(days=1)
    return TooMany(
        f"今天已经看过{settings.unlocks_per_day}个人的号码，到上限了",
        wait_s=int((tomorrow - at).total_seconds()),
        remedy="明天再打；急用请找县就业局。",
    )


def _refuse(access: AccessStore, call: UnlockContact, at: datetime, why: str, n: int, error: MatcherError) -> None:
    """Tell the office once a day of each kind, and raise."""
    since = day_start(at)
    told = any(
        entry.action == ALERT and entry.detail.get("why") == why and entry.at >= since
        for entry in access.audit(actor=call.actor, limit=N_LOOKED_BACK)
    )
    if not told:
        _tell(access, call, at, ALERT, (), {"why": why, "n": n})
    raise error


def _tell(
    access: AccessStore,
    call: UnlockContact,
    at: datetime,
    action: str,
    subjects: tuple[str, ...],
    detail: Mapping[str, object],
) -> None:
    access.append_audit(
        AuditEntry(at=at, actor=call.actor, role=call.role.value, action=action, subjects=subjects, detail=dict(detail))
    )
