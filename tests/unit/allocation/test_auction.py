"""The auction: its bound holds, its gap is kept, it goes on from before, and compiled or not it says the same."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from market_cases import made, markets

from matcher import machine_code
from matcher.allocation.assign import assign
from matcher.allocation.auction import auction
from matcher.allocation.auction_table import Table
from matcher.allocation.market import NOBODY, Shared, value_of
from matcher.errors import UsageError


def plain(market):
    """The market without the limits an auction does not know, its worths far above a step of one."""
    return replace(
        market,
        worth=market.worth * 1000,
        bonus=market.bonus * 1000,
        kept_free=np.zeros_like(market.kept_free),
        shared=(),
    )


BIDS = "matcher.allocation.bidding"


@pytest.fixture(scope="module", autouse=True)
def uncompiled():
    """The bids as they stand in the file, for all tests but the one that compares."""
    found = importlib.util.find_spec(BIDS)
    copy = importlib.util.module_from_spec(found)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(machine_code, "is_available", lambda: False)
        found.loader.exec_module(copy)
    assert not copy.IS_COMPILED
    with pytest.MonkeyPatch.context() as instead:
        instead.setitem(sys.modules, BIDS, copy)
        yield


def crowded(n=300, m=40, seed=3):
    """More people than places, two to a household, posts of different popularity."""
    rng = np.random.default_rng(seed)
    liked = rng.normal(size=m)
    rows = [
        (worker, vacancy, 1 + int(20_000 / (1 + np.exp(-liked[vacancy] - rng.normal()))))
        for worker in range(n)
        for vacancy in sorted(rng.permutation(m)[:12].tolist())
    ]
    home = np.arange(n) // 2
    return made(rows, rng.poisson(n * 0.8 / m, m), home=home, bonus=np.full(home.max() + 1, 6000))


def stands(market, found):
    """What holds of every auction: nobody goes where there is no pair or no room, and the bound bounds."""
    plan = found.plan
    pairs = set(zip(market.pairs.worker_ix.tolist(), market.pairs.vacancy_ix.tolist(), strict=True))
    sent = [(w, v) for w, v in enumerate(plan.vacancy_of.tolist()) if v != NOBODY]
    assert set(sent) <= pairs
    assert (np.bincount([v for _, v in sent], minlength=market.n_vacancies) <= market.room).all()
    assert plan.value == value_of(market, plan.vacancy_of) <= assign(market).value <= plan.bound


@settings(max_examples=40, deadline=None)
@given(markets().map(plain))
def test_it_is_as_near_as_it_says(market):
    found = auction(market)
    stands(market, found)
    assert found.plan.gap <= 0.001 or found.step == 1


def test_a_crowded_market_is_within_a_permille():
    market = crowded()
    found = auction(market)
    stands(market, found)
    assert found.plan.gap <= 0.001
    assert (found.plan.vacancy_of == NOBODY).sum() > 0
    assert (found.prices > 0).any()


def test_without_numba_it_says_the_same(monkeypatch):
    market = crowded(120, 20)
    slow = auction(market)
    monkeypatch.delitem(sys.modules, BIDS)
    fast = auction(market)
    assert sys.modules[BIDS].IS_COMPILED
    assert fast.plan.vacancy_of.tolist() == slow.plan.vacancy_of.tolist()
    assert fast.prices.tolist() == slow.prices.tolist()
    assert (fast.plan.bound, fast.step) == (slow.plan.bound, slow.step)


class TestAfterAChange:
    def test_it_goes_on_where_it_stood(self, monkeypatch):
        """A few people fall out and a post takes two less: nothing is auctioned anew, and the gap is still kept."""
        market = crowded()
        before = auction(market)
        sent = np.flatnonzero(before.plan.vacancy_of >= 0)[:5]
        keep = ~np.isin(market.pairs.worker_ix, sent)
        room = market.room.copy()
        room[int(np.argmax(room))] -= 2
        changed = made(
            list(zip(market.pairs.worker_ix[keep], market.pairs.vacancy_ix[keep], market.worth[keep], strict=True)),
            room,
            home=market.home,
            bonus=market.bonus,
        )
        held = Table.held

        def of_what_is_left(table, *how):
            assert len(table.post) * 4 < len(changed.pairs), "auctioned anew"
            return held(table, *how)

        monkeypatch.setattr(Table, "held", of_what_is_left)
        found = auction(changed, before=before, gap=0.002)
        stands(changed, found)
        assert found.plan.gap <= 0.002
        stay = np.flatnonzero(before.plan.vacancy_of == found.plan.vacancy_of)
        assert len(stay) > 0.8 * market.n_workers

    @settings(max_examples=40, deadline=None)
    @given(markets().map(plain), markets().map(plain))
    def test_whatever_the_change_is_the_bound_holds(self, first, then):
        before = auction(first)
        size = max(first.n_workers, then.n_workers), max(first.n_vacancies, then.n_vacancies)
        grown = [_grown(market, *size) for market in (first, then)]
        found = auction(grown[1], before=auction(grown[0]))
        stands(grown[1], found)
        assert before.plan.value <= before.plan.bound

    def test_whoever_loses_every_place_stays_and_the_others_move_up(self):
        """Half of the posts shut while the plan stands, and those who were sent first may go nowhere any more."""
        market = crowded(120, 20)
        before = auction(market)
        lost = np.flatnonzero(before.plan.vacancy_of >= 0)[:30]
        room = market.room * (np.arange(market.n_vacancies) % 2)
        stays = ~np.isin(market.pairs.worker_ix, lost)
        rows = zip(market.pairs.worker_ix[stays], market.pairs.vacancy_ix[stays], market.worth[stays], strict=True)
        then = made(list(rows), room, home=market.home, bonus=market.bonus)
        found = auction(then, before=before)
        stands(then, found)
        assert (found.plan.vacancy_of[lost] == NOBODY).all()
        assert found.plan.value >= (1 - found.plan.gap) * assign(then).value
        assert auction(made([], room, home=market.home, bonus=market.bonus), before=found).plan.value == 0

    def test_nothing_changed_is_the_same_plan(self):
        market = crowded(100, 15)
        before = auction(market)
        assert auction(market, before=before).plan.value >= before.plan.value


def _grown(market, n, m):
    rows = list(zip(market.pairs.worker_ix, market.pairs.vacancy_ix, market.worth, strict=True))
    home = np.concatenate([market.home, np.zeros(n - market.n_workers, dtype=np.intp)])
    room = np.concatenate([market.room, np.zeros(m - market.n_vacancies, dtype=np.int64)])
    return made(rows, room, home=home, bonus=market.bonus)


@settings(max_examples=25, deadline=None)
@given(markets().map(plain))
def test_the_finest_steps_prove_the_best_value_by_prices_alone(market):
    """Worths a power of two above the number of people: steps of one leave less open than one unit of before."""
    bits = market.n_workers.bit_length()
    units = replace(market, worth=market.worth // 1000, bonus=market.bonus // 1000)
    found = auction(replace(units, worth=units.worth << bits, bonus=units.bonus << bits), gap=0.0, step=1)
    assert found.plan.bound >> bits == assign(units).value == value_of(units, found.plan.vacancy_of)


def test_limits_it_does_not_know_are_refused_by_name():
    rows = [(0, 0, 5), (1, 0, 5)]
    for limits, named in (
        ({"shared": (Shared((0,), 1),)}, "shared limits"),
        ({"kept_free": np.array([1])}, "kept places"),
        ({"together": np.array([0, 0])}, "groups and land"),
    ):
        with pytest.raises(UsageError, match=named):
            auction(made(rows, [2], **limits))


def test_nobody_no_room_and_ten_million_openings():
    assert auction(made([], [])).plan.value == 0
    assert auction(made([(0, 0, 5)], [0])).plan.vacancy_of.tolist() == [NOBODY]
    found = auction(made([(0, 0, 5), (1, 0, 5), (1, 1, 4)], [10_000_000, 10_000_000]))
    assert found.plan.vacancy_of.tolist() == [0, 0]
    assert found.prices.tolist() == [0, 0]


def test_all_worths_tied_ends():
    rows = [(worker, vacancy, 1000) for worker in range(30) for vacancy in range(5)]
    found = auction(made(rows, [2] * 5))
    assert (found.plan.vacancy_of >= 0).sum() == 10
    assert found.plan.gap <= 0.001
