"""What each vacancy can still bear of offers, and offers whose time is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from msgspec.structs import replace

from matcher.messaging.seats import WHOLE, held_64ths
from matcher.ports import OrderStore
from matcher.records import Vacancy
from matcher.records.orders import OrderState, SeatState
from matcher.records.texts import OfferState, TextOffer
from matcher.services.messages.desk import Desk


def room_64ths(desk: Desk, vacancies: Mapping[str, Vacancy], on: date, at: datetime) -> dict[str, int]:
    """Vacancy -> 1/64 seats that no offer by text and no seat of a broker's order holds; only posts open on the day."""
    held = held_64ths(desk.texts.offers(), at, desk.hold)
    taken = _seats_of_orders(desk.orders)
    return {
        vacancy_id: WHOLE * (vacancy.places_left - taken[vacancy_id]) - held.get(vacancy_id, 0)
        for vacancy_id, vacancy in vacancies.items()
        if vacancy.open_on(on)
    }


def _seats_of_orders(orders: OrderStore) -> Counter[str]:
    """Vacancy -> seats that brokers' open orders hold or have confirmed; those are counted into `filled` later."""
    found: Counter[str] = Counter()
    for order in orders.orders():
        if order.state is OrderState.OPEN:
            found[order.vacancy_id] += sum(seat.state is SeatState.HELD or seat.state.bound for seat in order.people)
    return found


def expire_offers(desk: Desk, at: datetime) -> int:
    """End the offers whose window is over, so that their seats go to the next; how many."""
    over = [
        offer
        for offer in desk.texts.offers()
        if offer.state is OfferState.OPEN and offer.open_until is not None and offer.open_until <= at
    ]
    for offer in over:
        desk.texts.change_offer(offer.offer_id, lambda found: _expired(found, at))
    return len(over)


def _expired(offer: TextOffer, at: datetime) -> TextOffer:
    if offer.state is not OfferState.OPEN or offer.open_until is None or at < offer.open_until:
        return offer
    return replace(offer, state=OfferState.EXPIRED, ended_at=offer.open_until)
