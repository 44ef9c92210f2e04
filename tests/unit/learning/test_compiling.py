"""Tables equal the trees they were made of, cell by cell, and go the way they must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import ModelError
from matcher.features import VOCABULARY
from matcher.learning.boosting import Columns, boosted
from matcher.learning.compiling import TOLERANCE, centred, compiled, served
from matcher.learning.shapes import Shape, codes, shapes, table_log_odds

NONE: frozenset[str] = frozenset()
SMALL = {
    "ordered": Shape("ordered", ("nothing", "low", "mid", "high", "unknown"), (1, 2, 3), (), frozenset({"hire"}), NONE),
    "loose": Shape("loose", ("a", "b", "c"), (), (), NONE, NONE),
    "number": Shape("number", ("<5", "5..9", ">=10", "unknown"), (0, 1, 2), (5, 10), NONE, frozenset({"hire"})),
}


def drawn(seed: int, n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {term: rng.integers(0, len(shape.cells), n).astype(np.int32) for term, shape in SMALL.items()}


def fitted(seed: int, n: int):
    rng = np.random.default_rng(seed + 1)
    cells = drawn(seed, n)
    truth = {term: rng.normal(0, 1, len(shape.cells)) for term, shape in SMALL.items()}
    label = rng.random(n) < 1 / (1 + np.exp(-table_log_odds(0.2, truth, cells)))
    label[:2] = (True, False)
    weight = rng.uniform(0.2, 2.0, n)
    return boosted("hire", cells, label, weight, SMALL), cells


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(60, 400))
def test_tables_equal_the_trees_everywhere(seed, n):
    (model, columns), cells = fitted(seed, n)
    intercept, tables = compiled(model, columns, cells)
    everywhere = drawn(seed + 2, 500)
    ours = table_log_odds(intercept, tables, everywhere)
    theirs = model.decision_function(columns.matrix(everywhere))
    assert np.abs(ours - theirs).max() <= TOLERANCE
    moved = table_log_odds(*centred(intercept, tables, cells, np.ones(n)), everywhere)
    assert np.abs(moved - theirs).max() <= TOLERANCE


@pytest.mark.parametrize("seed", range(3))
def test_ordered_cells_never_go_the_other_way(seed):
    (model, columns), cells = fitted(seed, 400)
    _, tables = compiled(model, columns, cells)
    assert (np.diff(tables["ordered"][[1, 2, 3]]) >= 0).all()
    assert (np.diff(tables["number"][[0, 1, 2]]) <= 0).all()


def test_trees_that_interact_are_refused():
    from sklearn.ensemble import HistGradientBoostingClassifier

    cells = drawn(0, 600)
    columns = Columns.of(SMALL)
    label = (cells["loose"] == 1) ^ (cells["number"] == 2)
    model = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(columns.matrix(cells), label)
    with pytest.raises(ModelError, match="not additive"):
        compiled(model, columns, cells)


def test_special_cells_are_told_apart():
    n = 600
    rng = np.random.default_rng(0)
    cells = drawn(3, n)
    rates = np.array([0.9, 0.3, 0.4, 0.5, 0.1])
    label = rng.random(n) < rates[cells["ordered"]]
    model, columns = boosted("keep", cells, label, np.ones(n), SMALL)
    _, tables = compiled(model, columns, cells)
    assert tables["ordered"][0] - tables["ordered"][4] > 2


def test_same_rows_give_the_same_tables():
    (first, columns), cells = fitted(5, 300)
    (second, _), _ = fitted(5, 300)
    assert (
        compiled(first, columns, cells)[1]["ordered"].tolist()
        == compiled(second, columns, cells)[1]["ordered"].tolist()
    )


def test_every_term_has_a_shape_and_every_cell_a_place():
    assert list(shapes()) == list(VOCABULARY)
    for shape in shapes().values():
        assert set(shape.order) | set(shape.specials) == set(range(len(shape.cells)))
        assert not (shape.rising & shape.falling)


def test_numbers_fall_into_the_cells_scoring_reads():
    values = {term: np.zeros(4, dtype=np.int32) for term in VOCABULARY}
    values["start_gap"] = np.array([-1, 0, 1, 61], dtype=np.int32)
    cells = shapes()["start_gap"].cells
    assert [cells[ix] for ix in codes(values)["start_gap"]] == ["unknown", "<1", "1..7", ">=61"]


@pytest.mark.parametrize(("log_odds", "integer"), [(0.0, 0), (1.0, 1024), (-0.5, -512), (0.00048, 0), (0.0005, 1)])
def test_served_entries_are_multiples_of_a_thousand_and_twenty_fourth(log_odds, integer):
    assert served(log_odds) == integer
