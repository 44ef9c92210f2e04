"""A sending of the demonstration's last returning season, as it went: sent by file, answered, called; synthetic too."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from matcher.messaging.season import local, spring_festival
from matcher.ports.gateways import Gateway, Incoming
from matcher.records import Kind, Worker
from matcher.records.access import Role
from matcher.records.texts import Channel, TextOffer
from matcher.services.messages.call_queue import NoteCallBack, call_queue, note_call_back
from matcher.services.messages.consents import NoteConsent, note_consent
from matcher.services.messages.deliver import Deliverer
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.plan_texts import plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.returns import NoteReturn, note_return
from matcher.services.messages.send_batch import Post
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.write_lists import PlanTexts

OFFICER: Final = "officer"
DAYS_AFTER_FESTIVAL: Final = 28
HOUR: Final = 10
N_VILLAGE: Final = 12
"""People of the village whose returners were written to: few, so that a demonstration is ready at once."""
WORDS: Final = ("2", "０", "T", "1", "几号发工资？")
WISHES: Final = (("festival", "go_out"), ("contract_over", "near_home"), ("family", "train"))


@dataclass(frozen=True, slots=True)
class _StandingClock:
    at: datetime

    def now(self) -> datetime:
        return self.at


def seed_demo_texts(desk: Desk, gateway: Gateway, on: date, jurisdiction: str) -> bool:
    """Make the sending unless there is one; the same county gets the same. False where the season holds no plan."""
    day = spring_festival(on.year) + timedelta(days=DAYS_AFTER_FESTIVAL)
    if desk.texts.sendings() or day > on or desk.store.current_plan(day) is None:
        return False
    zone = local(datetime.fromisoformat("2000-01-01T00:00:00+00:00"), desk.rules).tzinfo
    at = datetime.combine(day, datetime.min.time(), zone).replace(hour=HOUR)
    village = _village(desk)
    by = By(OFFICER, Role.OFFICER.value, at, (village,) if village else ())
    _answers(desk, by)
    planned = plan_texts(desk, PlanTexts(jurisdiction=jurisdiction, most_people=N_VILLAGE), by)
    if planned.sending is None:
        return False
    release_sending(desk, planned.sending.sending_id, by)
    _send(desk, gateway, at)
    _replies(desk, planned.offers, at + timedelta(hours=1))
    _send(desk, gateway, at + timedelta(hours=1, minutes=len(WORDS)))
    _calls(desk, by._replace(at=at + timedelta(hours=5)))
    _returns(desk, planned.offers, by)
    return True


def _people(desk: Desk, village: str = "") -> list[Worker]:
    found = (one for one in desk.store.records(Kind.WORKERS) if isinstance(one, Worker) and one.wish_to_work)
    return [one for one in found if one.place_code.startswith(village)]


def _village(desk: Desk) -> str:
    """The village whose number of people comes nearest to what a demonstration needs."""
    sizes = Counter(worker.place_code for worker in _people(desk))
    return min(sizes, key=lambda code: (abs(sizes[code] - N_VILLAGE), code), default="")


def _answers(desk: Desk, by: By) -> None:
    """Answers given before: at a kiosk, on paper, in a call; the last one of them is a no."""
    asked = [one.worker_id for one in _people(desk, by.regions[0] if by.regions else "")][:4]
    ways = (Channel.KIOSK, Channel.PAPER, Channel.CALL, Channel.DESK)
    before = by._replace(at=by.at - timedelta(days=3))
    for nr, (worker_id, channel) in enumerate(zip(asked, ways, strict=False)):
        call = NoteConsent(worker_id=worker_id, agreed=nr < len(ways) - 1, channel=channel, where="村委会")
        note_consent(desk, call, before)


def _send(desk: Desk, gateway: Gateway, at: datetime) -> None:
    """Everything that is due, by the worker's own way."""
    post = Post(
        store=desk.store,
        texts=desk.texts,
        rules=desk.rules,
        gateway=gateway,
        trial_gateway=gateway,
        clock=_StandingClock(at),
        seconds=time.monotonic,
        on_reply=lambda _: None,
        by="demo",
    )
    worker = Deliverer(post)
    while worker.turn().n_leased:
        pass


def _replies(desk: Desk, offers: tuple[TextOffer, ...], at: datetime) -> None:
    for nr, (offer, text) in enumerate(zip(offers, WORDS, strict=False)):
        heard = at + timedelta(minutes=nr)
        incoming = Incoming(gateway="file", message_id=f"demo-{nr}", phone=offer.phone, text=text, at=heard)
        take_reply(desk, incoming, at=heard)


def _calls(desk: Desk, by: By) -> None:
    """The first call was made the same afternoon; the others wait."""
    for row in call_queue(desk, by)["tasks"][:1]:
        note_call_back(desk, NoteCallBack(task_id=row["task_id"], outcome="go"), by)


def _returns(desk: Desk, offers: tuple[TextOffer, ...], by: By) -> None:
    for nr, (offer, (why, wish)) in enumerate(zip(offers, WISHES, strict=False)):
        note_return(
            desk,
            NoteReturn(
                worker_id=offer.worker_id,
                returned_on=by.at.date() - timedelta(days=nr),
                from_place="441900",
                why=why,
                wish=wish,
                helper="帮办员" if nr == 0 else "",
            ),
            by,
        )
