"""`app` over a small county, `make_app` over a copy of it, `token` for the API and `login` for the pages."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import county
import pytest
from county import cheap
from crawl_walk import Walk
from flask import Flask
from flask.testing import FlaskClient
from kiosk_rig import Rig
from office_desk import desk

from api.county_time import moment
from matcher.records.access import Role
from matcher.settings import Settings


@pytest.fixture(scope="session", autouse=True)
def own_settings() -> Iterator[None]:
    """What the machine's owner has set must not reach a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MATCHER_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="module", autouse=True)
def cheap_machine() -> Iterator[None]:
    """Around each file of this folder and no other, before what the file builds for all of its tests."""
    with cheap():
        yield


@pytest.fixture(scope="session")
def seeded(own_settings, tmp_path_factory) -> Settings:
    """Settings of a home that holds the county; nobody writes there, `app` works on a copy."""
    return county.seed(tmp_path_factory.mktemp("county") / "home")


@pytest.fixture(scope="session")
def app(seeded, tmp_path_factory) -> Iterator[Flask]:
    """The application over the county, shared by the session: tests that import, undo or erase use `make_app`."""
    with ExitStack() as stack:
        with cheap():
            made = stack.enter_context(county.opened(county.copied(seeded, tmp_path_factory.mktemp("shared") / "home")))
        yield made


@pytest.fixture(scope="session")
def walk(seeded, tmp_path_factory) -> Iterator[Walk]:
    """Everything that a copy of the county answers to everybody, asked once a session."""
    with ExitStack() as stack:
        with cheap():
            made = stack.enter_context(county.opened(county.copied(seeded, tmp_path_factory.mktemp("walk") / "home")))
        yield Walk(made)


@pytest.fixture
def make_app(seeded, tmp_path) -> Iterator[Callable[..., Flask]]:
    """Opens an application over a copy of the county; keywords are settings, e.g. `make_app(demo=False)`."""
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(county.opened(county.copied(seeded, tmp_path / "home"), **changes))


@pytest.fixture
def client(app) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture
def token(app) -> Callable[..., dict[str, str]]:
    """`token(role, regions=(), scopes=None, subject="")`: headers of a new token; None is all the role may."""

    def make(role: Role, regions=(), scopes=None, subject: str = "") -> dict[str, str]:
        return county.bearer(app, role, regions, scopes, subject)

    return make


@pytest.fixture
def login() -> Callable[..., str]:
    """`login(client, role, regions=())` signs a new user in; returns the `csrf` its forms must carry."""
    return county.signed_in


@pytest.fixture(scope="module")
def kiosk_server(seeded, tmp_path_factory) -> Iterator[Flask]:
    """The county that the kiosks of a file's tests belong to; each test has a kiosk of its own."""
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("server") / "home")) as app:
        # The calendar of texts is moved to the day of a demonstration when it is first asked for.
        with app.test_request_context():
            assert moment() == county.NOON
        yield app


@pytest.fixture
def rig(kiosk_server, tmp_path) -> Rig:
    """A kiosk that may enrol, at a minute of its own: what one test did at the server is past in the next."""
    rig = Rig(kiosk_server, tmp_path / "kiosk")
    rig.clock.at = rig.machine.at = county.NOON + timedelta(minutes=next(_MINUTES))
    return rig


_MINUTES = itertools.count(1)


@pytest.fixture
def loaded(rig: Rig) -> Rig:
    """Enrolled, with a pack, and from now on without a network."""
    rig.enrol()
    assert rig.turn().fetched
    return rig


@pytest.fixture(name="county")
def own_county(make_app) -> Flask:
    """A county of the test's own."""
    return make_app()


@pytest.fixture
def officer(county):
    """A browser in which an officer of it has signed in, and the token of its forms."""
    return desk(county)
