"""Who gives a command about texts, and at which moment."""

from __future__ import annotations

from datetime import date, datetime

from matcher.bootstrap import Application, SystemClock
from matcher.ports import Clock
from matcher.records.access import Role
from matcher.services.messages.desk import By


class DayClock:
    """The machine's time of day on another day, for demonstrations and trials."""

    def __init__(self, day: date, machine: Clock) -> None:
        self._day = day
        self._machine = machine

    def now(self) -> datetime:
        """UTC, timezone-aware, whole seconds."""
        return datetime.combine(self._day, self._machine.now().timetz())


def by_of(app: Application, by: str, on: date | None, regions: tuple[str, ...] = ()) -> By:
    """Who does it now; on another day (of a demonstration) the whole run stands there, at the time of day it is."""
    day = on or app.settings.today
    if day is not None:
        # The gateway reads the clock of the run as well: replies come in on that day.
        app.__dict__["clock"] = DayClock(day, SystemClock())
    return By(by, Role.OFFICER.value, app.clock.now(), regions)
