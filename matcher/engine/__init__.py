"""Engines: who does the parts of a large piece of work (`ports.Engine`, one method), and what is kept of them.

`local` shares them out among processes of this machine, `dask` among those of a Dask cluster; `kept` keeps
finished parts, so that a run that was stopped goes on. Another system is one more file with one class of one method:
it takes `Work` (a stage, what all parts share, the parts) and yields position and bytes of each part, once, in any
order. With Spark it is `sc.parallelize(range(n)).map(stage over a broadcast)`, with Ray `ray.wait` over remote calls;
neither is here, because one machine does a province (README, "What a plan costs").
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from matcher.engine.kept import Kept, keeping
from matcher.engine.local import LocalEngine
from matcher.ports import Engine
from matcher.settings import Settings

__all__ = ["Kept", "LocalEngine", "engine_for", "keeping"]


@contextmanager
def engine_for(settings: Settings, name: str = "", processes: int | None = None) -> Iterator[Engine]:
    """The engine of that name, else of the settings; parts it has finished are kept until the block ends well.

    Raises MissingExtra for Dask where it is not installed, Unreachable for a scheduler that does not answer.
    """
    processes = settings.plan_processes if processes is None else processes
    with ExitStack() as stack:
        made: Engine = LocalEngine(processes)
        if (name or settings.plan_engine) == "dask":
            from matcher.engine.dask import dask_engine

            made = stack.enter_context(dask_engine(processes, settings.dask_address))
        yield stack.enter_context(keeping(made, settings.home / "parts"))
