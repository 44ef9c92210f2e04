"""A county's own figures on both engines: appended, never changed, each with its entry in the audit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import msgspec
import pytest
import sqlalchemy as sa
from alembic import command
from audit_chain import broken_audit
from store_factories import entry, figure, worker, write

from matcher.errors import StoreError
from matcher.records import Kind
from matcher.store import open_store, schema
from matcher.store.migrate import alembic_config

FIGURE = figure()
OPEN = msgspec.structs.replace(FIGURE, value=Decimal("1680"), from_=date(2019, 1, 1), to=None)


def test_figures_come_back_in_the_order_they_were_recorded(store):
    assert store.county_figures() == []
    assert store.record_figure(FIGURE, entry("figure"))
    assert store.record_figure(OPEN, entry("figure"))
    assert store.record_figure(FIGURE, entry("figure"))
    assert store.county_figures() == [FIGURE, OPEN, FIGURE]
    assert str(store.county_figures()[0].value) == "1430.50"


def test_every_figure_leaves_an_entry_in_the_same_transaction(store, access):
    store.record_figure(FIGURE, entry("figure", subjects=("liujiang_2018",), detail={"value": "1430.50"}))
    (kept,) = access.audit(subject="liujiang_2018")
    assert (kept.action, kept.detail) == ("figure", {"value": "1430.50"})
    with pytest.raises(TypeError):
        store.record_figure(OPEN, entry("figure", detail={"value": object()}))
    assert store.county_figures() == [FIGURE]
    assert broken_audit(access) == []


def test_what_was_said_last_is_not_said_twice(store, access):
    assert store.record_figure(FIGURE, entry("figure"))
    again = msgspec.structs.replace(FIGURE, recorded_on=date(2018, 3, 5))
    assert not store.record_figure(again, entry("figure"))
    other = msgspec.structs.replace(FIGURE, parameter_id="skill_training_living_rate")
    assert store.record_figure(other, entry("figure"))
    assert not store.record_figure(again, entry("figure"))
    assert len(access.audit()) == 2


def test_of_two_taps_at_once_one_is_kept(store):
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _: store.record_figure(FIGURE, entry("figure")), range(4)))
    assert sorted(kept) == [False, False, False, True]
    assert store.county_figures() == [FIGURE]


@pytest.mark.parametrize("change", [sa.update(schema.county_figure).values(unit="元"), sa.delete(schema.county_figure)])
def test_no_figure_is_changed_or_taken_away(store, change):
    store.record_figure(FIGURE, entry("figure"))
    with pytest.raises(StoreError, match="append-only"), store.database.writing() as connection:
        connection.execute(change)
    assert store.county_figures() == [FIGURE]


def test_a_database_of_the_third_schema_is_upgraded_with_all_it_holds(database):
    url, home = database
    store = open_store(url, home=home)
    write(store, "b1", [worker("w1")])
    with store.database.migrating() as connection:
        command.downgrade(alembic_config(connection), "0003")
        assert "county_figure" not in sa.inspect(connection).get_table_names()
    store.close()
    store = open_store(url, home=home)
    store.migrate()
    assert [found.worker_id for found in store.records(Kind.WORKERS)] == ["w1"]
    assert store.record_figure(FIGURE, entry("figure"))
    assert store.county_figures() == [FIGURE]
    store.close()
