"""The blueprint of the office's pages, who reads and who does, and what they all do: log the look, find the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Blueprint, request

from api.auth.roles import OFFICE
from api.state import access, now, state
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.records.access import AuditEntry, Role

ROOM: Final = Blueprint("office", __name__)
READERS: Final = OFFICE
DOERS: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
"""Audit reads everything and does nothing."""

MOST_ROWS: Final = 10_000_000


def looked(action: str, subjects: Iterable[str], detail: Mapping[str, Any]) -> None:
    """Put a look at a person, or a deed, into the audit; before the page leaves, and never with a name in it."""
    asker = viewer()
    entry = AuditEntry(
        at=now(), actor=asker.actor, role=asker.role.value, action=action, subjects=tuple(subjects), detail=detail
    )
    access().append_audit(entry)


def jurisdiction() -> str:
    """The county of this installation."""
    return state().application.settings.jurisdiction


def number(name: str, default: int) -> int:
    """A row or rank in the address. Raises InvalidInput for anything that is no small whole number."""
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ROWS))):
        raise InvalidInput("地址里的数字不对", where=name, remedy="请从列表重新点进来。")
    return int(text)


def may_do() -> bool:
    """Whether the reader is offered deeds at all."""
    return viewer().role in DOERS
