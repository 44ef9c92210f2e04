"""Q1 .. Q10 by hand on small cases, and a county-season with a row for each policy."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from matcher.scoring import hand_card
from training_data.market import metrics
from training_data.market.entrants import FULL_KNOWN, Models
from training_data.market.season import NOWHERE, Season
from training_data.market.trial import Field, _tenth, county_season
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
    """Who was refused for want of a seat counts by whether the firm would have taken them, as if none were short."""
    full = sum(int((log.applied & log.fit & ~log.offered).sum()) for log in hand.rounds)
    assert full > 0
    logs = [dataclasses.replace(log, offered=log.applied & log.fit) for log in hand.rounds]
    assert metrics.calibration(dataclasses.replace(hand, rounds=tuple(logs))) == metrics.calibration(hand)
    certain = [dataclasses.replace(log, lists=dataclasses.replace(log.lists, p_hire=log.fit * 1.0)) for log in logs]
    assert metrics.calibration(dataclasses.replace(hand, rounds=tuple(certain)))["ece_hire"] == 0


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


def test_groups_are_held_against_the_reference(hand: Season, seasons: dict[str, Season]):
    told = metrics.of_reference(hand, hand)
    assert set(told.values()) == {1.0}
    other = metrics.of_reference(seasons["random"], hand)
    women = hand.world.people.female
    assert other["of_reference_women"] == seasons["random"].kept[women].sum() / hand.kept[women].sum()


def test_mean_errors_of_groups(hand: Season):
    told = metrics.group_gaps(hand)
    women = hand.world.people.female
    rows = [
        (log.lists.p_apply[at] - log.applied[at])
        for log in hand.rounds
        for at in [(log.lists.slot == 1) & log.looked & women[log.lists.worker_ix]]
    ]
    assert told["gap_apply_women"] == pytest.approx(np.concatenate(rows).mean())
    assert not any("weak" in name for name in told)


def test_a_county_season_has_one_row_for_each_policy_whose_model_there_is(world: World):
    field = Field(names=("random", "hand + balanced", "learned greedy", "full"), rolled_out=("hand + balanced",))
    rows = list(county_season(world, field, Models(own=hand_card())))
    assert [row.policy for row in rows] == [
        "random", "hand weights", "hand + balanced", "learned greedy", "full",
        "true probabilities + balanced", FULL_KNOWN,
    ]  # fmt: skip
    assert {row.county for row in rows} == {world.county.county}
    told = {row.policy: row.values for row in rows}
    assert told["hand weights"]["gap_closed"] == 0
    assert {name for name, values in told.items() if "effect_few" in values} == {"hand + balanced"}
    # With the hand card for a trained one, what is learnt is the hand card.
    assert told["learned greedy"] == told["hand weights"]
    without = [row.policy for row in county_season(world, Field(names=("learned greedy",)), Models())]
    assert without == ["hand weights", "true probabilities + balanced"]


def test_two_tenths_have_no_household_in_common(world: World):
    one, other = (_tenth(world, tenth) for tenth in range(2))
    assert not (one & other).any()
    assert 0.02 < one.mean() < 0.2
