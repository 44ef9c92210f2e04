"""What one may talk about with somebody, and the honest drawback: facts of the record, none that tells of a group."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from matcher.geography import gazetteer
from matcher.records import Placement, TravelRange, Worker
from matcher.records.wishes import accepted_range
from matcher.services.broker.search_words import RANGES
from matcher.services.ground.place_words import work_words
from matcher.services.rounds.answers import NO_DRAWBACK_OF_PERSON

N_TRADES: Final = 3


def talking_points(worker: Worker, on: date, *, last_work: Placement | None, together: bool) -> list[str]:
    """Facts to begin a talk with, the most telling first."""
    return list(_points(worker, on, last_work, together))


def _points(worker: Worker, on: date, last_work: Placement | None, together: bool) -> Iterator[str]:
    trades = list(dict.fromkeys((*(worker.trades or ()), *(worker.skills or ()))))[:N_TRADES]
    yield f"手艺：{'、'.join(trades)}" if trades else "手艺没登记"
    if last_work is not None and last_work.end is not None:
        where = last_work.employer_name or (work_words(last_work.place_code) if last_work.place_code else "外面")
        yield f"在{where}做到{last_work.end:%Y年%-m月}"
    yield _going(worker)
    yield departure_words(worker.available_from, on)
    if together:
        yield "同户还有人能一起走"


def _going(worker: Worker) -> str:
    reach = accepted_range(worker)
    said = RANGES[reach] if reach is not None else "去多远没问过"
    places = [gazetteer().short_name(code) for code in worker.preferred_places or ()]
    wished = "、".join(dict.fromkeys(filter(None, places)))
    return f"{said}，想去{wished}" if wished else said


def departure_words(available_from: date | None, on: date) -> str:
    """The day somebody can leave, seen from a day."""
    if available_from is None:
        return "哪天能走没登记"
    if available_from <= on:
        return "现在就能走"
    year = f"{available_from.year}年" if available_from.year != on.year else ""
    return f"{year}{available_from:%-m月%-d日}起能走"


def drawback(worker: Worker, on: date) -> str:
    """What most likely stands in the way, whatever the work; asked and answered facts, in a fixed order."""
    return next(_drawbacks(worker, on))


def _drawbacks(worker: Worker, on: date) -> Iterator[str]:
    if worker.wish_to_work is None:
        yield "愿不愿意出来做还没问"
    if worker.needs_daily_return:
        yield "要每天回家"
    reach = accepted_range(worker)
    if reach in (TravelRange.VILLAGE, TravelRange.TOWNSHIP):
        yield f"{RANGES[reach]}，走不远"
    if worker.available_from is not None and worker.available_from > on:
        yield f"要等到{worker.available_from:%-m月%-d日}才能走"
    if worker.wage_floor_yuan_month:
        yield f"工资少于{worker.wage_floor_yuan_month}元不去"
    if not (worker.trades or worker.skills):
        yield "手艺没登记，要问清"
    yield NO_DRAWBACK_OF_PERSON


def called_words(days_ago: int | None) -> str:
    """When somebody was last called; "" for never."""
    if days_ago is None:
        return ""
    return "今天联系过" if days_ago <= 0 else "昨天联系过" if days_ago == 1 else f"{days_ago}天前联系过"
