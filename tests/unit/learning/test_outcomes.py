"""Who kept a job half a year, who did not, and of whom nobody knows yet."""

from __future__ import annotations

import pytest
from small_log import LogMaker

from matcher.learning.outcomes import outcomes


def told(made: LogMaker, until: float = 400) -> dict[str, bool | None]:
    return {one.worker_id: one.kept for one in outcomes(made.log(until)) if one.worker_id != "nobody"}


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ([(90, "kept"), (180, "kept")], True),
        ([(90, "kept"), (180, "returned")], False),
        ([(30, "moved")], False),
        ([(90, "kept")], None),
        ([(180, "unreachable")], None),
        ([], None),
    ],
)
def test_the_end_of_a_placement_decides(answers, kept):
    made = LogMaker()
    made.shown("w1")
    job = made.placed("w1")
    for day, status in answers:
        made.asked(job, day, status)
    assert told(made) == {"w1": kept}


def test_who_was_never_placed_kept_nothing_once_half_a_year_is_over():
    made = LogMaker()
    made.shown("w1")
    made.shown("w2", day=30)
    assert told(made, until=179) == {"w1": None, "w2": None}
    assert told(made, until=180) == {"w1": False, "w2": None}
    assert told(made, until=210) == {"w1": False, "w2": False}


def test_one_job_that_lasted_is_enough_and_an_open_end_beside_a_lost_job_is_not_known():
    made = LogMaker()
    for worker, second in (("w1", "kept"), ("w2", "unreachable")):
        made.shown(worker)
        made.asked(made.placed(worker, "v1"), 30, "returned")
        made.asked(made.placed(worker, "v2", day=40), 180, second, start=40)
    assert told(made) == {"w1": True, "w2": None}


def test_an_answer_from_before_the_start_counts_for_nothing():
    made = LogMaker()
    made.shown("w1")
    made.asked(made.placed("w1", day=50), 180, "kept", start=-140)
    assert told(made) == {"w1": None}


def test_a_person_without_a_household_is_one():
    made = LogMaker()
    made.shown("w1", household_id="h1")
    made.shown("w2")
    homes = {one.worker_id: one.household_id for one in outcomes(made.log())}
    assert homes == {"w1": "h1", "w2": "w2", "nobody": "nobody"}
