"""The logging policy: lists drawn by score, so that every line that may be listed has a known chance of being so.

Lines are drawn one after the other without return, each by softmax of what is left (Plackett 1975, Luce 1959). All of
a list at once: sort by logit plus a Gumbel draw (Gumbel-top-k, Yellott 1977; Kool, van Hoof and Welling 2019).
Only pairs that may be offered are drawn from. Welfare posts are a last resort and nobody's experiment: where the order
itself lists one it stays at its slot, and none is drawn elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.records import Channel
from matcher.services.rounds.match_round import Round
from matcher.shortlist import SCORE_BITS, worker_lists
from training_data.market.desk import FIT_ALONE, Weighting, told
from training_data.market.draws import Draws, Flags, Floats, Index
from training_data.market.policies import Maker, open_desk
from training_data.market.season import Lists, Policy, View
from training_data.market.world import World

Places = NDArray[np.intp]


class Softmax(NamedTuple):
    """How much chance a list leaves. Temperatures are in units of score, flat_share is of workers.

    A fixed share of the workers gets flatter lists: what is listed far from the usual order is estimated from those.
    """

    temperature: float = 0.05
    flat_share: float = 0.1
    flat_temperature: float = 0.2

    @property
    def policy_id(self) -> str:
        """What the events call the policy: its rule and every number of it."""
        return f"hand-softmax-{self.temperature:g}-{self.flat_share:g}-{self.flat_temperature:g}"


class Drawn(NamedTuple):
    """Drawn rows by group, each group's in the order drawn, and the chance of each given those drawn before it."""

    row: Places
    propensity: Floats


def draw_lists(group: Index, logit: Floats, uniform: Floats, room: Index) -> Drawn:
    """Of each group of rows as many lines as it has room for, without return, by softmax of the logits that are left.

    group : sorted group of each row; uniform : a draw in [0, 1) of each row; room : lines of the group of each row
    """
    if not group.size:
        return Drawn(np.zeros(0, dtype=np.intp), np.zeros(0))
    # The largest of logit + Gumbel has the chance of its softmax, and so has the largest of those left.
    key = logit - np.log(-np.log(np.clip(uniform, 2.0**-53, 1 - 2.0**-53)))
    order = np.lexsort((-key, group))
    start = np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]])
    size = np.diff(np.r_[start, group.size])
    place = np.arange(group.size) - np.repeat(start, size)
    left = logit[order].copy()
    propensity = np.ones(group.size)
    for slot in range(int(min(room.max(), size.max()))):
        # What was drawn before is out of the sum, and the sum is taken anew: no difference of large numbers.
        has = size > slot
        at = start[has] + slot
        propensity[at] = np.exp(left[at] - _log_sum(left, start)[has])
        left[at] = -np.inf
    listed = place < room[order]
    return Drawn(order[listed], np.minimum(propensity[listed], 1.0))


def _log_sum(values: Floats, start: Places) -> Floats:
    """ln(sum(exp)) of each segment; minus infinity of one with nothing left."""
    top = np.maximum.reduceat(values, start)
    safe = np.where(np.isneginf(top), 0.0, top)
    total = np.add.reduceat(np.exp(values - np.repeat(safe, np.diff(np.r_[start, values.size]))), start)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(total))


def explored(
    softmax: Softmax, *, priced: bool = False, weighting: Weighting = FIT_ALONE, model: bytes | None = None
) -> Maker:
    """The product's order as a logging policy."""

    def maker(world: World) -> Policy:
        desk, draws = open_desk(world, weighting, model), Draws.of(world.seed, world.prefix, "logging")
        return lambda view: _lists(view, desk.round(view, priced=priced), softmax, draws)

    return maker


def _lists(view: View, solved: Round, softmax: Softmax, draws: Draws) -> Lists:
    """The lists of a round: welfare posts where the order itself has them, everything else drawn."""
    pairs, welfare = solved.pairs, _welfare(view)
    numbered = pairs.with_columns(at=np.arange(len(pairs), dtype=np.int64))
    ranked = worker_lists(numbered, solved.worker_keys, solved.vacancy_keys, top=view.top)
    at, free = ranked["at"].copy(), ~welfare[ranked.vacancy_ix]
    may_draw = np.flatnonzero(~welfare[pairs.vacancy_ix])
    group = pairs.worker_ix[may_draw].astype(np.int64)
    drawn = draw_lists(
        group,
        pairs["score"][may_draw] / float(1 << SCORE_BITS) / _temperature(softmax, draws, view)[group],
        draws.pairs(f"line {view.round_ix}", view.worker_ix[group], view.vacancy_ix[pairs.vacancy_ix[may_draw]]),
        np.bincount(ranked.worker_ix[free], minlength=len(view.workers))[group],
    )
    # Both go by worker and slot, and each worker has as many drawn lines as the order left room for.
    at[free] = may_draw[drawn.row]
    propensity = np.ones(len(ranked))
    propensity[free] = drawn.propensity
    return replace(told(view, pairs, pairs.take(at)), propensity=propensity, explore=free)


def _welfare(view: View) -> Flags:
    """Which vacancies of the view are welfare posts."""
    return np.array([vacancy.channel is Channel.WELFARE_POST for vacancy in view.vacancies], dtype=np.bool_)


def _temperature(softmax: Softmax, draws: Draws, view: View) -> Floats:
    """Temperature of each worker of the view, the same in all rounds of a season."""
    flat = draws.uniform("flat", view.worker_ix) < softmax.flat_share
    return np.where(flat, softmax.flat_temperature, softmax.temperature)
