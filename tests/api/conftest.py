"""`app` over a small county, `make_app` over a copy of it, `token` for the API and `login` for the pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import county
import pytest
from crawl_walk import Walk
from flask import Flask
from flask.testing import FlaskClient

from matcher.records.access import Role
from matcher.services.access import passwords
from matcher.settings import Settings
from matcher.store import database


@pytest.fixture(scope="session", autouse=True)
def own_settings() -> Iterator[None]:
    """What the machine's owner has set must not reach a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MATCHER_")]:
            patch.delenv(name)
        yield


@contextmanager
def cheap() -> Iterator[None]:
    """Passwords that cost little and a disk nobody waits for: what either costs is tested in rooms of its own."""
    prepare = database._prepare_sqlite

    def prepared(raw: Any, record: object) -> None:
        prepare(raw, record)
        raw.execute("PRAGMA synchronous = OFF")

    passwords._nobodys.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_prepare_sqlite", prepared)
        patch.setattr(passwords, "MEMORY_KIB", 64)
        patch.setattr(passwords, "PASSES", 1)
        patch.setattr(passwords, "COST", "$argon2id$v=19$m=64,t=1,p=1$")
        yield
    passwords._nobodys.cache_clear()


@pytest.fixture(autouse=True)
def cheap_machine() -> Iterator[None]:
    """Around each test of this folder and no other: a session's other tests run in the same process."""
    with cheap():
        yield


@pytest.fixture(scope="session")
def seeded(own_settings, tmp_path_factory) -> Settings:
    """Settings of a home that holds the county; nobody writes there, `app` works on a copy."""
    with cheap():
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
