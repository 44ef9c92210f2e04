"""A list is worked out once for all its pages and facets, and anew as soon as anything it rests on has changed."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from broker_county import BAIPENG, CHENGTUAN, SEWERS, asker, county_app, listed
from county import application_of
from factories import worker

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role


def test_the_pages_of_a_list_are_one_list_and_one_decision(tmp_path):
    with county_app(tmp_path / "home") as app:
        broker = asker(app)
        store = application_of(app).store
        for _ in range(3):
            listed(broker)
        assert len(store.decisions_of(SEWERS)) == 1


def test_an_import_is_seen_at_the_next_look(tmp_path):
    with county_app(tmp_path / "home") as app:
        broker = asker(app)
        before = {person["worker_id"] for person in listed(broker)["people"]}
        fields = {k: v for k, v in msgspec.to_builtins(worker(place_code=f"{BAIPENG}201")).items() if k != "worker_id"}
        batch = Batch(
            batch_id="late", kind=Kind.WORKERS, file="f", file_sha256="0" * 64,
            imported_at=datetime(2018, 6, 1, 5, tzinfo=UTC),
        )  # fmt: skip
        change = Change(record_id="late1", sheet="S", row=2, fields=fields)
        application_of(app).store.write_batch(batch, [change])
        assert {person["worker_id"] for person in listed(broker)["people"]} - before == {"late1"}


def test_what_is_kept_for_one_region_is_not_shown_to_another(tmp_path):
    with county_app(tmp_path / "home") as app:
        everybody = listed(asker(app))["n_listed"]
        baipeng = listed(asker(app, Role.BROKER, BAIPENG))
        chengtuan = listed(asker(app, Role.BROKER, CHENGTUAN))
        assert baipeng["n_listed"] + chengtuan["n_listed"] == everybody
        assert {person["township"] for person in baipeng["people"]} == {BAIPENG}
        assert listed(asker(app, Role.BROKER, BAIPENG), SEWERS) == baipeng
