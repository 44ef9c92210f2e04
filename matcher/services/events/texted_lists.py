"""Lists that went out by text, as learning needs them: the jobs that stood in it, in its order, if it was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from matcher.records.events import ReactionEvent
from matcher.records.texts import OfferState, TextOffer
from matcher.services.events.shown_lists import Shown, event_id

CHANNEL: Final = "sms"


def sent_offers(offers: Iterable[TextOffer]) -> dict[str, TextOffer]:
    """Decision -> the offer that carried its list to somebody, of those that are out."""
    return {offer.decision_id: offer for offer in offers if offer.sent_at is not None}


def as_texted(shown: Shown, offers: Mapping[str, TextOffer]) -> Shown | None:
    """A list of a text cut down to what the text said; None for one that was never sent. Other lists stay whole."""
    if shown.decision.request.get("channel") != CHANNEL:
        return shown
    offer = offers.get(shown.decision.decision_id)
    if offer is None:
        return None
    return shown._replace(lists=[_told(entry, offer) for entry in shown.lists])


def _told(entry: Mapping[str, Any], offer: TextOffer) -> dict[str, Any]:
    """The items of the text with their place in it and the chance they had to stand there."""
    chances = dict(zip(offer.vacancy_ids, offer.propensities, strict=False))
    items = {item["vacancy_id"]: item for item in entry["items"]}
    told = [
        {**items[vacancy_id], "rank": place, "propensity": chances.get(vacancy_id, 1.0)}
        for place, vacancy_id in enumerate(offer.vacancy_ids, start=1)
        if vacancy_id in items
    ]
    return {**entry, "items": told}


def silences(offers: Mapping[str, TextOffer], decision_id: str, *, synthetic: bool) -> Iterator[ReactionEvent]:
    """That nobody answered before the window of a text ended, for each job of it."""
    offer = offers.get(decision_id)
    if offer is None or offer.state is not OfferState.EXPIRED or offer.ended_at is None:
        return
    for vacancy_id in offer.vacancy_ids:
        yield ReactionEvent(
            event_id=event_id("r", offer.offer_id, vacancy_id, "no_reply"),
            ts=offer.ended_at,
            synthetic=synthetic,
            list_id=decision_id,
            vacancy_id=vacancy_id,
            worker_id=offer.worker_id,
            kind="no_reply",
            reason_code="",
        )
