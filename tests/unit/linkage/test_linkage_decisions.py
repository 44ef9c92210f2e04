"""Answers about a pair: a step back restores what held before, and every answer stays readable."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.linkage import ANSWERED, UNDONE, Answer, Truth, decided, fold_pair, settled, to_ring_up
from matcher.records.deeds import Deed

AT = datetime(2027, 2, 1, 8, tzinfo=UTC)


def said(step):
    if step is None:
        return {}
    if isinstance(step, Truth):
        return {"answer": "same", "truth": step.value, "facts": "f1"}
    return {"answer": step.value, "facts": "f1"}


def deeds(*steps):
    return [
        Deed(
            number=seq,
            stream="pair:1",
            seq=seq,
            kind=UNDONE if step is None else ANSWERED,
            at=AT,
            on=date(2027, 2, 1),
            by="officer",
            body=said(step),
        )
        for seq, step in enumerate(steps, start=1)
    ]


@given(st.lists(st.sampled_from([*Answer, *Truth, None]), max_size=8), st.sampled_from([*Answer, *Truth]))
def test_an_answer_taken_back_leaves_what_held_before(steps, answer):
    before = fold_pair(deeds(*steps))
    after = fold_pair(deeds(*steps, answer, None))
    assert after.decision == before.decision
    assert len(after.history) == len(before.history) + 1
    assert after.seq == before.seq + 2


def test_an_answer_holds_as_long_as_the_facts_are_those_it_was_given_for():
    state = fold_pair(deeds(Answer.SAME))
    assert decided(state, "f1").answer is Answer.SAME
    assert decided(state, "f2") is None
    assert decided(fold_pair(deeds(Answer.PHONE)), "f1") is None
    assert decided(fold_pair(deeds(Answer.APART, None)), "f1") is None


@pytest.mark.parametrize(
    ("steps", "done", "rings"),
    [
        ((Answer.SAME,), False, False),
        ((Answer.APART,), True, False),
        ((Answer.PHONE,), False, True),
        ((Answer.SAME, Truth.PHONE), False, True),
        ((Answer.SAME, Truth.LEFT), True, False),
        ((Answer.SAME, Truth.NEITHER), True, False),
        ((Answer.SAME, Truth.LEFT, None), False, False),
    ],
)
def test_one_person_whose_rows_differ_is_settled_by_which_is_right(steps, done, rings):
    state = fold_pair(deeds(*steps))
    assert settled(state, "f1", differs=True) is done
    assert to_ring_up(state) is rings
    assert settled(state, "f2", differs=True) is False
    assert settled(fold_pair(deeds(Answer.SAME)), "f1", differs=False) is True


def test_who_said_it_is_one_person_is_known_after_the_truth_was_said():
    state = fold_pair(deeds(Answer.SAME, Truth.LEFT))
    assert (state.identity.answer, state.identity.truth, state.decision.truth) == (Answer.SAME, None, Truth.LEFT)
    assert decided(state, "f1").answer is Answer.SAME


def test_words_that_were_erased_leave_no_answer():
    erased = Deed(number=1, stream="p", seq=1, kind=ANSWERED, at=AT, on=AT.date(), by="o", body={"erased": True})
    assert fold_pair([erased]).decision is None
