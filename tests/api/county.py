"""A small synthetic county behind HTTP: seeded once a session, with a clock that tests set."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from matcher.bootstrap import Application
from matcher.records.access import Role
from matcher.records.orders import BrokerLicence
from matcher.services.access import passwords
from matcher.services.access.licences import register_demo_brokers
from matcher.services.access.sign_in import Patience, begin_session
from matcher.services.access.tokens import NewToken, make_token
from matcher.services.access.users import NewUser, add_user, seed_demo_users
from matcher.services.seed_county import SeedCounty, seed_county
from matcher.settings import Settings, from_environment

JURISDICTION: Final = "liujiang_2018"
COUNTY: Final = "450206"
N_WORKERS: Final = 120
NOON: Final = datetime(2018, 6, 1, 4, 0, tzinfo=UTC)
PASSWORD: Final = "korn-mist-lehm-wald"
# Tests sign in and call far more often than people do; what limits do is tested with an application of its own.
UNLIMITED: Final = {"requests_per_minute": 1_000_000, "sign_ins_per_minute": 1_000_000}


class SetClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        self.at += timedelta(**span)


@contextmanager
def cheap() -> Iterator[None]:
    """Passwords that cost little: what they cost is tested in a room of its own."""
    passwords._nobodys.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "MEMORY_KIB", 64)
        patch.setattr(passwords, "PASSES", 1)
        patch.setattr(passwords, "COST", "$argon2id$v=19$m=64,t=1,p=1$")
        yield
    passwords._nobodys.cache_clear()


def seed(home: Path) -> Settings:
    """The county in a new home, with the users of the demonstration; written, imported and planned once a process."""
    folder, settings = _seeded()
    shutil.copytree(folder.name, home)
    return msgspec.structs.replace(settings, home=home)


@cache
def _seeded() -> tuple[TemporaryDirectory[str], Settings]:
    """The home that others are copies of, and its settings; it goes with the process."""
    folder = TemporaryDirectory(prefix="matcher-county-")
    with cheap():
        return folder, _sown(Path(folder.name))


def _sown(home: Path) -> Settings:
    """Write, import and plan the county, and make the users of the demonstration."""
    application = Application(from_environment({}, home=home))
    call = SeedCounty(jurisdiction=JURISDICTION, workers=N_WORKERS, seed=0, home=home)
    store = application.create_store()
    try:
        settings = seed_county(store, application.means, call, at=NOON, tell=lambda _: None)
        seed_demo_users(application.access, store.row_key(), now=NOON)
        register_demo_brokers(application.access, application.orders, NOON.date())
    finally:
        application.close()
    return settings


@contextmanager
def opened(settings: Settings, **changes: Any) -> Iterator[Flask]:
    """create_app over a seeded home; `changes` are settings. `clock(app)` sets its time."""
    application = Application(msgspec.structs.replace(settings, **{"demo": True, **UNLIMITED, **changes}))
    application.__dict__["clock"] = SetClock()
    app = create_app(application)
    app.testing = False
    try:
        yield app
    finally:
        application.close()


def copied(settings: Settings, home: Path) -> Settings:
    """The same county in another folder, for tests that write."""
    shutil.copytree(settings.home, home, dirs_exist_ok=True)
    return msgspec.structs.replace(settings, home=home)


def application_of(app: Flask) -> Application:
    """The run behind an app."""
    found: Application = app.extensions["matcher"].application
    return found


def clock(app: Flask) -> SetClock:
    """The clock of an app, to be set."""
    found = application_of(app).clock
    assert isinstance(found, SetClock)
    return found


def bearer(app: Flask, role: Role, regions=(), scopes=None, subject: str = "", days: int = 90) -> dict[str, str]:
    """Headers of a new token."""
    call = NewToken(role=role, regions=tuple(regions), scopes=scopes, subject=subject, days=days)
    _, given = make_token(application_of(app).access, call, now=clock(app).now(), by="test")
    return {"Authorization": f"Bearer {given}"}


_NUMBERS = count(1)


def new_user(app: Flask, role: Role, regions=(), *, licensed: bool = True) -> str:
    """Name of a new user whose password is PASSWORD; a broker is registered unless `licensed` is False."""
    name = f"u{next(_NUMBERS)}-{role.value}"
    call = NewUser(name=name, display_name="测试样例", role=role, regions=tuple(regions), password=PASSWORD)
    add_user(application_of(app).access, call, now=clock(app).now(), by="test")
    if role is Role.BROKER and licensed:
        register(app, name)
    return name


def register(app: Flask, name: str, first: date = date(2018, 1, 1), last: date = date(2018, 12, 31)) -> None:
    """Record a broker's registration."""
    licence = BrokerLicence(user=name, number="样例备2018-1", from_=first, to=last, recorded_by="test")
    application_of(app).orders.put_licence(licence)


def signed_in(client: FlaskClient, role: Role, regions=()) -> str:
    """Sign a client in as a new user of the role without the form; returns what its forms must carry as `csrf`."""
    return session_of(client, new_user(client.application, role, regions))


def session_of(client: FlaskClient, name: str) -> str:
    """Begin a session of a user in a client without the form; returns what its forms must carry as `csrf`."""
    app = client.application
    application = application_of(app)
    user = application.access.user(name)
    settings = application.settings
    patience = Patience(
        desk=timedelta(minutes=settings.session_minutes), kiosk=timedelta(seconds=settings.kiosk_seconds)
    )
    session, cookie = begin_session(application.access, user, now=clock(app).now(), patience=patience)
    client.set_cookie("matcher_session", cookie)
    return session.csrf
