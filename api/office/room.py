"""The blueprint of the office's pages, who reads and who does, and what their addresses may say."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Blueprint, request

from api.auth.roles import OFFICE
from api.state import today
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.records.access import Role

ROOM: Final = Blueprint("office", __name__)
READERS: Final = OFFICE
DOERS: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
"""Audit reads everything and does nothing."""

MOST_ROWS: Final = 10_000_000
YEARS_OF_TERMS: Final = 100


def number(name: str, default: int, *, most: int = MOST_ROWS) -> int:
    """A row or rank in the address. Raises InvalidInput for anything that is no whole number as short as `most`."""
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        raise InvalidInput("地址里的数字不对", where=name, remedy="请从列表重新点进来。")
    return int(text)


def newest_seen() -> int:
    """Number of the newest deed that stood on the page a form came from. Raises InvalidInput for none."""
    text = request.form.get("seen", "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ROWS))):
        raise InvalidInput("这一页不完整", where="seen", remedy="请刷新再做一次。")
    return int(text)


def day_asked() -> date:
    """The day a page is asked about (`on`), else today. Raises InvalidInput for what is no day, or none of anybody."""
    text = request.args.get("on", "")
    if not text:
        return today()
    try:
        day = date.fromisoformat(text)
        # Terms of decades are reckoned from a day: they must end in the calendar.
        if day.year > date.max.year - YEARS_OF_TERMS:
            raise ValueError(text)
        return day
    except ValueError:
        raise InvalidInput("这不是一个日子", where="on", remedy="请写成 2021-09-01 这样。") from None


def may_do() -> bool:
    """Whether the reader is offered deeds at all."""
    return viewer().role in DOERS
