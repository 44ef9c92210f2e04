"""A stage is fitted by what is known of it, and its figures are of rows it did not see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.learning.calibration import probability
from matcher.learning.shapes import Shape, table_log_odds
from matcher.learning.stage_fit import FEWEST_POSTS, METHODS, StageData, fit_stage
from matcher.learning.thin import Prior

NONE: frozenset[str] = frozenset()
SHAPES = {
    "skill": Shape("skill", ("none", "some", "all", "unknown"), (0, 1, 2), (), frozenset({"hire"}), NONE),
    "channel": Shape("channel", ("workshop", "park"), (), (), NONE, NONE),
}
CARD = {"skill": np.array([-0.4, 0.0, 0.4, 0.0]), "channel": np.array([0.3, -0.3])}
PRIOR = Prior(1.5, CARD)


def data(n: int = 3000, seed: int = 0, *, park: float = -0.2, stage: str = "hire") -> StageData:
    rng = np.random.default_rng(seed)
    cells = {term: rng.integers(0, len(shape.cells), n).astype(np.int32) for term, shape in SHAPES.items()}
    firm = rng.integers(0, 12, n)
    truth = {"skill": np.array([-0.8, 0.0, 0.8, 0.2]), "channel": np.array([0.2, park])}
    odds = table_log_odds(-0.4, truth, cells) + np.linspace(-1, 1, 12)[firm]
    names = {"employer": np.array([f"e{ix}" for ix in firm]), "town": np.full(n, "t"), "route": np.full(n, "")}
    groups = {"from_45": rng.random(n) < 0.3, "few": np.arange(n) < 19}
    homes = np.repeat(np.arange(n), 2)[:n]
    return StageData(stage, cells, rng.random(n) < probability(odds), np.ones(n), homes, names, groups)


@pytest.mark.parametrize("method", METHODS[1:])
def test_every_method_that_learns_hits_the_level(method):
    rows = data()
    fitted = fit_stage(rows, PRIOR, method, SHAPES)
    p = probability(table_log_odds(fitted.intercept, fitted.tables, rows.cells))
    assert fitted.method == method
    assert p.mean() == pytest.approx(rows.label.mean(), abs=0.01)
    assert fitted.metrics["ece"] < 0.05 < fitted.metrics["prior_ece"]


def test_the_level_alone_leaves_every_difference_of_the_card():
    fitted = fit_stage(data(), PRIOR, "level", SHAPES)
    for term, table in CARD.items():
        assert np.diff(fitted.tables[term]) == pytest.approx(np.diff(table))


def test_more_is_known_of_rows_left_out_than_the_card_knew():
    metrics = fit_stage(data(), PRIOR, "thin", SHAPES).metrics
    assert metrics["auc"] > 0.5
    assert metrics["log_loss"] < metrics["prior_log_loss"]


def test_figures_are_of_rows_the_tables_never_saw():
    rng = np.random.default_rng(0)
    rows = data(400)
    noise = StageData("hire", rows.cells, rng.random(400) < 0.5, rows.weight, rows.homes, rows.names, rows.groups)
    assert fit_stage(noise, PRIOR, "boosted", SHAPES).metrics["auc"] < 0.58


def test_firms_are_told_apart_beside_the_tables():
    rows = data()
    fitted = fit_stage(rows, PRIOR, "thin", SHAPES)
    known = fitted.offsets["employer"]
    assert known["e11"] > 0.4 > -0.4 > known["e0"]
    assert fitted.offsets.get("town") is None


def test_a_route_is_told_beside_its_firms():
    """Two villages go to the city of firm e11; what both like is the firm's, where they differ is the route's."""
    rng = np.random.default_rng(1)
    rows = data(4000, stage="apply")
    there = rows.names["employer"] == "e11"
    village = np.where(rng.random(4000) < 0.5, "a", "b")
    route = np.where(there, np.char.add(village, ">4419"), "")
    likes = np.where(route == "a>4419", 0.9, np.where(route == "b>4419", -0.9, 0.0))
    odds = table_log_odds(-0.4, CARD, rows.cells) + 0.8 * there + likes
    label = rng.random(4000) < probability(odds)
    names = {**rows.names, "route": route}
    fitted = fit_stage(
        StageData("apply", rows.cells, label, rows.weight, rows.homes, names, rows.groups), PRIOR, "thin", SHAPES
    )
    routes, firms = fitted.offsets["route"], fitted.offsets["employer"]
    assert firms["e11"] > 0.3
    assert routes["a>4419"] > 0.3 > -0.3 > routes["b>4419"]
    # What both like, 0.8 each, is mostly the firm's already.
    assert abs(routes["a>4419"] + routes["b>4419"]) < 0.8
    assert "" not in routes


def test_a_route_of_two_families_stands_in_no_file():
    """Both families never go, as often as they are asked: the file says nothing of their village."""
    rows = data(4000, stage="apply")
    village = np.where(np.arange(4000) < 200, "small", np.where(np.arange(4000) < 2000, "large", "other"))
    homes = np.where(village == "small", np.arange(4000) % 2, rows.homes + 2)
    label = rows.label & (village != "small")
    names = {**rows.names, "route": village, "town": village}
    known = fit_stage(
        StageData("apply", rows.cells, label, rows.weight, homes, names, rows.groups), PRIOR, "thin", SHAPES
    ).offsets
    told = {name for of_kind in known.values() for name in of_kind}
    assert "large" in told
    assert "small" not in told


def test_a_group_of_few_people_has_no_figure():
    metrics = fit_stage(data(), PRIOR, "thin", SHAPES).metrics
    assert "ece_from_45" in metrics
    assert "ece_few" not in metrics


@pytest.mark.parametrize("method", METHODS)
def test_one_class_leaves_the_prior(method):
    rows = data(40)
    sure = StageData("hire", rows.cells, np.ones(40, dtype=np.bool_), rows.weight, rows.homes, rows.names, rows.groups)
    fitted = fit_stage(sure, PRIOR, method, SHAPES)
    assert (fitted.method, fitted.intercept) == ("prior", PRIOR.intercept)
    assert fitted.tables is PRIOR.tables


def test_a_fold_of_one_class_is_no_fault():
    rows = data(9)
    label = np.zeros(9, dtype=np.bool_)
    label[rows.homes % 3 == 0] = True
    odd = StageData("hire", rows.cells, label, rows.weight, rows.homes, rows.names, rows.groups)
    assert np.isfinite(fit_stage(odd, PRIOR, "boosted", SHAPES).intercept)


def test_each_kind_of_post_is_at_its_own_level():
    rows = data(park=-2.0)
    # A card so firm that the tables alone could not follow.
    fitted = fit_stage(rows, Prior(1.5, CARD, tau=1e5, smooth=1e5), "thin", SHAPES)
    p = probability(table_log_odds(fitted.intercept, fitted.tables, rows.cells))
    for cell in (0, 1):
        mine = rows.cells["channel"] == cell
        assert p[mine].mean() == pytest.approx(rows.label[mine].mean(), abs=0.03)


def test_rows_of_one_post_are_left_out_together():
    rows = data(600)
    posts = np.arange(600) % FEWEST_POSTS
    whole = replace(rows, posts=posts)
    fold = whole.folds()
    assert set(fold) == {0, 1, 2}
    assert all(len(set(fold[posts == post])) == 1 for post in range(FEWEST_POSTS))
    # Those that came first are one part.
    assert fold[posts < FEWEST_POSTS // 3].max() == 0
    assert (whole.take(posts < FEWEST_POSTS - 1).folds() == (rows.homes % 3)[posts < FEWEST_POSTS - 1]).all()
    assert (rows.folds() == rows.homes % 3).all()
