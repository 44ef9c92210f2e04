"""Fair packs: a township's rows for one kiosk, sealed for it alone, void after a while; how old the news in one are."""

from __future__ import annotations

from matcher.fair_pack.contents import PackContents, card_index
from matcher.fair_pack.news import CLOCK_SLACK, PERSONAL, STALE_AFTER, News, news_of
from matcher.fair_pack.sealing import KEY_BYTES, Opened, heading_of, open_pack, seal_pack

__all__ = [
    "CLOCK_SLACK",
    "KEY_BYTES",
    "PERSONAL",
    "STALE_AFTER",
    "News",
    "Opened",
    "PackContents",
    "card_index",
    "heading_of",
    "news_of",
    "open_pack",
    "seal_pack",
]
