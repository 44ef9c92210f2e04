"""Which jobs a text still offers somebody, for a kiosk that shows them first and in the order of the text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone

from matcher.messaging.sending import standard_rules
from matcher.ports import TextStore
from matcher.records.texts import OfferState


def offers_by_text(texts: TextStore) -> Callable[[str, date], tuple[str, ...]]:
    """Worker id and day -> vacancies of the newest text that stands on the day, as they stand in it.

    A text that is not out yet offers nothing; a chosen job stays with the others of its list until the window ends.
    """

    def found(worker_id: str, on: date) -> tuple[str, ...]:
        zone = timezone(timedelta(hours=standard_rules().clock.utc_offset_hours))
        begins = datetime.combine(on, time(), zone)
        live = [
            offer
            for offer in texts.offers(worker_ids=[worker_id])
            if offer.state in (OfferState.OPEN, OfferState.CHOSEN, OfferState.CALLED)
            and offer.sent_at is not None
            and offer.sent_at < begins + timedelta(days=1)
            and (offer.open_until is None or begins < offer.open_until)
        ]
        newest = max(live, key=lambda offer: (offer.sent_at or offer.created_at, offer.offer_id), default=None)
        return newest.vacancy_ids if newest else ()

    return found
