"""Parts of work in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import Any, Final

from matcher.engine.lifeline import Lifeline
from matcher.errors import EngineError
from matcher.machine_code import usable_cores
from matcher.ports import InTurn, Work

N_TRIES: Final = 3
"""Times in a row that processes may die before a single part is done."""
_WORK: list[tuple[Work[Any, Any], Lifeline]] = []


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Processes that take one part after the other; 0 is one for each core, and with one it is done here.

    The processes are forked where the system can: what all parts share and the parts themselves are there already,
    and only the results travel. They end with this process, however it ends: the system closes the pipe they listen to.
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


def _attempt(work: Work[Any, Any], left: list[int], processes: int) -> Iterator[tuple[int, bytes]]:
    """Results of the parts that are left, as far as the processes live; whoever stops listening ends them at once."""
    context = _context()
    ears, mouth = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(min(processes, len(left)), context, _begin, (work, os.getpid(), ears, mouth))
    try:
        futures = _submitted(pool, left)
        for future in as_completed(futures):
            try:
                result = future.result()
            except BrokenProcessPool:
                continue
            yield futures.pop(future), result
    except BaseException:
        mouth.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        mouth.close()
        ears.close()


def _submitted(pool: ProcessPoolExecutor, left: list[int]) -> dict[Future[bytes], int]:
    """The parts on their way; fewer than all where the processes died meanwhile."""
    futures: dict[Future[bytes], int] = {}
    for ix in left:
        try:
            futures[pool.submit(_do, ix)] = ix
        except BrokenProcessPool:
            break
        except OSError as error:
            raise EngineError(
                f"no further process can be had: {error.strerror or error}",
                where="plan_processes",
                remedy="Take fewer processes (--processes 1 needs none), or end other programs.",
            ) from None
    return futures


def _context() -> BaseContext:
    """Forked processes where there are any: they need not be told what they have."""
    return multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")


def _begin(work: Work[Any, Any], parent: int, ears: Connection, mouth: Connection) -> None:
    """In a new process: what it is to do, and for how long."""
    _WORK[:] = [(work, Lifeline(parent, ears, mouth))]


def _do(ix: int) -> bytes:
    """In a process: one part."""
    ((work, lifeline),) = _WORK
    with lifeline.doing():
        return work.stage(work.shared, work.parts[ix])
