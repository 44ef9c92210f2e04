"""What becomes of a text after a submission, when it comes again, how fast."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from test_gate import DAY, HOUR, NOW, text

from matcher.messaging.fates import (
    SILENT,
    Bucket,
    after_submission,
    retry_wait_s,
    says_dead,
    silent_before,
    state_words,
)
from matcher.messaging.sending import standard_rules
from matcher.ports.gateways import Fate, Submitted, SubmittedPart
from matcher.records.texts import Part, PartState, Queue, TextState

RULES = standard_rules().delivery
LEASED = text(queue=Queue.LEASED, n_tries=1, parts=(Part(), Part()))


def after(fate, *states, error="", **more):
    parts = tuple(SubmittedPart(state=state, provider_id=f"p{n}") for n, state in enumerate(states))
    told = Submitted(text_id="t1", fate=fate, parts=parts, error=error, **more)
    return after_submission(LEASED, told, NOW, RULES, 0)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (after(Fate.ACCEPTED, PartState.ACCEPTED, PartState.ACCEPTED), TextState.ACCEPTED),
        (after(Fate.ACCEPTED), TextState.ACCEPTED),
        (after(Fate.REFUSED, PartState.FAILED, PartState.FAILED), TextState.FAILED),
        (after(Fate.REFUSED, error="ESME_RINVDSTADR"), TextState.FAILED),
        (after(Fate.UNKNOWN, PartState.ACCEPTED, PartState.UNKNOWN), TextState.UNKNOWN),
        (after(Fate.UNKNOWN), TextState.UNKNOWN),
        (after_submission(LEASED, None, NOW, RULES, 0), TextState.UNKNOWN),
    ],
)
def test_what_was_taken_or_may_have_gone_is_done(found, state):
    assert (found.queue, found.state, found.ended_at, len(found.parts)) == (Queue.DONE, state, NOW, 2)


@pytest.mark.parametrize("fate", [Fate.BUSY, Fate.DOWN])
def test_what_was_not_taken_comes_again(fate):
    found = after(fate, PartState.NEW, PartState.NEW)
    assert (found.queue, found.parts, found.ended_at) == (Queue.QUEUED, LEASED.parts, None)
    first = timedelta(seconds=RULES.retry_first_seconds)
    assert NOW + first / 2 <= found.next_at <= NOW + first


def test_a_carrier_may_ask_for_more_time():
    assert after(Fate.BUSY, retry_after_s=900.0).next_at == NOW + timedelta(seconds=900)


@given(st.integers(1, 10_000), st.integers(0, 2**32), st.text(max_size=8))
def test_the_wait_doubles_within_its_bound_and_depends_on_the_seed_alone(n_tries, seed, text_id):
    one = replace(LEASED, n_tries=n_tries, text_id=text_id)
    wait = retry_wait_s(one, None, RULES, seed)
    most = min(RULES.retry_first_seconds * 2.0 ** min(n_tries - 1, 32), RULES.retry_most_seconds)
    assert most / 2 <= wait <= most
    assert wait == retry_wait_s(one, None, RULES, seed)


def test_two_texts_do_not_come_again_at_once():
    waits = {retry_wait_s(replace(LEASED, text_id=f"t{n}"), None, RULES, 0) for n in range(50)}
    assert len(waits) == 50


def test_a_dead_number_is_known_by_the_carriers_word_alone():
    def failed(error, state=PartState.FAILED):
        return replace(LEASED, parts=(Part(), Part(state=state, error=error)))

    assert says_dead(failed("UNDELIV MK:0001"), RULES)
    assert says_dead(failed("ESME_RINVDSTADR"), RULES)
    assert not says_dead(failed("UNDELIV MK:0010"), RULES)
    assert not says_dead(failed("MK:0001", PartState.UNKNOWN), RULES)


def test_silence_is_told_and_never_called_delivered():
    taken = replace(LEASED, queue=Queue.DONE, ended_at=NOW, parts=(Part(state=PartState.ACCEPTED),) * 2)
    late = NOW + timedelta(hours=RULES.silent_after_hours)
    assert silent_before(late, RULES) == NOW
    assert state_words(taken, late, RULES) == TextState.ACCEPTED.label
    assert state_words(taken, late + timedelta(seconds=1), RULES) == SILENT
    half = replace(taken, parts=(Part(state=PartState.DELIVERED), Part(state=PartState.ACCEPTED)))
    assert state_words(half, late, RULES) == "部分回执"
    assert state_words(half, late + HOUR, RULES) == "部分回执，其余没有回音"
    whole = replace(taken, parts=(Part(state=PartState.DELIVERED),) * 2)
    assert state_words(whole, NOW + 90 * DAY, RULES) == TextState.DELIVERED.label


def test_a_bucket_fills_steadily_and_never_backwards():
    bucket = Bucket(left=2.0, most=10.0, at_s=100.0).without(4)
    assert bucket.wait_s(1.5) == 2.0
    assert bucket.filled(102.0, 1.5).left == 1.0
    assert bucket.filled(102.0, 1.5).wait_s(1.5) == 0.0
    assert bucket.filled(1000.0, 1.5).left == 10.0
    assert bucket.filled(50.0, 1.5).left == -2.0
    assert bucket.filled(50.0, 1.5).filled(52.0, 1.5).left == 1.0
