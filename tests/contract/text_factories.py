"""Texts, offers, sendings and answers for the contract tests of `ports.TextStore`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from matcher.ports.gateways import Receipt
from matcher.records.replies import CallTask, HalfDay, Reply, Return
from matcher.records.texts import (
    Act,
    Channel,
    NumberMark,
    NumberState,
    OutText,
    Part,
    PartState,
    Queue,
    Sending,
    SendingState,
    TextConsent,
    TextOffer,
)

NOW = datetime(2018, 2, 1, 4, 0, tzinfo=UTC)
"""A Thursday noon in the season."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def number(n: int) -> str:
    return f"138{n:08d}"


def answer(consent_id: str, worker_id: str = "w1", *, agreed: bool = True, **more) -> TextConsent:
    return TextConsent(
        consent_id=consent_id,
        worker_id=worker_id,
        agreed=agreed,
        at=more.pop("at", NOW - DAY),
        words="kiosk 1",
        where="百朋镇大厅",
        channel=more.pop("channel", Channel.KIOSK),
        by=worker_id,
        **more,
    )


def mark(phone: str, state: NumberState = NumberState.DEAD, **more) -> NumberMark:
    return NumberMark(phone=phone, state=state, at=more.pop("at", NOW), why="空号", **more)


def sending(sending_id: str = "s1", **more) -> Sending:
    return Sending(
        sending_id=sending_id,
        season=more.pop("season", "2018"),
        wave=1,
        region_code="450206",
        by="qin",
        created_at=more.pop("created_at", NOW),
        state=more.pop("state", SendingState.RELEASED),
        **more,
    )


def text(text_id: str = "t1", worker_id: str = "w1", **more) -> OutText:
    return OutText(
        text_id=text_id,
        worker_id=worker_id,
        phone=more.pop("phone", number(1)),
        body=more.pop("body", "【柳江就业】韦师傅,有三个活。回1 2 3选,回0打给您,不再接收回T"),
        n_units=37,
        purpose=more.pop("purpose", "offer"),
        template_id=more.pop("template_id", "list"),
        template_version=1,
        created_at=more.pop("created_at", NOW),
        next_at=more.pop("next_at", NOW),
        not_after=more.pop("not_after", NOW + DAY),
        **more,
    )


def offer(offer_id: str = "o1", worker_id: str = "w1", **more) -> TextOffer:
    return TextOffer(
        offer_id=offer_id,
        worker_id=worker_id,
        phone=more.pop("phone", number(1)),
        sending_id=more.pop("sending_id", "s1"),
        season="2018",
        decision_id="d1",
        vacancy_ids=("v1", "v2", "v3"),
        created_at=more.pop("created_at", NOW),
        **more,
    )


def reply(reply_id: str = "r1", act: Act = Act.INBOX, **more) -> Reply:
    return Reply(
        reply_id=reply_id,
        phone=more.pop("phone", number(1)),
        text="好的",
        received_at=more.pop("received_at", NOW),
        act=act,
        **more,
    )


def task(task_id: str = "k1", **more) -> CallTask:
    return CallTask(
        task_id=task_id,
        worker_id=more.pop("worker_id", "w1"),
        region_code=more.pop("region_code", "450206102"),
        reason="call_me",
        created_at=NOW,
        promised_on=date(2018, 2, 1),
        promised_half=HalfDay.AFTERNOON,
        due_at=more.pop("due_at", NOW + 6 * HOUR),
        **more,
    )


def came_home(return_id: str = "h1", **more) -> Return:
    return Return(
        return_id=return_id,
        worker_id=more.pop("worker_id", "w1"),
        region_code=more.pop("region_code", "450206102"),
        returned_on=more.pop("returned_on", date(2018, 1, 20)),
        by="lan",
        channel=Channel.DESK,
        noted_at=NOW,
        **more,
    )


def accepted(*provider_ids: str) -> tuple[Part, ...]:
    return tuple(Part(state=PartState.ACCEPTED, provider_id=name, at=NOW) for name in provider_ids)


def done(leased: OutText, *provider_ids: str, **more):
    """A leased text as a worker settles it that a carrier took."""
    from msgspec.structs import replace

    return replace(
        leased,
        queue=more.pop("queue", Queue.DONE),
        gateway=more.pop("gateway", "test"),
        parts=more.pop("parts", accepted(*provider_ids)),
        ended_at=more.pop("ended_at", NOW),
        **more,
    )


def lease(texts, n=10, *, by="a", now=NOW, for_=5 * MINUTE):
    return texts.lease(n, by=by, now=now, until=now + for_)


def receipt(provider_id, state=PartState.DELIVERED, **more):
    return Receipt(gateway="test", provider_id=provider_id, state=state, at=NOW, **more)


def join(texts, *receipts):
    return texts.join_receipts(receipts, keep_from=NOW - DAY)
