"""A store that stands still for a round: read once, as of one revision; its log is written in pieces and whole."""

from __future__ import annotations

from texting_county import AT, COUNTY, opened, person, write

from matcher.records import Kind
from matcher.services.messages.pinned_store import PinnedStore
from matcher.services.messages.text_lists import lists_of
from matcher.services.rounds.replay_decision import replay_decision


def test_what_is_written_meanwhile_is_not_seen(tmp_path):
    with opened(tmp_path, [person(1), person(2)]) as app:
        pinned = PinnedStore(app.remembering_store)
        assert [one.worker_id for one in pinned.records(Kind.WORKERS)] == ["w1", "w2"]
        write(app.store, Kind.WORKERS, [("w1", {"wish_to_work": False}, None)], tag="later")
        assert pinned.revision() < app.store.revision()
        assert pinned.records(Kind.WORKERS, ids=["w1"])[0].wish_to_work is True
        assert pinned.records(Kind.WORKERS, ids=["w1"], revision=app.store.revision())[0].wish_to_work is False
        assert pinned.records(Kind.WORKERS) is pinned.records(Kind.WORKERS)


def test_every_list_is_in_the_log_when_it_is_given_and_comes_out_the_same(tmp_path):
    with opened(tmp_path, [person(n) for n in range(1, 4)]) as app:
        desk = app.message_desk
        found = lists_of(desk, ["w1", "w2", "w3"], on=AT.date(), jurisdiction=COUNTY, at=AT)
        assert [one.worker_id for one in found] == ["w1", "w2", "w3"]
        for one in found:
            assert one.worker_id.encode() in replay_decision(app.store, app.settings, one.decision_id)
