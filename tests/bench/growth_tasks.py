"""Children of the growth page: one size of one thing after the other, and what the machine can do at best.

Seconds are CPU seconds of one thread, so that a neighbour on the machine disturbs them least. Of every size some lists
are held against the numpy twin first, plans against the whole round: a difference raises RuntimeError, and no figure
is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any

import msgspec
import numpy as np

from matcher import kernels
from matcher.kernels import Found, Shelf, twin
from matcher.kernels.askers import Askers, asking
from matcher.kernels.layout import NO_AT, UNKNOWN_AT
from matcher.kernels.ranking import Ranking
from matcher.kernels.use import searcher
from matcher.ports import InTurn
from matcher.services.ground.many_askers import coded_workers, tables_of
from matcher.services.ground.relations import RELATIONS
from matcher.services.rounds.plan_crowd import crowd_prices
from matcher.services.rounds.plan_parts import tell
from matcher.services.rounds.plan_season import shared_out
from matcher.services.rounds.season import scene_of
from tests.bench.crowd_check import faults
from tests.bench.engine_tasks import Watched, season_of
from tests.bench.kernel_market import Market, market, of_list, of_order
from tests.bench.measure import Laps, peak_mib

Timed = tuple[Laps, Any]
Told = dict[str, float]
MIB, MICRO = 2**20, 1e6
WARMED_BY = 1_000
"""Willing people whose plan brings the compiled loops in."""
HELD = 5
"""Lists of each size that are held against the twin."""
TABLE_SIZES = (1 << 9, 1 << 15, 1 << 21)
"""Entries of the tables that are looked up by chance: they fit the first, the second, only the last cache."""


def growth(seconds: Callable[[], float]) -> Callable[[Callable[[], Any]], float]:
    """How long a piece of work takes by that clock."""

    def of(work: Callable[[], Any]) -> float:
        start = seconds()
        work()
        return seconds() - start

    return of


cpu = growth(time.process_time)
wall = growth(time.perf_counter)


def by_vacancies(people: int, vacancies: int, lists: int) -> Timed:
    """One list out of ever more vacancies; the index and what it holds."""
    made = market(people, vacancies)
    askers, shelf = made.askers(), made.index.shelf
    each = _each(askers, shelf, of_list(), 10, _spread(len(askers), lists))
    return _told(shelf=len(shelf), index_mib=held_mib(shelf), **_spans(each))


def by_planned(vacancies: int, planned: int) -> Timed:
    """A balanced plan of ever more people by the index, part after part in one process; us a willing person."""
    season = season_of(planned, vacancies)
    few = replace(season, rosters=replace(season.rosters, workers=season.rosters.workers[:WARMED_BY]))
    crowd_prices(shared_out(few, InTurn()), scene_of(few))
    clocked = Watched(InTurn())
    parts = shared_out(season, clocked)
    spent: dict[str, float] = {}
    spent["prices"] = cpu(lambda: spent.update(made=crowd_prices(parts, scene_of(season))))
    made: Any = spent.pop("made")
    chosen, lists = clocked.cpu, made.listed(season.brief.mode, top=season.call.top)
    people = [part.told(lists.of(at), None, at) for part, at in zip(parts.people, parts.at, strict=True)]
    parts.run(tell, replace(parts.scope, prices=made.solved.prices), people)
    n, peak = len(season.rosters.workers) / MICRO, peak_mib()
    # Last of all: it needs memory of its own.
    wrong = list(faults(season, made, lists.pairs, season.means.settings.candidates_per_worker))
    if wrong:
        raise RuntimeError("; ".join(wrong))
    return _told(
        willing=len(season.rosters.workers),
        choose_us=chosen / n,
        prices_us=(spent["prices"] - chosen) / n,
        tell_us=(clocked.cpu - chosen) / n,
        peak_mib=peak,
    )


def by_workers(people: int, vacancies: int, workers: int, orders: int) -> Timed:
    """One order's first fifty out of ever more workers."""
    made = market(people, vacancies, workers)
    posts, shelf = made.posts(), made.crowd().shelf
    each = _each(posts, shelf, of_order(), 50, _spread(len(posts), orders))
    return _told(shelf=len(shelf), index_mib=held_mib(shelf), **_spans(each))


def by_batch(people: int, vacancies: int, workers: int) -> Timed:
    """Everybody's list at once, by ever more workers; memory beside what the market itself holds."""
    made = market(people, vacancies, workers)
    askers, shelf = made.askers(), made.index.shelf
    kernels.fastest(askers, shelf, of_list(), top=1)
    found: dict[str, Found] = {}
    batch = cpu(lambda: found.update(all=kernels.fastest(askers, shelf, of_list(), top=10))) / len(askers)
    for asker in _spread(len(askers), HELD):
        _hold(found["all"], asker, askers, shelf, of_list(), asker)
    return _told(workers=len(askers), batch_us=batch * MICRO, askers_mib=held_mib(askers))


def by_skills(people: int, vacancies: int, skills: int) -> Timed:
    """Encoding people with ever more skills on each record, and their lists after it."""
    made = market(people, vacancies)
    names = sorted({skill for worker in made.people for skill in worker.skills or ()})
    rng = np.random.default_rng(skills)
    named = [*names, *(f"技能{ix:04}" for ix in range(max(0, skills - len(names))))]
    told = [
        msgspec.structs.replace(worker, skills=tuple(sorted(rng.choice(named, skills, replace=False).tolist())))
        for worker in made.people
    ]
    encoding = cpu(lambda: coded_workers(told, made.index.ground))
    codes, book, own = coded_workers(told, made.index.ground)
    askers = asking(codes, own, made.factor, made.keys, tables_of(book, made.index))
    each = _each(askers, made.index.shelf, of_list(), 10, _spread(len(askers), 400))
    return _told(encode_us=encoding / len(told) * MICRO, tables_mib=held_mib(askers), **_spans(each))


def by_filters(people: int, vacancies: int, filters: int) -> Timed:
    """Lists where only the first `filters` relations may refuse or ask; the others only add to the score."""
    made = market(people, vacancies)
    score = (1 << UNKNOWN_AT) - 1
    tables = tables_of(made.book, made.index)
    kept = [table if ix < filters else table & score for ix, table in enumerate(tables)]
    askers = asking(made.codes, made.own if filters else made.own & score, made.factor, made.keys, kept)
    at = _spread(len(askers), 400)
    each = _each(askers, made.index.shelf, of_list(), 10, at)
    return _told(relations=len(RELATIONS), left=_not_refused(made, kept, at[:40]), **_spans(each))


def _not_refused(made: Market, tables: list[np.ndarray], at: list[int]) -> float:
    """Mean share of the shelf that no relation refuses."""
    shelf, shares = made.index.shelf, []
    for asker in at:
        open_ = np.ones(len(shelf), dtype=bool)
        for ix, bundle in enumerate(shelf.bundles):
            cells = [tables[r][made.codes[asker, r], shelf.parts[ix][:, nth]] for nth, r in enumerate(bundle)]
            open_ &= ~np.any([(cell >> NO_AT) > 0 for cell in cells], axis=0)[shelf.rows.codes[:, ix]]
        shares.append(open_.mean())
    return float(np.mean(shares))


def machine_limits() -> Timed:
    """Bytes this machine copies, and entries it looks up by chance, a second, by one thread."""
    import numba

    @numba.njit(nogil=True, cache=False)
    def looked_up(table: Any, at: Any, rounds: int) -> int:
        total = 0
        for _ in range(rounds):
            for ix in at:
                total += table[ix]
        return total

    rng, told = np.random.default_rng(0), {}
    for size in TABLE_SIZES:
        table, at = rng.integers(0, 9, size), rng.integers(0, size, 1 << 14)
        looked_up(table, at, 1)
        best = min(wall(partial(looked_up, table, at, 400)) for _ in range(5))
        told[f"lookups_{size * 8 // 1024}_kib_g"] = len(at) * 400 / best / 1e9
    source = np.ones(1 << 24)
    target = np.empty_like(source)
    best = min(wall(lambda: np.copyto(target, source)) for _ in range(5))
    return _told(copied_gib=2 * source.nbytes / best / 2**30, **told)


def held_mib(thing: Any) -> float:
    """MiB of all arrays a record of records holds, shared ones once."""
    arrays = {id(array): array.nbytes for array in _arrays(thing)}
    return sum(arrays.values()) / MIB


def _arrays(thing: Any) -> Iterable[np.ndarray]:
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from _arrays(part)
    elif is_dataclass(thing) and not isinstance(thing, Ranking):
        for field in fields(thing):
            yield from _arrays(getattr(thing, field.name))


def _each(askers: Askers, shelf: Shelf, ranking: Ranking, top: int, at: list[int]) -> list[float]:
    """CPU seconds of each single list; some are held against the twin before, so nothing is made ready inside."""
    search = searcher(askers, shelf, ranking, top=top)
    for asker in at[:: -(-len(at) // HELD)]:
        _hold(search(asker, asker + 1), 0, askers, shelf, ranking, asker)
    return [cpu(lambda one=one: search(one, one + 1)) for one in at]


def _hold(found: Found, line: int, askers: Askers, shelf: Shelf, ranking: Ranking, asker: int) -> None:
    """Raise RuntimeError where a list is not the twin's: rows, verdicts and scores or fits."""
    told = [column[line].tolist() for column in (found.at, found.verdict, found.worth)]
    right = [column.tolist() for column in twin.first(askers, shelf, ranking, asker, len(told[0]))]
    n = len(right[0])
    if [column[:n] for column in told] != right or any(row >= 0 for row in told[0][n:]):
        raise RuntimeError(f"the list of {asker} is not that of the numpy twin")


def _spans(seconds: list[float]) -> Told:
    return {"p50_us": float(np.median(seconds)) * MICRO, "p99_us": float(np.quantile(seconds, 0.99)) * MICRO}


def _spread(n: int, wanted: int) -> list[int]:
    return np.linspace(0, n - 1, min(n, wanted)).astype(int).tolist()


def _told(**value: float) -> Timed:
    return Laps([], []), value
