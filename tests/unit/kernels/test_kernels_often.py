"""Who chooses from one shelf again and again chooses what her list says, at whatever prices, compiled or by numpy."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from drawn_shelves import as_arrays, market
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.kernels import Named, Often, Wanted, fastest, often, repriced, use
from matcher.kernels.often import NOTHING, interpreted

N_WHO, YES = 9, 2
WHO = np.arange(N_WHO)


def a_market(**changed):
    return as_arrays(market(9, **{"order": 0, "n_who": N_WHO, "n_ones": 150, **changed}))


def told(choice):
    """Of each who asks what is chosen, None where nothing may be offered; the chances of all."""
    ends = np.cumsum(np.maximum(choice.n_of, 0))
    rows = [part.tolist() for part in np.split(choice.at, ends)][:-1]
    return [None if n == NOTHING else one for n, one in zip(choice.n_of, rows, strict=True)], choice.chances.tolist()


def named(rows):
    """Rows of each who asks."""
    return Named(np.array([len(one) for one in rows], dtype=np.int64), np.array(list(chain(*rows)), dtype=np.int32))


@pytest.fixture(params=["kept", "too much to keep", "numpy"])
def means(request, monkeypatch):
    if request.param == "too much to keep":
        monkeypatch.setattr(often, "MOST_KEPT", 1)
    monkeypatch.setattr(use, "is_worth_it", lambda _n: request.param != "numpy")
    monkeypatch.setattr(often, "AT_ONCE", 2)


@pytest.mark.usefixtures("means")
@pytest.mark.parametrize("who", [list(range(N_WHO)), [1, 4, 5], []])
@pytest.mark.parametrize("order", [0, 1], ids=["balanced", "priced"])
def test_the_best_are_those_of_the_list(who, order):
    askers, shelf, ranking = a_market(order=order)
    again, who = Often(askers, shelf), np.array(who, dtype=np.intp)
    dearer = repriced(shelf, np.arange(len(shelf), dtype=np.int64) << 22)
    favoured = replace(askers, factor=askers.factor[::-1].copy())
    for of, at in ((askers, shelf), (favoured, dearer)):
        rows, _ = told(again.chosen(of, at, ranking, who, Wanted(top=4), threads=2))
        alone = fastest(of, at, ranking, top=len(shelf))
        for line, asker in enumerate(who.tolist()):
            best = alone.at[asker][alone.verdict[asker] == YES][:4]
            assert (rows[line] or []) == sorted(best.tolist(), key=lambda row: shelf.rows.number[row])
            assert (rows[line] is None) == (not len(best))


@pytest.mark.usefixtures("means")
def test_what_is_held_is_chosen_and_what_is_barred_is_not():
    askers, shelf, ranking = a_market()
    every, _ = told(interpreted(askers, shelf, ranking, WHO, Wanted(top=len(shelf))))
    best, _ = told(interpreted(askers, shelf, ranking, WHO, Wanted(top=2)))
    held, barred = [(one or [])[::5] for one in every], [one or [] for one in best]
    wanted = Wanted(top=2, held=named(held), barred=named(barred))
    rows, _ = told(Often(askers, shelf).chosen(askers, shelf, ranking, WHO, wanted))
    for chosen, all_rows, kept, out in zip(rows, every, held, barred, strict=True):
        assert (chosen is None) == (all_rows is None)
        assert set(chosen or []) >= set(kept) - set(out)
        assert not set(chosen or []) & set(out)
        assert len(set(chosen or []) - set(kept)) == min(2, len(set(chosen or []) - set(kept)))
    barred = [one or [] for one in every]
    rows, _ = told(Often(askers, shelf).chosen(askers, shelf, ranking, WHO, Wanted(top=2, barred=named(barred))))
    assert [one is None for one in rows] == [one is None for one in every]
    assert not any(rows)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1 << 32),
    order=st.integers(0, 1),
    top=st.sampled_from([1, 5, 400]),
    each=st.integers(0, 3),
    spread=st.sampled_from([2, 900]),
    n_ones=st.sampled_from([1, 64, 200]),
)
def test_compiled_and_numpy_choose_the_same(seed, order, top, each, spread, n_ones):
    askers, shelf, ranking = as_arrays(market(seed, order=order, n_ones=n_ones, spread=spread, flat=seed % 5 == 0))
    rng, n = np.random.default_rng(seed), len(askers)
    shelf = repriced(shelf, rng.integers(0, 3, len(shelf)) << 28)
    held, barred = ([np.flatnonzero(rng.random(n_ones) < 0.1).tolist() for _ in range(n)] for _ in range(2))
    kinds = rng.integers(0, 4, n_ones).astype(np.int8)
    wanted = Wanted(top=top, each=each, kinds=kinds, held=named(held), barred=named(barred) if seed % 2 else None)
    choice = Often(askers, shelf).chosen
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(use, "is_worth_it", lambda _n: True)
        compiled = choice(askers, shelf, ranking, np.arange(n), wanted, threads=2)
    plain = interpreted(askers, shelf, ranking, np.arange(n), wanted)
    assert told(compiled) == told(plain)


def test_the_best_of_each_kind_stand_beside_the_best_of_all():
    askers, shelf, ranking = a_market()
    kinds = (np.arange(len(shelf)) % 7).astype(np.int8)
    rows, _ = told(interpreted(askers, shelf, ranking, WHO, Wanted(top=3, each=2, kinds=kinds)))
    alone = fastest(askers, shelf, ranking, top=len(shelf))
    for asker, chosen in enumerate(rows):
        best = alone.at[asker][alone.verdict[asker] == YES]
        wanted = set(best[:3].tolist())
        for kind in range(7):
            wanted |= set(best[kinds[best] == kind][:2].tolist())
        assert set(chosen or []) == wanted
