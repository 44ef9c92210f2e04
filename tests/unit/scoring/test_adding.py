"""Entries added by the compiled pass are those numpy adds, to the byte, whatever the tables and cells."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit_model import BODY, VOCABULARY

from matcher import machine_code
from matcher.scoring import adding, load_model
from matcher.scoring.kernel import stage_log_odds

KINDS = {"whole numbers": np.int32, "log-odds": np.float64}


@st.composite
def tables_and_cells(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind, n = KINDS[draw(st.sampled_from(sorted(KINDS)))], draw(st.integers(0, 40))
    sizes = draw(st.lists(st.integers(1, 30), max_size=5))
    tables = {f"t{ix}": (rng.normal(size=size) * 1024).astype(kind) for ix, size in enumerate(sizes)}
    cells = {f"t{ix}": rng.integers(-size, size, n).astype(np.int32) for ix, size in enumerate(sizes)}
    return np.full(n, draw(st.integers(-9, 9)), dtype=kind), tables, cells


@given(tables_and_cells())
def test_both_ways_add_the_same(drawn):
    total, tables, cells = drawn
    by_numpy = adding.interpreted(total.copy(), tables, cells)
    by_loop = adding.compiled(total.copy(), tables, cells)
    assert (by_numpy.dtype, by_numpy.tobytes()) == (by_loop.dtype, by_loop.tobytes())


@pytest.mark.parametrize("cell", [3, -4, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize("means", ["interpreted", "compiled"])
def test_a_cell_beyond_its_table_is_refused(means, cell):
    with pytest.raises(IndexError):
        getattr(adding, means)(np.zeros(2), {"t": np.ones(3)}, {"t": np.array([0, cell], dtype=np.int32)})


@pytest.mark.parametrize("means", ["interpreted", "compiled"])
def test_log_odds_are_never_cut_to_whole_numbers(means):
    with pytest.raises(TypeError):
        getattr(adding, means)(np.zeros(1, np.int32), {"t": np.array([0.5])}, {"t": np.zeros(1, np.int32)})


def test_many_rows_take_the_pass_once_numba_is_there(monkeypatch):
    used = []
    for means in ("interpreted", "compiled"):
        monkeypatch.setattr(adding, means, lambda total, *_, means=means: used.append((means, len(total))) or total)
    for n in (adding.MANY - 1, adding.MANY, adding.MANY_MORE):
        for loaded in (True, False):
            monkeypatch.setattr(machine_code, "is_running", lambda loaded=loaded: loaded)
            adding.added(np.zeros(n, np.int8), {}, {})
    monkeypatch.setattr(machine_code, "is_available", lambda: False)
    adding.added(np.zeros(adding.MANY_MORE, np.int8), {}, {})
    assert [means for means, _ in used] == [*["interpreted"] * 2, "compiled", "interpreted", *["compiled"] * 2,
                                           "interpreted"]  # fmt: skip


def test_a_large_round_is_scored_alike_by_both(monkeypatch):
    model, n = load_model(BODY, VOCABULARY), adding.MANY
    rng = np.random.default_rng(0)
    values = {"distance": rng.integers(0, 3, n).astype(np.int32), "wage": rng.integers(-1, 6000, n).astype(np.int32)}
    means = {}
    for loaded in (True, False):
        monkeypatch.setattr(machine_code, "is_running", lambda loaded=loaded: loaded)
        means[loaded] = stage_log_odds(model, "apply", values)
    assert means[True].tobytes() == means[False].tobytes()
    assert "matcher.scoring.adding_loop" in sys.modules
