"""The moment as the county's own day has it: of a demonstration the day is set, so its clock is moved to that day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import current_app

from api.state import now, today
from matcher.records.local_time import CHINA

KEY: Final = "matcher.days_apart"


def moment() -> datetime:
    """Now, in UTC; so many days earlier or later as the county's day was when it was first asked for.

    What a broker does is measured against the day of a bus: both must be of one calendar, and time must pass.
    """
    return now() + days_apart()


def days_apart() -> timedelta:
    """By how many whole days the county's calendar was ahead of the clock when it was first asked for."""
    if KEY not in current_app.extensions:
        current_app.extensions[KEY] = today() - now().astimezone(CHINA).date()
    apart: timedelta = current_app.extensions[KEY]
    return apart
