"""The worker, turn by turn: what it sends, what it does not, and what it says when nobody knows."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
from delivering import DAY, HOUR, MINUTE, NOW, Office, list_text, phone, rules_with

from matcher.errors import Conflict, StoreError
from matcher.messaging.gate import SAID_TODAY
from matcher.messaging.recipients import Held
from matcher.ports.gateways import Fate, Incoming, Receipt, Submitted, SubmittedPart
from matcher.records.texts import NumberMark, NumberState, OfferState, PartState, Queue, SendingState
from matcher.services.messages.deliver import IDLE_S, MOST_FAILURES, deliver


def receipt(text_id, place=0, state=PartState.DELIVERED, **more):
    return Receipt(gateway="test", provider_id=f"{text_id}/{place}", state=state, at=NOW, **more)


def test_a_turn_sends_what_is_due_and_opens_the_offers(office):
    office.plan(range(3))
    turn = office.deliverer.turn()
    assert (turn.n_leased, turn.n_accepted, turn.held_back) == (3, 3, {})
    assert sorted(out.phone for out in office.carrier.taken) == [phone(0), phone(1), phone(2)]
    assert [len(out.parts) for out in office.carrier.taken] == [2, 2, 2]
    assert office.state("s1-t0") == "accepted"
    days = timedelta(days=office.rules.offers.open_days)
    assert {(one.sent_at, one.open_until) for one in office.texts.offers()} == {(NOW, NOW + days)}
    assert office.deliverer.turn().idle
    assert office.texts.sending("s1").state is SendingState.ENDED
    assert len(office.carrier.taken) == 3


def test_a_refusal_between_plan_and_send_takes_the_text_and_its_seats_back(office):
    office.plan(range(2))
    office.refuse(0)
    turn = office.deliverer.turn()
    assert (turn.n_accepted, turn.held_back) == (1, {Held.REFUSED.value: 1})
    assert (office.state("s1-t0"), office.why("s1-t0")) == ("withdrawn", "refused")
    assert [one.state for one in office.texts.offers(worker_ids=["w0"])] == [OfferState.WITHDRAWN]


def test_a_refusal_that_the_restored_database_lacks_comes_back_before_anything_goes(office):
    office.plan([0])
    backup = (office.folder / "matcher.db", office.folder / "backup.db")
    office.store.database.checkpoint()
    backup[1].write_bytes(backup[0].read_bytes())
    office.refuse(0)
    office.close()
    for side in ("-wal", "-shm"):
        (office.folder / f"matcher.db{side}").unlink(missing_ok=True)
    backup[0].write_bytes(backup[1].read_bytes())
    turn = office.hire().turn()
    assert (turn.n_restored, turn.n_accepted) == (1, 0)
    assert office.carrier.taken == []


def test_what_was_not_taken_comes_again_later_and_the_gateway_is_left_alone(office):
    office.plan(range(2))
    office.carrier.usual = Fate.DOWN
    turn = office.deliverer.turn()
    assert (turn.down, turn.n_back, turn.wait_s) == (True, 2, IDLE_S)
    assert office.texts.n_leased(since=NOW) == 0
    office.carrier.usual = Fate.ACCEPTED
    assert office.deliverer.turn().n_leased == 0
    office.clock.move(MINUTE)
    assert office.deliverer.turn().n_accepted == 2
    assert {one.n_tries for one in office.texts.texts()} == {2}


def test_a_gateway_that_stays_away_is_asked_ever_less_often(office):
    office.plan([0])
    office.carrier.usual = Fate.BUSY
    tries = []
    for _ in range(60 * 24):
        if office.deliverer.turn().n_leased:
            tries.append(office.clock.now())
        office.clock.move(MINUTE)
        if office.clock.now().hour >= 11:
            break
    waits = [later - one for one, later in pairwise(tries)]
    assert len(tries) < 30
    assert max(waits) >= 15 * MINUTE
    assert office.carrier.taken == []


def test_a_refused_number_is_dead_and_gets_no_second_text(office):
    office.plan([0])
    parts = (SubmittedPart(state=PartState.FAILED, error="ESME_RINVDSTADR"),) * 2
    office.carrier.script["s1-t0"] = Submitted(text_id="s1-t0", fate=Fate.REFUSED, parts=parts)
    assert office.deliverer.turn().n_refused == 1
    assert office.state("s1-t0") == "failed"
    assert [mark.state for mark in office.texts.number_marks([phone(0)])[phone(0)]] == [NumberState.DEAD]
    office.plan([0], "s2")
    assert office.deliverer.turn().held_back == {"dead": 1}


def test_receipts_before_the_submission_twice_and_of_a_dead_number(office):
    office.plan(range(2))
    office.carrier.inbox += [receipt("s1-t0", 1), receipt("s1-t0", 1), receipt("nobody")]
    turn = office.deliverer.turn()
    assert (turn.n_receipts, turn.n_accepted, turn.n_early) == (3, 2, 1)
    assert office.state("s1-t0") == "partly"
    office.carrier.inbox += [
        receipt("s1-t0"),
        receipt("s1-t1", 0, PartState.FAILED, error="UNDELIV MK:0001"),
        receipt("s1-t0", 1, PartState.FAILED),
    ]
    office.deliverer.turn()
    assert (office.state("s1-t0"), office.state("s1-t1")) == ("delivered", "failed")
    assert office.carrier.inbox == []
    assert phone(1) in office.texts.number_marks([phone(0), phone(1)])
    office.clock.move(timedelta(hours=office.rules.delivery.early_receipt_hours + 1))
    office.carrier.inbox.append(receipt("s1-t0"))
    assert office.deliverer.turn().n_early == 0


def test_silence_of_a_carrier_is_told(office):
    office.plan(range(2))
    office.deliverer.turn()
    office.carrier.inbox += [receipt("s1-t0"), receipt("s1-t0", 1)]
    assert office.deliverer.turn().n_silent == 0
    office.clock.move(timedelta(hours=office.rules.delivery.silent_after_hours, seconds=1))
    assert office.deliverer.turn().n_silent == 1
    assert office.state("s1-t1") == "accepted"


def test_one_of_whom_nobody_tells_may_have_gone_and_never_goes_again(office):
    office.plan(range(3))
    office.carrier.script["s1-t1"] = RuntimeError("wire")
    with pytest.raises(RuntimeError):
        office.deliverer.turn()
    assert [office.state(f"s1-t{n}") for n in range(3)] == ["accepted", "unknown", "unknown"]
    office.carrier.script.clear()
    office.hire().begin()
    assert office.deliverer.turn().n_leased == 0
    assert len(office.carrier.taken) == 1


def test_texts_of_a_worker_that_died_are_told_by_the_next_whatever_the_clock_says(office):
    office.plan(range(2))
    office.texts.lease(1, by="dead", now=NOW, until=NOW + 1000 * DAY)
    office.clock.at = NOW - HOUR
    assert office.hire().begin() == 1
    office.clock.at = NOW
    assert office.deliverer.turn().n_accepted == 1
    assert sorted(one.state.value for one in office.texts.texts()) == ["accepted", "unknown"]


def test_a_batch_that_cannot_be_judged_goes_back_untouched(office, monkeypatch):
    office.plan(range(2))
    monkeypatch.setattr(
        "matcher.services.messages.send_batch.standings",
        lambda *_: (_ for _ in ()).throw(StoreError("the database is busy")),
    )
    with pytest.raises(StoreError):
        office.deliverer.turn()
    monkeypatch.undo()
    assert {(one.queue.value, one.n_tries) for one in office.texts.texts()} == {("queued", 0)}
    assert office.deliverer.turn().n_accepted == 2


def test_the_rate_counts_parts(tmp_path):
    office = Office(tmp_path, rules=rules_with(parts_per_second=4.0, batch=10))
    office.people(40)
    office.plan(range(40))
    sent = []
    for _ in range(12):
        sent.append(office.deliverer.turn().n_accepted)
        office.clock.move(timedelta(seconds=1))
    # A full bucket of twenty parts first, then four parts, two texts, a second; what was owed is waited for.
    assert sent[0] == 10
    assert sum(sent) == pytest.approx((20 + 11 * 4) / 2, abs=4)
    office.close()


def test_trials_go_to_the_file_alone(office, tmp_path):
    office.plan([0], trial=True)
    office.plan([1], "s2")
    office.deliverer.turn()
    assert [out.text_id for out in office.file.taken] == ["s1-t0"]
    assert [out.text_id for out in office.carrier.taken] == ["s2-t1"]
    office.rules = rules_with(parts_per_second=1e9, trial=True)
    office.plan([2], "s3")
    office.hire().turn()
    assert [out.text_id for out in office.file.taken] == ["s1-t0", "s3-t2"]


def test_the_same_text_goes_to_a_number_once_a_day(office):
    for text_id in ("n1", "n2"):
        office.texts.add_text(list_text(0, text_id, purpose="notice", template_id="notice"))
    assert office.deliverer.turn().held_back == {SAID_TODAY: 1}
    office.texts.add_text(list_text(0, "n3", purpose="notice", template_id="notice"))
    assert office.deliverer.turn().held_back == {SAID_TODAY: 1}
    office.clock.move(DAY)
    office.texts.add_text(list_text(0, "n4", purpose="notice", template_id="notice", next_at=NOW + DAY))
    assert office.deliverer.turn().n_accepted == 1


def test_a_list_planned_twice_goes_once(office):
    office.plan([0])
    office.plan([0], "s2", template_id="other")
    turn = office.deliverer.turn()
    assert (turn.n_accepted, turn.held_back) == (1, {Held.RECENT.value: 1})
    office.clock.move(DAY)
    office.plan([0], "s3", template_id="third", next_at=NOW + DAY)
    assert office.deliverer.turn().held_back == {Held.RECENT.value: 1}


def test_a_sending_that_stands_still_sends_nothing_and_goes_on_later(office):
    office.plan([0])
    (leased,) = office.texts.lease(1, by="worker", now=NOW, until=NOW + HOUR)
    office.texts.change_sending("s1", lambda kept: msgspec.structs.replace(kept, state=SendingState.PAUSED))
    office.texts.settle([msgspec.structs.replace(leased, queue=Queue.QUEUED, n_tries=0)])
    assert office.deliverer.turn().held_back == {"paused": 1}
    assert office.state("s1-t0") == "held"
    office.texts.change_sending("s1", lambda kept: msgspec.structs.replace(kept, state=SendingState.RELEASED))
    assert office.deliverer.turn().n_accepted == 1


def test_whose_number_is_somebody_elses_gets_nothing(office):
    office.texts.mark_number(
        NumberMark(phone=phone(0), state=NumberState.WRONG_PERSON, at=NOW, why="reply 8", worker_id="w0")
    )
    office.plan([0])
    assert office.deliverer.turn().held_back == {"wrong_person": 1}


def test_a_reply_that_cannot_be_taken_in_does_not_stop_the_others(office, monkeypatch):
    heard = []

    def take(incoming):
        if incoming.text == "坏":
            raise Conflict("no")
        heard.append(incoming.text)

    office.heard = type("Heard", (), {"append": staticmethod(take)})()
    office.hire()
    for n, said in enumerate(["1", "坏", "2"]):
        office.carrier.inbox.append(Incoming(gateway="test", message_id=f"m{n}", phone=phone(0), text=said, at=NOW))
    turn = office.deliverer.turn()
    assert (turn.n_replies, turn.n_unread, heard) == (2, 1, ["1", "2"])
    assert [one.text for one in office.carrier.inbox] == ["坏"]


def test_a_refusal_that_comes_in_stops_the_text_of_the_same_turn(office):
    office.heard = type("Heard", (), {"append": staticmethod(lambda incoming: office.refuse(0))})()
    office.hire()
    office.plan([0])
    office.carrier.inbox.append(Incoming(gateway="test", message_id="m1", phone=phone(0), text="T", at=NOW))
    turn = office.deliverer.turn()
    assert (turn.n_replies, turn.n_accepted, turn.held_back) == (1, 0, {Held.REFUSED.value: 1})


def test_turns_go_on_until_somebody_stops_them(office):
    office.plan(range(2))
    told, waited = [], []

    def stopped(wait_s):
        waited.append(wait_s)
        return len(waited) > 3

    deliver(office.deliverer, stopped, told.append)
    assert [turn.n_accepted for turn in told] == [2, 0, 0]
    assert waited == [0.0, 0.0, IDLE_S, IDLE_S]
    deliver(office.deliverer, lambda _: False, told.append, once=True)
    assert len(told) == 4


def test_a_turn_says_figures_and_no_number(office):
    office.plan(range(2))
    line = msgspec.json.encode(office.deliverer.turn()).decode()
    assert phone(0)[3:] not in line
    assert "w0" not in line


def test_a_turn_that_fails_is_tried_again_and_not_for_ever(office, monkeypatch):
    faults, told, failed = [StoreError("busy")] * 2, [], []
    turn = office.deliverer.turn

    def faulty():
        if faults:
            raise faults.pop()
        return turn()

    monkeypatch.setattr(office.deliverer, "turn", faulty)
    deliver(office.deliverer, lambda _: len(told) == 1, told.append, failed=lambda _, wait_s: failed.append(wait_s))
    assert (len(told), failed) == (1, [5.0, 10.0])
    faults += [StoreError("busy")] * MOST_FAILURES
    with pytest.raises(StoreError):
        deliver(office.deliverer, lambda _: False, told.append, failed=lambda _, wait_s: failed.append(wait_s))
    assert len(failed) == 2 + MOST_FAILURES - 1
    assert max(failed) == 300.0
    faults += [StoreError("busy")]
    with pytest.raises(StoreError):
        deliver(office.deliverer, lambda _: False, told.append, once=True, failed=lambda *_: None)
