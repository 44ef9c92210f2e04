"""Answers about a pair: a step back restores what held before, and every answer stays readable."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from matcher.linkage import ANSWERED, UNDONE, Answer, decided, fold_pair
from matcher.records.deeds import Deed

AT = datetime(2027, 2, 1, 8, tzinfo=UTC)


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
            body={} if step is None else {"answer": step.value, "facts": "f1"},
        )
        for seq, step in enumerate(steps, start=1)
    ]


@given(st.lists(st.sampled_from([*Answer, None]), max_size=8), st.sampled_from(list(Answer)))
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


def test_words_that_were_erased_leave_no_answer():
    erased = Deed(number=1, stream="p", seq=1, kind=ANSWERED, at=AT, on=AT.date(), by="o", body={"erased": True})
    assert fold_pair([erased]).decision is None
