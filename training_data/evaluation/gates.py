"""The gates of the issue and of QUALITY section 9: each a number, a bound it must reach, and whether it does.

What was not measured has not passed. No gate looks at another, and none is rounded before it is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import median

import numpy as np

from training_data.evaluation.results import NOT_MEASURED, Figure, Results
from training_data.market.entrants import (
    AHEAD,
    DAY_ONE,
    ENTRANTS,
    FULL,
    FULL_KNOWN,
    GREEDY,
    LOGGED,
    PRICED,
    REPAIRED,
    TRANSFERRED,
)
from training_data.market.policies import HAND

ROUNDING = 1e-9
"""118 of 100 is a gain of 0.18, whatever the subtraction makes of it."""
Read = Callable[[Results], Figure]


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound and how its number is read. at_most : the number may not be above it; else not below

    source : where the bound is set
    """

    gate_id: str
    says: str
    bound: float
    read: Read
    at_most: bool = False
    source: str = "issue 7"
    form: str = "{:+.1%}"


@dataclass(frozen=True, slots=True)
class Judged:
    """A gate and its number."""

    gate: Gate
    figure: Figure

    @property
    def verdict(self) -> str:
        """pass, FAIL, or not measured."""
        if not self.figure.measured:
            return "not measured"
        value, bound = self.figure.value, self.gate.bound
        short = value - bound if self.gate.at_most else bound - value
        return "pass" if short <= ROUNDING else "FAIL"

    def record(self) -> dict[str, str | float | bool | None]:
        """The gate as data; a number that was not measured is null."""
        figure = self.figure
        return {
            "gate": self.gate.gate_id,
            "says": self.gate.says,
            "bound": self.gate.bound,
            "at_most": self.gate.at_most,
            "value": figure.value if figure.measured else None,
            "error": None if isnan(figure.error) else figure.error,
            "verdict": self.verdict,
            "set_in": self.gate.source,
        }


def judged(results: Results) -> list[Judged]:
    """Every gate with its number."""
    return [Judged(gate, gate.read(results)) for gate in GATES]


def _gain(policy: str, base: str) -> Read:
    """Share of kept jobs a policy adds to another's."""

    def read(results: Results) -> Figure:
        ratio = results.ratio(policy, base)
        return Figure(ratio.value - 1, ratio.error)

    return read


def _of_oracle(policy: str) -> Read:
    """Kept jobs over those of the same allocator with the true probabilities."""

    def read(results: Results) -> Figure:
        return results.ratio(policy, ENTRANTS[policy].oracle)

    return read


def _over(policy: str, base: str) -> Read:
    return lambda results: results.ratio(policy, base)


def _points(policy: str, metric: str) -> Read:
    return lambda results: results.difference(policy, HAND, metric)


def _mean(policy: str, metric: str) -> Read:
    return lambda results: results.mean(policy, metric)


def _error(stage: str, policy: str = LOGGED) -> Read:
    """Calibration error of the learned probabilities over all county-seasons together."""
    return lambda results: results.error(policy, stage)


def _lost(policy: str, base: str) -> Read:
    """Share of kept jobs that a policy has less than another."""

    def read(results: Results) -> Figure:
        ratio = results.ratio(policy, base)
        return Figure(1 - ratio.value, ratio.error)

    return read


def _covered(results: Results) -> Figure:
    """Household coverage over that of the same method, coverage and priority too, with the true probabilities."""
    return results.ratio(FULL, FULL_KNOWN, "households")


def _saturation(policy: str) -> Read:
    """Effect when all are served over the effect on a tenth; nothing where a tenth gains nothing."""

    def read(results: Results) -> Figure:
        few, everybody = (results.series(policy, name) for name in ("effect_few", "effect_all"))
        if not few.size or np.isnan(few).any() or few.mean() <= 0:
            return NOT_MEASURED
        ratio = float(everybody.mean() / few.mean())
        left = everybody - ratio * few
        error = float(left.std(ddof=1) / np.sqrt(few.size) / few.mean()) if few.size > 1 else float("nan")
        return Figure(ratio, error)

    return read


def over_hand(results: Results, policy: str) -> dict[str, Figure]:
    """Variant -> kept jobs of a policy over those by hand weights."""
    told = {name: results.ratio(policy, HAND, table="variant", variant=name) for name in results.variants()}
    return {name: figure for name, figure in told.items() if figure.measured}


def _least(policy: str) -> Read:
    def read(results: Results) -> Figure:
        told = over_hand(results, policy)
        return min(told.values(), key=lambda figure: figure.value, default=NOT_MEASURED)

    return lambda results: _minus_one(read(results))


def _middle(policy: str) -> Read:
    def read(results: Results) -> Figure:
        told = [figure.value for figure in over_hand(results, policy).values()]
        return Figure(median(told) - 1) if told else NOT_MEASURED

    return read


def _minus_one(figure: Figure) -> Figure:
    return Figure(figure.value - 1, figure.error)


def _wins(results: Results) -> Figure:
    n = results.series(FULL, "kept").size
    return Figure(results.wins(FULL, HAND) / n) if n else NOT_MEASURED


FLOW = "one-job flow"
BOOSTING = "unrestricted boosting"
ELDERS = "priced + factor from 45"
QUALITY = "QUALITY 9"

GATES: Sequence[Gate] = (
    Gate("kept", "kept jobs of the full policy over hand weights", 0.18, _gain(FULL, HAND)),
    Gate("kept_without", "kept jobs of learned + priced over hand weights", 0.20, _gain(PRICED, HAND), source=QUALITY),
    Gate("wins", "share of county-seasons in which full beats hand weights", 1.0, _wins, source=QUALITY, form="{:.0%}"),
    Gate("oracle_full", "full: share of the oracle with its allocator", 0.93, _of_oracle(FULL), form="{:.3f}"),
    Gate("oracle_known", "full: share of the oracle without coverage and priority", 0.93, _over(FULL, AHEAD),
         source=QUALITY, form="{:.3f}"),
    Gate("oracle_priced", "prices alone: share of the oracle", 0.95, _of_oracle(PRICED), form="{:.3f}"),
    Gate("oracle_stretch", "prices alone, what is hoped for: share of the oracle", 0.97, _of_oracle(PRICED),
         form="{:.3f}"),
    Gate("households", "household coverage, full less hand weights", 0.10, _points(FULL, "households")),
    Gate("priority", "priority households, full less hand weights", 0.13, _points(FULL, "priority_households")),
    Gate("households_of", "household coverage of full over that of its oracle", 0.93, _covered, source=QUALITY,
         form="{:.3f}"),
    Gate("price", "kept jobs that coverage and priority cost", 0.02, _lost(FULL, PRICED), at_most=True),
    Gate("wasted", "applications of full that met a full post", 0.13, _mean(FULL, "wasted"), True, form="{:.3f}"),
    Gate("roll_out", "full: effect on everybody over effect on a tenth", 0.75, _saturation(FULL), form="{:.2f}"),
    Gate("variants_least", "least gain over hand weights in any variant, retrained", 0.0, _least(FULL)),
    Gate("variants_middle", "median gain over hand weights in the variants, retrained", 0.15, _middle(FULL)),
    Gate("transfer_least", "least gain in any variant, trained on the base market", 0.0, _least(TRANSFERRED)),
    Gate("day_one", "day one, no data: hand + balanced over hand weights", 0.15, _gain(DAY_ONE, HAND)),
    Gate("wrong_card", "wrong card, 2,000 impressions: share of oracle", 0.88, _of_oracle(REPAIRED), form="{:.3f}"),
    Gate("greedy", "full over learned greedy", 0.15, _gain(FULL, GREEDY), source=QUALITY),
    Gate("boosting", "full over unrestricted boosting, greedy", 0.15, _gain(FULL, BOOSTING), source=QUALITY),
    Gate("from_45", "a factor of 1.5 from 45: kept rate of 45+ over others'", 0.80, _mean(ELDERS, "ratio_from_45"),
         source=QUALITY, form="{:.2f}"),
    Gate("from_45_price", "kept jobs that this factor costs", 0.01, _lost(ELDERS, PRICED), True, QUALITY),
    Gate("flow", "full over a flow of one job each", 0.10, _gain(FULL, FLOW), source=QUALITY),
    Gate("ratio", "kept rate of priority people over others'", 1.15, _mean(FULL, "priority_ratio"), source="QUALITY 1",
         form="{:.2f}"),
    Gate("ece_apply", "calibration error, log of later seasons: apply", 0.01, _error("apply"), True, QUALITY, "{:.4f}"),
    Gate("ece_apply_own", "the same, full's own lists: apply", 0.01, _error("apply", FULL), True, QUALITY, "{:.4f}"),
    Gate("ece_hire", "calibration error, log of later seasons: hire", 0.04, _error("hire"), True, QUALITY, "{:.4f}"),
    Gate("ece_hire_own", "the same, full's own lists: hire", 0.04, _error("hire", FULL), True, QUALITY, "{:.4f}"),
    Gate("ece_keep", "calibration error, log of later seasons: keep", 0.05, _error("keep"), True, QUALITY, "{:.4f}"),
    Gate("ece_keep_own", "the same, full's own lists: keep", 0.05, _error("keep", FULL), True, QUALITY, "{:.4f}"),
    Gate("exposure", "mean wage shown to women over men's, strata alike", 0.98, _mean(FULL, "wage_shown_adjusted"),
         source=QUALITY, form="{:.3f}"),
)  # fmt: skip
