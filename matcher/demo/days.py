"""Dates by whole months, as contracts and free terms count them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def shift_months(day: date, months: int) -> date:
    """Same day of the month so many months on (or back); the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
