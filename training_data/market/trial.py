"""Many policies in the same county-season: the same people, posts and luck for each, one row of metrics each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training_data.market import metrics
from training_data.market.draws import Flags
from training_data.market.entrants import BEST_KNOWN, ENTRANTS, Models
from training_data.market.observe import observe
from training_data.market.oracle import fluid_bound, offerable
from training_data.market.policies import HAND, served
from training_data.market.season import Policy, Season, run_season
from training_data.market.tallies import Tally, season_tallies
from training_data.market.truth import Truth
from training_data.market.world import World

FEW = 0.1
"""Share of the households served where a policy is tried on few (QUALITY Q10)."""


@dataclass(frozen=True, slots=True)
class Row:
    """The metrics of one policy in one county-season, by name."""

    policy: str
    county: str
    season: str
    values: Mapping[str, float]
    tallies: Mapping[str, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Who takes part: names of entrants (hand weights always do), and which of them are also tried on few.

    tenths : how many different tenths of the households a policy is tried on; tallied : whose probabilities are
    compared with what happened in bins that add up
    """

    names: Sequence[str] = tuple(ENTRANTS)
    rolled_out: Sequence[str] = ()
    tenths: int = 1
    tallied: Sequence[str] = ()

    def present(self, models: Models) -> list[str]:
        """Those whose model was made, with hand weights and the references they are held against, as registered."""
        asked = {name for name in self.names if ENTRANTS[name].may(models)}
        asked |= {HAND, BEST_KNOWN} | {ENTRANTS[name].oracle for name in asked}
        return [name for name in ENTRANTS if name in asked]


def county_season(world: World, field: Field, models: Models) -> Iterator[Row]:
    """One row per policy that may take part, the references among them."""
    truth, records = Truth(world), observe(world)
    made = {name: ENTRANTS[name].make(world, truth, models) for name in field.present(models)}
    ran = {name: run_season(world, truth, records, policy) for name, policy in made.items()}
    bound = fluid_bound(truth, offerable(world, records))
    kept = {name: float(season.kept.sum()) for name, season in ran.items()}
    for name, season in ran.items():
        reference = ran[ENTRANTS[name].oracle]
        values = {
            **metrics.season_metrics(season),
            **metrics.against(kept[name], kept[HAND], float(reference.kept.sum()), bound),
            **metrics.of_reference(season, reference),
        }
        if name in field.rolled_out:
            few = [_on_few(made[name], made[HAND], ran[HAND], season, tenth) for tenth in range(field.tenths)]
            values |= {key: float(np.mean([told[key] for told in few])) for key in few[0]}
        tallies = season_tallies(season) if name in field.tallied else {}
        yield Row(name, world.county.county, world.season, values, tallies)


def _on_few(treated: Policy, base: Policy, without: Season, everybody: Season, tenth: int) -> dict[str, float]:
    """Q10: a tenth of the households is served by the policy, the others by the base; whole households, as drawn."""
    world = without.world
    chosen = _tenth(world, tenth)[world.people.household]
    few = run_season(world, without.truth, without.records, served(treated, base, chosen))
    return metrics.roll_out(without, few, chosen, everybody)


def _tenth(world: World, tenth: int) -> Flags:
    """The households of one tenth; two tenths have none in common."""
    drawn = world.draws.uniform("served", world.people.n_households)
    return np.asarray((drawn >= tenth * FEW) & (drawn < (tenth + 1) * FEW))
