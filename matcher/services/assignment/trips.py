"""What a group is sent for: an order with the people who have a seat in it, or posts with the places left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.ports import OrderStore, RosterStore
from matcher.records import Vacancy
from matcher.records.orders import LabourOrder, OrderState, Seat, SeatState
from matcher.services.broker.order_desk import order_at
from matcher.services.ground.answering import vacancies_at

SEATED: Final = frozenset({SeatState.CONFIRMED, SeatState.CHECKED_IN})


class Asked(Protocol):
    """The part of a call that says for what a group is sent."""

    @property
    def order_id(self) -> str:
        """An open order, "" for posts."""

    @property
    def vacancies(self) -> tuple[str, ...]:
        """Posts, none for an order."""

    @property
    def regions(self) -> tuple[str, ...]:
        """What the asker reaches."""


class Trip(NamedTuple):
    """What is to be filled: posts, the order if there is one, its people with a seat, places left to give."""

    posts: list[Vacancy]
    order: LabourOrder | None
    seated: tuple[str, ...]
    n_left: int


def trip_of(store: RosterStore, orders: OrderStore, call: Asked) -> Trip:
    """What a call is about. Raises InvalidInput for both or neither, NotFound, Conflict for an order not open."""
    if bool(call.order_id) == bool(call.vacancies):
        raise InvalidInput("要么给一个单子，要么给岗位", where="order", remedy="只写 --order 或者 --vacancy 里的一样。")
    posts = {post.vacancy_id: post for post in vacancies_at(store, store.revision())}
    order = order_at(orders, call.order_id, call.regions) if call.order_id else None
    if order is not None and order.state is not OrderState.OPEN:
        raise Conflict("这个单子现在不能编组", where=order.order_id, remedy="请选正在招的单子。")
    named = (order.vacancy_id,) if order else tuple(dict.fromkeys(call.vacancies))
    for vacancy_id in named:
        if vacancy_id not in posts:
            raise NotFound("没有这个岗位，或者它已经关了", where=vacancy_id, remedy="请核对岗位编号。")
    found = [posts[vacancy_id] for vacancy_id in named]
    left = sum(post.places_left for post in found)
    if order is None:
        return Trip(found, None, (), left)
    seated = tuple(seat.worker_id for seat in order.people if seat.state in SEATED)
    return Trip(found, order, seated, max(0, min(left - len(seated), order.n_seats - order.n_taken)))


def bound_elsewhere(orders: OrderStore, but: str) -> set[str]:
    """Everybody who has said yes in another order that runs."""
    running = (one for one in orders.orders() if one.state is OrderState.OPEN and one.order_id != but)
    return {seat.worker_id for order in running for seat in order.people if seat.state.bound}


def asked_already(order: LabourOrder | None) -> set[str]:
    """Who said no to the order, left it, or holds a seat until they answer: nobody proposes them anew."""
    people: Iterable[Seat] = order.people if order else ()
    return {seat.worker_id for seat in people if seat.state not in (SeatState.LISTED, SeatState.WAITING)}
