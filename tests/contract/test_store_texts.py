"""Texts as they are kept, on both engines: leases, states, offers, replies, sendings, and nothing in the clear."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace
from store_factories import plan
from text_factories import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    accepted,
    done,
    join,
    lease,
    number,
    offer,
    receipt,
    sending,
    text,
)

from matcher.errors import InvalidInput, NotFound, StoreError
from matcher.records.texts import OfferState, Part, PartState, Queue, SendingState, TextState
from matcher.store import open_texts


def test_a_text_is_leased_once_answers_first_and_only_in_its_time(texts):
    texts.add_text(text("t1", next_at=NOW - HOUR))
    texts.add_text(text("t2", purpose="notice", next_at=NOW - MINUTE))
    texts.add_text(text("t3", purpose="answer"))
    texts.add_text(text("t4", next_at=NOW + MINUTE))
    texts.add_text(text("t5", not_after=NOW))
    assert not texts.add_text(text("t1", body="anders"))
    leased = lease(texts)
    assert [one.text_id for one in leased] == ["t3", "t2", "t1"]
    assert {(one.queue, one.lease_by, one.n_tries, one.lease_until) for one in leased} == {
        (Queue.LEASED, "a", 1, NOW + 5 * MINUTE)
    }
    assert texts.texts(text_ids=["t1"])[0] == leased[2]
    assert lease(texts, by="b") == []
    assert [one.text_id for one in lease(texts, now=NOW + MINUTE)] == ["t4"]


def test_two_who_lease_at_once_never_get_one_text(texts):
    texts.add_sending(sending(), [], [text(f"t{n:03}", sending_id="s1") for n in range(60)])
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda by: [one.text_id for one in lease(texts, 20, by=by)], "abcd"))
    every = [text_id for piece in found for text_id in piece]
    assert len(every) == len(set(every))
    assert len(every) + texts.n_queued() == 60


def test_who_dies_with_a_lease_leaves_a_text_that_may_have_gone(texts):
    texts.add_sending(sending(), [offer()], [text(sending_id="s1", offer_id="o1", body="字" * 71)])
    lease(texts)
    assert texts.lapsed(NOW + 4 * MINUTE) == []
    (lost,) = texts.lapsed(NOW + 5 * MINUTE, open_for=DAY)
    assert (lost.queue, lost.state, len(lost.parts)) == (Queue.DONE, TextState.UNKNOWN, 2)
    assert lease(texts, now=NOW + HOUR) == []
    # It may have gone: it counts as sent, and its offer holds its seats as long as an offer does.
    assert texts.sent([number(1)], since=NOW) == {number(1): (NOW,)}
    assert texts.offers()[0].open_until == NOW + 5 * MINUTE + DAY


def test_a_text_that_was_not_taken_comes_again_and_counts_for_nothing(texts):
    texts.add_text(text())
    (leased,) = lease(texts)
    assert texts.n_leased(since=NOW) == 1
    texts.settle([replace(leased, queue=Queue.QUEUED, next_at=NOW + MINUTE, lease_by=leased.lease_by)])
    assert texts.n_leased(since=NOW) == 0
    assert texts.sent_to(["w1"], since=NOW) == {}
    assert lease(texts) == []
    (again,) = lease(texts, now=NOW + MINUTE)
    assert again.n_tries == 2


def test_whose_lease_was_ended_does_not_bring_a_text_back(texts):
    texts.add_text(text())
    (leased,) = lease(texts)
    texts.lapsed(NOW + HOUR)
    texts.settle([replace(leased, queue=Queue.QUEUED)])
    assert texts.texts()[0].state is TextState.UNKNOWN
    texts.settle([done(leased, "p1")])
    assert texts.texts()[0].state is TextState.ACCEPTED
    assert lease(texts, now=NOW + HOUR) == []


def test_receipts_come_in_any_order_any_number_of_times(texts):
    texts.add_text(text(body="字" * 71))
    (leased,) = lease(texts)
    assert join(texts, receipt("p1"), receipt("p1", PartState.ACCEPTED)) == []
    assert texts.n_early() == 1
    texts.settle([done(leased, "p1", "p2")])
    assert texts.n_early() == 0
    assert [part.state for part in texts.texts()[0].parts] == [PartState.DELIVERED, PartState.ACCEPTED]
    assert texts.texts()[0].state is TextState.PARTLY
    (changed,) = join(texts, receipt("p2", PartState.FAILED, error="UNDELIV"), receipt("p2"))
    assert changed.state is TextState.DELIVERED
    assert join(texts, receipt("p2"), receipt("p1", PartState.FAILED)) == []
    assert texts.text_counts("") == {("delivered", "offer"): (1, 2)}


def test_a_receipt_may_name_our_text_and_place(texts):
    texts.add_text(text(body="字" * 71))
    (leased,) = lease(texts)
    join(texts, receipt("", text_id="t1", part=1), receipt("", text_id="nobody", part=0))
    assert texts.n_early() == 0
    texts.settle([done(leased, "", "")])
    assert [part.state for part in texts.texts()[0].parts] == [PartState.ACCEPTED, PartState.DELIVERED]
    assert join(texts, receipt("", text_id="t1", part=7)) == []


def test_a_receipt_nobody_asks_for_goes_after_a_while(texts):
    join(texts, receipt("stray"))
    assert texts.n_early() == 1
    texts.join_receipts([], keep_from=NOW + MINUTE)
    assert texts.n_early() == 0


def test_a_name_given_again_is_the_later_texts(texts):
    for text_id in ("t1", "t2"):
        texts.add_text(text(text_id))
        texts.settle([done(*lease(texts), "p1")])
    (changed,) = join(texts, receipt("p1"))
    assert changed.text_id == "t2"


def test_what_a_carrier_never_spoke_of_again_is_told_and_stays_unknown(texts):
    for n in (1, 2):
        texts.add_text(text(f"t{n}"))
    texts.settle([done(one, f"p-{one.text_id}") for one in lease(texts)])
    join(texts, receipt("p-t1"))
    assert texts.silent(NOW) == 0
    assert texts.silent(NOW + MINUTE) == 1
    assert texts.texts(text_ids=["t2"])[0].state is TextState.ACCEPTED


def test_a_text_past_its_time_is_withdrawn_and_gives_its_seats_back(texts):
    texts.add_sending(sending(), [offer()], [text(sending_id="s1", offer_id="o1", not_after=NOW + HOUR)])
    assert texts.expired(NOW + HOUR - MINUTE) == []
    (late,) = texts.expired(NOW + HOUR)
    assert (late.state, late.why) == (TextState.WITHDRAWN, "expired")
    assert texts.offers()[0].state is OfferState.WITHDRAWN
    assert texts.offers(open_at=NOW) == []


def test_a_refused_submission_gives_the_seats_back_and_counts_for_nothing(texts):
    texts.add_sending(sending(), [offer()], [text(sending_id="s1", offer_id="o1")])
    failed = (Part(state=PartState.FAILED, error="ESME_RINVDSTADR"),)
    texts.settle([done(*lease(texts), parts=failed)], open_for=DAY)
    assert texts.offers()[0].state is OfferState.WITHDRAWN
    assert texts.sent([number(1)], since=NOW) == {}
    assert texts.text_counts("s1") == {("failed", "offer"): (1, 1)}


def test_what_went_is_counted_by_number_by_worker_and_by_template(texts):
    texts.add_text(text("t1"))
    texts.add_text(text("t2", "w2", template_id="reminder", purpose="notice"))
    texts.settle([done(one, one.text_id) for one in lease(texts)])
    assert texts.sent([number(1), number(2)], since=NOW) == {number(1): (NOW,)}
    assert texts.sent([number(1)], since=NOW + MINUTE) == {}
    assert texts.sent([number(1)], since=NOW, besides=["t1"]) == {}
    assert texts.sent_to(["w1", "w2"], since=NOW) == {"w1": (NOW,)}
    assert texts.sent_templates([number(1)], since=NOW) == {
        (number(1), "list", "w1"),
        (number(1), "reminder", "w2"),
    }
    assert texts.sent_templates([number(1)], since=NOW, besides=["t2"]) == {(number(1), "list", "w1")}


def test_a_sending_is_kept_whole_or_not_at_all(texts, store):
    texts.add_sending(sending(), [offer()], [text(sending_id="s1")], plan=plan("p1"), exposures=[("w1", "v1")])
    assert store.plan("p1").plan_id == "p1"
    with pytest.raises(InvalidInput, match="kept already"):
        texts.add_sending(sending(), [], [])
    with pytest.raises(StoreError, match="unique"):
        texts.add_sending(sending("s2"), [offer("o2")], [text("t9", sending_id="s2"), text("t1")])
    with pytest.raises(NotFound):
        texts.sending("s2")
    assert [one.offer_id for one in texts.offers()] == ["o1"]
    assert [one.text_id for one in texts.texts()] == ["t1"]


def test_texts_wait_go_stand_still_and_end_with_their_sending(texts):
    own = [text(f"t{n}", sending_id="s1", offer_id=f"o{n}", queue=Queue.HELD) for n in range(3)]
    texts.add_sending(sending(state=SendingState.WAITING), [offer(f"o{n}") for n in range(3)], own)
    assert lease(texts) == []

    def become(state):
        return texts.change_sending("s1", lambda kept: replace(kept, state=state, ended_at=NOW))

    become(SendingState.RELEASED)
    (out,) = lease(texts, 1)
    become(SendingState.PAUSED)
    assert lease(texts) == []
    assert texts.n_queued() == 0
    become(SendingState.RELEASED)
    assert texts.n_queued() == 2
    texts.settle([done(out, "p1")])
    become(SendingState.CANCELLED)
    assert {one.text_id: one.state for one in texts.texts(sending_id="s1")} == {
        "t0": TextState.ACCEPTED,
        "t1": TextState.WITHDRAWN,
        "t2": TextState.WITHDRAWN,
    }
    assert [one.state for one in texts.offers()] == [OfferState.OPEN, OfferState.WITHDRAWN, OfferState.WITHDRAWN]
    assert [one.sending_id for one in texts.sendings(states=[SendingState.CANCELLED], season="2018")] == ["s1"]
    assert texts.sendings(season="2019") == []
    with pytest.raises(NotFound):
        texts.change_sending("s9", lambda kept: kept)


def test_a_persons_waiting_texts_are_withdrawn_by_purpose(texts):
    texts.add_sending(sending(), [offer()], [text("t1", sending_id="s1", offer_id="o1")])
    texts.add_text(text("t2", purpose="answer", reply_id="r1"))
    assert texts.withdraw("w1", now=NOW, why="refused", purposes=["offer", "notice"]) == 1
    assert [one.text_id for one in texts.texts(reply_id="r1")] == ["t2"]
    assert [one.text_id for one in lease(texts)] == ["t2"]
    assert texts.offers()[0].state is OfferState.WITHDRAWN
    assert texts.withdraw("w2", now=NOW, why="refused") == 0


def test_one_worker_at_a_time(texts, store, tmp_path):
    from matcher.errors import Conflict

    url = store.database.engine.url.render_as_string(hide_password=False)
    other = open_texts(url, home=tmp_path)
    with texts.working():
        with pytest.raises(Conflict, match="another worker"), other.working():
            pass
        assert texts.add_text(text())
    with other.working():
        assert [one.text_id for one in lease(other)] == ["t1"]
    other.close()


def test_every_queued_text_can_be_woken(texts):
    texts.add_text(text(next_at=NOW + 400 * DAY, not_after=NOW + 500 * DAY))
    assert lease(texts) == []
    assert texts.wake(NOW) == 1
    assert texts.wake(NOW) == 0
    assert [one.text_id for one in lease(texts)] == ["t1"]


def test_a_change_of_a_text_is_kept(texts):
    texts.add_text(text())
    texts.change_text("t1", lambda kept: replace(kept, why="bitte"))
    assert texts.texts()[0].why == "bitte"
    with pytest.raises(NotFound):
        texts.change_text("t9", lambda kept: kept)
    assert accepted("p")[0].state is PartState.ACCEPTED
