"""What the demonstration shows of reports: the quarter that ended last, frozen by the officer of the demonstration."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from matcher.office.reports.forms import forms, period_on
from matcher.ports import DeedStore, RosterStore
from matcher.services.ground.rulebook import Means
from matcher.services.reports.snapshot import Freeze, freeze

KIND: Final = "quarterly"
OFFICER: Final = "officer"


def seed_demo_report(
    store: RosterStore, deeds: DeedStore, means: Means, *, on: date, at: datetime, jurisdiction: str
) -> None:
    """Freeze the quarter; a demonstration that has it already keeps it."""
    period = period_on(forms().of(KIND), on).name
    freeze(store, deeds, means, Freeze(kind=KIND, period=period, on=on, at=at, by=OFFICER, jurisdiction=jurisdiction))
