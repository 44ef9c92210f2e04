"""Alarms ring when people, posts or errors change, and keep silent for luck and for small groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_log import VACANCY, WORKER, LogMaker

from matcher.features import VOCABULARY
from matcher.learning.drift import StageDrift, TermDrift, drift, psi_parts, stage_drift, term_drift
from matcher.learning.events import EventLog
from matcher.learning.judging import Judged, groups_of
from matcher.learning.scored_lines import scored_lines
from matcher.learning.training_sets import training_sets
from matcher.scoring import hand_card, load_model

CARD = load_model(hand_card(), VOCABULARY)


def county(n: int, wage: int, *, women: int = 0, apply_share: float = 0.5, seed: int = 0) -> EventLog:
    rng = np.random.default_rng(seed)
    made = LogMaker(0, 0)
    made.snapshot("vacancy", {**VACANCY, "wage_low_yuan_month": wage, "wage_high_yuan_month": wage})
    for ix in range(n):
        sex = "female" if ix < women else "male"
        made.snapshot("worker", {**WORKER, "worker_id": f"w{ix}", "sex": sex})
        made.shown(f"w{ix}")
        if rng.random() < apply_share:
            made.did("apply", f"w{ix}")
    return made.log()


def test_psi_is_what_its_formula_says():
    parts = psi_parts(np.array([0.5, 0.5]), np.array([0.25, 0.75]))
    assert parts.tolist() == pytest.approx([-0.25 * np.log(0.5), 0.25 * np.log(1.5)])


@given(st.lists(st.integers(1, 50), min_size=3, max_size=8), st.randoms(use_true_random=False))
def test_psi_is_never_negative_and_does_not_mind_the_side(counts, random):
    before = np.array(counts) / sum(counts)
    shuffled = random.sample(counts, len(counts))
    now = np.array(shuffled) / sum(shuffled)
    assert (psi_parts(before, now) >= 0).all()
    assert psi_parts(before, now).sum() == pytest.approx(psi_parts(now, before).sum())


def test_other_wages_ring_and_name_the_cell():
    found = term_drift(scored_lines(county(60, 3000)), scored_lines(county(60, 6000)))
    assert found[0].term == "wage"
    assert found[0].alarm
    assert "PSI" in found[0].sentence
    assert found[0].share_now < 0.01
    assert found[0].share_before > 0.8


def test_the_same_county_is_silent():
    found = term_drift(scored_lines(county(60, 3000)), scored_lines(county(60, 3000)))
    assert not [term for term in found if term.alarm]


@pytest.mark.parametrize(("n", "there"), [(19, False), (20, True)])
def test_few_people_have_no_figure(n, there):
    assert bool(term_drift(scored_lines(county(60, 3000)), scored_lines(county(n, 6000)))) is there


def test_a_term_must_beat_the_limit_and_luck():
    def term(psi, by_luck):
        return TermDrift("wage", psi, by_luck, "<2000", 0.5, 0.5).alarm

    assert [term(0.2, 0.0), term(0.21, 0.0), term(0.21, 0.3), term(0.31, 0.3)] == [False, True, False, True]


def test_a_cell_is_told_in_words_and_a_number_by_its_bounds():
    assert "包住" in TermDrift("lodging", 1.0, 0.0, "provided", 0.1, 0.6).sentence
    assert "“2000到2999”从10%变成60%" in TermDrift("wage", 1.0, 0.0, "2000..2999", 0.1, 0.6).sentence
    assert "没有说明" in TermDrift("wage", 1.0, 0.0, "unknown", 0.1, 0.6).sentence


def test_an_error_must_double_and_beat_luck():
    def stage(ece, baseline, by_luck):
        return StageDrift("hire", "", 100, ece, baseline, by_luck).alarm

    assert [stage(0.04, 0.02, 0.0), stage(0.041, 0.02, 0.0)] == [False, True]
    assert not stage(0.5, 0.02, 0.6)
    assert not stage(0.5, float("nan"), 0.0)


def test_probabilities_that_stopped_coming_true_ring():
    known = {"apply": {"ece": 0.02}}
    silent = training_sets(county(80, 3000, apply_share=0.0))
    found = {(s.stage, s.group): s for s in stage_drift(silent, CARD, known)}
    assert found["apply", ""].alarm
    assert found["apply", ""].ece > 0.1
    assert "报名" in found["apply", ""].sentence
    assert ("hire", "") not in found


def test_a_group_of_too_few_is_not_told_of():
    def groups(women):
        return {s.group for s in stage_drift(training_sets(county(60, 3000, women=women)), CARD, {})}

    assert groups(19) == {""}
    assert groups(20) == {"", "women"}


def test_twenty_lines_of_three_people_are_three_people():
    rows = Judged(np.full(60, 0.5), np.ones(60, dtype=bool), np.ones(60), np.arange(60) % 3, {})
    assert groups_of(rows) == {}


def test_luck_is_wide_on_few_rows_and_narrow_on_many():
    def luck(n):
        return Judged(np.full(n, 0.5), np.ones(n, dtype=bool), np.ones(n), np.arange(n), {}).by_luck()

    assert luck(40) > 0.08
    assert luck(4000) < 0.03
    assert luck(40) == luck(40)


def test_a_report_has_the_alarms_and_every_figure():
    found = drift(county(60, 3000), county(60, 6000, apply_share=0.0), CARD, {"apply": {"ece": 0.01}})
    assert any("PSI" in sentence for sentence in found.alarms)
    assert any("报名" in sentence for sentence in found.alarms)
    told = found.record()
    assert told["alarms"] == list(found.alarms)
    assert {term["term"] for term in told["terms"]} == set(VOCABULARY)
