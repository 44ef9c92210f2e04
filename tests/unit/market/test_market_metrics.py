"""Q1 .. Q10 by hand on small cases, and the command that prints them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from training_data import evaluate
from training_data.market import metrics
from training_data.market.season import NOWHERE, Season
from training_data.market.trial import run_trial, trial_of
from training_data.market.world import World


def with_kept(season: Season, kept: np.ndarray) -> Season:
    months = np.where(kept, season.world.spec.follow_up.months_kept, 0)
    return dataclasses.replace(season, post=np.where(kept, 0, NOWHERE), kept=kept, months=months)


def test_households_are_counted_once(hand: Season):
    household = hand.world.people.household
    home = int(np.flatnonzero(np.bincount(household) >= 2)[0])
    members = np.flatnonzero(household == home)
    kept = np.zeros(household.size, dtype=np.bool_)
    kept[members] = True
    told = metrics.primary(with_kept(hand, kept))
    assert told["kept"] == members.size
    assert told["households"] == pytest.approx(1 / hand.world.people.n_households)
    assert told["income"] == pytest.approx(hand.world.posts.wage[0] * 6 * members.size / household.size)


def test_priority_households_are_those_of_the_documents(hand: Season):
    people = hand.world.people
    kept = people.priority.copy()
    told = metrics.primary(with_kept(hand, kept))
    assert told["priority_households"] == 1.0
    # Nobody else keeps a job: there is nothing to compare with.
    assert math.isnan(told["priority_ratio"])
    half = kept & (np.arange(kept.size) % 2 == 0) | ~people.priority & (np.arange(kept.size) % 4 == 0)
    assert metrics.primary(with_kept(hand, half))["priority_ratio"] == pytest.approx(2, rel=0.35)


@pytest.mark.parametrize(
    ("values", "wanted"), [([1, 1, 1, 1], 0.0), ([0, 0, 0, 1], 0.75), ([0, 0], 0.0), ([1, 3], 0.25)]
)
def test_gini(values: list[float], wanted: float):
    assert metrics.gini(np.array(values, dtype=np.float64)) == pytest.approx(wanted)


def test_calibration_error():
    p = np.repeat([0.2, 0.8], 50)
    right = np.concatenate([np.arange(50) < 10, np.arange(50) < 40])
    assert metrics.ece(p, right, bins=2) == pytest.approx(0)
    assert metrics.ece(p, np.zeros(100, dtype=np.bool_), bins=2) == pytest.approx(0.5)
    assert math.isnan(metrics.ece(np.zeros(0), np.zeros(0, dtype=np.bool_)))


def test_full_posts_are_no_judgement_of_a_person(hand: Season):
    """An application refused only because the post was full enters neither side of the calibration of hiring."""
    logs = []
    for log in hand.rounds:
        lists = dataclasses.replace(log.lists, p_hire=np.where(log.offered | ~log.fit, log.lists.p_hire, 1e6))
        logs.append(dataclasses.replace(log, lists=lists))
    assert metrics.calibration(dataclasses.replace(hand, rounds=tuple(logs))) == metrics.calibration(hand)


def test_a_group_too_small_has_no_metric(hand: Season):
    few = np.zeros(hand.world.people.size, dtype=np.bool_)
    few[:3] = True
    people = dataclasses.replace(hand.world.people, weak=few, relocated=~few)
    told = metrics.fairness(dataclasses.replace(hand, world=dataclasses.replace(hand.world, people=people)))
    assert {"weak", "relocated"} & set(told) == set()
    assert {"from_45", "women", "minority"} <= set(told)


def test_intervals_hold_their_ratio_and_are_drawn_alike(hand: Season):
    told = metrics.fairness(hand)
    assert all(low < ratio < high for ratio, low, high in told.values())
    assert told == metrics.fairness(hand)


def test_exposure_is_even_where_everybody_sees_the_same(hand: Season):
    world = dataclasses.replace(hand.world, posts=dataclasses.replace(hand.world.posts, wage=np.full(24, 3000.0)))
    told = metrics.exposure_gap(dataclasses.replace(hand, world=world))
    assert told == {"wage_shown_raw": 1.0, "wage_shown_adjusted": 1.0}


def test_shares_of_oracle_gap_and_bound():
    told = metrics.against(kept=95, hand=80, oracle=100, bound=190)
    assert told == {"share_of_oracle": 0.95, "gap_closed": 0.75, "share_of_bound": 0.5}
    assert all(math.isnan(value) for value in metrics.against(0, 0, 0, 0).values())


def test_paired_errors():
    assert metrics.paired([3, 5, 7], [1, 2, 3]) == (3.0, pytest.approx(1 / math.sqrt(3)))
    mean, error = metrics.paired([3], [1])
    assert mean == 2
    assert math.isnan(error)


def test_roll_out_compares_the_same_people(hand: Season):
    served = np.arange(hand.world.people.size) < 60
    none = with_kept(hand, np.zeros(served.size, dtype=np.bool_))
    few = with_kept(hand, served & (np.arange(served.size) % 2 == 0))
    everybody = with_kept(hand, np.arange(served.size) % 4 == 0)
    assert metrics.roll_out(none, few, served, everybody) == {"effect_few": 0.5, "effect_all": 0.25}


def test_season_metrics_tell_all_of_q1_to_q7(hand: Season):
    told = metrics.season_metrics(hand)
    for name in ("kept", "households", "priority_households", "income", "priority_ratio", "wasted", "entropy", "gini",
                 "shown", "fill", "crowding_p95", "ratio_from_45", "wage_shown_adjusted", "ece_apply", "ece_hire",
                 "ece_keep"):  # fmt: skip
        assert math.isfinite(told[name]), name
    assert 0 <= told["wasted"] <= 1
    assert 0 < told["entropy"] <= 1


def test_a_trial_has_one_row_for_each_policy_and_season(world: World):
    trial = trial_of(world.spec, counties=1, seasons=1)
    rows = list(run_trial(trial))
    assert len(rows) == len(trial.policies) + 1
    assert {row.county for row in rows} == {world.county.county}
    told = {row.policy: row.values for row in rows}
    assert told["hand weights"]["gap_closed"] == 0
    assert "effect_few" in told["hand + balanced"]


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str], tmp_path):
    assert evaluate.main(["--smoke", "--workers", "90", "--seasons", "2", "--write", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "Synthetic market, variant base: 2 county-seasons of 90 people" in told.out
    rows = [line for line in told.out.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows}) == 1
    assert len(rows) == 2 + 7
    assert (tmp_path / "events" / "impressions.jsonl").is_file()
    assert told.err.count("450206") == 2


@pytest.mark.parametrize("wrong", ["0", "-3", "many"])
def test_sizes_that_are_none_are_refused(wrong: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        evaluate.main(["--smoke", "--workers", wrong])
    assert "--workers" in capsys.readouterr().err


def test_one_person_is_a_county_without_figures(capsys: pytest.CaptureFixture[str]):
    assert evaluate.main(["--smoke", "--workers", "1", "--seasons", "1"]) == 0
    assert "nan" not in capsys.readouterr().out


def test_numbers_that_were_not_frozen_judge_nobody(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(evaluate, "committed_hash", lambda: "0" * 64)
    assert evaluate.main(["--smoke"]) == 2
    assert "frozen" in capsys.readouterr().err
