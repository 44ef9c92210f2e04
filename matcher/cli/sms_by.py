"""Who gives a command about texts, and at which moment."""

from __future__ import annotations

from datetime import date

from matcher.bootstrap import Application
from matcher.cli.county_clock import stand_on
from matcher.records.access import Role
from matcher.services.messages.desk import By


def by_of(app: Application, by: str, on: date | None, regions: tuple[str, ...] = ()) -> By:
    """Who does it now, on the day asked for, else on that of a demonstration."""
    stand_on(app, on)
    return By(by, Role.OFFICER.value, app.clock.now(), regions)
