"""The same ranked pairs as a worker's list and as a vacancy's candidate list; exact to the last tie."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import UsageError
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy.types import Mode
from matcher.settings import PRICE_LIMIT

# A score is an int64 of 2**-60: q (2**-28) times p_keep (2**-14) times three factors (2**-18).
SCORE_BITS = 60
VALUE_BITS = 32
PRICE_BITS = 30


class PlanMode(StrEnum):
    """How slot prices enter a score (DESIGN section 2)."""

    BALANCED = "balanced"
    PRICED = "priced"


def quantise(prices: NDArray[np.float64]) -> NDArray[np.int64]:
    """Prices as integers of 2**-30; UsageError at +-PRICE_LIMIT and beyond, where a score would leave int64."""
    beyond = prices[~(np.abs(prices) < PRICE_LIMIT)]
    if len(beyond):
        raise UsageError(
            f"a slot price is {beyond[0]:.3f}; it must lie between -{PRICE_LIMIT} and {PRICE_LIMIT}",
            where="slot prices",
            remedy="Lower plan_epsilon or the factors of the settings; give only prices of a plan of the same model.",
        )
    return np.rint(prices * (1 << PRICE_BITS)).astype(np.int64)


def values(pairs: Pairs, factor: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """q = p_apply * p_hire (of 2**28) and v = p_keep * factor (of 2**32); factor : per pair, of 2**18."""
    q = pairs["p_apply"].astype(np.int64) * pairs["p_hire"].astype(np.int64)
    return q, pairs["p_keep"].astype(np.int64) * factor


def score(pairs: Pairs, factor: NDArray[np.int64], price: NDArray[np.int64], mode: PlanMode) -> NDArray[np.int64]:
    """Integer scores (of 2**60): q * v - price when balanced, q * (v - price) when priced; price per pair, of 2**30."""
    q, v = values(pairs, factor)
    if mode is PlanMode.BALANCED:
        return q * v - (price << (SCORE_BITS - PRICE_BITS))
    return q * (v - (price << (VALUE_BITS - PRICE_BITS)))


def tie_keys(ids: Sequence[str], seed: int) -> NDArray[np.uint64]:
    """One well-mixed number per id and seed, the same on every machine."""
    return np.frombuffer(b"".join(_tie_digest(item, seed) for item in ids), dtype=">u8").astype(np.uint64)


def tie_key(item: str, seed: int) -> int:
    """As `tie_keys`, of one id."""
    return int.from_bytes(_tie_digest(item, seed), "big")


def _tie_digest(item: str, seed: int) -> bytes:
    return blake2b(f"{seed}:{item}".encode(), digest_size=8).digest()


def pair_ties(pairs: Pairs, worker_keys: NDArray[np.uint64], vacancy_keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix both keys, so that equal scores fall differently for every pair (splitmix64 finaliser, Steele 2014)."""
    z = worker_keys[pairs.worker_ix] ^ (vacancy_keys[pairs.vacancy_ix] * np.uint64(0x9E3779B97F4A7C15))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def pair_tie(worker_id: str, vacancy_id: str, seed: int) -> int:
    """As `pair_ties`, of one pair."""
    pair = Pairs(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32))
    return int(pair_ties(pair, tie_keys([worker_id], seed), tie_keys([vacancy_id], seed))[0])


def _first_of_each(group: NDArray[np.int32], top: int) -> NDArray[np.bool_]:
    """The first `top` rows of each run of equal values."""
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.zeros(0, dtype=np.intp)
    position = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    return np.asarray(position < top)


def worker_lists(pairs: Pairs, worker_keys: NDArray[np.uint64], vacancy_keys: NDArray[np.uint64], *, top: int) -> Pairs:
    """The first `top` pairs of each worker: verdict yes by score, then unknown by score; never no.

    pairs : columns verdict (int8) and score (int64); the result is sorted by worker, then rank
    """
    live = pairs.take(pairs["verdict"] > Verdict.NO)
    order = np.lexsort((pair_ties(live, worker_keys, vacancy_keys), -live["score"], -live["verdict"], live.worker_ix))
    ranked = live.take(order)
    return ranked.take(_first_of_each(ranked.worker_ix, top))


def candidate_list(
    pairs: Pairs,
    worker_keys: NDArray[np.uint64],
    vacancy_keys: NDArray[np.uint64],
    *,
    top: int,
    floor: int,
    order: Mode = Mode.LEXICOGRAPHIC_IN_BAND,
) -> Pairs:
    """The first `top` workers of each vacancy, verdict yes before unknown, none below the fit floor.

    Order inside a verdict: fit band, tier, sub-tier, fit, waiting days, seeded hash (DESIGN section 2); tier
    before the band with `strict_tier`, fit before the tier with `tie_break`, fit with the county's weights instead of
    band and tier with `additive`. The floor is one of fit alone: no tier and no weight lifts anybody over it.
    pairs : columns verdict, tier, sub_tier (int8), fit_band (int16), waiting_days (int32), fit (int64); `additive`
    also weighted (int64), the mean bar with the weights in any one unit
    floor : of 2**42
    """
    ranking = candidate_ranking(pairs, worker_keys, vacancy_keys, floor=floor, order=order)
    return pairs.take(ranking[_first_of_each(pairs.vacancy_ix[ranking], top)])


def candidate_ranking(
    pairs: Pairs,
    worker_keys: NDArray[np.uint64],
    vacancy_keys: NDArray[np.uint64],
    *,
    floor: int,
    order: Mode = Mode.LEXICOGRAPHIC_IN_BAND,
) -> NDArray[np.intp]:
    """Positions of all pairs that `candidate_list` would list with no end to it, by vacancy, best first."""
    at = np.flatnonzero((pairs["verdict"] > Verdict.NO) & (pairs["fit"] >= floor))
    live = pairs.take(at)
    last = (pair_ties(live, worker_keys, vacancy_keys), -live["waiting_days"])
    return at[np.lexsort((*last, *_order_keys(live, order), -live["verdict"], live.vacancy_ix))]


def first_candidates(
    pairs: Pairs,
    worker_keys: NDArray[np.uint64],
    vacancy_keys: NDArray[np.uint64],
    *,
    top: int,
    floor: int,
    order: Mode = Mode.LEXICOGRAPHIC_IN_BAND,
) -> NDArray[np.intp]:
    """The first `top` (1 or more) positions of `candidate_ranking` for pairs of one vacancy; the rest is not sorted."""
    at = np.flatnonzero((pairs["verdict"] > Verdict.NO) & (pairs["fit"] >= floor))
    live = pairs.take(at)
    keys = (-live["verdict"], *reversed(_order_keys(live, order)), -live["waiting_days"])
    near = at[_near_the_top(keys, top)]
    return near[candidate_ranking(pairs.take(near), worker_keys, vacancy_keys, floor=floor, order=order)][:top]


def _near_the_top(keys: Sequence[NDArray[Any]], top: int) -> NDArray[np.intp]:
    """Positions of all that can stand among the first `top`, by keys of which the first is compared first."""
    undecided, sure = np.arange(len(keys[0])), []
    for key in keys:
        if len(undecided) <= top:
            break
        told = key[undecided]
        last = np.partition(told, top - 1)[top - 1]
        sure.append(undecided[told < last])
        top -= len(sure[-1])
        undecided = undecided[told == last]
    return np.concatenate([*sure, undecided])


def _order_keys(live: Pairs, order: Mode) -> tuple[NDArray[Any], ...]:
    """What the mode compares, the first comparison last, as `np.lexsort` reads them."""
    fit, band = -live["fit"], -live["fit_band"]
    status = (live["sub_tier"], live["tier"])
    if order is Mode.ADDITIVE:
        return (fit, -live["weighted"])
    if order is Mode.STRICT_TIER:
        return (fit, band, *status)
    return (*status, fit) if order is Mode.TIE_BREAK else (fit, *status, band)


FORMULA = {
    PlanMode.BALANCED: "p_apply * p_hire * p_keep * household_factor * priority_factor * group_factor - slot_price",
    PlanMode.PRICED: "p_apply * p_hire * (p_keep * household_factor * priority_factor * group_factor - slot_price)",
}
