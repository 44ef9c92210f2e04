"""One schema, made by migrations alone, on both engines."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from store_factories import worker, write

from matcher.errors import StoreError, UsageError
from matcher.records import Kind
from matcher.store import open_store, schema
from matcher.store.migrate import alembic_config


@pytest.fixture
def blank(engine, tmp_path):
    """URL and home of a database nobody has migrated."""
    url = engine.blank_url()
    yield url, tmp_path
    engine.drop(url)


def test_models_and_migrations_say_the_same(store):
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.METADATA) == []


def test_the_check_sees_a_column_that_no_migration_made(store):
    grown = sa.MetaData(naming_convention=schema.METADATA.naming_convention)
    for table in schema.METADATA.sorted_tables:
        table.to_metadata(grown)
    grown.tables["worker"].append_column(sa.Column("shoe_size", sa.TEXT()))
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, grown)


def test_head_is_the_newest_migration(store):
    with store.database.reading() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    assert scripts.get_current_head() == schema.HEAD
    assert all(script.revision.isdigit() for script in scripts.walk_revisions())


def test_migrating_again_changes_nothing(blank):
    url, home = blank
    store = open_store(url, home=home)
    store.migrate()
    write(store, "b1", [worker("w1")])
    keys = (home / "keys" / "keyring.json").read_bytes()
    store.migrate()
    assert [w.worker_id for w in store.records(Kind.WORKERS)] == ["w1"]
    assert (home / "keys" / "keyring.json").read_bytes() == keys
    store.close()


def test_down_and_up_again(blank):
    url, home = blank
    store = open_store(url, home=home)
    store.migrate()
    with store.database.migrating() as connection:
        command.downgrade(alembic_config(connection), "base")
        left = set(sa.inspect(connection).get_table_names())
    assert left == {"alembic_version"}
    with pytest.raises(StoreError, match="no database yet"):
        store.revision()
    store.migrate()
    assert store.revision() == 0
    store.close()


def test_a_store_before_init_says_so(blank):
    url, home = blank
    store = open_store(url, home=home)
    with pytest.raises(StoreError, match="no database yet") as refused:
        store.records(Kind.WORKERS)
    assert "matcher init" in refused.value.remedy
    store.close()


def test_opening_makes_no_file(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'sub' / 'matcher.db'}", home=tmp_path)
    with pytest.raises(StoreError, match="no database yet"):
        store.revision()
    assert list(tmp_path.iterdir()) == []


def _set_version(store, version):
    with store.database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version})


@pytest.mark.parametrize("version", ["9999", "abc"])
def test_a_newer_database_is_refused(database, version):
    url, home = database
    first = open_store(url, home=home)
    _set_version(first, version)
    first.close()
    store = open_store(url, home=home)
    for call in (store.revision, store.migrate):
        with pytest.raises(StoreError, match=f"schema {version}") as refused:
            call()
        assert "Install" in refused.value.remedy
    store.close()


def test_an_older_database_asks_to_be_migrated(database):
    url, home = database
    first = open_store(url, home=home)
    _set_version(first, "0000")
    first.close()
    store = open_store(url, home=home)
    with pytest.raises(StoreError, match="schema 0000") as refused:
        store.revision()
    assert "matcher init" in refused.value.remedy
    store.close()


def test_sqlite_tables_are_strict_and_the_file_is_the_owners(tmp_path):
    url = f"sqlite:///{tmp_path / 'new' / 'matcher.db'}"
    store = open_store(url, home=tmp_path)
    store.migrate()
    with store.database.writing() as connection:
        strict = dict(
            connection.exec_driver_sql("SELECT name, strict FROM pragma_table_list WHERE type = 'table'").all()
        )
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert {name for name in strict if strict[name]} == set(schema.METADATA.tables)
    assert (tmp_path / "new" / "matcher.db").stat().st_mode & 0o077 == 0
    with pytest.raises(StoreError, match="TEXT"), store.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO store_mark VALUES ('a', x'00')")
    store.close()


def test_sqlite_keeps_foreign_keys_on_after_migrating(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'matcher.db'}", home=tmp_path)
    store.migrate()
    with pytest.raises(StoreError, match="FOREIGN KEY"), store.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO plan_price VALUES (99, 'v1', 0.5)")
    store.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_urls_are_wrong_usage(url, tmp_path):
    with pytest.raises(UsageError):
        open_store(url, home=tmp_path)


def test_a_file_that_is_no_database_says_so(tmp_path):
    path = tmp_path / "matcher.db"
    path.write_bytes(b"PK\x03\x04 this is a spreadsheet, not a database" * 100)
    store = open_store(f"sqlite:///{path}", home=tmp_path)
    with pytest.raises(StoreError, match="no database"):
        store.revision()
    store.close()


def test_a_password_never_shows(tmp_path):
    store = open_store("postgresql://user:geheim@127.0.0.1:1/none?connect_timeout=1", home=tmp_path)
    with pytest.raises(StoreError, match="does not answer") as refused:
        store.revision()
    assert "geheim" not in str(refused.value)
    store.close()
