"""An order at a broker's desk: found inside the asker's regions, changed under one lock, told in local time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from matcher.errors import Conflict, NotFound
from matcher.orders.boarding import boarding_day, may_board
from matcher.orders.book import signature_kept
from matcher.orders.seats import Rule, as_of, n_free, unit_of
from matcher.ports import OrderStore, RosterStore
from matcher.ports.orders import Elsewhere
from matcher.records import Kind, Vacancy, Worker
from matcher.records.local_time import CHINA, WEEKDAYS
from matcher.records.orders import LabourOrder, OrderState, SeatState
from matcher.services.ground.place_words import work_words
from matcher.services.ground.post_words import wage_words
from matcher.settings import Settings

# Pages know use cases and no stage: the moment of a deed reaches them through here.
__all__ = [
    "Rule",
    "changed",
    "day_start",
    "day_words",
    "moment_words",
    "order_at",
    "order_head",
    "require_open",
    "rule_of",
    "vacancy_of",
    "workers_of",
]

STATES: Final = {
    OrderState.DRAFT: "还没开始",
    OrderState.OPEN: "正在招",
    OrderState.DEPARTED: "已经发车",
    OrderState.CANCELLED: "已经取消",
}
SEAT_STATES: Final = {
    SeatState.LISTED: "待打电话",
    SeatState.HELD: "留座待回",
    SeatState.CONFIRMED: "确认",
    SeatState.CHECKED_IN: "已上车",
    SeatState.NO_SHOW: "没来",
    SeatState.WAITING: "候补",
    SeatState.DECLINED: "不去",
    SeatState.RELEASED: "已退出",
}
Deed = Callable[[LabourOrder, Rule], LabourOrder]


def order_at(orders: OrderStore, order_id: str, regions: tuple[str, ...]) -> LabourOrder:
    """An order inside the regions of whoever asks; NotFound for any other."""
    order = orders.order(order_id)
    if regions and not order.region_code.startswith(regions):
        raise NotFound("no order has this id", where=order_id)
    return order


def rule_of(settings: Settings, at: datetime) -> Rule:
    """The moment of a deed and the hold of the settings."""
    return Rule(at, timedelta(hours=settings.hold_hours))


def changed(orders: OrderStore, order: LabourOrder, rule: Rule, deed: Deed, *, yes_of: str = "") -> LabourOrder:
    """The order after a deed, nobody else between reading and writing it.

    yes_of : worker whose yes the deed notes. Conflict for an order that is not open, or a yes given elsewhere before
    (by that worker or whoever goes along).
    """

    def change(found: LabourOrder, elsewhere: Elsewhere) -> LabourOrder:
        require_open(found)
        if yes_of and elsewhere(sorted(seat.worker_id for seat in unit_of(found, yes_of))):
            raise Conflict("这个人已经答应了别的单子", remedy="先答应的算数。请把结果记成“已在外”或者打下一个。")
        now = as_of(found, rule)
        return signature_kept(found, deed(now, rule))

    return orders.change_order(order.order_id, change)


def require_open(order: LabourOrder) -> None:
    """Conflict unless calls and seats may change."""
    if order.state is not OrderState.OPEN:
        raise Conflict(f"这个单子{STATES[order.state]}，座位和电话都不能再改", remedy="请回订单列表。")


def order_head(store: RosterStore, order: LabourOrder, rule: Rule) -> dict[str, Any]:
    """What every page of an order says first: what for, when and where it leaves, and how its seats stand."""
    vacancy = vacancy_of(store, order)
    now = as_of(order, rule)
    states = [seat.state for seat in now.people]
    return {
        "order_id": order.order_id,
        "vacancy_id": order.vacancy_id,
        "title": vacancy.title if vacancy else "岗位已撤下",
        "employer": (vacancy.employer_name or "") if vacancy else "",
        "place": work_words(vacancy.place_code) if vacancy else "",
        "wage": wage_words(vacancy) if vacancy else "",
        "state": order.state.value,
        "state_label": STATES[order.state],
        "open": order.state is OrderState.OPEN,
        "departs": moment_words(order.departs_at),
        "boards": may_board(now, rule),
        "boards_on": _on(boarding_day(order)),
        "pickup": order.pickup,
        "n_seats": order.n_seats,
        "n_confirmed": sum(state.bound for state in states),
        "n_held": states.count(SeatState.HELD),
        "n_waiting": states.count(SeatState.WAITING),
        "n_checked_in": states.count(SeatState.CHECKED_IN),
        "n_free": n_free(now),
        "n_listed": states.count(SeatState.LISTED),
        "countersigned_by": order.countersigned_by,
        "countersigned": day_words(order.countersigned_at),
    }


def vacancy_of(store: RosterStore, order: LabourOrder) -> Vacancy | None:
    """The advert an order is for, None if it was taken back."""
    found = store.records(Kind.VACANCIES, ids=[order.vacancy_id])
    return next((record for record in found if isinstance(record, Vacancy)), None)


def workers_of(store: RosterStore, worker_ids: list[str]) -> dict[str, Worker]:
    """The workers of these ids that the store reaches."""
    found = store.records(Kind.WORKERS, ids=sorted(set(worker_ids)))
    return {worker.worker_id: worker for worker in found if isinstance(worker, Worker)}


def moment_words(at: datetime | None) -> str:
    """6月1日（周五）7:00, by the clock on the wall; "" where no time is set."""
    if at is None:
        return ""
    local = at.astimezone(CHINA)
    return f"{day_words(at)}{local:%-H:%M}"


def day_words(at: datetime | None) -> str:
    """6月1日（周五）, by the clock on the wall; "" where no time is set."""
    return "" if at is None else _on(at.astimezone(CHINA).date())


def day_start(at: datetime) -> datetime:
    """The midnight a local day began with, in UTC."""
    local = at.astimezone(CHINA)
    return datetime.combine(local.date(), time(), CHINA).astimezone(at.tzinfo)


def _on(day: date | None) -> str:
    return "" if day is None else f"{day:%-m月%-d日}（周{WEEKDAYS[day.weekday()]}）"
