"""The worker and the clock: nights, yesterday's texts, clocks that go wrong and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from delivering import DAY, HOUR, NOW, Office, list_text, rules_with

from matcher.messaging.gate import DAY_FULL
from matcher.ports.gateways import Fate
from matcher.services.messages.deliver import CLOCK_SLIP


def test_the_day_is_full_and_the_next_day_goes_on(tmp_path):
    office = Office(tmp_path, rules=rules_with(parts_per_second=1e9, texts_a_day=3))
    office.people(5)
    office.plan(range(5))
    turn = office.deliverer.turn()
    assert (turn.n_accepted, turn.held_back) == (3, {DAY_FULL: 2})
    office.texts.add_text(list_text(0, "a1", purpose="answer", reply_id="r1", template_id="answer"))
    assert office.deliverer.turn().n_accepted == 1
    office.clock.at = datetime(2018, 2, 2, 1, 0, tzinfo=UTC)
    assert office.deliverer.turn().n_accepted == 2
    office.close()


def test_what_waits_for_morning_goes_in_the_morning(office):
    office.clock.at = evening = datetime(2018, 2, 1, 12, 0, tzinfo=UTC)
    office.plan([0])
    assert office.deliverer.turn().held_back == {"off_hours": 1}
    (waiting,) = office.texts.texts()
    assert (waiting.next_at, waiting.n_tries) == (datetime(2018, 2, 2, 1, 0, tzinfo=UTC), 0)
    office.clock.at = waiting.next_at - timedelta(seconds=1)
    assert office.deliverer.turn().n_leased == 0
    office.clock.at = waiting.next_at
    assert office.deliverer.turn().n_accepted == 1
    assert evening < waiting.next_at


def test_a_text_of_yesterday_is_taken_back_and_told(office):
    office.plan([0], not_after=NOW + HOUR)
    office.clock.move(HOUR)
    turn = office.deliverer.turn()
    assert (turn.n_expired, turn.n_leased) == (1, 0)
    assert office.state("s1-t0") == "withdrawn"


def test_a_clock_that_went_wrong_and_back_leaves_nothing_waiting_for_ever(office):
    office.plan([0, 1], not_after=NOW + 3 * DAY)
    office.carrier.usual = Fate.BUSY
    office.clock.at = NOW + 2 * DAY
    assert office.deliverer.turn().n_back == 2
    office.carrier.usual = Fate.ACCEPTED
    office.clock.at_s += 3600
    office.clock.at = NOW + 2 * DAY - CLOCK_SLIP
    turn = office.deliverer.turn()
    assert (turn.clock_set, turn.n_leased) == (False, 0)
    office.clock.at = NOW
    turn = office.deliverer.turn()
    assert (turn.clock_set, turn.n_accepted) == (True, 2)


def test_a_clock_set_forward_between_lease_and_answer_loses_nothing(office):
    office.plan([0])
    submit = office.carrier.submit

    def slow(texts):
        office.clock.at += 10 * HOUR
        yield from submit(texts)

    office.carrier.submit = slow
    turn = office.deliverer.turn()
    assert (turn.n_accepted, office.state("s1-t0")) == (1, "accepted")
    assert office.deliverer.turn().n_lost == 0
