"""Labels: what counts as a yes, what as a no, what is censored, and that nothing later is seen."""

from __future__ import annotations

import numpy as np
import pytest
from small_log import VACANCY, WORKER, LogMaker

from matcher.features import VOCABULARY
from matcher.learning.bounded import FREE, bounded
from matcher.learning.training_sets import training_sets


def labels(made: LogMaker, stage: str, until: float = 400) -> list[bool]:
    return training_sets(made.log(until)).stages[stage].label.tolist()


def censored(made: LogMaker, stage: str, until: float = 400) -> dict[str, int]:
    found = dict(training_sets(made.log(until)).stages[stage].censored)
    # The line that says how long the log is.
    if stage == "apply":
        found["unknown_record"] -= 1
    return {why: n for why, n in found.items() if n}


@pytest.mark.parametrize(("day", "applied"), [(0, True), (7, True), (7.01, False)])
def test_an_application_counts_within_a_week(day, applied):
    made = LogMaker()
    made.shown()
    made.did("apply", day=day)
    assert labels(made, "apply") == [applied]


@pytest.mark.parametrize(("until", "known"), [(7, True), (6.99, False)])
def test_a_line_younger_than_a_week_is_no_refusal_yet(until, known):
    made = LogMaker()
    made.shown()
    assert labels(made, "apply", until) == [False] * known
    assert censored(made, "apply", until) == ({} if known else {"too_young": 1})


def test_an_application_to_a_young_line_is_known():
    made = LogMaker()
    made.shown()
    made.did("apply", day=1)
    assert labels(made, "apply", until=2) == [True]


def test_a_list_of_candidates_was_shown_to_none_of_them():
    made = LogMaker()
    made.shown("w1", list_id="c")
    made.shown("w2", list_id="c", slot=2)
    assert labels(made, "apply") == []
    assert censored(made, "apply") == {"list_of_candidates": 2}


def test_below_the_last_possible_application_nothing_is_a_refusal():
    made = LogMaker(n_vacancies=4)
    for slot in range(1, 5):
        made.shown(vacancy=f"v{slot}", slot=slot)
        made.shown("w2", f"v{slot}", slot=slot)
    made.did("apply", vacancy="v1")
    made.did("apply", vacancy="v3")
    made.did("apply", "w2", "v2")
    sets = training_sets(made.log())
    rows = sets.stages["apply"]
    told = {
        (sets.lines.worker[line], sets.lines.vacancy[line]): bool(label)
        for line, label in zip(rows.line, rows.label, strict=True)
    }
    assert ("w1", "v4") not in told
    assert told["w1", "v2"] is False
    assert told["w2", "v3"] is False


def test_a_reaction_before_its_list_is_told_and_counts_for_nothing():
    made = LogMaker()
    made.shown(day=2)
    made.did("apply", day=1, shown=2)
    sets = training_sets(made.log())
    assert sets.stages["apply"].label.tolist() == [False]
    assert [problem.column for problem in sets.problems if problem.file.startswith("reactions")] == ["ts"]


def test_a_reaction_to_no_list_is_told():
    made = LogMaker()
    made.did("apply")
    (problem, *_) = [found for found in training_sets(made.log()).problems if found.file.startswith("reactions")]
    assert problem.column == "list_id"


@pytest.mark.parametrize(
    ("outcomes", "label"),
    [
        (["offer"], [True]),
        (["offer", "no_show"], [True]),
        (["no_show"], [True]),
        (["offer", "withdrawn"], [True]),
        (["refuse_unfit"], [False]),
        (["refuse_full"], []),
        (["withdrawn"], []),
        (["refuse_full", "refuse_unfit"], [False]),
        (["refuse_unfit", "offer"], [False]),
    ],
)
def test_a_full_post_and_a_withdrawal_are_censoring(outcomes, label):
    made = LogMaker()
    made.shown()
    for outcome in outcomes:
        made.decided(outcome)
    assert labels(made, "hire") == label


def test_events_of_unknown_vacancies_are_told_and_kept_out():
    made = LogMaker()
    made.shown(vacancy="elsewhere")
    made.decided("offer", vacancy="nowhere")
    made.placed(vacancy="nowhere")
    sets = training_sets(made.log())
    assert [len(rows) for rows in sets.stages.values()] == [0, 0, 0]
    assert {problem.found for problem in sets.problems} == {"elsewhere", "nowhere", "nobody"}
    assert sets.stages["hire"].censored == {"unknown_record": 1}


def test_a_decision_without_a_list_is_no_label():
    made = LogMaker()
    made.decided("offer")
    assert labels(made, "hire") == []
    assert censored(made, "hire") == {"never_listed": 1}


def test_a_placement_without_a_list_is_scored_when_it_was_known():
    made = LogMaker()
    made.asked(made.placed(), 180, "kept")
    assert labels(made, "keep") == [True]


def test_a_later_word_does_not_unsay_the_first():
    made = LogMaker()
    made.shown()
    made.decided("refuse_unfit")
    made.decided("offer", by="mill")
    assert labels(made, "hire") == [False]


@pytest.mark.parametrize(
    ("answers", "label"),
    [
        ([(30, "kept"), (90, "kept"), (180, "kept")], [True]),
        ([(180, "kept")], [True]),
        ([(30, "kept"), (90, "returned")], [False]),
        ([(30, "unreachable"), (90, "moved"), (180, "unreachable")], [False]),
        ([(30, "kept"), (90, "kept")], []),
        ([(30, "kept"), (180, "unreachable")], []),
        ([], []),
        ([(179, "kept")], []),
    ],
)
def test_a_job_is_kept_when_somebody_saw_it_after_half_a_year(answers, label):
    made = LogMaker()
    made.shown()
    placement = made.placed()
    for day, status in answers:
        made.asked(placement, day, status)
    assert labels(made, "keep") == label


@pytest.mark.parametrize(("until", "known"), [(183, True), (182, False)])
def test_before_half_a_year_is_over_nobody_is_a_failure(until, known):
    made = LogMaker()
    made.shown()
    made.asked(made.placed(), 30, "returned")
    assert labels(made, "keep", until) == [False] * known


def test_people_nobody_reached_are_made_up_for_by_those_like_them():
    made = LogMaker(n_workers=40)
    for ix in range(1, 41):
        made.shown(f"w{ix}")
        placement = made.placed(f"w{ix}")
        made.asked(placement, 90, "returned" if ix <= 10 else "kept")
        if ix > 10:
            made.asked(placement, 180, "unreachable" if ix > 30 else "kept")
    rows = training_sets(made.log()).stages["keep"]
    assert len(rows) == 30
    kept, left = rows.weight[rows.label], rows.weight[~rows.label]
    # Twenty of thirty were reached on the last day, drawn a little to the rate of all.
    assert kept.sum() == pytest.approx(30, rel=0.03)
    assert left.max() < 1.05


def test_nothing_after_the_scoring_time_enters_a_term():
    made = LogMaker()
    made.shown(day=1)
    made.shown("w2", "v2", day=3)
    before = training_sets(made.log())
    made.snapshot("worker", {**WORKER, "trades": ["电焊工"], "wage_floor_yuan_month": 9000}, day=1.001)
    made.snapshot("vacancy", {**VACANCY, "wage_low_yuan_month": 1000, "wage_high_yuan_month": 1000}, day=1.001)
    after = training_sets(made.log())
    for term in VOCABULARY:
        assert after.lines.values[term].tolist() == before.lines.values[term].tolist()


def test_the_version_known_at_the_time_is_the_one_that_counts():
    made = LogMaker()
    made.shown(day=1)
    made.shown(day=2)
    made.snapshot("vacancy", {**VACANCY, "wage_low_yuan_month": 4000, "wage_high_yuan_month": 4000}, day=2)
    lines = training_sets(made.log()).lines
    assert lines.values["wage"].tolist() == [3000, 4000]


def test_what_a_person_can_start_counts_from_the_day_of_the_list():
    made = LogMaker(n_workers=0)
    made.snapshot("worker", {**WORKER, "available_from": "2018-03-15"})
    made.shown(day=0)
    made.shown(day=5)
    assert training_sets(made.log()).lines.values["start_gap"].tolist() == [10, 5]


def test_one_hand_with_ten_thousand_acceptances_is_named_and_bounded():
    n = 10_000
    actor = np.array(["b1"] * 40 + ["b2"] * 60 + ["b3"] * 50 + ["mill"] * n)
    label = np.ones(len(actor), dtype=np.bool_)
    weight, found = bounded("hire", np.ones(len(actor)), label, {"decided_by": actor})
    (suspicion,) = found
    assert (suspicion.source, suspicion.n_positive) == ("mill", n)
    assert weight[actor == "mill"].sum() == pytest.approx(FREE + 50)
    # One acceptance told ten thousand times is no better than ten thousand.
    told, (again,) = bounded(
        "hire", np.ones(150 + 1), label[:151], {"decided_by": actor[:151]}, np.r_[np.ones(150, np.int64), n]
    )
    assert again.n_positive == n
    assert told[-1] == pytest.approx((FREE + 50) / n)
    assert (weight[actor != "mill"] == 1).all()
    assert "mill" in suspicion.sentence


@pytest.mark.parametrize(("n", "named"), [(100, False), (101, True)])
def test_the_bound_begins_where_it_says(n, named):
    posts = np.array(["a"] * 10 + ["b"] * 10 + ["c"] * n)
    _, found = bounded("hire", np.ones(len(posts)), np.ones(len(posts), dtype=np.bool_), {"vacancy": posts})
    assert bool(found) is named


def test_refusals_are_never_bounded():
    posts = np.array(["a"] * 10 + ["c"] * 5000)
    weight, found = bounded("hire", np.ones(len(posts)), posts == "a", {"vacancy": posts})
    assert found == []
    assert (weight == 1).all()


def test_a_poisoned_log_is_bounded_in_the_training_rows():
    made = LogMaker(n_workers=400, n_vacancies=3)
    for ix in range(1, 401):
        made.shown(f"w{ix}", "v1", slot=1)
        made.decided("offer", f"w{ix}", "v1", by="mill")
        if ix <= 20:
            made.shown(f"w{ix}", "v2", slot=2)
            made.decided("offer" if ix % 2 else "refuse_unfit", f"w{ix}", "v2", by="honest")
    sets = training_sets(made.log())
    rows = sets.stages["hire"]
    assert {found.source for found in sets.suspicions} >= {"mill", "v1"}
    assert rows.weight[sets.lines.vacancy[rows.line] == "v1"].sum() <= FREE + 10


def test_a_post_that_many_want_is_learnt_whole():
    made = LogMaker(n_workers=400, n_vacancies=3)
    for ix in range(1, 401):
        made.shown(f"w{ix}", "v1", slot=1)
        made.did("apply", f"w{ix}", "v1")
        made.shown(f"w{ix}", "v2", slot=2)
        if ix <= 20:
            made.did("apply", f"w{ix}", "v2")
    sets = training_sets(made.log())
    rows = sets.stages["apply"]
    assert sets.suspicions == ()
    assert (rows.weight == 1).all()
    assert rows.label.sum() == 420


@pytest.mark.parametrize(("again", "named"), [(51, False), (52, True)])
def test_whoever_tells_the_same_over_and_over_is_named_though_the_part_has_no_name(again, named):
    made = LogMaker()
    made.shown()
    for _ in range(1 + again):
        made.decided("offer", by="broker")
    found = training_sets(made.log())
    assert [suspicion.source for suspicion in found.suspicions] == ["broker"] * named
    assert found.stages["hire"].label.tolist() == [True]


def test_a_part_that_most_decisions_have_is_no_suspicion():
    made = LogMaker(n_workers=300)
    for ix in range(1, 301):
        made.shown(f"w{ix}", f"v{ix % 2 + 1}")
        made.decided("offer", f"w{ix}", f"v{ix % 2 + 1}", by="employer" if ix > 2 else "broker")
    found = training_sets(made.log())
    assert not [suspicion for suspicion in found.suspicions if suspicion.kind == "decided_by"]


def test_who_was_taken_stands_for_who_would_have_been_had_there_been_a_seat():
    made = LogMaker(n_workers=160, n_vacancies=2)
    for ix in range(1, 161):
        post = "v1" if ix <= 120 else "v2"
        made.shown(f"w{ix}", post)
        outcome = "offer" if ix <= 130 and (ix % 2 or ix > 120) else "refuse_unfit" if ix <= 150 else "refuse_full"
        made.decided(outcome, f"w{ix}", post)
    sets = training_sets(made.log())
    rows = sets.stages["hire"]
    there = sets.lines.vacancy[rows.line] == "v2"
    # Half are unfit at v1; at v2 twenty are, ten were taken and ten refused for want of a seat: all of them fit.
    assert rows.weight[there & rows.label] == pytest.approx(2.0)
    assert (rows.weight[~(there & rows.label)] == 1).all()
    assert np.average(rows.label, weights=rows.weight) == pytest.approx(0.5)
