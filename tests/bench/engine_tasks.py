"""Children of the engine workload: a plan of a county in parts, by one engine, made as `matcher plan` makes it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec

from matcher.engine import LocalEngine
from matcher.engine.dask import DaskEngine, dask_engine
from matcher.errors import InvalidInput
from matcher.policy import pack_for
from matcher.ports import Engine, InTurn, Shared, Work
from matcher.services.ground.packed_arrays import unpacked
from matcher.services.rounds.plan_check import require_kept
from matcher.services.rounds.plan_crowd import is_crowd
from matcher.services.rounds.plan_parts import tell
from matcher.services.rounds.plan_season import no_progress, solve
from matcher.services.rounds.season import PlanSeason, Season
from tests.bench.measure import Laps
from tests.bench.plan_tasks import BRIEF, means_of, rosters_of

Timed = tuple[Laps, Any]
TOP = 3
PART = 4_000
"""People of a part where nothing else is said."""


class Watched:
    """An engine with a clock beside it: what its stages take, and what they leave."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.wall = self.cpu = 0.0
        self.n_bytes = self.n_pairs = 0

    def spent(self) -> float:
        """CPU seconds so far, of this process, of those it has waited for, and of the workers of its cluster."""
        own = cpu_s()
        if not isinstance(self._engine, DaskEngine):
            return own
        return own + sum(self._engine.client.run(time.process_time).values())

    def run(self, work: Work[Any, Any]) -> Iterator[tuple[int, bytes]]:
        """As the engine."""
        cpu, wall = self.spent(), time.perf_counter()
        found = list(self._engine.run(work))
        self.wall += time.perf_counter() - wall
        self.cpu += self.spent() - cpu
        if work.stage is not tell:
            self.n_bytes = sum(len(body) for _, body in found)
            self.n_pairs = sum(len(unpacked(body)["worker_ix"]) for _, body in found)
        yield from found


def stages(name: str, processes: int, workers: int, vacancies: int, parts: int, repeats: int) -> Timed:
    """Wall seconds and CPU seconds, those of other processes included, of the stages of a plan.

    value : digest of every list, promises the lists break, whether the index chose candidates, CPU seconds of what is
    done between the stages in the calling process, seconds of starting the engine, bytes of the last results before
    the lists
    """
    season, laps, between = season_of(workers, vacancies, parts=parts), Laps([], []), 0.0
    began = time.perf_counter()
    with _engine(name, processes) as engine:
        started = time.perf_counter() - began
        solve(season, engine, no_progress)  # loops, words and rules are read; the workers of a cluster live on
        for _ in range(repeats):
            watched = Watched(engine)
            before = watched.spent()
            line, told = solve(season, watched, no_progress)
            between = watched.spent() - before - watched.cpu
            laps.wall.append(watched.wall)
            laps.cpu.append(watched.cpu)
    return laps, {
        "digest": sha256(msgspec.json.encode([line, told])).hexdigest(),
        "broken_promises": _broken_promises(season, line, told),
        "by_index": is_crowd(season.rosters),
        "workers": len(season.rosters.workers),
        "pairs": watched.n_pairs,
        "between_s": between,
        "start_s": started,
        "kept_mib": watched.n_bytes / 2**20,
    }


def _broken_promises(season: Season, line: Mapping[str, Any], told: Sequence[Mapping[str, Any]]) -> int:
    """What the plan's own check finds, by the records and rules it shares no search with."""
    try:
        require_kept(season, line, told)
    except InvalidInput as error:
        return len(error.problems)
    return 0


def season_of(workers: int, vacancies: int, most: int = PART, *, parts: int = 0) -> Season:
    """The willing people of a county, to be shared out into parts of at most so many, or into so many parts."""
    rosters, means = rosters_of(workers, vacancies), means_of()
    most = -(-len(rosters.workers) // parts) if parts else most
    means = replace(means, settings=msgspec.structs.replace(means.settings, plan_part_workers=most))
    assert means.model  # read before any clock runs
    day, binds = BRIEF.on.isoformat(), BRIEF.jurisdiction
    call = PlanSeason(season=f"{day}/{day}", on=BRIEF.on, jurisdiction=binds, top=TOP, seed=BRIEF.seed)
    rosters = replace(rosters, vacancies=Shared(rosters.vacancies))
    return Season(call, means, rosters, {}, pack_for(means.packs, binds, BRIEF.on), BRIEF)


def _engine(name: str, processes: int) -> AbstractContextManager[Engine]:
    if name == "dask":
        return dask_engine(processes)
    return nullcontext(LocalEngine(processes) if name == "local" else InTurn())


def cpu_s() -> float:
    """CPU of this process and of those it has waited for, in seconds."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
