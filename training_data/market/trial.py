"""Many seasons under many policies: the same counties, seasons and luck for each, one row of metrics each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from training_data.market import metrics
from training_data.market.observe import Records, observe
from training_data.market.oracle import fluid_bound, offerable, oracle
from training_data.market.policies import HAND, POLICIES, Maker, served
from training_data.market.season import Policy, Season, run_season
from training_data.market.spec import BASE, Spec
from training_data.market.truth import Truth
from training_data.market.world import World, draw_world

ORACLE = "true probabilities + balanced"
FEW = 0.1
"""Share of the households served where a policy is tried on few (QUALITY Q10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is run: counties x seasons of a market, and the policies, the hand weights among them.

    rolled_out : policies whose effect on everybody is compared with that on a tenth
    """

    spec: Spec
    variant: str = BASE
    counties: int = 3
    seasons: int = 4
    seed: int = 0
    policies: Mapping[str, Maker]
    rolled_out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """The metrics of one policy in one county-season, by name."""

    policy: str
    county: str
    season: str
    values: Mapping[str, float]


def run_trial(trial: Trial, *, tell: Callable[[str], None] = lambda _: None) -> Iterator[Row]:
    """One row per county, season and policy, the oracle among them; `tell` hears of each county-season."""
    for county_ix in range(trial.counties):
        for season_ix in range(trial.seasons):
            world = draw_world(trial.spec, county_ix=county_ix, season_ix=season_ix, seed=trial.seed)
            tell(f"{world.county.county} {world.season}")
            yield from _county_season(trial, world)


def _county_season(trial: Trial, world: World) -> Iterator[Row]:
    truth, records = Truth(world), observe(world)
    made = {name: maker(world) for name, maker in trial.policies.items()}
    ran = {name: run_season(world, truth, records, policy) for name, policy in made.items()}
    ran[ORACLE] = run_season(world, truth, records, oracle(truth, priced=True))
    bound = fluid_bound(truth, offerable(world, records))
    kept = {name: float(season.kept.sum()) for name, season in ran.items()}
    for name, season in ran.items():
        values = {
            **metrics.season_metrics(season),
            **metrics.against(kept[name], kept[HAND], kept[ORACLE], bound),
        }
        if name in trial.rolled_out:
            values |= _roll_out(made[name], made[HAND], ran[HAND], season, records)
        yield Row(name, world.county.county, world.season, values)


def _roll_out(treated: Policy, base: Policy, without: Season, everybody: Season, records: Records) -> dict[str, float]:
    """Q10: a tenth of the households is served by the policy, the others by the base; whole households, as drawn."""
    world = without.world
    homes = world.draws.flag("served", FEW, world.people.n_households)
    chosen = homes[world.people.household]
    few = run_season(world, without.truth, records, served(treated, base, chosen))
    return metrics.roll_out(without, few, chosen, everybody)


def trial_of(spec: Spec, variant: str = BASE, *, counties: int, seasons: int, seed: int = 0) -> Trial:
    """A trial of the policies that need no data; the balanced plan is also tried on a tenth."""
    return Trial(
        spec=spec,
        variant=variant,
        counties=counties,
        seasons=seasons,
        seed=seed,
        policies=POLICIES,
        rolled_out=("hand + balanced",),
    )
