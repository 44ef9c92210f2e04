"""The numpy twin and the compiled search say what the plain specification says, to the last tie."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from drawn_shelves import as_arrays, market, seeds
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matcher.kernels import ORDERS, spec, use, views
from matcher.kernels import shelf as shelf_room
from matcher.kernels.use import compiled, interpreted


def compiled_by_heads(askers, shelf, ranking, *, top):
    """The compiled search that knows of each head, however small, which tuples stand in it."""
    with patch.object(views, "ROWS_A_TUPLE", 0):
        return compiled(askers, shelf, ranking, top=top)


MEANS = {"twin": interpreted, "compiled": compiled, "compiled by heads": compiled_by_heads}
orders = st.integers(0, len(ORDERS) - 1)


def told(found, shelf):
    """Lists as the specification tells them."""
    return [
        [
            (int(shelf.rows.number[at]), int(verdict), int(worth))
            for at, verdict, worth in zip(*line, strict=True)
            if at >= 0
        ]
        for line in zip(found.at.tolist(), found.verdict.tolist(), found.worth.tolist(), strict=True)
    ]


def expected(drawn, top):
    return [
        [tuple(line) for line in spec.first(drawn.asker(ix), drawn.ones, drawn.rules, top)]
        for ix in range(len(drawn.who))
    ]


@pytest.mark.parametrize("means", MEANS)
@settings(max_examples=40, deadline=None)
@given(seed=seeds, order=orders, top=st.sampled_from([1, 3, 100]), spread=st.sampled_from([2, 900, 15_000]))
def test_lists_are_those_of_the_specification(means, seed, order, top, spread):
    drawn = market(seed, order=order, spread=spread)
    askers, shelf, ranking = as_arrays(drawn)
    assert told(MEANS[means](askers, shelf, ranking, top=top), shelf) == expected(drawn, top)


@pytest.mark.parametrize("means", MEANS)
@settings(max_examples=20, deadline=None)
@given(seed=seeds, order=orders, n_ones=st.sampled_from([7, 40]))
def test_more_bundles_than_are_added_at_once_change_no_list(means, seed, order, n_ones):
    drawn = market(seed, order=order, n_ones=n_ones, n_relations=13, odds_of_no=0.02)
    with patch.object(shelf_room, "LARGEST_BUNDLE", 1):
        askers, shelf, ranking = as_arrays(drawn)
    assume(len(shelf.bundles) > 1 + views.SIX)
    assert told(MEANS[means](askers, shelf, ranking, top=5), shelf) == expected(drawn, 5)


@pytest.mark.parametrize("means", MEANS)
@pytest.mark.parametrize("order", range(len(ORDERS)), ids=ORDERS)
def test_equal_scores_fall_by_their_ties(means, order):
    drawn = market(5, order=order, n_ones=300, flat=True)
    askers, shelf, ranking = as_arrays(drawn)
    lists = told(MEANS[means](askers, shelf, ranking, top=10), shelf)
    assert lists == expected(drawn, 10)
    assert len({tuple(line) for line in map(tuple, lists)}) == len(lists)


@pytest.mark.parametrize("means", MEANS)
@pytest.mark.parametrize(("n_ones", "odds_of_no"), [(0, 0.1), (1, 0.1), (60, 0.9)])
def test_nobody_to_list_is_an_empty_list(means, n_ones, odds_of_no):
    drawn = market(3, order=0, n_ones=n_ones, odds_of_no=odds_of_no)
    askers, shelf, ranking = as_arrays(drawn)
    assert told(MEANS[means](askers, shelf, ranking, top=5), shelf) == expected(drawn, 5)


@pytest.mark.parametrize("means", MEANS)
@pytest.mark.parametrize("order", range(len(ORDERS)), ids=ORDERS)
def test_many_rows_are_pruned_without_losing_one(means, order):
    drawn = market(8, order=order, n_ones=1_200, n_codes=9, n_who=2, odds_of_no=0.05)
    askers, shelf, ranking = as_arrays(drawn)
    assert told(MEANS[means](askers, shelf, ranking, top=7), shelf) == expected(drawn, 7)


def test_what_heads_hold_leaves_more_rows_out():
    drawn = market(8, order=0, n_ones=1_200, n_codes=9, n_who=2, odds_of_no=0.05)
    seen = []
    for rows_a_tuple in (0, 1 << 20):
        with patch.multiple(views, ROWS_A_TUPLE=rows_a_tuple, HEADS_A_TUPLE=0):
            read = use.views_of(*as_arrays(drawn))
        counts, found = np.zeros(views.N_COUNTS, dtype=np.int64), use.empty(2, 7)
        for told_once in use.told_in_portions(read, np.arange(2, dtype=np.int64)):
            lists = views.Lists(found.at, found.verdict, found.worth, 0)
            use.loops().lists_of(*read, told_once, np.arange(2), lists, counts)
        seen.append(counts[views.ROWS_SEEN])
    assert 0 < seen[0] < seen[1]


def test_threads_share_the_work_and_change_nothing(monkeypatch):
    drawn = market(9, order=0, n_who=5)
    askers, shelf, ranking = as_arrays(drawn)
    monkeypatch.setattr(use, "AT_ONCE", 2)
    one, two = (compiled(askers, shelf, ranking, top=4, threads=n) for n in (1, 2))
    assert np.array_equal(one.at, two.at)
    assert np.array_equal(one.worth, two.worth)


@pytest.mark.parametrize("n_ones", [0, 50])
def test_one_alone_is_told_what_she_is_told_among_others(n_ones):
    drawn = market(4, order=0, n_ones=n_ones, n_who=3)
    askers, shelf, ranking = as_arrays(drawn)
    search = use.searcher(askers, shelf, ranking, top=5)
    alone = [line for ix in range(3) for line in told(search(ix, ix + 1), shelf)]
    assert alone == told(search(0, 3), shelf) == expected(drawn, 5)


def test_what_is_told_of_heads_counts_towards_a_portion(monkeypatch):
    askers, shelf, ranking = as_arrays(market(9, order=0, n_who=7))
    views, turns = use.views_of(askers, shelf, ranking), np.arange(7, dtype=np.int64)
    (whole,) = use.told_in_portions(views, turns)
    assert whole.beside.size
    monkeypatch.setattr(use, "MOST_CELLS", whole.cells.size)
    portions = list(use.told_in_portions(views, turns))
    assert len(portions) > 1
    assert max(one.cells.size + one.beside.size for one in portions) <= whole.cells.size


def test_those_who_ask_are_told_in_portions_and_nothing_changes(monkeypatch):
    drawn = market(9, order=0, n_who=7)
    askers, shelf, ranking = as_arrays(drawn)
    whole = compiled(askers, shelf, ranking, top=4)
    views, turns = use.views_of(askers, shelf, ranking), np.arange(7, dtype=np.int64)
    assert len(list(use.told_in_portions(views, turns))) == 1
    monkeypatch.setattr(use, "MOST_CELLS", 1)
    assert sorted(told.turns.tolist() for told in use.told_in_portions(views, turns)) == [[ix] for ix in range(7)]
    portions = compiled(askers, shelf, ranking, top=4)
    assert np.array_equal(whole.at, portions.at)
    assert np.array_equal(whole.worth, portions.worth)
