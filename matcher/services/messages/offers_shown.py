"""Which jobs a text still offers somebody, for a kiosk that shows them first and in the order of the text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from matcher.messaging.sending import standard_rules
from matcher.ports import TextStore
from matcher.records.fair_packs import CarriedOffer
from matcher.records.texts import OfferState

_STANDING: Final = frozenset({OfferState.OPEN, OfferState.CHOSEN, OfferState.CALLED})
"""A chosen job stays with the others of its list until the window ends."""


def offers_by_text(texts: TextStore) -> Callable[[str, date], tuple[str, ...]]:
    """Worker id and day -> vacancies of the newest text that stands on the day, as they stand in it."""

    def found(worker_id: str, on: date) -> tuple[str, ...]:
        return newest_standing(standing_offers(texts, [worker_id], on).get(worker_id, ()), on)

    return found


def standing_offers(texts: TextStore, worker_ids: Collection[str], on: date) -> dict[str, tuple[CarriedOffer, ...]]:
    """Worker -> offers of texts that stand on the day, newest first; whom none is made is left out.

    A text that is not out yet offers nothing.
    """
    tomorrow = _begins(on + timedelta(days=1))
    # Asked for nobody's offers the store would name everybody's.
    known = texts.offers(worker_ids=worker_ids) if worker_ids else ()
    sent = sorted(
        (offer.sent_at, offer.offer_id, offer)
        for offer in known
        if offer.sent_at is not None and offer.sent_at < tomorrow and offer.state in _STANDING
    )
    found: dict[str, tuple[CarriedOffer, ...]] = {}
    for _, _, offer in reversed(sent):
        carried = CarriedOffer(offer.vacancy_ids, offer.open_until)
        if _stands(carried, on):
            found[offer.worker_id] = (*found.get(offer.worker_id, ()), carried)
    return found


def newest_standing(offers: Sequence[CarriedOffer], on: date) -> tuple[str, ...]:
    """Vacancies of the first of the offers (newest first) that still stands on the day; none if none does."""
    return next((offer.vacancy_ids for offer in offers if _stands(offer, on)), ())


def _stands(offer: CarriedOffer, on: date) -> bool:
    return offer.until is None or _begins(on) < offer.until


def _begins(on: date) -> datetime:
    return datetime.combine(on, time(), timezone(timedelta(hours=standard_rules().clock.utc_offset_hours)))
