"""What the office watches of brokers' calls: numbers that are wrong, looks at numbers, who looks and does not call."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any, Final

from matcher.orders.calling import out_of_reach, without_call
from matcher.ports import AccessStore, OrderStore, RosterStore
from matcher.privacy import identity_for
from matcher.records.access import Role
from matcher.records.local_time import CHINA
from matcher.records.orders import LabourOrder
from matcher.services.broker.order_desk import day_start, workers_of
from matcher.services.broker.unlock import ALERT
from matcher.services.ground.place_words import home_words

N_DAYS: Final = 30
N_WRONG: Final = 200
N_ENTRIES: Final = 5000
WHY: Final = {"quota": "看号码到了一天的上限", "no_calls": "看了号码没有记结果"}


def broker_calls(
    store: RosterStore, access: AccessStore, orders: OrderStore, role: Role, regions: tuple[str, ...], at: datetime
) -> dict[str, Any]:
    """Wrong numbers of the regions with the day each was found; looks and calls of each broker and day; alerts."""
    every = orders.orders(regions=regions)
    return {
        "wrong": _wrong(store, every, role),
        "days": _days(orders, every, at),
        "alerts": [
            {
                "at": entry.at.isoformat(),
                "actor": entry.actor,
                "why": WHY.get(str(entry.detail.get("why")), ""),
                "n": entry.detail.get("n", 0),
            }
            for entry in access.audit(limit=N_ENTRIES)
            if entry.action == ALERT
        ],
    }


def _wrong(store: RosterStore, every: list[LabourOrder], role: Role) -> list[dict[str, Any]]:
    found = out_of_reach(every)[:N_WRONG]
    workers = workers_of(store, [worker_id for worker_id, _, _ in found])
    identities = store.identities(list(workers))
    told = []
    for worker_id, at, order_id in found:
        if worker_id in workers:
            known = identities.get(worker_id)
            name, phone = (known.name, known.phone) if known else (None, None)
            named = identity_for(role, name=name, id_number=None, phone=phone)
            home = home_words(workers[worker_id].place_code)
            on = at.astimezone(CHINA).date().isoformat()
            told.append({"worker_id": worker_id, **named, "place": home, "on": on, "order_id": order_id})
    return told


def _days(orders: OrderStore, every: list[LabourOrder], at: datetime) -> list[dict[str, Any]]:
    """Per broker and day: people looked at, calls noted, and of today the looks without a call."""
    looked: Counter[tuple[date, str]] = Counter()
    seen: set[tuple[date, str, str]] = set()
    ids = {order.order_id for order in every}
    looks = [look for look in orders.unlocks() if look.order_id in ids and (at - look.at).days < N_DAYS]
    for look in looks:
        key = (look.at.astimezone(CHINA).date(), look.actor, look.worker_id)
        looked[key[:2]] += key not in seen
        seen.add(key)
    calls = Counter(
        (call.at.astimezone(CHINA).date(), call.by) for order in every for seat in order.people for call in seat.calls
    )
    today = at.astimezone(CHINA).date()
    idle = {
        actor: len(without_call([look for look in looks if look.actor == actor], every, day_start(at)))
        for actor in {look.actor for look in looks}
    }
    return [
        {
            "on": day.isoformat(),
            "actor": actor,
            "looked": n,
            "called": calls[day, actor],
            "idle": idle.get(actor, 0) if day == today else None,
        }
        for (day, actor), n in sorted(looked.items(), reverse=True)
    ]
