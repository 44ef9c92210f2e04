"""Timings in processes of their own, so that imports, caches and peak memory of one method touch no other.

This module and the parent process import nothing of the product: a child inherits its parent's peak otherwise.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
PEAK = Path("/proc/self/clear_refs")
"""Where 5 sets the highest resident memory back to what is resident (Linux, proc(5))."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall and CPU seconds of each repetition, what the work returned, the highest resident memory in MiB."""

    seconds: tuple[float, ...]
    cpu: tuple[float, ...]
    value: Any = None
    peak_mib: float | None = None


class Laps(NamedTuple):
    """Wall and CPU seconds of each repetition."""

    wall: list[float]
    cpu: list[float]


def in_child(task: str, **arguments: Any) -> Timing:
    """Run `module:function` of this package in a new interpreter; the function returns (`Laps`, value).

    Arguments and value travel as JSON. RuntimeError with the end of its stderr if the child fails. Tiny sizes, whose
    figures mean nothing, are run here: most of their time would be the starting of interpreters.
    """
    if os.environ.get("BENCH") == "tiny":
        return _here(task, arguments)
    return apart(task, **arguments)


def apart(task: str, **arguments: Any) -> Timing:
    """As `in_child`, in a new interpreter at any size: OR-tools and highspy each bring a HiGHS of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.child", task],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{task} failed:\n{done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Timing(tuple(told["wall"]), tuple(told["cpu"]), told["value"], told["peak_mib"])


def _here(task: str, arguments: dict[str, Any]) -> Timing:
    """The task in this process, its arguments and value made JSON all the same."""
    module, _, name = task.partition(":")
    laps, value = getattr(importlib.import_module(module), name)(**json.loads(json.dumps(arguments)))
    return Timing(tuple(laps.wall), tuple(laps.cpu), json.loads(json.dumps(value)), peak_mib())


def of_command(arguments: Sequence[str], *, repeats: int) -> Timing:
    """A whole process from start to end, `repeats` times; value is the stdout of the last one."""
    seconds, cpu, peaks, out = [], [], [], b""
    for _ in range(repeats):
        start = time.perf_counter()
        with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, cwd=ROOT) as process:
            out = process.stdout.read() if process.stdout else b""
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - start)
        cpu.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss / 1024)
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} left with {process.returncode}")
    return Timing(tuple(seconds), tuple(cpu), out.decode(), max(peaks))


def timed(works: Sequence[Callable[[], Any]]) -> tuple[Laps, list[Any]]:
    """Run each work once, in order: its laps and the values."""
    laps, values = Laps([], []), []
    for work in works:
        wall, cpu = time.perf_counter(), time.process_time()
        values.append(work())
        laps.cpu.append(time.process_time() - cpu)
        laps.wall.append(time.perf_counter() - wall)
    return laps, values


def repeated(work: Callable[[], Any], *, repeats: int) -> tuple[Laps, Any]:
    """Laps of one work done again and again, and its last value; no earlier value stands in memory beside it."""
    laps, value = Laps([], []), None
    for _ in range(repeats):
        value = None
        lap, (value,) = timed([work])
        laps.wall.extend(lap.wall)
        laps.cpu.extend(lap.cpu)
    return laps, value


def peak_mib(pid: int | None = None) -> float:
    """Highest resident memory of this process, or of another one, so far, in MiB."""
    return _status_mib("VmHWM", pid)


def resident_mib() -> float:
    """Resident memory of this process now, in MiB."""
    return _status_mib("VmRSS", None)


def peak_of(work: Callable[[], T]) -> tuple[T, float]:
    """What the work returns and the MiB it needed at most beyond what was resident; the peak of this process is reset.

    So methods that share a process are told apart: by what each added while it was made ready and first asked.
    """
    PEAK.write_text("5", encoding="ascii")
    before = resident_mib()
    value = work()
    return value, peak_mib() - before


def _status_mib(name: str, pid: int | None) -> float:
    file = Path(f"/proc/{pid or 'self'}/status")
    for line in file.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise OSError(f"no {name} in {file}")
