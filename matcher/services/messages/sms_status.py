"""The figures of sending: planned, held back and why, sent, delivered by part, answered, called, placed, the cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from matcher.messaging.fates import state_words
from matcher.messaging.recipients import Held
from matcher.messaging.replies import Why
from matcher.messaging.season import may_send
from matcher.privacy import mask_phone
from matcher.records import Worker
from matcher.records.orders import CallOutcome
from matcher.records.replies import CallTask, Reply
from matcher.records.texts import Act, OutText, PartState, Sending, SendingState, TextOffer, TextState
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.scoped_store import Scoped
from matcher.services.messages.call_queue import call_statistics
from matcher.services.messages.desk import By, Desk, moment, season_at
from matcher.services.messages.release import STATES, needs_two, sending_at
from matcher.services.messages.take_reply import WHYS

N_SENDINGS: Final = 50
N_LINES: Final = 500
PART_LABELS: Final[Mapping[PartState, str]] = {
    PartState.NEW: "没发",
    PartState.UNKNOWN: "不知道发没发到",
    PartState.ACCEPTED: "运营商已收下",
    PartState.FAILED: "没送到",
    PartState.DELIVERED: "送到了",
}
ACT_LABELS: Final[Mapping[Act, str]] = {
    Act.CHOICE: "选了岗位",
    Act.CALL_ME: "要人打电话",
    Act.COMPLAINT: "投诉",
    Act.WRONG_PERSON: "不是本人",
    Act.RETURNED: "说回来了",
    Act.STOP: "退订",
    Act.INBOX: "要人看",
}
NO_RECEIPTS: Final = "文件网关没有回执"
"""Beside a 0 of texts delivered: nobody forwards receipts into the inbox of files, so it says nothing."""
FILE_GATEWAY: Final = "file"
_ALL: Final = 1000


def sms_status(desk: Desk, by: By) -> dict[str, Any]:
    """The season's figures over all sendings of the regions, each sending in a line, newest first, and what waits."""
    season = season_at(by.at, desk.rules)
    seen = [one for one in desk.texts.sendings() if not by.regions or one.region_code.startswith(by.regions)]
    ruling = may_send(by.at, desk.rules)
    told = [sending_told(desk, one) for one in seen[:N_SENDINGS]]
    of_season = [one for one in seen if one.season == season and _counts(one)]
    parts = sum(one.n_parts for one in of_season)
    tasks = desk.texts.tasks(regions=by.regions)
    unread, _ = _unread(desk, by)
    return {
        "season": season,
        "open_now": ruling.allowed,
        "closed_why": ruling.reason.label if ruling.reason else "",
        "next_at": "" if ruling.allowed else moment(ruling.next_at, desk.rules),
        "sendings": told,
        "no_receipts": _no_receipts(desk, sum(one["n_delivered"] for one in told)),
        "budget": {
            "parts": parts,
            "parts_a_season": desk.rules.budget.parts_a_season,
            "fen": parts * desk.rules.budget.fen_a_part,
        },
        "n_unread": len(unread),
        "oldest_unread": moment(unread[0].received_at, desk.rules) if unread else "",
        "calls": call_statistics(tasks, by.at),
    }


def sending_told(desk: Desk, sending: Sending) -> dict[str, Any]:
    """One sending with every figure of its way: from planned to placed."""
    offers = desk.texts.offers(sending_id=sending.sending_id)
    states = Counter[str]()
    for (state, _), (n_texts, _) in desk.texts.text_counts(sending.sending_id).items():
        states[state] += n_texts
    sent = [offer for offer in offers if offer.sent_at is not None]
    replies = _replies_of(desk, offers)
    answered = {reply.worker_id for reply in replies if reply.worker_id}
    tasks = _tasks_of(desk, offers)
    return {
        "sending_id": sending.sending_id,
        "season": sending.season,
        "wave": sending.wave,
        "region_code": sending.region_code,
        "state": sending.state.value,
        "state_label": "试排" if sending.trial else STATES[sending.state],
        "trial": sending.trial,
        "by": sending.by,
        "created": moment(sending.created_at, desk.rules),
        "released": moment(sending.released_at, desk.rules),
        "released_by": list(sending.released_by),
        "needs_two": needs_two(desk, sending),
        "paused_why": sending.paused_why,
        "n_planned": sending.n_people,
        "n_held": sum(sending.held.values()),
        "held": held_told(sending.held),
        "n_sent": len(sent),
        "n_delivered": states[TextState.DELIVERED.value],
        "no_receipts": _no_receipts(desk, states[TextState.DELIVERED.value]),
        "n_answered": len(answered),
        "answered_permille": _ALL * len(answered) // len(sent) if sent else None,
        "n_called": len({task.worker_id for task in tasks if task.n_calls}),
        "n_placed": len({task.worker_id for task in tasks if task.outcome == CallOutcome.GO.value}),
        "n_complaints": sum(reply.act is Act.COMPLAINT for reply in replies),
        "n_stopped": sum(reply.act is Act.STOP for reply in replies),
        "states": [{"code": state.value, "label": state.label, "n": states[state.value]} for state in TextState],
        "replies": [
            {"code": act.value, "label": label, "n": sum(reply.act is act for reply in replies)}
            for act, label in ACT_LABELS.items()
        ],
        "n_parts": sending.n_parts,
        "fen": sending.n_parts * desk.rules.budget.fen_a_part,
    }


def sending_page(desk: Desk, sending_id: str, by: By) -> dict[str, Any]:
    """A sending with the people of both kinds: whom it reaches (masked, with the text) and whom it does not, with why.

    Raises NotFound outside the regions.
    """
    sending = sending_at(desk, sending_id, by)
    every = desk.texts.texts(sending_id=sending_id)
    texts = every[:N_LINES]
    held = dict(list(sending.held_people.items())[:N_LINES])
    store = Scoped(desk.store, by.regions)
    workers = desk.workers([*(text.worker_id for text in texts), *held])
    shown = masked_people(store, list(workers.values()))
    return {
        **sending_told(desk, sending),
        "parts": parts_told(every),
        "lines": [
            {
                "worker_id": text.worker_id,
                "name": shown[text.worker_id].name if text.worker_id in shown else "",
                "phone": mask_phone(text.phone),
                "place": shown[text.worker_id].place if text.worker_id in shown else "",
                "body": text.body,
                "n_units": text.n_units,
                "n_parts": len(text.parts),
                "state": text.state.value,
                "state_label": state_words(text, by.at, desk.rules.delivery),
                "why": text.why,
            }
            for text in texts
        ],
        "held_people": [
            {
                "worker_id": worker_id,
                "name": shown[worker_id].name if worker_id in shown else "",
                "place": shown[worker_id].place if worker_id in shown else "",
                "code": why,
                "label": Held(why).label,
            }
            for worker_id, why in held.items()
        ],
        "n_lines": sending.n_texts,
    }


def held_told(held: Mapping[str, int]) -> list[dict[str, Any]]:
    """Why people get nothing, most first."""
    most = sorted(held.items(), key=lambda found: (-found[1], found[0]))
    return [{"code": code, "label": Held(code).label, "n": n} for code, n in most]


def parts_told(texts: Sequence[OutText]) -> list[dict[str, Any]]:
    """For the first part, the second and so on: how many stand how; a part without a receipt is told as what it is."""
    most = max((len(text.parts) for text in texts), default=0)
    found = [Counter(text.parts[place].state for text in texts if place < len(text.parts)) for place in range(most)]
    return [
        {
            "part": place,
            "states": [{"code": state.value, "label": PART_LABELS[state], "n": counts[state]} for state in PartState],
        }
        for place, counts in enumerate(found, start=1)
    ]


def inbox(desk: Desk, by: By) -> dict[str, Any]:
    """Replies nobody has read yet that do nothing by themselves, oldest first; whose they are is told masked."""
    seen, workers = _unread(desk, by)
    shown = masked_people(Scoped(desk.store, by.regions), list(workers.values()))
    return {"n": len(seen), "replies": [_reply_told(desk, reply, shown) for reply in seen[:N_LINES]]}


def _unread(desk: Desk, by: By) -> tuple[list[Reply], dict[str, Worker]]:
    """Replies a person has to read, of the regions, oldest first, and whose they are where that is known."""
    unread = list(reversed(desk.texts.replies(unread=True)))
    workers = desk.workers([reply.worker_id for reply in unread if reply.worker_id])
    seen = [
        reply
        for reply in unread
        if not by.regions or (reply.worker_id in workers and workers[reply.worker_id].place_code.startswith(by.regions))
    ]
    return seen, workers


def _reply_told(desk: Desk, reply: Reply, shown: Mapping[str, Any]) -> dict[str, Any]:
    person = shown.get(reply.worker_id)
    return {
        "reply_id": reply.reply_id,
        "worker_id": reply.worker_id,
        "name": person.name if person else "",
        "place": person.place if person else "",
        "phone": mask_phone(reply.phone),
        "text": reply.text,
        "at": moment(reply.received_at, desk.rules),
        "why": WHYS.get(reply.why, WHYS[Why.NO_WORD.value]),
    }


def _no_receipts(desk: Desk, n_delivered: int) -> str:
    """Why nothing is told as delivered, "" where the gateway tells it."""
    return "" if n_delivered or desk.means.settings.sms_gateway != FILE_GATEWAY else NO_RECEIPTS


def _replies_of(desk: Desk, offers: Sequence[TextOffer]) -> list[Reply]:
    ids = {offer.offer_id for offer in offers}
    since = min((offer.created_at for offer in offers), default=None)
    found = desk.texts.replies(worker_ids=_people(offers), since=since)
    return [reply for reply in found if reply.offer_id in ids]


def _tasks_of(desk: Desk, offers: Sequence[TextOffer]) -> list[CallTask]:
    ids = {offer.offer_id for offer in offers}
    return [task for task in desk.texts.tasks(worker_ids=_people(offers)) if task.offer_id in ids]


def _people(offers: Sequence[TextOffer]) -> set[str]:
    return {offer.worker_id for offer in offers}


def _counts(sending: Sending) -> bool:
    return not sending.trial and sending.state is not SendingState.CANCELLED
