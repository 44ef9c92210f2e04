"""The plain specification: one pair after the other, whole numbers, nothing clever. Everything else must equal it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcher.kernels.layout import P_ONE
from matcher.kernels.ranking import ADDITIVE, BALANCED, IN_BAND, PRICED, STRICT_TIER, WEIGHT_ONE

WORD = (1 << 64) - 1


class Cell(NamedTuple):
    """A verdict (0 no, 1 unknown, 2 yes) and what is added to the log-odds of the three stages."""

    verdict: int
    odds: tuple[int, int, int]


class One(NamedTuple):
    """Somebody who may be listed: codes of each relation, own cell, and what the order reads; see `shelf.Rows`."""

    number: int
    codes: Sequence[int]
    own: Cell
    key: int
    price: int = 0
    status: int = 0
    waiting: int = 0
    weight: int = 0


class Who(NamedTuple):
    """Who asks: the cells of each relation by code, own cell, factor of the score, key."""

    cells: Sequence[Sequence[Cell]]
    own: Cell
    factor: int
    key: int


class Rules(NamedTuple):
    """How pairs are compared; see `ranking.Ranking`."""

    intercepts: tuple[int, int, int]
    logistic: Sequence[int]
    order: int
    bands: Sequence[int]
    floor: int


class Line(NamedTuple):
    """One line: the number, the verdict, and the score of a worker's list or the fit of a vacancy's order."""

    number: int
    verdict: int
    worth: int


def pair(who: Who, one: One, rules: Rules) -> tuple[int, tuple[int, int, int]]:
    """Verdict and the three probabilities (of 2**14) of a pair."""
    cells = [who.own, one.own, *(who.cells[relation][code] for relation, code in enumerate(one.codes))]
    apply, hire, keep = (
        probability(intercept + sum(cell.odds[stage] for cell in cells), rules.logistic)
        for stage, intercept in enumerate(rules.intercepts)
    )
    return min(cell.verdict for cell in cells), (apply, hire, keep)


def probability(odds: int, logistic: Sequence[int]) -> int:
    """The committed table at log-odds, mirrored below 0, its end beyond."""
    positive = logistic[min(abs(odds), len(logistic) - 1)]
    return positive if odds >= 0 else P_ONE - positive


def tie(a: int, b: int) -> int:
    """The finaliser of splitmix64 (Steele 2014) over both keys."""
    z = a ^ b
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & WORD
    return z ^ (z >> 31)


def place_in_order(p: tuple[int, int, int], who: Who, one: One, rules: Rules) -> tuple[tuple[int, ...], int]:
    """What is compared after the verdict, smallest first, and the score or fit told of it."""
    fit = p[0] * p[1] * p[2]
    if rules.order in (BALANCED, PRICED):
        q, v = p[0] * p[1], p[2] * who.factor
        score = q * v - (one.price << 30) if rules.order == BALANCED else q * (v - (one.price << 2))
        return (-score,), score
    band = sum(1 for bound in rules.bands if fit >= bound)
    if rules.order == IN_BAND:
        return (-band, one.status, -fit), fit
    if rules.order == STRICT_TIER:
        return (one.status, -band, -fit), fit
    if rules.order == ADDITIVE:
        return (-(mean_bar(fit) * WEIGHT_ONE + one.weight * P_ONE), -fit), fit
    return (-fit, one.status), fit


def mean_bar(fit: int) -> int:
    """Largest whole number whose cube does not exceed fit."""
    root = int(float(fit) ** (1 / 3))
    while root**3 > fit:
        root -= 1
    while (root + 1) ** 3 <= fit:
        root += 1
    return root


def first(who: Who, shelf: Sequence[One], rules: Rules, top: int) -> list[Line]:
    """The first `top` of all, best first."""
    found = []
    for one in shelf:
        verdict, p = pair(who, one, rules)
        if verdict == 0 or p[0] * p[1] * p[2] < rules.floor:
            continue
        place, worth = place_in_order(p, who, one, rules)
        found.append(((-verdict, *place, -one.waiting, tie(who.key, one.key)), Line(one.number, verdict, worth)))
    return [listed for _, listed in sorted(found)[:top]]
