"""The clock on the wall: one time for the whole country, and the days of the week as people say them."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8))
"""One time for the whole country, without summer time."""
WEEKDAYS: Final = "一二三四五六日"
"""Behind 周, Monday first."""
