"""Two orders of the demonstration's broker: one under way, one whose bus left eight days ago; synthetic too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from matcher.orders import boarding, book
from matcher.orders.seats import Rule
from matcher.policy.binding import region_of
from matcher.ports import OrderStore, RosterStore
from matcher.ports.orders import Elsewhere
from matcher.records import Channel, Kind, Vacancy
from matcher.records.local_time import CHINA
from matcher.records.orders import Call, CallOutcome, LabourOrder, OrderState
from matcher.services.broker.call_list import draw_up, preflight
from matcher.services.broker.departure import depart
from matcher.services.broker.order_desk import rule_of
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.settings import LONGEST_LIST, Settings

BROKER: Final = "broker"
N_SEATS: Final = 8
N_GONE: Final = 3
LEAST_SEATS: Final = 3
DAYS_GONE: Final = timedelta(days=8)
SAID: Final = (
    *(CallOutcome.GO,) * 6, CallOutcome.LATER, CallOutcome.NO, CallOutcome.NO_ANSWER, CallOutcome.GO, CallOutcome.GO,
    CallOutcome.GO,
)  # fmt: skip
"""What the first of the list said."""
CHANNELS: Final = (Channel.GUANGDONG_PARTNER, Channel.OTHER_LABOUR_EXPORT, Channel.WORKSHOP)


def seed_demo_orders(store: RosterStore, orders: OrderStore, means: Means, settings: Settings, on: date) -> None:
    """Make the two orders for posts with people to call, unless the broker has any; the same county gets the same."""
    if orders.orders(broker=BROKER):
        return
    rule = rule_of(settings, _at(on, 8))

    def can_be_called(post: Vacancy) -> bool:
        order = _order(means, settings, post, "", None, rule)
        ranked = [str(item["worker_id"]) for item in _answer(store, means, settings, post, on)["lists"][0]["items"]]
        return len(preflight(store, orders, settings, order, ranked, rule).ready) > len(SAID)

    posts = list(islice(filter(can_be_called, _posts(store, on)), 2))
    if len(posts) > 1:
        _gone(store, orders, means, settings, posts[1], on)
        _under_way(store, orders, means, settings, posts[0], on)


def _posts(store: RosterStore, on: date) -> list[Vacancy]:
    """Posts open to all with enough places, those people travel to first, most places first."""
    found = (record for record in store.records(Kind.VACANCIES) if isinstance(record, Vacancy))
    fit = [
        post
        for post in found
        if post.channel in CHANNELS and not post.reserved_for and post.open_on(on) and post.places_left >= LEAST_SEATS
    ]
    return sorted(fit, key=lambda post: (CHANNELS.index(post.channel), -post.places_left, post.vacancy_id))


def _under_way(
    store: RosterStore, orders: OrderStore, means: Means, settings: Settings, post: Vacancy, on: date
) -> None:
    rule = rule_of(settings, _at(on, 8))
    order = _order(means, settings, post, "demo-o1", _at(on + timedelta(days=3), 7), rule)
    order = _listed(store, orders, means, settings, order, post, on, rule)
    people = [seat.worker_id for seat in order.people]

    def call_all(now: LabourOrder, _: Elsewhere) -> LabourOrder:
        for worker_id, outcome in zip(people, SAID, strict=False):
            reason = "distance" if outcome is CallOutcome.NO else ""
            now = book.answered(now, worker_id, Call(at=rule.at, by=BROKER, outcome=outcome, reason=reason), rule)
        return now

    orders.change_order(order.order_id, call_all)


def _gone(store: RosterStore, orders: OrderStore, means: Means, settings: Settings, post: Vacancy, on: date) -> None:
    day = on - DAYS_GONE
    rule = rule_of(settings, _at(day, 7))
    order = _order(means, settings, post, "demo-o0", _at(day, 7), rule)
    order = _listed(store, orders, means, settings, order, post, on, rule)
    people = [seat.worker_id for seat in order.people][: N_GONE + 1]

    def board(now: LabourOrder, _: Elsewhere) -> LabourOrder:
        for worker_id in people:
            now = book.answered(now, worker_id, Call(at=rule.at, by=BROKER, outcome=CallOutcome.GO), rule)
        for worker_id in people[:N_GONE]:
            now = boarding.checked_in(now, worker_id, BROKER, rule)
        return now

    after = orders.change_order(order.order_id, board)
    if after.n_taken:
        depart(store, orders, after, rule, by=BROKER, on=day, most=N_GONE)


def _order(
    means: Means, settings: Settings, post: Vacancy, order_id: str, departs: datetime | None, rule: Rule
) -> LabourOrder:
    return LabourOrder(
        order_id=order_id,
        vacancy_id=post.vacancy_id,
        region_code=region_of(means.packs, settings.jurisdiction),
        n_seats=min(N_SEATS, post.places_left),
        state=OrderState.OPEN,
        departs_at=departs,
        pickup="县客运站",
        broker=BROKER,
        created_at=rule.at,
    )


def _listed(
    store: RosterStore,
    orders: OrderStore,
    means: Means,
    settings: Settings,
    order: LabourOrder,
    post: Vacancy,
    on: date,
    rule: Rule,
) -> LabourOrder:
    """The order, kept, with its people to call."""
    orders.add_order(order)
    answer = _answer(store, means, settings, post, on)
    return draw_up(store, orders, settings, order, answer, rule, n=2 * len(SAID))


def _answer(store: RosterStore, means: Means, settings: Settings, post: Vacancy, on: date) -> dict[str, Any]:
    call = ListCandidates(
        vacancy_id=post.vacancy_id,
        on=on,
        jurisdiction=settings.jurisdiction,
        top=LONGEST_LIST,
        seed=settings.seed,
        public=True,
    )
    answer, _ = answer_candidates(store, means, call, plan=store.current_plan(on), revision=None)
    return answer


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), CHINA).astimezone(UTC)
