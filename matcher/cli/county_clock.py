"""The clock of commands that send or answer texts: the machine's, on the county's own day."""

from __future__ import annotations

from datetime import date, datetime

from matcher.bootstrap import Application
from matcher.ports import Clock
from matcher.records.local_time import CHINA


class CountyClock:
    """The machine's clock moved by whole days, so that its day was the given one when the run began; time passes."""

    def __init__(self, day: date, machine: Clock) -> None:
        self._machine = machine
        self._apart = day - machine.now().astimezone(CHINA).date()

    def now(self) -> datetime:
        """UTC, timezone-aware, whole seconds."""
        return self._machine.now() + self._apart


def stand_on(app: Application, day: date | None) -> None:
    """Let the whole run stand on a day, else on that of a demonstration: pages plan by it, and texts are due by it.

    The gateway reads the clock of the run as well: replies come in on that day.
    """
    chosen = day or app.settings.today
    if chosen is not None:
        app.__dict__["clock"] = CountyClock(chosen, app.clock)
