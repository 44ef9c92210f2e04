"""A county of a few people and posts in a real database, in the season of texts, for use cases of text messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
from factories import HOME, vacancy, worker
from msgspec.structs import replace

from matcher.bootstrap import Application
from matcher.ports import Batch, Change
from matcher.ports.gateways import Incoming
from matcher.records import Channel, Consent, Kind
from matcher.records.texts import OutText, PartState, Queue
from matcher.services.messages.desk import By, Desk
from matcher.services.rounds.plan_season import plan_season
from matcher.services.rounds.season import PlanSeason
from matcher.settings import Settings, from_environment

CHINA = timezone(timedelta(hours=8))
AT = datetime(2018, 3, 5, 12, tzinfo=CHINA).astimezone(UTC)
"""A Monday noon between the festival (16 February) and the end of the season (18 March)."""
SEASON = "2018-02-01/2018-07-31"
COUNTY = "liujiang_2018"
OFFICER = By("officer", "officer", AT)
SECOND = By("second", "officer", AT)


def phone(n: int) -> str:
    return f"138{n:08d}"


def later(by: By, **span: float) -> By:
    return by._replace(at=by.at + timedelta(**span))


def person(n: int, **fields: Any) -> dict[str, Any]:
    """A willing person who asked for texts, with a number of one's own; `name` and `phone` go into the identity."""
    identity = {"name": fields.pop("name", "韦小英"), "phone": fields.pop("phone", phone(n))}
    usual: dict[str, Any] = {"consent": Consent(sms=True)}
    return {"record": worker(f"w{n}", **(usual | fields)), "identity": {k: v for k, v in identity.items() if v}}


def post(vacancy_id: str, **fields: Any) -> Any:
    return vacancy(vacancy_id, **fields)


POSTS = (
    post("v1", title="缝纫工", place_code=HOME, headcount=5, wage_low_yuan_month=3200, wage_high_yuan_month=None),
    post("v2", title="平车工", place_code="441900", headcount=5, channel=Channel.GUANGDONG_PARTNER, lodging=True),
    post("v3", title="包装工", place_code="450206101", headcount=5),
    post("v4", title="普工", place_code="450202", headcount=5),
)


def write(
    store, kind: Kind, rows: list[tuple[str, dict[str, Any], Mapping[str, str] | None]], *, at=AT, tag=""
) -> None:
    n = len(rows)
    summary = {"rows": n, "accepted": n, "repaired": 0, "rejected": 0, "unchanged": 0}
    batch = Batch(
        batch_id=f"b-{kind.value}-{tag or store.revision()}",
        kind=kind,
        file=f"{kind.value}.xlsx",
        file_sha256="0" * 64,
        imported_at=at - timedelta(days=30),
        by="officer",
        summary=summary,
    )
    changes = [
        Change(record_id=record_id, sheet="1", row=nr, fields=fields, identity=identity)
        for nr, (record_id, fields, identity) in enumerate(rows, start=2)
    ]
    store.write_batch(batch, changes)


def fields_of(record: Any, name: str) -> dict[str, Any]:
    return {key: value for key, value in msgspec.to_builtins(record).items() if key != name}


@contextmanager
def opened(home: Path, people=(), posts=POSTS, *, planned: bool = True, **settings: Any) -> Iterator[Application]:
    """A run over a new home with these people and posts; its season is planned."""
    base = from_environment({}, home=home, jurisdiction=COUNTY)
    app = Application(replace(base, **settings) if settings else base)
    store = app.create_store()
    try:
        write(store, Kind.VACANCIES, [(p.vacancy_id, fields_of(p, "vacancy_id"), None) for p in posts])
        write(
            store,
            Kind.WORKERS,
            [(p["record"].worker_id, fields_of(p["record"], "worker_id"), p["identity"]) for p in people],
        )
        if planned:
            call = PlanSeason(season=SEASON, on=date(2018, 3, 5), jurisdiction=COUNTY, top=3, seed=0)
            list(plan_season(store, app.means, call, at=AT))
        yield app
    finally:
        app.close()


def send_all(desk: Desk, at: datetime) -> list[OutText]:
    """Hand everything that is due to a carrier that takes it all, as the worker does."""
    leased = desk.texts.lease(1000, by="test", now=at, until=at + timedelta(minutes=5))
    done = [
        replace(
            text,
            queue=Queue.DONE,
            lease_until=None,
            gateway="file",
            ended_at=at,
            parts=tuple(replace(part, state=PartState.ACCEPTED, at=at) for part in text.parts),
        )
        for text in leased
    ]
    desk.texts.settle(done, open_for=timedelta(days=desk.rules.offers.open_days))
    return done


def reply(phone_digits: str, text: str, at: datetime, message_id: str = "") -> Incoming:
    return Incoming(gateway="file", message_id=message_id, phone=phone_digits, text=text, at=at)


def desk_of(app: Application) -> Desk:
    """The desk of a run."""
    return app.message_desk


__all__ = ["AT", "COUNTY", "OFFICER", "POSTS", "SEASON", "SECOND", "Settings", "desk_of", "later", "opened", "person"]
