"""Two processes that write answers take turns: the one that finds the other writing asks again soon, not ever later."""

from __future__ import annotations

import sqlite3

import pytest

from matcher.errors import StoreError
from matcher.store import database, open_store

BUSY_S = 0.25


@pytest.fixture
def held(tmp_path):
    """A store, and another connection that holds the right to write."""
    store = open_store(f"sqlite:///{tmp_path}/matcher.db", home=tmp_path, busy_timeout_s=BUSY_S)
    store.migrate()
    other = sqlite3.connect(tmp_path / "matcher.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield store.database, other
    other.close()
    store.close()


def test_whoever_waits_begins_as_soon_as_the_other_ends(held, monkeypatch):
    files, other = held
    rests = []

    def rest(seconds):
        rests.append(seconds)
        if len(rests) == 3:
            other.execute("COMMIT")

    monkeypatch.setattr(database.time, "sleep", rest)
    with files.writing_plainly() as raw:
        assert raw.in_transaction
    assert rests == [database.TURN_S] * 3


def test_another_who_does_not_end_is_asked_more_seldom_and_told_as_ever(held, monkeypatch):
    files, other = held
    rests, now = [], [0.0]

    def rest(seconds):
        rests.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(database.time, "sleep", rest)
    monkeypatch.setattr(database.time, "monotonic", lambda: now[0])
    with pytest.raises(StoreError, match="busy"), files.writing_plainly():
        pass
    assert rests[: database.N_TURNS] == [database.TURN_S] * database.N_TURNS
    assert set(rests[database.N_TURNS :]) == {database.LATER_S}
    assert sum(rests) == pytest.approx(BUSY_S, abs=database.LATER_S)
    other.execute("COMMIT")
    with files.writing_plainly() as raw:
        assert raw.in_transaction


def test_another_fault_is_not_tried_again(held, monkeypatch):
    files, other = held
    other.execute("COMMIT")
    monkeypatch.setattr(database.time, "sleep", None)
    with pytest.raises(StoreError), files.writing_plainly() as raw:
        files._take_turn(raw)


def test_the_next_turn_has_the_connection_of_the_last_one(held):
    files, other = held
    other.execute("COMMIT")
    with files.writing_plainly() as first:
        pass
    with files.writing_plainly() as second:
        assert second is first
    files.close()
    with files.writing_plainly() as third:
        assert third is not first
