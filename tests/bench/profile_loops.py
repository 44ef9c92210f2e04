"""`python -m tests.bench.profile_loops [--only NAME] [--tiny]`: CPU of every compiled loop in the work that calls it.

The searches of w1 to w3 are taken apart by `profile_kernels`; here are the others: candidates and prices of a crowd,
the auction, files checked by column, names like a text, everybody of an order, entries of tables. Each work is done
once to bring its loops in, then once more with the clock of its thread read around every call from Python into a loop.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import profile_works

FACTORIES = (("matcher.allocation.sweeps", "_fast"), ("matcher.scoring.adding", "_pass"))
"""Where a loop is not a name of a module but what a function returns."""
REST = "(numpy and Python around)"


@dataclass(slots=True)
class Loop:
    """A compiled loop that tells how long each call took, in CPU seconds of the thread that called."""

    name: str
    run: Callable[..., Any]
    spent: list[float] = field(default_factory=list)

    def __call__(self, *given: Any) -> Any:
        """What the loop says."""
        start = time.thread_time()
        told = self.run(*given)
        self.spent.append(time.thread_time() - start)
        return told


def profiled(work: Callable[[], Any]) -> tuple[float, list[Loop]]:
    """CPU seconds of the work, and its loops, the longest first."""
    work()
    with _watched() as loops:
        start = time.process_time()
        work()
        seconds = time.process_time() - start
    called = [loop for loop in loops.values() if loop.spent]
    return seconds, sorted(called, key=lambda loop: -sum(loop.spent))


@contextmanager
def _watched() -> Iterator[dict[int, Loop]]:
    """Every compiled loop that a module of the product names, in the place of itself a `Loop`."""
    from numba.core.registry import CPUDispatcher

    loops: dict[int, Loop] = {}

    def watched(found: Any) -> Any:
        if not isinstance(found, CPUDispatcher):
            return found
        name = f"{found.__module__.removeprefix('matcher.')}.{found.__name__}"
        return loops.setdefault(id(found), Loop(name, found))

    places = [
        (module, name, value)
        for path, module in list(sys.modules.items()) if path.startswith("matcher.")
        for name, value in list(vars(module).items()) if isinstance(value, CPUDispatcher)
    ]  # fmt: skip
    for module, name, value in places:
        setattr(module, name, watched(value))
    for path, name in FACTORIES:
        if path in sys.modules:
            made = getattr(sys.modules[path], name)
            places.append((sys.modules[path], name, made))
            setattr(sys.modules[path], name, lambda *given, made=made: watched(made(*given)))
    try:
        yield loops
    finally:
        for module, name, value in places:
            setattr(module, name, value)


def told(title: str, n: int, seconds: float, loops: list[Loop]) -> Iterator[str]:
    """The lines of one work over n units."""
    yield f"{title}: {seconds * 1e3:,.1f} ms of CPU, {seconds / n * 1e6:,.2f} us each of {n:,}"
    rest = seconds - sum(sum(loop.spent) for loop in loops)
    lines = [(loop.name, f"{len(loop.spent):,} calls", sum(loop.spent)) for loop in loops]
    for name, calls, spent in [*lines, (REST, "", rest)]:
        yield f"  {name:44} {calls:>12} {spent * 1e3:10,.1f} ms {spent / seconds:5.0%}"


def main() -> None:
    """Print one table a work."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile_loops", description=__doc__)
    parser.add_argument("--only", action="append", choices=sorted(profile_works.WORKS), help="may be given again")
    parser.add_argument("--tiny", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    sizes = profile_works.TINY if options.tiny else profile_works.SIZES
    for name in options.only or profile_works.WORKS:
        with tempfile.TemporaryDirectory(prefix="matcher-profile-") as folder:
            title, n, work = profile_works.WORKS[name](Path(folder), sizes)
            print("\n".join(told(f"{name}: {title}", n, *profiled(work))), flush=True)


if __name__ == "__main__":
    main()
