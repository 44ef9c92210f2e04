"""What one cell states and what is to be said about it; cells are read once per distinct content of a column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from matcher.errors import Problem, Severity
from matcher.intake.repair import looks_garbled, tidy_spaces, undo_garbling

LARGEST_EXACT = 2**53
"""Whole numbers above it lose digits in a spreadsheet cell."""
_SHOWN = 120

GARBLED_FIX = "文字是按错误编码读入的，已还原，请核对。"
LOST_FIX = "这段文字的编码已损坏且有字节丢失，无法还原；请按原件重新填写。"
SPACES_FIX = "已去掉多余的空格和看不见的字符，请核对。"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One remark on a cell; `once`: said at its first occurrence in a file only."""

    found: str
    expected: str
    fix: str
    severity: Severity = Severity.ERROR
    once: bool = False


class Cell(msgspec.Struct, frozen=True):
    """What a cell states (field -> value, JSON-ready) and the remarks on it."""

    sets: tuple[tuple[str, Any], ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def rejected(self) -> bool:
        """Is there an error among the remarks?"""
        return any(note.severity is Severity.ERROR for note in self.notes)


Reader = Callable[[Any], Cell]
"""Reads a non-blank cell; total: never raises on any content."""


def problem_of(note: Note, *, file: str, sheet: str, row: int, column: str) -> Problem:
    """A remark with its place."""
    return Problem(
        file=file,
        sheet=sheet,
        row=row,
        column=column,
        found=note.found,
        expected=note.expected,
        fix=note.fix,
        severity=note.severity,
    )


def error(found: object, expected: str, fix: str) -> Note:
    """A remark that rejects the row."""
    return Note(found=shown(found), expected=expected, fix=fix)


def warning(found: object, expected: str, fix: str, *, once: bool = False) -> Note:
    """A remark that keeps the row."""
    return Note(found=shown(found), expected=expected, fix=fix, severity=Severity.WARNING, once=once)


def repaired(before: object, after: object, fix: str) -> Note:
    """A certain repair, before and after."""
    return Note(found=shown(before), expected=shown(after), fix=fix, severity=Severity.REPAIRED)


def shown(value: object) -> str:
    """A value as it is shown in a remark, cut to a line."""
    text = plain_text(value).replace("\n", " ")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def is_blank(raw: object) -> bool:
    """Does a cell hold nothing but space?"""
    return raw is None or (isinstance(raw, str) and (not raw or raw.isspace()))


def plain_text(raw: object) -> str:  # noqa: PLR0911 - one line per type a cell can have
    """A cell as text, whole numbers without a decimal point, dates as YYYY-MM-DD."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < LARGEST_EXACT else repr(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(sep=" ")
    if isinstance(raw, date | time):
        return raw.isoformat()
    if isinstance(raw, int | timedelta):
        return str(raw)
    return "" if raw is None else msgspec.json.encode(raw).decode()


def clean_text(raw: object) -> tuple[str, tuple[Note, ...]]:
    """A cell as text after the repairs that hold for every text, and what was repaired or is beyond it."""
    text = plain_text(raw)
    if not isinstance(raw, str) or _is_clean(text):
        return text, ()
    if "\r" in text:  # line ends of another system are no repair
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    mended = undo_garbling(text)
    tidy = tidy_spaces(mended.text)
    notes: tuple[Note, ...] = ()
    if mended.garbled:
        notes += (repaired(text, tidy, GARBLED_FIX),)
    elif tidy != text:
        notes += (repaired(text, tidy, SPACES_FIX),)
    notes += tuple(warning(lost, "完整的文字", LOST_FIX) for lost in mended.lost)
    return tidy, notes


def _is_clean(text: str) -> bool:
    """Is there surely nothing to mend? Nearly every cell; asked in one go it costs a third."""
    return text.isprintable() and text == text.strip() and not looks_garbled(text)


def lost_digits(raw: object) -> bool:
    """Is a number cell too long to have kept all its digits?"""
    return isinstance(raw, float) and abs(raw) >= LARGEST_EXACT
