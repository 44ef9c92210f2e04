"""Lists in the order of the design, exact to the last tie, equal to a slow sort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import UsageError
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy.types import Mode
from matcher.settings import FACTOR_LIMIT, FACTOR_ONE, PRICE_LIMIT
from matcher.shortlist import (
    SCORE_BITS,
    PlanMode,
    candidate_list,
    candidate_ranking,
    first_candidates,
    quantise,
    score,
    tie_keys,
    worker_lists,
)

ROWS = st.lists(
    st.tuples(
        st.integers(0, 3),  # worker
        st.sampled_from(list(Verdict)),
        st.integers(-5, 5),  # score
        st.integers(0, 3),  # fit
        st.integers(0, 2),  # tier
        st.integers(0, 1),  # sub-tier
        st.integers(0, 2),  # waiting days
    ),
    min_size=0,
    max_size=30,
)


def table(rows) -> Pairs:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    n = len(rows)
    fit = np.array(columns[3], dtype=np.int64) * (1 << 40)
    return Pairs(
        np.array(columns[0], dtype=np.int32),
        np.arange(n, dtype=np.int32),
        {
            "verdict": np.array([int(v) for v in columns[1]], dtype=np.int8),
            "score": np.array(columns[2], dtype=np.int64),
            "fit": fit,
            "fit_band": np.array(columns[3], dtype=np.int8),
            "tier": np.array(columns[4], dtype=np.int8),
            "sub_tier": np.array(columns[5], dtype=np.int8),
            "waiting_days": np.array(columns[6], dtype=np.int32),
            "weighted": np.array([weighted(row[3], row[4]) for row in rows], dtype=np.int64),
        },
    )


def weighted(fit: int, tier: int) -> int:
    """A fit with a weight on top that may reach past the next one and may stop short of it."""
    return 2 * fit + (0, 3, 1)[tier]


@given(ROWS, st.integers(1, 5))
def test_worker_lists_equal_a_slow_sort(rows, top):
    pairs = table(rows)
    keys = tie_keys([f"v{ix}" for ix in range(len(rows))], 7)
    listed = worker_lists(pairs, tie_keys(["a", "b", "c", "d"], 7), keys, top=top)
    for worker in range(4):
        mine = [(row[1], row[2]) for row in rows if row[0] == worker and row[1] != Verdict.NO]
        wanted = sorted(mine, key=lambda item: (-item[0], -item[1]))[:top]
        got = listed.take(listed.worker_ix == worker)
        assert list(zip(got["verdict"].tolist(), got["score"].tolist(), strict=True)) == wanted


@given(ROWS, st.integers(1, 40), st.sampled_from(Mode))
def test_candidate_lists_equal_a_slow_sort(rows, top, order):
    pairs = table(rows)
    one_vacancy = Pairs(np.arange(len(rows), dtype=np.int32), np.zeros(len(rows), np.int32), pairs.columns)
    floor = 1 << 40
    keys = tie_keys([f"w{ix}" for ix in range(len(rows))], 1), tie_keys(["v"], 1)
    listed = candidate_list(one_vacancy, *keys, top=top, floor=floor, order=order)
    endless = candidate_ranking(one_vacancy, *keys, floor=floor, order=order)
    assert one_vacancy.worker_ix[endless[:top]].tolist() == listed.worker_ix.tolist()
    assert first_candidates(one_vacancy, *keys, top=top, floor=floor, order=order).tolist() == endless[:top].tolist()

    def key(row):
        _, verdict, _, fit, tier, sub, waiting = row
        body = {
            Mode.LEXICOGRAPHIC_IN_BAND: (-fit, tier, sub, -fit),
            Mode.STRICT_TIER: (tier, sub, -fit, -fit),
            Mode.TIE_BREAK: (-fit, tier, sub),
            Mode.ADDITIVE: (-weighted(fit, tier), -fit),
        }[order]
        return (-verdict, *body, -waiting)

    wanted = sorted((row for row in rows if row[1] != Verdict.NO and row[3] >= 1), key=key)[:top]
    assert [key(rows[ix]) for ix in listed.worker_ix.tolist()] == [key(row) for row in wanted]


def test_ties_fall_the_same_way_every_time_and_differently_by_seed():
    rows = [(0, Verdict.YES, 1, 2, 0, 0, 0)] * 12
    orders = {
        seed: worker_lists(
            table(rows), tie_keys(["w"], seed), tie_keys([f"v{i}" for i in range(12)], seed), top=12
        ).vacancy_ix.tolist()
        for seed in (1, 1, 2)
    }
    assert len({tuple(order) for order in orders.values()}) == 2
    assert sorted(orders[1]) == list(range(12))


@given(
    st.tuples(*[st.integers(1, (1 << 14) - 1)] * 3),
    st.tuples(*[st.integers(32, 160)] * 3),
    st.floats(-3.999999, 3.999999),
    st.sampled_from(PlanMode),
)
def test_the_shown_parts_reproduce_the_score(chances, factors, price, mode):
    pairs = Pairs(
        np.zeros(1, np.int32), np.zeros(1, np.int32),
        {f"p_{name}": np.array([p]) for name, p in zip(("apply", "hire", "keep"), chances, strict=True)},
    )  # fmt: skip
    whole = quantise(np.array([price]))
    product = np.array([min(factors[0] * factors[1] * factors[2], FACTOR_LIMIT * FACTOR_ONE**3)])
    told = int(score(pairs, product, whole, mode)[0]) / (1 << SCORE_BITS)
    p_apply, p_hire, p_keep = (p / (1 << 14) for p in chances)
    v = p_keep * int(product[0]) / FACTOR_ONE**3
    shown = int(whole[0]) / (1 << 30)
    wanted = p_apply * p_hire * v - shown if mode is PlanMode.BALANCED else p_apply * p_hire * (v - shown)
    assert told == pytest.approx(wanted, abs=1e-12)
    assert shown == pytest.approx(price, abs=1e-9)


@pytest.mark.parametrize("mode", PlanMode)
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_largest_factors_and_prices_do_not_overflow(mode, sign):
    """Every probability one, factors at their limit, the price one step before its own: int64 holds the score."""
    one = {f"p_{name}": np.array([1 << 14]) for name in ("apply", "hire", "keep")}
    pairs = Pairs(np.zeros(1, np.int32), np.zeros(1, np.int32), one)
    price = quantise(np.array([sign * np.nextafter(PRICE_LIMIT - 2**-30, 0)]))
    told = score(pairs, np.array([FACTOR_LIMIT * FACTOR_ONE**3]), price, mode)
    assert int(told[0]) == (FACTOR_LIMIT << SCORE_BITS) - (int(price[0]) << (SCORE_BITS - 30))


@pytest.mark.parametrize("price", [4.0, -4.0, 5.25, float("nan"), float("inf")])
def test_a_price_that_would_overflow_is_refused(price):
    with pytest.raises(UsageError, match="slot price") as refused:
        quantise(np.array([0.0, price]))
    assert "plan_epsilon" in refused.value.remedy
    assert quantise(np.array([0.0, 3.999])).tolist()[0] == 0
