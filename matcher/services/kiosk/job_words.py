"""A job in the words of screen, slip and voice: money, place, board and lodging, places left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from matcher.services.ground.post_words import wage_told

Job = Mapping[str, Any]
"""An advert as the kiosk tells it (`kiosk.jobs`)."""


def pay_words(job: Job) -> str:
    """What it pays a month, or that the advert does not say so."""
    wage = wage_told(job["wage_low_yuan_month"], job["wage_high_yuan_month"])
    return f"工钱{''.join(wage)}" if wage else "工钱没写明，要面谈"


def place_words(job: Job) -> str:
    """How far it is: the class of place, with kilometres where they are known; the place itself without a home."""
    if not job["place_class"]:
        return str(job["place"])
    return f"{job['place_class']}，约{job['kilometres']}公里" if job["kilometres"] else str(job["place_class"])


def keep_words(job: Job) -> str:
    """Board and lodging; what the advert leaves out is said to be left out."""
    board, lodging = job["board"], job["lodging"]
    if board is None and lodging is None:
        return "吃住没写明"
    if board == lodging:
        return "包吃包住" if board else "不包吃住"
    return f"{_one(board, '吃')}，{_one(lodging, '住')}"


def left_words(job: Job) -> str:
    """How many people are still wanted."""
    return "要几人没写明" if job["headcount_unknown"] else f"还要{job['places_left']}人"


def name_words(job: Job) -> str:
    """The job and, where the advert names it, the firm."""
    return f"{job['title']} · {job['employer']}" if job["employer"] else str(job["title"])


def day_words(day: str) -> str:
    """A day of this or next year as it is said: 6月30日 for 2018-06-30."""
    told = date.fromisoformat(day)
    return f"{told.month}月{told.day}日"


def _one(given: bool | None, what: str) -> str:
    return f"{what}没写明" if given is None else f"包{what}" if given else f"不包{what}"
