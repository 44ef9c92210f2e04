"""The synthetic county of the notebooks, at the size they run: its numbers, its seasons, what may be learnt from them.

Whatever is costly (earlier seasons, a trained model) is made once and lies in a work folder that all notebooks share:
`NOTEBOOK_WORK`, else `build/notebooks/work`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matcher.learning.events import read_events
from matcher.learning.training import train
from notebooks.claims import sized
from training_data.market.boosted import fit_boosted
from training_data.market.entrants import Models
from training_data.market.history import History, history_folder
from training_data.market.observe import Records, observe
from training_data.market.season import Policy, Season, run_season
from training_data.market.spec import BASE, Spec, load_spec, resized
from training_data.market.truth import Truth
from training_data.market.world import World, draw_world

WORK: Final = "NOTEBOOK_WORK"
SMALL_WORKERS: Final = 300
SEED: Final = 0


def work_folder() -> Path:
    """Where histories and models lie, made if it is not there."""
    folder = Path(os.environ.get(WORK) or Path(__file__).parents[1] / "build" / "notebooks" / "work")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def market(variant: str = BASE, *, workers: int = 0) -> Spec:
    """The numbers of a market: whole as they stand, on tiny data with 300 people. workers : another size, if not 0"""
    spec = load_spec(variant)
    workers = workers or sized(0, SMALL_WORKERS)
    if not workers:
        return spec
    vacancies = max(len(spec.channels), spec.size.vacancies * workers // spec.size.workers)
    return resized(spec, workers=workers, vacancies=vacancies)


@dataclass(frozen=True, slots=True)
class County:
    """A county in one season: what is true, and what its desk knows of it."""

    world: World
    truth: Truth
    records: Records

    def under(self, policy: Policy) -> Season:
        """The season under a policy: the same people, posts and luck whatever the policy."""
        return run_season(self.world, self.truth, self.records, policy)


def county(spec: Spec | None = None, *, county_ix: int = 0, season_ix: int = 0) -> County:
    """A county of a market (the base at the size of the run) in one season; 0 is the first that is judged."""
    world = draw_world(spec or market(), county_ix=county_ix, season_ix=season_ix, seed=SEED)
    return County(world, Truth(world), observe(world))


def counties(spec: Spec | None = None, *, n_counties: int, n_seasons: int) -> Iterator[County]:
    """County-seasons one after the other."""
    for county_ix in range(n_counties):
        for season_ix in range(n_seasons):
            yield county(spec, county_ix=county_ix, season_ix=season_ix)


def earlier(spec: Spec | None = None, *, variant: str = BASE, county_ix: int = 0, seasons: int = 0) -> History:
    """The seasons before the first that is judged, as the logging policy of the simulator listed them."""
    return History(
        spec=spec or market(variant), variant=variant, county_ix=county_ix, seed=SEED, seasons=seasons or sized(5, 2)
    )


def events_of(history: History) -> Path:
    """The event folder of a history, written once."""
    return history_folder(history, work_folder())


def learnt(history: History) -> bytes:
    """The model file that `matcher train` makes of the history, made once."""
    out = work_folder() / f"model-{history.key}.json"
    if not out.is_file():
        made = out.with_name(f"{out.name}.{os.getpid()}.part")
        made.write_bytes(train(read_events(events_of(history))).body)
        made.replace(out)
    return out.read_bytes()


def models(history: History, *, boosting: bool = False) -> Models:
    """What the entrants of a trial may have learnt of a history. boosting : unrestricted trees as well"""
    return Models(own=learnt(history), boosted=fit_boosted(events_of(history)) if boosting else None)


def kept(seasons: Mapping[str, Season]) -> dict[str, int]:
    """Jobs that lasted six months, by policy."""
    return {name: int(season.kept.sum()) for name, season in seasons.items()}
