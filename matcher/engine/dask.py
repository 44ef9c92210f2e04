"""Parts of work on a Dask cluster: one of this machine, or that of a scheduler somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from matcher.engine.local import N_TRIES
from matcher.errors import EngineError, MissingExtra, Unreachable
from matcher.machine_code import usable_cores
from matcher.ports import Engine, Work

LARGE_PART: Final = "1GB"
"""A part brings its people along, tens of megabytes: no reason for a warning."""
START_S: Final = 30
ANY_PORT: Final = "127.0.0.1:0"
"""Without an address the page of a cluster asks for one and the same port, and a second cluster does not start."""


@dataclass(frozen=True, slots=True)
class DaskEngine:
    """Parts as tasks of a client of `distributed`; what they share is sent to every worker of the cluster once.

    The workers must have the same version of the program. Dask itself does a part again whose worker dies; where what
    was shared died with it, everything that is left is sent anew.
    """

    client: Any

    def run(self, work: Work[Any, Any]) -> Iterator[tuple[int, bytes]]:
        """Position and result of every part as they are finished."""
        left, tries = set(range(len(work.parts))), 0
        while left:
            n_before = len(left)
            for ix, result in self._attempt(work, sorted(left)):
                left.discard(ix)
                yield ix, result
            tries = 0 if len(left) < n_before else tries + 1
            if tries == N_TRIES:
                raise EngineError(
                    f"{len(left)} of {len(work.parts)} parts are left and the workers that do them die each time",
                    where="dask_address",
                    remedy="See the log of the workers; give them more memory or take smaller parts "
                    "(plan_part_workers).",
                )

    def _attempt(self, work: Work[Any, Any], left: list[int]) -> Iterator[tuple[int, bytes]]:
        """Results of the parts that are left, as far as what they need is not lost."""
        import dask
        from dask.distributed import as_completed

        with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGE_PART}):
            shared = self.client.scatter(work.shared, broadcast=True, hash=False)
            futures = {self.client.submit(_do, work.stage, shared, work.parts[ix], pure=False): ix for ix in left}
        try:
            for future in as_completed(list(futures)):
                if _lost(future):
                    continue
                yield futures[future], future.result()
        finally:
            self.client.cancel([*futures, shared])


def _do(stage: Callable[[Any, Any], bytes], shared: Any, part: Any) -> bytes:
    """On a worker: one part."""
    return stage(shared, part)


def _lost(future: Any) -> bool:
    """Whether a task went with its worker, and not by an error of its own."""
    from dask.distributed import KilledWorker

    return future.status in ("cancelled", "lost") or (
        future.status == "error" and isinstance(future.exception(), KilledWorker)
    )


@contextmanager
def dask_engine(processes: int, address: str = "", *, in_threads: bool = False) -> Iterator[Engine]:
    """The engine of a cluster for the time of the block.

    address : its scheduler; without one a cluster of `processes` (0: one for each core) of this machine is started.
    in_threads : its workers are threads of this process. Raises MissingExtra without Dask, Unreachable for an address
    nobody answers at.
    """
    try:
        from dask.distributed import Client, LocalCluster
    except ImportError:
        raise MissingExtra(
            "plans on a cluster need an optional part", remedy="Run: pip install 'rural-job-matcher[cluster]'"
        ) from None
    if address:
        try:
            reached = Client(address, timeout=START_S)
        except OSError as error:
            raise Unreachable(
                f"no Dask scheduler answers: {error}", where=address, remedy="Is dask_address (host:port) right?"
            ) from None
        with reached:
            yield DaskEngine(reached)
        return
    with (
        LocalCluster(
            n_workers=processes or usable_cores(),
            threads_per_worker=1,
            processes=not in_threads,
            dashboard_address=ANY_PORT,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield DaskEngine(client)
