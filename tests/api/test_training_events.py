"""Everything that happened becomes an event of the schema: strict rows, joined by their ids, the same bytes again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import get_args

import county
import msgspec
import pytest
from broker_county import asker
from call_county import call_app, on_bus_day, open_order, post, say, tap
from factories import vacancy, worker

from matcher.errors import UsageError
from matcher.records import Vacancy, Worker
from matcher.records.access import Reaction, Role
from matcher.records.events import TABLES, Reacted
from matcher.services.events.export_events import export_events, season_of, table_bytes
from matcher.services.rounds.recommend import Recommend, recommend

CARD = "/broker/orders/o-1/calls"


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A county in which a season went by: lists, calls, a bus, answers after a week."""
    with call_app(tmp_path_factory.mktemp("events") / "home", demo=True) as app:
        open_order(app, n_seats=3)
        client = asker(app)
        post(client, CARD)
        listed = [seat.worker_id for seat in county.application_of(app).orders.order("o-1").people]
        said = ["go", "go", "go", "go", "no", "no_answer", "later", "wrong_number", "away"]
        for worker_id, outcome in zip(listed, said, strict=False):
            say(client, worker_id, outcome, reason="wage")
        on_bus_day(app)
        client = asker(app)
        for worker_id, deed in zip(listed, ("check_in", "check_in", "not_come"), strict=False):
            tap(client, worker_id, deed)
        post(client, "/broker/orders/o-1/depart")
        application = county.application_of(app)
        asked = application.orders.follow_ups(order_id="o-1")[0]
        post(client, f"/broker/orders/o-1/follow-ups/{asked.follow_up_id}", status="kept")
        call = Recommend(
            worker_id="w50", on=application.today(), jurisdiction="liujiang_2018", top=3, seed=0, public=True
        )
        answer = recommend(application.store, application.means, call, at=county.NOON)
        item = answer["lists"][0]["items"][0]
        application.access.add_reactions(
            [
                Reaction(
                    event_id="r-print", ts=county.NOON, decision_id=answer["decision_id"], worker_id="w50",
                    vacancy_id=item["vacancy_id"], kind="print", channel="kiosk",
                )
            ]
        )  # fmt: skip
        yield app, listed


def exported(app, season=""):
    application = county.application_of(app)
    return export_events(
        application.store, application.access, application.orders, application.settings, season_of(season)
    )


def rows(app, season=""):
    return {
        name: [json.loads(line) for line in table_bytes(events).splitlines()]
        for name, events in exported(app, season).tables.items()
    }


def test_every_row_fits_its_strict_table_and_says_it_is_synthetic(lived):
    app, _ = lived
    told = rows(app)
    assert set(told) == set(TABLES) == {
        "impressions", "reactions", "decisions", "placements", "followups", "snapshots",
    }  # fmt: skip
    for name, table in told.items():
        assert table, name
        for row in table:
            msgspec.convert(row, TABLES[name])
            assert row["synthetic"] is True
            assert datetime.fromisoformat(row["ts"]).tzinfo == UTC
        ids = [row["event_id"] for row in table]
        assert len(set(ids)) == len(ids)


def test_rows_of_different_tables_find_each_other(lived):
    app, listed = lived
    told = rows(app)
    shown = {(row["list_id"], row["worker_id"], row["vacancy_id"]) for row in told["impressions"]}
    assert {(row["list_id"], row["worker_id"], row["vacancy_id"]) for row in told["reactions"]} <= shown
    assert {row["placement_id"] for row in told["followups"]} <= {row["placement_id"] for row in told["placements"]}
    seen = {(row["kind"], row["id"]) for row in told["snapshots"]}
    assert {("worker", row["worker_id"]) for row in told["impressions"]} <= seen
    assert {("vacancy", row["vacancy_id"]) for row in told["impressions"]} <= seen
    assert {row["channel"] for row in told["impressions"]} == {"broker", "kiosk"}
    assert {row["propensity"] for row in told["impressions"]} == {1.0}
    assert {row["worker_id"] for row in told["placements"]} == set(listed[:2])


def test_what_was_said_and_what_became_of_it(lived):
    app, listed = lived
    told = rows(app)
    kinds = {row["worker_id"]: (row["kind"], row["reason_code"]) for row in told["reactions"]}
    assert [kinds[worker_id] for worker_id in listed[:9]] == [
        ("apply", ""), ("apply", ""), ("apply", ""), ("apply", ""), ("decline", "wage"), ("no_reply", ""),
        ("open", ""), ("no_reply", ""), ("decline", "other"),
    ]  # fmt: skip
    assert kinds["w50"] == ("open", "")
    assert {kind for kind, _ in kinds.values()} <= set(get_args(Reacted))
    outcomes = {row["worker_id"]: (row["outcome"], row["decided_by"]) for row in told["decisions"]}
    assert outcomes == {
        listed[0]: ("offer", "broker"), listed[1]: ("offer", "broker"), listed[2]: ("no_show", "worker"),
        listed[3]: ("withdrawn", "worker"),
    }  # fmt: skip


def test_a_snapshot_can_be_given_to_match(lived):
    app, _ = lived
    for row in rows(app)["snapshots"]:
        kind = {"worker": Worker, "vacancy": Vacancy}.get(row["kind"])
        if kind is not None:
            msgspec.convert(row["fields"], kind)


def test_the_same_store_gives_the_same_bytes(lived):
    app, _ = lived
    once, again = exported(app).tables, exported(app).tables
    assert {name: table_bytes(table) for name, table in once.items()} == {
        name: table_bytes(table) for name, table in again.items()
    }


@pytest.mark.parametrize(
    ("season", "full"),
    [("2018-06-01/2018-06-01", True), ("2018-06-02/2018-12-31", False), ("2017-01-01/2018-05-31", False)],
)
def test_a_season_holds_the_lists_of_its_days(lived, season, full):
    app, _ = lived
    told = rows(app, season)
    assert bool(told["impressions"]) is bool(told["reactions"]) is bool(told["snapshots"]) is full
    assert bool(told["decisions"]) is full


@pytest.mark.parametrize("text", ["2018", "2018-07-31/2018-02-01", "2018-02-30/2018-07-31"])
def test_a_season_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        season_of(text)


def test_a_match_over_http_is_told_with_what_was_sent(tmp_path):
    with call_app(tmp_path / "home") as app:
        body = {
            "on": "2018-06-01",
            "workers": [msgspec.to_builtins(worker("a")), msgspec.to_builtins(worker("b"))],
            "vacancies": [msgspec.to_builtins(vacancy("v"))],
        }
        headers = county.bearer(app, Role.OFFICER)
        answer = app.test_client().post("/api/v1/match", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        told = rows(app)
        assert sorted(row["list_id"] for row in told["impressions"]) == [
            f"{answer.json['decision_id']}:{name}" for name in "ab"
        ]
        assert {row["channel"] for row in told["impressions"]} == {"api"}
        assert {row["synthetic"] for row in told["snapshots"]} == {False}
        fields = {row["id"]: row["fields"] for row in told["snapshots"]}
        assert fields["a"] == json.loads(msgspec.json.encode(worker("a")))


def test_whoever_was_erased_is_in_no_table(tmp_path):
    with call_app(tmp_path / "home") as app:
        application = county.application_of(app)
        open_order(app, n_seats=3, listed=3)
        on_bus_day(app)
        client = asker(app)
        for worker_id in ("w00", "w01"):
            say(client, worker_id, "go")
            tap(client, worker_id, "check_in")
        post(client, "/broker/orders/o-1/depart")
        asked = application.orders.follow_ups(order_id="o-1")
        for one in asked:
            post(client, f"/broker/orders/o-1/follow-ups/{one.follow_up_id}", status="kept")
        for name in ("w00", "w01"):
            call = Recommend(worker_id=name, on=application.today(), jurisdiction="", top=3, seed=0, public=True)
            recommend(application.store, application.means, call, at=county.NOON)
        application.store.erase_worker("w00", at=county.NOON, by="test")
        told = exported(app)
        text = b"".join(table_bytes(table) for table in told.tables.values())
        assert b"w01" in text
        assert b"w00" not in text
        assert b"h00" not in text
        assert len(told.tables["followups"]) == 3
        assert told.n_untold == 1
