"""A county with an order for forty and seventy who fit: for calls, seats, manifests and the bus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import broker_county
import county
from broker_county import BAIPENG, ON
from factories import vacancy, worker
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from api.county_time import days_apart
from matcher.bootstrap import Application
from matcher.orders import book
from matcher.orders.seats import Rule
from matcher.records import Consent, Kind
from matcher.records.orders import LabourOrder, OrderState
from matcher.settings import Settings

N_PEOPLE = 70
NOON = county.NOON
BUS = datetime(2018, 6, 8, 23, 0, tzinfo=UTC)
AGREED = Consent(share_with_employer=True)


def people() -> list[Any]:
    """Seventy who fit alike; w60 was not asked, w61 has refused, w62 and w63 are one household."""
    consent = {60: None, 61: Consent(share_with_employer=False)}
    return [
        worker(
            f"w{n:02d}",
            place_code=f"{BAIPENG}{201 + n % 3}",
            household_id={62: "h62", 63: "h62"}.get(n, f"h{n:02d}"),
            consent=consent.get(n, AGREED),
        )
        for n in range(N_PEOPLE)
    ]


def phone(worker_id: str) -> str:
    """The full number of a person, as `broker_county.identity` makes it."""
    return broker_county.identity(int(worker_id[1:]) + 2)["phone"]


@contextmanager
def call_app(home: Path, **changes: Any) -> Iterator[Flask]:
    """create_app over the county; `changes` are settings."""
    settings = Settings(home=home, jurisdiction="liujiang_2018", **{**county.UNLIMITED, "today": ON, **changes})
    application = Application(settings)
    application.__dict__["clock"] = county.SetClock()
    store = application.create_store()
    broker_county._write(store, Kind.WORKERS, people(), identities=True)
    sewers = vacancy(
        "v-sew", title="缝纫工", employer_name="样例制衣厂", headcount=60, place_code=BAIPENG, lodging=True
    )
    posts = [sewers, vacancy("v-two", title="普工", place_code="450206"), vacancy("v-one", headcount=1)]
    broker_county._write(store, Kind.VACANCIES, posts)
    try:
        yield create_app(application)
    finally:
        application.close()


def open_order(
    app: Flask, order_id: str = "o-1", *, n_seats: int = 40, region: str = BAIPENG, listed: int = 0, **fields: Any
) -> LabourOrder:
    """An open order of the sewers, with the first `listed` people on its call list."""
    order = LabourOrder(
        order_id=order_id,
        vacancy_id=fields.pop("vacancy_id", "v-sew"),
        region_code=region,
        n_seats=n_seats,
        state=OrderState.OPEN,
        departs_at=BUS,
        pickup="百朋街口",
        broker="huang",
        created_at=NOON,
        **fields,
    )
    rule = Rule(NOON, county.timedelta(hours=48))
    order = book.listed(order, [f"w{n:02d}" for n in range(listed)], list_id="d-test", rule=rule)
    county.application_of(app).orders.add_order(order)
    return order


def on_bus_day(app: Flask) -> None:
    """Set the clock to half an hour before the bus of `open_order` leaves: before its day nobody is at it."""
    with app.app_context():
        days_apart()
    county.clock(app).at = BUS - county.timedelta(minutes=30)


def kept(app: Flask, order_id: str = "o-1") -> LabourOrder:
    """The order as the store has it."""
    return county.application_of(app).orders.order(order_id)


def post(client: FlaskClient, path: str, **fields: str) -> Any:
    """A deed with the form's token of the client's session."""
    return client.post(path, data={**fields, "csrf": csrf_of(client)})


def csrf_of(client: FlaskClient) -> str:
    """What the client's forms must carry."""
    import hashlib

    cookie = client.get_cookie("matcher_session")
    assert cookie is not None
    sha256 = hashlib.sha256(cookie.value.encode()).hexdigest()
    session = county.application_of(client.application).access.session(sha256)
    assert session is not None
    return session.csrf


def say(client: FlaskClient, worker_id: str, outcome: str, order_id: str = "o-1", **fields: str) -> Any:
    """One tap on the card."""
    return post(client, f"/broker/orders/{order_id}/calls/{worker_id}/outcome", outcome=outcome, **fields)


def tap(client: FlaskClient, worker_id: str, deed: str, order_id: str = "o-1", **fields: str) -> Any:
    """One tap on the board or at the bus."""
    return post(client, f"/broker/orders/{order_id}/seats/{worker_id}", deed=deed, **fields)


def states(app, order_id="o-1"):
    """Where everybody of an order stands, in its order."""
    return [seat.state for seat in kept(app, order_id).people]
