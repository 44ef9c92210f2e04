"""Children of the engine workload: both stages of a plan over the parts of a county, by one engine."""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np

from matcher.demo import clean_records
from matcher.engine import LocalEngine
from matcher.engine.dask import dask_engine
from matcher.policy import standard_packs
from matcher.ports import Engine, InTurn, Shared, Work
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief
from matcher.services.rounds.plan_parts import People, Scope, assess, gathered, read_ahead, shares, tell
from matcher.settings import Settings
from tests.bench.county import AT, JURISDICTION, SEED
from tests.bench.measure import Laps

Timed = tuple[Laps, Any]


@dataclass(frozen=True)
class County:
    """Parts of the willing people of a county, and what they share."""

    scope: Scope
    people: list[People]
    at: list[Any]
    n_workers: int


def _county(workers: int, vacancies: int, parts: int) -> County:
    county = clean_records(JURISDICTION, SEED, workers, vacancies)
    willing = [worker for worker in county.workers if worker.wish_to_work]
    homes = {household.household_id: household for household in county.households}
    means = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
    assert means.model  # read before any clock runs
    at = shares(willing, -(-len(willing) // parts))
    people = [
        People(
            workers=(members := [willing[ix] for ix in share.tolist()]),
            households={w.household_id: homes[w.household_id] for w in members if w.household_id in homes},
            shown={},
        )
        for share in at
    ]
    brief = Brief(on=AT.date(), jurisdiction=JURISDICTION, seed=SEED)
    scope = Scope(means=means, vacancies=Shared(county.vacancies), brief=brief, top=3)
    return County(scope, people, at, len(willing))


def _engine(name: str, processes: int) -> AbstractContextManager[Engine]:
    if name == "dask":
        return dask_engine(processes)
    return nullcontext(LocalEngine(processes) if name == "local" else InTurn())


def _map(engine: Engine, scope: Scope, people: list[People], stage: Any) -> list[bytes]:
    found = dict(engine.run(Work(stage=stage, shared=scope, parts=people, key=str)))
    return [found[ix] for ix in range(len(people))]


def stages(name: str, processes: int, workers: int, vacancies: int, parts: int, repeats: int) -> Timed:
    """Wall seconds and CPU seconds, those of the processes included, of both stages; prices are nil, as any would do.

    value : digest of every list, seconds of starting the engine, bytes of the first stage's results.
    """
    county, laps = _county(workers, vacancies, parts), Laps([], [])
    began = time.perf_counter()
    with _engine(name, processes) as engine:
        started = time.perf_counter() - began
        read_ahead(county.scope, county.people[0])
        if name == "dask":
            _map(engine, county.scope, county.people[:1] * processes, assess)  # its workers live on, and read for once
        for _ in range(repeats):
            cpu, wall = cpu_s(), time.perf_counter()
            found = _map(engine, county.scope, county.people, assess)
            people = [replace(part, assessed=body) for part, body in zip(county.people, found, strict=True)]
            prices = np.zeros(len(county.scope.vacancies), dtype=np.int64)
            told = _map(engine, replace(county.scope, prices=prices), people, tell)
            laps.wall.append(time.perf_counter() - wall)
            laps.cpu.append(cpu_s() - cpu)
    pairs, _ = gathered(county.at, found)
    return laps, {
        "digest": sha256(b"\n".join(told)).hexdigest(),
        "workers": county.n_workers,
        "pairs": len(pairs),
        "start_s": started,
        "kept_mib": sum(map(len, found)) / 2**20,
    }


def cpu_s() -> float:
    """CPU of this process and of those it has waited for, in seconds."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
