"""How old a pack is by the clock of the kiosk, and whether people may be served from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from matcher.records.fair_packs import PackHeading

STALE_AFTER: Final = timedelta(hours=24)
"""Seats are counted anew at every fair day; what is older is said not to be of today (USERS 1.4)."""
CLOCK_SLACK: Final = timedelta(minutes=2)
"""Two clocks that are right differ by seconds; a pack from further ahead means that one of them is wrong."""


class News(StrEnum):
    """What a pack is worth now; TOO_EARLY : the clock stands before the pack was made, so the clock is wrong."""

    NONE = "none"
    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"

    @property
    def sentence(self) -> str:
        """What every screen says of it, short enough for its edge; "" where there is nothing to say."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    News.NONE: "还没有资料，请找人帮忙",
    News.FRESH: "",
    News.STALE: "不是今天的消息",
    News.EXPIRED: "资料过期了，先看看岗位",
    News.TOO_EARLY: "机器的钟不对，先看看岗位",
}
PERSONAL: Final = frozenset({News.FRESH, News.STALE})
"""When a card opens a list of one's own."""


def news_of(heading: PackHeading | None, now: datetime, *, latest: datetime | None = None) -> News:
    """The worth of a pack at a time.

    latest : the latest time this kiosk has seen; a clock behind it went back and cannot say how old a pack is
    """
    if heading is None:
        return News.NONE
    begins = heading.made_at if latest is None else max(heading.made_at, latest)
    if now < begins - CLOCK_SLACK:
        return News.TOO_EARLY
    if now >= heading.expires_at:
        return News.EXPIRED
    return News.STALE if now - heading.made_at >= STALE_AFTER else News.FRESH
