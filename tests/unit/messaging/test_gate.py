"""What may go right before it goes: both sides of every boundary, and what a batch counts for itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matcher.messaging.gate import (
    DAY_FULL,
    EXPIRED,
    SAID_TODAY,
    STOPPED,
    UNASKED,
    WHYS,
    Ruled,
    Standing,
    Step,
    counted_from,
    day_start,
    gate,
    gate_batch,
    next_day,
)
from matcher.messaging.recipients import Answer, Facts, Held, Line
from matcher.messaging.season import NotNow
from matcher.messaging.sending import standard_rules
from matcher.records.texts import Channel, NumberState, OutText, SendingState

RULES = standard_rules()
NOW = datetime(2018, 2, 1, 4, 0, tzinfo=UTC)
"""Noon in China, two weeks before the festival of 2018."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def text(text_id="t1", **more) -> OutText:
    return OutText(
        text_id=text_id,
        worker_id=more.pop("worker_id", "w1"),
        phone=more.pop("phone", "13800000001"),
        body="字",
        n_units=1,
        purpose=more.pop("purpose", "offer"),
        template_id=more.pop("template_id", "list"),
        template_version=1,
        created_at=more.pop("created_at", NOW - HOUR),
        next_at=NOW,
        not_after=more.pop("not_after", NOW + DAY),
        **more,
    )


def said(agreed, at):
    return Answer(agreed, at, "1", "", Channel.KIOSK, "")


YES = said(True, NOW - 30 * DAY)


def standing(*answers, number=NumberState.GOOD, sent_at=(), **more):
    return Standing(facts=Facts("w1", "13800000001", answers=answers or (YES,), number=number, sent_at=sent_at), **more)


def test_who_agreed_is_written_to():
    assert gate(text(), standing(), NOW, RULES).step is Step.SEND


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (standing(said(False, NOW)), Held.REFUSED.value),
        (standing(YES, said(False, NOW - HOUR)), Held.REFUSED.value),
        (standing(line=Line(refused_at=YES.at)), Held.REFUSED.value),
        (Standing(facts=Facts("w1", "1")), Held.NOT_ASKED.value),
        (standing(number=NumberState.DEAD), "dead"),
        (standing(number=NumberState.WRONG_PERSON), "wrong_person"),
        (standing(said_today=True), SAID_TODAY),
        (standing(sent_at=(NOW - 7 * DAY + HOUR,)), Held.RECENT.value),
        (standing(line=Line(sent_at=(NOW - HOUR,))), Held.RECENT.value),
        (standing(sent_at=tuple(NOW - days * DAY for days in (8, 16, 24))), Held.SEASON_CAP.value),
    ],
)
def test_what_came_up_since_the_plan_takes_a_list_back(given, why):
    assert gate(text(), given, NOW, RULES) == Ruled(Step.WITHDRAW, why)


@pytest.mark.parametrize(
    "given",
    [
        standing(line=Line(refused_at=YES.at - timedelta(seconds=1))),
        standing(sent_at=(NOW - 7 * DAY,)),
        standing(sent_at=(NOW - 8 * DAY, NOW - 16 * DAY)),
    ],
)
def test_what_just_does_not_bar_lets_it_go(given):
    assert gate(text(), given, NOW, RULES).step is Step.SEND


def test_a_text_is_never_sent_at_the_moment_its_time_is_over():
    assert gate(text(not_after=NOW), standing(), NOW, RULES) == Ruled(Step.WITHDRAW, EXPIRED)
    assert gate(text(not_after=NOW + timedelta(seconds=1)), standing(), NOW, RULES).step is Step.SEND


@pytest.mark.parametrize(
    ("state", "ruled"),
    [
        (SendingState.RELEASED, Ruled(Step.SEND)),
        (SendingState.WAITING, Ruled(Step.HOLD, "waiting")),
        (SendingState.PAUSED, Ruled(Step.HOLD, "paused")),
        (SendingState.CANCELLED, Ruled(Step.WITHDRAW, STOPPED)),
        (SendingState.ENDED, Ruled(Step.WITHDRAW, STOPPED)),
        (None, Ruled(Step.WITHDRAW, STOPPED)),
    ],
)
def test_a_text_goes_only_while_its_sending_is_released(state, ruled):
    assert gate(text(sending_id="s1"), standing(sending=state), NOW, RULES) == ruled


def test_night_rest_and_season_make_it_wait():
    evening, opening = NOW.replace(hour=11, minute=30), datetime(2018, 2, 2, 1, tzinfo=UTC)
    late = text(not_after=NOW + 400 * DAY)
    assert gate(late, standing(), evening - timedelta(seconds=1), RULES).step is Step.SEND
    assert gate(late, standing(), evening, RULES) == Ruled(Step.WAIT, NotNow.OFF_HOURS.value, opening)
    eve = datetime(2018, 2, 15, 4, tzinfo=UTC)
    waits = gate(late, standing(), eve, RULES)
    assert (waits.step, waits.why) == (Step.WAIT, NotNow.FESTIVAL.value)
    assert waits.next_at == datetime(2018, 2, 19, 1, tzinfo=UTC)
    notice = text(purpose="notice", not_after=NOW + 400 * DAY)
    summer = datetime(2018, 7, 1, 4, tzinfo=UTC)
    assert gate(late, standing(), summer, RULES).why == NotNow.OUT_OF_SEASON.value
    assert gate(notice, standing(), summer, RULES).step is Step.SEND
    assert gate(notice, standing(sent_at=(summer,)), summer, RULES).step is Step.SEND


def test_an_answer_goes_at_night_to_who_has_just_written_and_to_nobody_else():
    night = datetime(2018, 2, 1, 15, tzinfo=UTC)
    nobody = Standing(facts=Facts("", "13800000001"))
    answer = text(purpose="answer", reply_id="r1", created_at=night, not_after=night + DAY)
    assert gate(answer, nobody, night, RULES).step is Step.SEND
    assert gate(text(purpose="answer"), nobody, NOW, RULES) == Ruled(Step.WITHDRAW, UNASKED)


def test_the_answer_to_a_refusal_goes_and_one_to_an_earlier_reply_does_not():
    answer = text(purpose="answer", reply_id="r1", created_at=NOW)
    for at, step in ((NOW, Step.SEND), (NOW + timedelta(seconds=1), Step.WITHDRAW)):
        assert gate(answer, standing(line=Line(refused_at=at)), NOW + HOUR, RULES).step is step
        assert gate(answer, standing(YES, said(False, at)), NOW + HOUR, RULES).step is step
        assert gate(answer, standing(marked_at=at), NOW + HOUR, RULES).step is step


def standings(texts, given=None):
    return {one.text_id: given or standing() for one in texts}


def test_within_a_batch_what_goes_counts_for_the_next():
    shared = [text("t1"), text("t2", worker_id="w2"), text("t3", phone="13800000002")]
    ruled = gate_batch(shared, standings(shared), NOW, RULES, left_today=10)
    # One number gets one list, and so does one person.
    assert [one.step for one in ruled] == [Step.SEND, Step.WITHDRAW, Step.WITHDRAW]
    assert [one.why for one in ruled[1:]] == [SAID_TODAY, Held.RECENT.value]
    notices = [text("n1", purpose="notice", template_id="a"), text("n2", purpose="notice", template_id="b")]
    assert [one.step for one in gate_batch(notices, standings(notices), NOW, RULES, left_today=2)] == [Step.SEND] * 2
    two_of_a_family = [text(f"n{n}", worker_id=f"w{n}", purpose="notice", template_id="bus") for n in (1, 2)]
    ruled = gate_batch(two_of_a_family, standings(two_of_a_family), NOW, RULES, left_today=2)
    assert [one.step for one in ruled] == [Step.SEND] * 2
    twice = [text("n1", purpose="notice"), text("n2", purpose="notice")]
    assert gate_batch(twice, standings(twice), NOW, RULES, left_today=2)[1] == Ruled(Step.WITHDRAW, SAID_TODAY)


def test_the_day_is_full_for_all_but_answers():
    texts = [text("t1"), text("t2", worker_id="w2", phone="13800000002"), text("t3", purpose="answer", reply_id="r")]
    ruled = gate_batch(texts, standings(texts), NOW, RULES, left_today=1)
    assert ruled == [Ruled(Step.SEND), Ruled(Step.WAIT, DAY_FULL, next_day(NOW, RULES)), Ruled(Step.SEND)]
    assert gate_batch(texts[:1], standings(texts), NOW, RULES, left_today=0)[0].why == DAY_FULL


def test_a_day_begins_at_midnight_where_people_are():
    assert day_start(NOW, RULES) == datetime(2018, 1, 31, 16, tzinfo=UTC)
    assert day_start(NOW - 12 * HOUR, RULES) == datetime(2018, 1, 31, 16, tzinfo=UTC)
    assert next_day(NOW, RULES) - day_start(NOW, RULES) == DAY


def test_lists_count_from_the_opening_of_the_season_or_a_week_back():
    opens = datetime(2017, 12, 17, 16, tzinfo=UTC)
    assert counted_from(NOW, RULES) == opens
    assert counted_from(opens + HOUR, RULES) == opens + HOUR - 7 * DAY
    assert counted_from(datetime(2018, 7, 1, 4, tzinfo=UTC), RULES) == datetime(2018, 6, 24, 4, tzinfo=UTC)


def test_every_code_has_its_words():
    assert all(WHYS[code] for code in (EXPIRED, STOPPED, SAID_TODAY, DAY_FULL, UNASKED))
