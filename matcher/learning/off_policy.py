"""How many applications would lists of another order bring? Estimated from lists drawn by chance, with intervals.

Four estimators: the model alone (DM); slots reweighted each for itself, self-normalised (SNIPS; Swaminathan and
Joachims 2015); a slot with all above it (cascade, RIPS; McInerney et al. 2020); and the model corrected by reweighted
slots (slot DR; Dudík et al. 2011). An order is a logit per candidate, drawn line by line without return (Plackett
1975). A slot reweighted for itself keeps the logged lines above it, so that DR needs a model that is not useless.

Placements and retention are refused. Whether a post is full depends on everybody's lists (interference), and no
reweighting of one person's list repairs that: errors of -24 % to +64 % in trials (QUALITY section 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.learning.limits import limits
from matcher.learning.resampling import Floats, Index, Interval, bounds, home_sums, redrawn

Outcome = Literal["applications", "placements", "retention"]
INTERFERENCE: Final = (
    "一个岗位满没满，要看别人的名单怎么排；换一种排法，别人的名单也会跟着变。只对一个人自己的名单加权，算不出会多上岗几人、"
    "多稳住几人，所以不估计。请用整户分组、岗位名额也分开的对照试验来量（matcher.learning.experiment）"
)
NOT_DRAWN: Final = "记录里没有按几率抽取的名单，别的排法会怎样无从比较；请先让一成的名单按几率抽取一段时间"
TOO_FEW: Final = "按几率抽取的名单只来自{n}户，不到{least}户，不做估计"
TOO_FAR: Final = "要估计的排法与记录时相差太远，能用上的记录只有{share:.1%}，不做估计；请让抽取的名单更分散一些"


@dataclass(frozen=True, slots=True)
class Choices:
    """Lists that were drawn and all that could have stood in them; one element per list and candidate.

    list_ix : sorted; slot : place in the list from 1, 0 of what was not shown; propensity : chance of a shown line
    given those above it; applied : of shown lines; q : modelled chance that a reader applies
    homes : household of each list
    """

    list_ix: Index
    slot: Index
    propensity: Floats
    applied: NDArray[np.bool_]
    q: Floats
    homes: Index

    @property
    def n_lists(self) -> int:
        """Lists, those without a candidate too."""
        return len(self.homes)

    @property
    def longest(self) -> int:
        """The last slot of any list."""
        return int(self.slot.max(initial=0))


@dataclass(frozen=True, slots=True)
class Estimate:
    """Applications per list of one order. effective_share : of the log that speaks for it, 1 for the order it was
    drawn by; dr is the one to believe, the others show how far they agree"""

    outcome: Outcome
    n_lists: int
    effective_share: float
    dm: Interval
    snips: Interval
    cascade: Interval
    dr: Interval

    def record(self) -> dict[str, Any]:
        """As data."""
        told: dict[str, Any] = {name: getattr(self, name).record() for name in ("dm", "snips", "cascade", "dr")}
        return told | {"lists": self.n_lists, "effective_share": round(self.effective_share, 6)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no estimate, in words."""

    outcome: Outcome
    reason: str

    def record(self) -> dict[str, Any]:
        """As data."""
        return {"refused": self.reason}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two orders on the same lists; difference : `new` less `served` by DR, households drawn together for both."""

    new: Estimate
    served: Estimate
    difference: Interval

    def record(self) -> dict[str, Any]:
        """As data."""
        return {"difference": self.difference.record(), "new": self.new.record(), "in_use": self.served.record()}

    @property
    def sentence(self) -> str:
        """The figure in words."""
        told = self.difference
        return (
            f"每份名单预计报名{self.new.dr.value:.3f}次，现用模型{self.served.dr.value:.3f}次，"
            f"相差{told.value:+.3f}（区间{told.low:+.3f}到{told.high:+.3f}）"
        )


Answer: TypeAlias = Estimate | Refusal


def estimate(outcome: Outcome, choices: Choices, logits: Floats, *, seed: int = 0) -> Answer:
    """What an order of these logits (minus infinity: never listed) would bring per list, or why that is not said."""
    refusal = _refused(outcome, choices)
    if refusal is not None:
        return refusal
    sums = _Sums.of(choices, logits, seed)
    share = float(sums.effective(sums.total)[0])
    if not share >= limits().off_policy.least_effective_share:
        return Refusal(outcome, TOO_FAR.format(share=np.nan_to_num(share)))
    drawn = redrawn(len(sums.by_home), seed=seed) @ sums.by_home
    told = {
        name: bounds(float(sums.figures(sums.total)[name][0]), figures) for name, figures in sums.figures(drawn).items()
    }
    return Estimate(outcome, choices.n_lists, share, **told)


def compare(outcome: Outcome, choices: Choices, new: Floats, served: Floats, *, seed: int = 0) -> Comparison | Refusal:
    """Both orders and their difference, or why that is not said."""
    ours, theirs = (estimate(outcome, choices, logits, seed=seed) for logits in (new, served))
    if isinstance(ours, Refusal):
        return ours
    if isinstance(theirs, Refusal):
        return theirs
    sums = [_Sums.of(choices, logits, seed) for logits in (new, served)]
    weights = redrawn(len(sums[0].by_home), seed=seed)
    drawn = [each.figures(weights @ each.by_home)["dr"] for each in sums]
    return Comparison(ours, theirs, bounds(ours.dr.value - theirs.dr.value, drawn[0] - drawn[1]))


def _refused(outcome: Outcome, choices: Choices) -> Refusal | None:
    if outcome != "applications":
        return Refusal(outcome, INTERFERENCE)
    if not (choices.slot > 0).any() or (choices.propensity[choices.slot > 0] == 1).all():
        return Refusal(outcome, NOT_DRAWN)
    n_homes, least = len(np.unique(choices.homes)), limits().fewest_people
    return Refusal(outcome, TOO_FEW.format(n=n_homes, least=least)) if n_homes < least else None


def conditional_chance(choices: Choices, logits: Floats) -> Floats:
    """Chance of each shown line under the order, given that the lines above it are taken; 0 elsewhere."""
    n = choices.n_lists
    top = np.full(n, -np.inf)
    np.maximum.at(top, choices.list_ix, logits)
    top[np.isneginf(top)] = 0.0
    mass = np.exp(logits - top[choices.list_ix])
    told = np.zeros(len(mass))
    for slot in range(1, choices.longest + 1):
        # Summed anew for each slot: no difference of large numbers.
        left = (choices.slot == 0) | (choices.slot >= slot)
        total = np.bincount(choices.list_ix[left], mass[left], n)
        here = np.flatnonzero(choices.slot == slot)
        of = total[choices.list_ix[here]]
        told[here] = np.divide(mass[here], of, out=np.zeros(len(here)), where=of > 0)
    return told


def examined(choices: Choices) -> Floats:
    """Slot from 1 -> applications per modelled one at that slot: how often it is read, and the level of the model."""
    shown = choices.slot > 0
    happened = np.bincount(choices.slot[shown], choices.applied[shown], choices.longest + 1)
    modelled = np.bincount(choices.slot[shown], choices.q[shown], choices.longest + 1)
    return np.divide(happened, modelled, out=np.zeros(len(modelled)), where=modelled > 0)


def modelled_lists(choices: Choices, logits: Floats, read: Floats, *, seed: int) -> Floats:
    """Expected applications of a list that the order itself would draw in the slots of each list, shape (n_lists,)."""
    shown = np.flatnonzero(choices.slot > 0)
    shown = shown[np.lexsort((choices.slot[shown], choices.list_ix[shown]))]
    n_lines = np.bincount(choices.list_ix[shown], minlength=choices.n_lists)
    slots = np.zeros((choices.n_lists, choices.longest), dtype=np.int64)
    slots[choices.list_ix[shown], _place(choices.list_ix[shown])] = choices.slot[shown]
    rng, total = np.random.default_rng(seed), np.zeros(choices.n_lists)
    n_draws = limits().off_policy.list_draws
    place = _place(choices.list_ix)
    for _ in range(n_draws):
        # The largest logit plus Gumbel has the chance of its softmax, and so has the largest of those left.
        order = np.lexsort((-(logits + rng.gumbel(size=len(logits))), choices.list_ix))
        of = choices.list_ix[order]
        listed = (place < n_lines[of]) & ~np.isneginf(logits[order])
        told = read[slots[of[listed], place[listed]]] * choices.q[order[listed]]
        total += np.bincount(of[listed], told, choices.n_lists)
    return total / n_draws


def _place(group: Index) -> Index:
    """Position of each row inside its group; groups stand together."""
    if not len(group):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))


N, RATIO, RATIO_APPLIED, RATIO_MODELLED, RATIO_SQUARED, WHOLE, WHOLE_APPLIED = range(7)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums by household: lists, modelled applications, then per slot the seven above; shape (n_homes, 2 + 7 slots)."""

    by_home: Floats
    n_slots: int

    @classmethod
    def of(cls, choices: Choices, logits: Floats, seed: int) -> _Sums:
        """Of all lists; the same seed draws the same modelled lists."""
        read, shown = examined(choices), np.flatnonzero(choices.slot > 0)
        ratio = conditional_chance(choices, logits)[shown] / choices.propensity[shown]
        slot, of, applied = choices.slot[shown] - 1, choices.list_ix[shown], choices.applied[shown].astype(np.float64)
        known = np.ones((choices.n_lists, choices.longest))
        known[of, slot] = ratio
        whole = np.cumprod(known, axis=1)[of, slot]
        modelled = read[slot + 1] * choices.q[shown]
        n_homes, homes = len(np.unique(choices.homes)), np.unique(choices.homes, return_inverse=True)[1]
        lists = np.stack([np.ones(choices.n_lists), modelled_lists(choices, logits, read, seed=seed)], axis=1)
        parts = [np.ones(len(shown)), ratio, ratio * applied, ratio * modelled, ratio**2, whole, whole * applied]
        place, n = homes[of] * choices.longest + slot, n_homes * choices.longest
        lines = np.stack([np.bincount(place, part, n) for part in parts], axis=1).reshape(n_homes, -1)
        return cls(np.concatenate([home_sums(homes, lists, n_homes), lines], axis=1), choices.longest)

    @property
    def total(self) -> Floats:
        """Of all households, one row."""
        return np.asarray(self.by_home.sum(axis=0, keepdims=True))

    def _slots(self, totals: Floats) -> Floats:
        """Shape (7, n, n_slots)."""
        return np.moveaxis(totals[:, 2:].reshape(len(totals), self.n_slots, 7), 2, 0)

    def effective(self, totals: Floats) -> Floats:
        """Share of the log in effect (Kish 1965), mean over slots by their lines."""
        told = self._slots(totals)
        with np.errstate(divide="ignore", invalid="ignore"):
            share: Floats = np.where(told[N] > 0, told[RATIO] ** 2 / (told[N] * told[RATIO_SQUARED]), 0.0)
        return np.asarray((np.nan_to_num(share) * told[N]).sum(axis=1) / told[N].sum(axis=1))

    def figures(self, totals: Floats) -> dict[str, Floats]:
        """Estimator -> applications per list of each row of totals; nan where a slot has nothing in effect."""
        told, n_lists = self._slots(totals), totals[:, :1]
        with np.errstate(divide="ignore", invalid="ignore"):

            def mean(above: Floats, below: Floats) -> Floats:
                per_line = np.where(told[N] > 0, above / below, 0.0)
                return np.asarray((told[N] / n_lists * per_line).sum(axis=1))

            dm = totals[:, 1] / totals[:, 0]
            return {
                "dm": dm,
                "snips": mean(told[RATIO_APPLIED], told[RATIO]),
                "cascade": mean(told[WHOLE_APPLIED], told[WHOLE]),
                "dr": dm + mean(told[RATIO_APPLIED] - told[RATIO_MODELLED], told[RATIO]),
            }
