"""A group and an audit sample of the demonstration, so that the pages after placement have something to show."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final

from matcher.errors import InvalidInput
from matcher.office.tracking.sample import PREFIX
from matcher.ports import DeedStore, OrderStore, RosterStore
from matcher.records.access import Role
from matcher.records.local_time import CHINA
from matcher.records.orders import OrderState
from matcher.services.assignment.dispatch import Dispatch
from matcher.services.assignment.dispatch_desk import lay_out
from matcher.services.ground.rulebook import Means
from matcher.services.messages.desk import By
from matcher.services.tracking.audit_sample import DrawSample, draw_sample
from matcher.settings import Settings

OFFICER: Final = "officer"
SEED: Final = 1
PER_STRATUM: Final = 3
HOUR: Final = 9


def seed_demo_tracking(
    store: RosterStore, orders: OrderStore, deeds: DeedStore, means: Means, settings: Settings, on: date
) -> None:
    """Draw a sample and lay out the groups of open orders, once; the same county gets the same."""
    if deeds.deeds(prefix=PREFIX):
        return
    by = By(OFFICER, Role.OFFICER.value, datetime.combine(on, time(HOUR), CHINA).astimezone(UTC))
    draw_sample(store, orders, deeds, means, DrawSample(on=on, seed=SEED, per_stratum=PER_STRATUM), by)
    for order in orders.orders():
        if order.state is OrderState.OPEN:
            call = Dispatch(
                on=on, jurisdiction=settings.jurisdiction, seed=settings.seed, order_id=order.order_id, fill=False
            )
            try:
                lay_out(store, orders, deeds, means, call, by)
            except InvalidInput:
                # Nobody of this order may be sent as the records stand: its page says so.
                continue
