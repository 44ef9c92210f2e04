"""What a placement is worth as proof, and how people are counted by it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.office.tracking.evidence import FILE, Grade, Why, counted, definition, proof_of, read_definition
from matcher.records import Evidence, EvidenceKind, Placement

ON = date(2020, 9, 1)
CONTRACT, ROLL, VISIT = EvidenceKind.CONTRACT, EvidenceKind.WAGE_ROLL, EvidenceKind.VISIT


def placed(
    *kinds: EvidenceKind, on: date | None = ON, worker: str = "w1", by: str = "阿强", start: date = date(2020, 6, 1)
) -> Placement:
    """A placement with these pieces, all of one day."""
    evidence = tuple(Evidence(kind=kind, on=on, by=by) for kind in kinds)
    return Placement(placement_id=f"p-{worker}", worker_id=worker, start=start, evidence=evidence)


@pytest.mark.parametrize(
    ("kinds", "grade"),
    [
        ((CONTRACT, ROLL), Grade.A),
        ((CONTRACT, EvidenceKind.INSURANCE), Grade.A),
        ((ROLL, EvidenceKind.INSURANCE), Grade.B),
        ((CONTRACT, VISIT), Grade.B),
        ((EvidenceKind.OWN_REPLY,), Grade.C),
        ((EvidenceKind.CHECK_IN, VISIT), Grade.C),
        ((), Grade.D),
    ],
)
def test_each_grade_is_what_its_line_says(kinds: tuple[EvidenceKind, ...], grade: Grade) -> None:
    assert proof_of(placed(*kinds), ON, definition()).grade is grade


def test_evidence_of_tomorrow_proves_nothing_today() -> None:
    tomorrow = placed(CONTRACT, ROLL, on=ON + timedelta(days=1))
    today = proof_of(tomorrow, ON, definition())
    assert (today.grade, today.why, today.n_future) == (Grade.D, Why.FUTURE, 2)
    assert proof_of(tomorrow, ON + timedelta(days=1), definition()).counts


def test_a_start_after_the_day_is_not_counted_on_it() -> None:
    later = placed(CONTRACT, ROLL, start=ON + timedelta(days=1))
    assert proof_of(later, ON, definition()).why is Why.FUTURE


def test_undated_papers_are_worth_no_more_than_a_word() -> None:
    assert proof_of(placed(CONTRACT, ROLL, on=None), ON, definition()).grade is Grade.C


def test_an_undated_paper_takes_nothing_from_a_dated_one() -> None:
    both = placed(CONTRACT)
    both = Placement(
        placement_id="p", worker_id="w1", start=both.start, evidence=(*both.evidence, Evidence(kind=ROLL, by="阿强"))
    )
    assert proof_of(both, ON, definition()).grade is Grade.B


def test_nobodys_name_under_a_paper_leaves_it_out() -> None:
    nameless = placed(CONTRACT, ROLL, by="")
    assert proof_of(nameless, ON, definition()).why is Why.NO_CHECKER


def test_a_person_of_two_placements_counts_once_by_the_better() -> None:
    told = counted([placed(VISIT), placed(CONTRACT, ROLL), placed(worker="w2")], ON)
    assert (told.total, told.by_grade[Grade.A], told.by_grade[Grade.C]) == (1, 1, 0)
    assert told.names[Grade.D] == ("w2",)
    assert [(one.placement.worker_id, one.why) for one in told.left_out] == [("w2", Why.NO_EVIDENCE)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sets(st.sampled_from(list(EvidenceKind))), st.sampled_from([None, -40, 0, 1]))
    )
)
def test_the_total_is_the_people_behind_it_and_nobody_of_grade_d(
    drawn: list[tuple[int, set[EvidenceKind], int | None]],
) -> None:
    told = counted(
        [
            placed(*kinds, worker=f"w{worker}", on=None if days is None else ON + timedelta(days=days))
            for worker, kinds, days in drawn
        ],
        ON,
    )
    assert told.total == sum(len(told.names[grade]) for grade in Grade if grade is not Grade.D)
    everybody = [name for grade in Grade for name in told.names[grade]]
    assert sorted(everybody) == sorted({f"w{worker}" for worker, _, _ in drawn})
    assert {one.placement.worker_id for one in told.left_out} == set(told.names[Grade.D])


@pytest.mark.parametrize("broken", ["grade = 1", "", 'clause = "x"\n'])
def test_a_definition_that_does_not_fit_is_refused(broken: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_definition(broken)
    assert raised.value.where == FILE
