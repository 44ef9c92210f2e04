"""Who agreed to texts and who refused: noted with when, where, which words and by which channel; as easily undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from matcher.errors import InvalidInput, NotFound
from matcher.messaging.consent_words import ROSTER, consent_words, words_of
from matcher.messaging.recipients import Answer
from matcher.ports import RosterStore, TextStore
from matcher.records import Fact, Kind, Worker
from matcher.records.texts import Channel, OfferState, TextConsent, TextOffer
from matcher.services.ground.scoped_store import Scoped
from matcher.services.messages.desk import By, Desk, id_of, moment

CHANNELS: Final[Mapping[Channel, str]] = {
    Channel.KIOSK: "自助机上本人点的",
    Channel.PAPER: "纸上签的",
    Channel.CALL: "电话里说的",
    Channel.TEXT: "回短信",
    Channel.DESK: "窗口说的",
}
LONGEST_PLACE: Final = 40
WITHDRAWN: Final = "本人不想再收短信"


class NoteConsent(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose yes or no, by which channel, where it was said.

    words : version of the words read out or shown, "" for the current ones
    """

    worker_id: str
    agreed: bool
    channel: Channel
    where: str = ""
    words: str = ""


def note_consent(desk: Desk, call: NoteConsent, by: By) -> dict[str, Any]:
    """Keep an answer and tell it as `consent_told`; after a no nothing that waits for this person goes out any more.

    Raises NotFound for nobody in the regions or words nobody knows, InvalidInput for a place that is too long.
    """
    worker = _worker(desk, call.worker_id, by)
    if len(call.where) > LONGEST_PLACE:
        raise InvalidInput("地点太长", where="where", remedy=f"最多写{LONGEST_PLACE}个字，比如“里团村委会”。")
    words = words_of(call.words or consent_words().current).id
    consent = TextConsent(
        consent_id=id_of("c", call.worker_id, call.agreed, by.at.isoformat(), call.channel.value, by.actor),
        worker_id=call.worker_id,
        agreed=call.agreed,
        at=by.at if call.agreed else refusal_moment(desk, [call.worker_id], by.at),
        words=words,
        where=" ".join(call.where.split()),
        channel=call.channel,
        by=by.actor,
    )
    desk.texts.add_consents([consent])
    if not call.agreed:
        stop_texts(desk.texts, [call.worker_id], at=by.at, why=WITHDRAWN)
    desk.tell(by, "text_consent", call.worker_id, agreed=call.agreed, words=words, channel=call.channel.value)
    return consent_told(desk, worker, by)


def refusal_moment(desk: Desk, worker_ids: Collection[str], at: datetime) -> datetime:
    """The moment a no said now is dated: never before a yes these people have given.

    A carrier's clock may be slow, and ours may have been wrong when the yes was kept, here or by a roster; who says
    no after a yes has refused, whatever clocks say.
    """
    workers = list(desk.workers(list(worker_ids)).values())
    known = answers_of(desk.store, workers, desk.texts.consents(worker_ids))
    return max([at, *(one.at for answers in known.values() for one in answers if one.agreed)])


def has_refused(store: RosterStore, texts: TextStore, worker: Worker) -> bool:
    """Whether the last word of a person is a no."""
    kept = texts.consents([worker.worker_id]).get(worker.worker_id, ())
    last = _last(answers_of(store, [worker], {worker.worker_id: kept})[worker.worker_id])
    return last is not None and not last.agreed


def _last(answers: Iterable[Answer]) -> Answer | None:
    """The answer that counts; of two at the same moment the no."""
    return max(answers, key=lambda answer: (answer.at, not answer.agreed), default=None)


def stop_texts(texts: TextStore, worker_ids: Iterable[str], *, at: datetime, why: str) -> int:
    """Take back what is not out yet and what is still offered to these people; how many texts."""
    named = [worker_id for worker_id in worker_ids if worker_id]
    n_withdrawn = sum(texts.withdraw(worker_id, now=at, why=why) for worker_id in named)
    # Asked for nobody's offers the store would name everybody's.
    for offer in texts.offers(worker_ids=named) if named else ():
        texts.change_offer(offer.offer_id, lambda found: _refused(found, at))
    return n_withdrawn


def _refused(offer: TextOffer, at: datetime) -> TextOffer:
    return replace(offer, state=OfferState.REFUSED, ended_at=at) if offer.state is OfferState.OPEN else offer


def consent_told(desk: Desk, worker: Worker, by: By) -> dict[str, Any]:
    """Whether a person gets texts, the words asked now, and every answer with its proof, newest first."""
    kept = desk.texts.consents([worker.worker_id]).get(worker.worker_id, ())
    answers = answers_of(desk.store, [worker], {worker.worker_id: kept})[worker.worker_id]
    last = _last(answers)
    now = words_of(consent_words().current)
    return {
        "worker_id": worker.worker_id,
        "agreed": last.agreed if last else None,
        "label": ("愿意收短信" if last.agreed else "不收短信") if last else "还没问过",
        "words": now.text,
        "words_version": now.id,
        "channels": [{"code": code.value, "label": label} for code, label in CHANNELS.items()],
        "answers": [
            {
                "agreed": answer.agreed,
                "at": moment(answer.at, desk.rules),
                "where": answer.where,
                "channel": CHANNELS[answer.channel],
                "by": answer.by,
                "words_version": answer.words,
                "words": words_of(answer.words).text,
            }
            for answer in sorted(answers, key=lambda answer: answer.at, reverse=True)
        ],
    }


def consent_page(desk: Desk, worker_id: str, by: By) -> dict[str, Any]:
    """The same for an id; raises NotFound for nobody in the regions."""
    return consent_told(desk, _worker(desk, worker_id, by), by)


def answers_of(
    store: RosterStore,
    workers: Sequence[Worker],
    kept: Mapping[str, Sequence[TextConsent]],
    *,
    weighed: Collection[str] | None = None,
) -> dict[str, tuple[Answer, ...]]:
    """Worker -> every answer in any order: those of this program, and the last one a roster or a kiosk stated.

    weighed : whose roster answer stands against a refusal of their number, None for everybody: only for them, and for
    who has answered here as well, its day is looked for; of the others it is the first day of all.
    """
    found: dict[str, tuple[Answer, ...]] = {}
    for worker in workers:
        own = tuple(
            Answer(one.agreed, one.at, one.words, one.where, one.channel, one.by)
            for one in kept.get(worker.worker_id, ())
        )
        stated = None if worker.consent is None else worker.consent.sms
        if stated is None:
            found[worker.worker_id] = own
            continue
        dated = bool(own) or weighed is None or worker.worker_id in weighed
        found[worker.worker_id] = (*own, _roster_answer(store, worker, stated, dated=dated))
    return found


def _roster_answer(store: RosterStore, worker: Worker, stated: bool, *, dated: bool) -> Answer:
    """The answer a roster states, dated by its fact: the day it holds from, else the moment it came in."""
    known = store.history(Kind.WORKERS, worker.worker_id) if dated else ()
    facts = [fact for fact in known if _says(fact, stated)]
    last = facts[-1] if facts else None
    source = last.source if last else None
    at = _moment_of(last)
    return Answer(stated, at, ROSTER, source.file if source else "", Channel.PAPER, source.by if source else "")


def _says(fact: Fact, stated: bool) -> bool:
    return fact.field == "consent" and isinstance(fact.value, Mapping) and fact.value.get("sms") is stated


def _moment_of(fact: Fact | None) -> datetime:
    if fact is None:
        return datetime.combine(date.min, time(), UTC)
    if fact.since is not None:
        return datetime.combine(fact.since, time(), UTC)
    return fact.source.imported_at or datetime.combine(date.min, time(), UTC)


def _worker(desk: Desk, worker_id: str, by: By) -> Worker:
    for found in Scoped(desk.store, by.regions).records(Kind.WORKERS, ids=[worker_id]):
        if isinstance(found, Worker):
            return found
    raise NotFound("您管的范围里没有这个人", where=worker_id, remedy="请从人员页面重新点进来。")
