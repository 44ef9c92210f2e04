"""The slip printer: its state, and each slip once, straight to the paper; nothing is spooled."""

from __future__ import annotations

import os
import select
import stat
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final, Protocol

from matcher.bridges.escpos import ASK_PAPER, PAPER_ENDS, PAPER_GONE, slip_bytes
from matcher.bridges.slip import Slip, lines_of

OK: Final = "ok"
PAPER_LOW: Final = "paper_low"
PAPER_OUT: Final = "paper_out"
ERROR: Final = "error"
ANSWER_S: Final = 0.5
"""A printer answers a question of its state at once or not at all."""
N_REMEMBERED: Final = 50


class Paper(Protocol):
    """Where bytes become paper."""

    def state(self) -> str:
        """`ok`, `paper_low` (a slip still comes out), `paper_out` or `error`."""

    def write(self, slip: bytes) -> None:
        """Print; raises OSError if the printer is not there."""


class Device:
    """A printer at a device file, or a plain file that takes the bytes of every slip."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def state(self) -> str:
        """What the printer says; one that does not answer such questions is taken to work until a slip fails."""
        try:
            if not stat.S_ISCHR(self._path.stat().st_mode):
                return OK
            return self._asked()
        except FileNotFoundError:
            return OK if self._path.parent.is_dir() and not self._is_device() else ERROR
        except OSError:
            return ERROR

    def _is_device(self) -> bool:
        """Whether a device would stand at the path; of what lies under /dev only shared memory holds plain files."""
        return self._path.is_relative_to("/dev") and not self._path.is_relative_to("/dev/shm")  # noqa: S108

    def write(self, slip: bytes) -> None:
        """Append the slip's bytes."""
        with self._path.open("ab", buffering=0) as file:
            left = memoryview(slip)
            while left:
                left = left[file.write(left) :]

    def _asked(self) -> str:
        handle = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            os.write(handle, ASK_PAPER)
            ready, _, _ = select.select([handle], [], [], ANSWER_S)
            answer = os.read(handle, 1) if ready else b""
        finally:
            os.close(handle)
        said = answer[0] if answer else 0
        if said & PAPER_GONE == PAPER_GONE:
            return PAPER_OUT
        return PAPER_LOW if said & PAPER_ENDS == PAPER_ENDS else OK


class Simulated:
    """A roll of paper in memory, for tests and a demonstration: it ends when it is told to."""

    def __init__(self, into: Path | None = None) -> None:
        self.told = OK
        self.slips: list[bytes] = []
        self._into = Device(into) if into else None

    def state(self) -> str:
        """What was told last."""
        return self.told

    def write(self, slip: bytes) -> None:
        """Keep the bytes of the last slips, and append them to the file if there is one."""
        self.slips = [*self.slips[1 - N_REMEMBERED :], slip]
        if self._into:
            self._into.write(slip)


class Printer:
    """Prints each slip once, one after the other."""

    def __init__(self, paper: Paper, columns: int) -> None:
        self._paper, self._columns = paper, columns
        self._done: OrderedDict[str, None] = OrderedDict()
        self._busy = threading.Lock()

    def state(self) -> str:
        """The paper's state; not asked while a slip is on its way, whose bytes the question would cut in two."""
        with self._busy:
            return self._paper.state()

    def print(self, slip: Slip) -> str:
        """The state after the slip: `ok` means it is out, now or by an earlier press."""
        with self._busy:
            if slip.slip_id in self._done and not slip.again:
                return OK
            told = self._paper.state()
            if told not in (OK, PAPER_LOW):
                return told
            try:
                self._paper.write(slip_bytes(lines_of(slip, self._columns), slip.code))
            except OSError:
                return ERROR
            self._done[slip.slip_id] = None
            while len(self._done) > N_REMEMBERED:
                self._done.popitem(last=False)
            return OK
