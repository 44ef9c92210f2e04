"""Thin data move tables a little, orders stay, places in a list explain silence, and probabilities come true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.learning.calibration import (
    Recalibration,
    area_under_curve,
    calibration_error,
    log_loss,
    probability,
    recalibration,
)
from matcher.learning.examination import USUAL, improved, read_weight, start
from matcher.learning.limits import limits
from matcher.learning.shapes import Shape, table_log_odds
from matcher.learning.shrinkage import LIMIT, of_many, offset_of, offsets
from matcher.learning.thin import Prior, thin
from matcher.learning.training_sets import StageRows

NONE: frozenset[str] = frozenset()
SHAPES = {
    "skill": Shape("skill", ("none", "some", "all", "unknown"), (0, 1, 2), (), frozenset({"hire"}), NONE),
    "place": Shape("place", ("near", "far"), (), (), NONE, NONE),
}
CARD = {"skill": np.array([-0.4, 0.0, 0.4, 0.0]), "place": np.array([0.3, -0.3])}
TRUTH = {"skill": np.array([-1.0, 0.2, 1.0, 0.0]), "place": np.array([-0.5, 0.5])}


def rows(n: int, seed: int = 0, truth=TRUTH) -> tuple[dict, np.ndarray]:
    rng = np.random.default_rng(seed)
    cells = {term: rng.integers(0, len(shape.cells), n).astype(np.int32) for term, shape in SHAPES.items()}
    return cells, rng.random(n) < probability(table_log_odds(-0.3, truth, cells))


def distance(tables, others) -> float:
    return max(float(np.abs(tables[term] - others[term]).max()) for term in tables)


def test_without_rows_the_tables_are_the_prior():
    cells, label = rows(0)
    intercept, tables = thin("hire", cells, label, np.ones(0), Prior(0.1, CARD), SHAPES)
    assert intercept == 0.1
    assert distance(tables, CARD) == 0


def test_one_class_alone_moves_no_table_far():
    cells, _ = rows(30)
    intercept, tables = thin("hire", cells, np.ones(30, dtype=np.bool_), np.ones(30), Prior(0.1, CARD), SHAPES)
    assert np.isfinite(intercept)
    assert distance(tables, CARD) < 0.5


def test_more_rows_bring_the_tables_nearer_to_the_truth():
    off = []
    for n in (0, 200, 20_000):
        cells, label = rows(n)
        intercept, tables = thin("keep", cells, label, np.ones(n), Prior(0.1, CARD), SHAPES)
        everywhere, _ = rows(400, seed=1)
        off.append(
            np.abs(table_log_odds(intercept, tables, everywhere) - table_log_odds(-0.3, TRUTH, everywhere)).mean()
        )
    assert off[2] < 0.06 < off[1] < off[0]


def test_a_firmer_prior_moves_less():
    cells, label = rows(300)
    moved = [distance(thin("keep", cells, label, np.ones(300), Prior(0.1, CARD, tau, tau), SHAPES)[1], CARD)
             for tau in (1.0, 10.0, 100.0)]  # fmt: skip
    assert moved[0] > moved[1] > moved[2]


def test_the_mode_is_where_the_gradient_is_nought():
    cells, label = rows(300)
    prior = Prior(0.1, CARD, 10.0, 0.0)
    intercept, tables = thin("keep", cells, label, np.ones(300), prior, SHAPES)
    p = probability(table_log_odds(intercept, tables, cells))
    for term, shape in SHAPES.items():
        surplus = np.bincount(cells[term], label - p, len(shape.cells))
        assert surplus == pytest.approx(prior.tau * (tables[term] - CARD[term]), abs=1e-6)


@pytest.mark.parametrize(("stage", "rising"), [("hire", True), ("keep", False)])
def test_better_skill_never_hurts_where_policy_says_so(stage, rising):
    cells, label = rows(4000, truth={**TRUTH, "skill": np.array([1.0, 0.0, -1.0, 0.0])})
    _, tables = thin(stage, cells, label, np.ones(4000), Prior(0.1, CARD), SHAPES)
    assert bool((np.diff(tables["skill"][:3]) >= 0).all()) is rising


def lists(n: int, chances, trace: float, seed: int = 0) -> tuple[StageRows, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    slot = np.tile(np.arange(1, len(chances) + 1), n)
    p = rng.uniform(0.05, 0.6, len(slot))
    read = rng.random(len(slot)) < np.array(chances)[slot - 1]
    label = read & (rng.random(len(slot)) < p)
    told = label | (read & (rng.random(len(slot)) < trace))
    shown_in = np.full(len(slot), "kiosk")
    return StageRows(np.arange(len(slot)), label, np.ones(len(slot)), slot, shown_in, told, {}), p, read


@pytest.mark.parametrize("trace", [0.0, 0.4, 1.0])
def test_how_far_people_read_is_found_again(trace):
    true = (1.0, 0.7, 0.45, 0.3)
    found, p, read = lists(6000, true, trace)
    known = start(found)
    for _ in range(40):
        known = improved(found, read_weight(found, p, known), known)
    assert known.trace["kiosk"] == pytest.approx(trace, abs=0.02)
    assert known.chance["kiosk"][:4] == pytest.approx(true, abs=0.05)
    weight = read_weight(found, p, known)
    assert weight[read].mean() > weight[~read].mean()
    if trace == 1.0:
        assert (weight > 0.5).tolist() == read.tolist()


def test_few_lists_leave_the_usual_chances():
    found, p, _ = lists(1, (1.0, 0.5), 0.0)
    known = improved(found, read_weight(found, p, start(found)), start(found))
    assert known.chance["kiosk"] == pytest.approx(USUAL, abs=0.06)


def test_the_first_place_is_always_read():
    found, p, _ = lists(50, (1.0, 0.2), 0.0)
    assert (read_weight(found, p, start(found))[found.slot == 1] == 1).all()


def test_level_and_slope_are_found_and_folded():
    rng = np.random.default_rng(0)
    said = rng.normal(0, 1.5, 20_000)
    label = rng.random(20_000) < probability(-0.7 + 0.6 * said)
    right = recalibration(said, label, np.ones(20_000))
    assert (right.level, right.slope) == pytest.approx((-0.7, 0.6), abs=0.06)
    cells, _ = rows(50)
    folded = table_log_odds(*right.folded(0.1, CARD), cells)
    assert folded == pytest.approx(right.of(table_log_odds(0.1, CARD, cells)))


@pytest.mark.parametrize("said", [-12.0, 12.0, 40.0])
def test_a_card_that_is_sure_of_the_wrong_thing_is_put_right(said):
    rng = np.random.default_rng(0)
    label = rng.random(500) < 0.3
    right = recalibration(np.full(500, said), label, np.ones(500))
    assert probability(right.of(np.array([said])))[0] == pytest.approx(label.mean(), abs=0.06)
    cells, _ = rows(500)
    intercept, tables = thin("hire", cells, label, np.ones(500), Prior(said, CARD), SHAPES)
    assert probability(table_log_odds(intercept, tables, cells)).mean() == pytest.approx(label.mean(), abs=0.06)


def test_few_rows_hardly_change_the_slope():
    right = recalibration(np.array([0.0, 1.0, 2.0]), np.array([True, False, True]), np.ones(3))
    assert right.slope == pytest.approx(1, abs=0.15)
    assert Recalibration().of(np.array([0.3])).tolist() == [0.3]


def slow_error(p, label) -> float:
    """Bins of the definition, row by row."""
    cuts = sorted(set(np.quantile(p, np.arange(1, 15) / 15).tolist()))
    bins: dict[int, list[tuple[float, bool]]] = {}
    for value, yes in zip(p.tolist(), label.tolist(), strict=True):
        bins.setdefault(sum(cut <= value for cut in cuts), []).append((value, yes))
    return sum(abs(sum(value - yes for value, yes in found)) for found in bins.values()) / len(p)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 99), st.booleans()), min_size=2, max_size=60))
def test_measures_equal_their_slow_twins(pairs):
    p = np.array([value / 100 for value, _ in pairs])
    label = np.array([yes for _, yes in pairs])
    assert calibration_error(p, label) == pytest.approx(slow_error(p, label))
    wins = [(a > b) + (a == b) / 2 for a in p[label] for b in p[~label]]
    if wins:
        assert area_under_curve(p, label) == pytest.approx(np.mean(wins))
    else:
        assert np.isnan(area_under_curve(p, label))
    assert log_loss(p, label) == pytest.approx(-np.mean(np.log(np.where(label, p, 1 - p))))


def test_a_firms_own_record_counts_half_after_ten_rows_at_most():
    rng = np.random.default_rng(0)
    names = np.repeat([f"e{ix}" for ix in range(40)], 200)
    true = np.repeat(rng.normal(0, 0.8, 40), 200)
    label = rng.random(len(names)) < probability(true)
    known = offsets(names, np.zeros(len(names)), label, np.ones(len(names)))
    found = offset_of(names, known)
    assert np.corrcoef(found, np.clip(true, -LIMIT, LIMIT))[0, 1] > 0.95
    assert max(abs(value) for value in known.values()) <= LIMIT
    few = np.r_[np.repeat([f"e{ix}" for ix in range(40)], 200), np.repeat("new", 10)]
    base = np.zeros(len(few))
    said = offsets(few, base, np.r_[label, np.ones(10, dtype=np.bool_)], np.ones(len(few)))["new"]
    # Ten yes out of ten at even odds: one step of Newton alone would go to 1, shrunk by a half or more.
    assert 0.2 < said <= LIMIT


def test_firms_that_differ_by_luck_alone_have_no_record():
    rng = np.random.default_rng(1)
    names = np.repeat([f"e{ix}" for ix in range(300)], 20)
    known = offsets(names, np.zeros(len(names)), rng.random(len(names)) < 0.5, np.ones(len(names)))
    assert max((abs(value) for value in known.values()), default=0.0) < 0.25


def test_nobody_has_no_offset():
    assert offsets(np.array(["", ""]), np.zeros(2), np.array([True, False]), np.ones(2)) == {}
    assert offset_of(np.array(["x", ""]), {"x": 0.5}).tolist() == [0.5, 0.0]


def test_a_name_behind_which_few_households_stand_is_nobodys():
    least = limits().fewest_households
    # A hundred rows of one family on the way to "few"; "many" has the least that is enough, its families seen twice.
    names = np.array(["few"] * (100 + least - 2) + ["many"] * (2 * least) + [""])
    homes = np.r_[np.zeros(100), np.arange(1, least - 1), np.tile(np.arange(least), 2), 0].astype(np.int64)
    assert len(np.unique(homes[names == "few"])) == least - 1
    assert of_many(names, homes).tolist() == ["many" if name == "many" else "" for name in names]
    assert of_many(np.zeros(0, dtype=np.str_), np.zeros(0, dtype=np.int64)).tolist() == []


def drawn_by_post(seed: int, *, firms: float, posts: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Names, posts, labels and the firms' own log-odds: 40 firms of 4 posts of 60 rows, spread as told."""
    rng = np.random.default_rng(seed)
    post = np.repeat(np.arange(160), 60)
    of_firm = rng.normal(0, firms, 40)
    odds = (of_firm[np.arange(160) % 40] + rng.normal(0, posts, 160))[post]
    return np.char.add("e", (post % 40).astype(str)), post, rng.random(post.size) < 1 / (1 + np.exp(-odds)), of_firm


def test_what_is_peculiar_to_a_post_is_no_record_of_its_firm():
    names, post, label, _ = drawn_by_post(1, firms=0.0, posts=0.8)
    ones, base = np.ones(len(label)), np.zeros(len(label))
    blind, told = (offsets(names, base, label, ones, cluster=cluster) for cluster in (None, post))
    wide, narrow = (float(np.std([known.get(name, 0.0) for name in np.unique(names)])) for known in (blind, told))
    assert narrow < 0.6 * wide


def test_firms_that_differ_are_told_apart_for_all_their_posts():
    names, post, label, of_firm = drawn_by_post(2, firms=0.8, posts=0.3)
    ones, base = np.ones(len(label)), np.zeros(len(label))
    told = offsets(names, base, label, ones, cluster=post)
    found = np.array([told[f"e{ix}"] for ix in range(40)])
    assert np.corrcoef(found, of_firm)[0, 1] > 0.9
    # Where posts do not differ, asking for them changes next to nothing.
    names, post, label, _ = drawn_by_post(3, firms=0.8, posts=0.0)
    blind, told = (offsets(names, base, label, ones, cluster=cluster) for cluster in (None, post))
    assert all(abs(blind[name] - told[name]) < 0.15 for name in blind)
