"""Parts of work in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from typing import Any, Final

from matcher.errors import EngineError
from matcher.ports import InTurn, Work

N_TRIES: Final = 3
"""Times in a row that processes may die before a single part is done."""
_WORK: list[Work[Any, Any]] = []


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Processes that take one part after the other; 0 is one for each core, and with one it is done here.

    The processes are forked where the system can: what all parts share and the parts themselves are there already,
    and only the results travel.
    """

    processes: int = 0

    def run(self, work: Work[Any, Any]) -> Iterator[tuple[int, bytes]]:
        """Position and result of every part as they are finished; the parts of a process that dies are done again."""
        processes = min(self.processes or usable_cores(), len(work.parts))
        if processes < 2:
            yield from InTurn().run(work)
            return
        left, tries = set(range(len(work.parts))), 0
        while left:
            n_before = len(left)
            for ix, result in _attempt(work, sorted(left), processes):
                left.discard(ix)
                yield ix, result
            tries = 0 if len(left) < n_before else tries + 1
            if tries == N_TRIES:
                raise EngineError(
                    f"{len(left)} of {len(work.parts)} parts are left and the processes that do them die each time",
                    where="plan_processes",
                    remedy="Is there too little memory? Take fewer processes or smaller parts (plan_part_workers).",
                )


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _attempt(work: Work[Any, Any], left: list[int], processes: int) -> Iterator[tuple[int, bytes]]:
    """Results of the parts that are left, as far as the processes live; whoever stops listening ends them."""
    pool = ProcessPoolExecutor(min(processes, len(left)), _context(), _begin, (work,))
    try:
        futures = _submitted(pool, left)
        for future in as_completed(futures):
            try:
                result = future.result()
            except BrokenProcessPool:
                continue
            yield futures.pop(future), result
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, left: list[int]) -> dict[Future[bytes], int]:
    """The parts on their way; fewer than all where the processes died meanwhile."""
    futures: dict[Future[bytes], int] = {}
    for ix in left:
        try:
            futures[pool.submit(_do, ix)] = ix
        except BrokenProcessPool:
            break
    return futures


def _context() -> BaseContext:
    """Forked processes where there are any: they need not be told what they have."""
    return multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")


def _begin(work: Work[Any, Any]) -> None:
    """In a new process: what it is to do."""
    _WORK[:] = [work]


def _do(ix: int) -> bytes:
    """In a process: one part."""
    (work,) = _WORK
    return work.stage(work.shared, work.parts[ix])
