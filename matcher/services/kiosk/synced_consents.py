"""A yes or no to texts that was given at a kiosk without a network comes in: dated by when it was said, kept once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from matcher.errors import NotFound
from matcher.fair_pack import CLOCK_SLACK
from matcher.messaging.consent_words import ROSTER, words_of
from matcher.ports import RosterStore, TextStore
from matcher.records import Kind, Worker
from matcher.records.kiosks import Kiosk, SyncedVisit
from matcher.records.texts import Channel, TextConsent
from matcher.services.ground.scoped_store import Scoped, whole
from matcher.services.messages.consents import WITHDRAWN, has_refused, stop_texts
from matcher.services.messages.desk import id_of


class SaidToTexts(msgspec.Struct, frozen=True, kw_only=True):
    """What was said at a kiosk, at its own time. words : version of the words on its screen."""

    worker_id: str
    agreed: bool
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    words: str


def known_words(said: SaidToTexts) -> SaidToTexts:
    """The same; ValidationError where nobody here knows to which words it was said: a newer version asked them."""
    try:
        words_of(said.words)
    except NotFound as error:
        raise msgspec.ValidationError(error.what) from None
    if said.words == ROSTER:
        raise msgspec.ValidationError("no screen shows the words of a roster")
    return said


def take_consents(
    store: Scoped, texts: TextStore, said: Sequence[SaidToTexts], visit: SyncedVisit, kiosk: Kiosk, *, moved: timedelta
) -> list[TextConsent]:
    """Keep the answers that count and return them; taken in again they change nothing.

    Whatever was answered here meanwhile and later stands. After a no that is the last word, what waits or is still
    offered is taken back. Left out: people there are none of, a yes of somebody the store does not reach any more, and
    a yes from after its coming in, whose moment no clock can prove. A no always holds: of who has moved away since,
    and from after its coming in, dated when it came in.
    moved : how far the calendar of texts is ahead of the clock (of a demonstration)
    """
    kept: list[TextConsent] = []
    for one in said:
        worker = _worker(store if one.agreed else whole(store), one.worker_id)
        if worker is None or (one.agreed and one.at > visit.received_at + CLOCK_SLACK):
            continue
        consent = TextConsent(
            consent_id=id_of("c", visit.visit_id, one.worker_id, one.agreed, one.at.isoformat()),
            worker_id=one.worker_id,
            agreed=one.agreed,
            at=min(one.at, visit.received_at) + moved,
            words=one.words,
            where=kiosk.name,
            channel=Channel.KIOSK,
            by=f"kiosk:{kiosk.kiosk_id}",
        )
        texts.add_consents([consent])
        if not one.agreed and has_refused(store, texts, worker):
            stop_texts(texts, [one.worker_id], at=visit.received_at + moved, why=WITHDRAWN)
        kept.append(consent)
    return kept


def _worker(store: RosterStore, worker_id: str) -> Worker | None:
    found = store.records(Kind.WORKERS, ids=[worker_id])
    return next((worker for worker in found if isinstance(worker, Worker)), None)
