"""A text that came in, read: from whom, to which list, meaning what; whether it is the last one told again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from matcher.messaging.phones import read_phone
from matcher.messaging.replies import Offer, Why, classify, reply_words, resolve
from matcher.ports.gateways import Incoming
from matcher.records import Worker
from matcher.records.replies import Reply
from matcher.records.texts import Act, OfferState, Queue, TextOffer
from matcher.services.messages.desk import Desk, id_of

LONGEST_KEPT: Final = 1000
GONE: Final = "gone"


class Said(NamedTuple):
    """A reply with all it concerns. offer : the list it belongs to, None for none; people : who are on the number."""

    reply: Reply
    offer: TextOffer | None
    worker: Worker | None
    people: tuple[str, ...]
    at: datetime


def is_repeat(reply: Reply, last: Reply) -> bool:
    """Whether a number's last reply came again within minutes under another name, as gateways tell after a crash."""
    apart = abs(reply.received_at - last.received_at)
    near = apart <= timedelta(minutes=reply_words()[0].same_within_minutes)
    return near and (reply.text, reply.offer_id) == (last.text, last.offer_id)


def interpret_text(desk: Desk, incoming: Incoming, at: datetime) -> Said:
    """What a text from a number means, for the lists that went to it or may have."""
    _, plain = read_phone(incoming.phone, desk.rules.phone)
    phone = plain or incoming.phone.strip()
    offers = {offer.offer_id: offer for offer in desk.texts.offers(phone=phone)}
    going = _going(desk, [offer for offer in offers.values() if offer.sent_at is None])
    sent = (_sent(offer, going) for offer in offers.values())
    outcome = resolve(classify(incoming.text), filter(None, sent), incoming.at)
    offer = offers.get(outcome.offer.offer_id) if outcome.offer else None
    on_number = desk.store.workers_by_phone([phone]).get(phone, ()) if plain else ()
    people = tuple(dict.fromkeys((*(one.worker_id for one in offers.values()), *on_number)))
    # A list that was taken back holds no job any more: a person reads what was chosen from it.
    gone = outcome.act is Act.CHOICE and offer is not None and offer.state is OfferState.WITHDRAWN
    why = GONE if gone else outcome.why.value if outcome.why else ""
    if outcome.act is Act.RETURNED and len(people) != 1:
        # Husband and wife share a number: which of them is home is asked, not guessed.
        why = (Why.WHOSE if people else Why.NO_OFFER).value
    worker_id = offer.worker_id if offer else (people[0] if len(people) == 1 else "")
    reply = Reply(
        reply_id=_reply_id(incoming, phone),
        phone=phone,
        text=incoming.text[:LONGEST_KEPT],
        received_at=incoming.at,
        gateway=incoming.gateway,
        offer_id=offer.offer_id if offer else "",
        worker_id=worker_id,
        act=Act.INBOX if why else outcome.act,
        choice=outcome.choice,
        why=why,
    )
    return Said(reply, offer, desk.workers([worker_id]).get(worker_id) if worker_id else None, people, at)


def _going(desk: Desk, offers: Sequence[TextOffer]) -> frozenset[str]:
    """Offers whose text is in the worker's hands: a phone may have it, and answer, before it is settled."""
    waiting = [offer.worker_id for offer in offers if offer.state is not OfferState.WITHDRAWN]
    texts = (text for worker_id in sorted(set(waiting)) for text in desk.texts.texts(worker_id=worker_id))
    return frozenset(text.offer_id for text in texts if text.queue is Queue.LEASED)


def _sent(offer: TextOffer, going: frozenset[str]) -> Offer | None:
    """The offer as replies are matched to it, None while it is surely not out."""
    if offer.sent_at is None and offer.offer_id not in going:
        return None
    sent_at = offer.sent_at or offer.created_at
    until = offer.open_until or datetime.max.replace(tzinfo=sent_at.tzinfo)
    return Offer(offer.offer_id, offer.worker_id, len(offer.vacancy_ids), sent_at, until)


def _reply_id(incoming: Incoming, phone: str) -> str:
    if incoming.message_id:
        return id_of("r", incoming.gateway, incoming.message_id)
    return id_of("r", incoming.gateway, phone, incoming.at.isoformat(), incoming.text)
