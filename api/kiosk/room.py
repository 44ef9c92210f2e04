"""The blueprint of the kiosk, who may use it, and what it remembers of a visit until the next person comes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, make_response, redirect

from api.auth import sessions
from api.state import state, store
from api.viewer import viewer
from matcher.errors import NotFound
from matcher.policy.binding import region_of
from matcher.records.access import Role
from matcher.services.kiosk.jobs import Where
from matcher.services.rounds.answering import worker_named

ROOM: Final = Blueprint("kiosk", __name__)
PEOPLE: Final = frozenset({Role.KIOSK, Role.HELPER, Role.WORKER})
"""A worker, alone or beside a helper; staff who signed in as something else look at their own pages."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What was said at the kiosk so far; it lives in the session and ends with it.

    worker_id : whose card lies there, "" for somebody who only looks; agreed : that person's yes to use the record
    where, trade : answers of today; refused : vacancies answered with 不要; decision_id : the list last shown
    chosen : the vacancy picked, or "plot"; code : what the slip bears
    """

    worker_id: str = ""
    agreed: bool = False
    where: str = ""
    trade: str = ""
    refused: tuple[str, ...] = ()
    decision_id: str = ""
    chosen: str = ""
    code: str = ""


def visit() -> Visit | None:
    """The visit of this browser; None before it began and after it was wiped."""
    session = viewer().session
    if session is None or not session.facts:
        return None
    return msgspec.convert(dict(session.facts), Visit)


def remember(said: Visit) -> None:
    """Keep what was said."""
    sessions.remember(msgspec.to_builtins(said))


def changed(said: Visit, **answers: Any) -> Visit:
    """The visit with new answers, kept."""
    new = msgspec.structs.replace(said, **answers)
    remember(new)
    return new


def home() -> str:
    """The place near and far are told from: the worker's home, else the county of the kiosk, "" if none is set."""
    said = visit()
    if said is not None and said.worker_id and said.agreed:
        return worker_named(store(), said.worker_id).place_code
    application = state().application
    return region_of(application.means.packs, application.settings.jurisdiction)


def answered_where(said: Visit | None) -> Where | None:
    """Where the person wants to work; None if that was not asked yet."""
    return Where(said.where) if said is not None and said.where else None


def go(path: str) -> Response:
    """On to the next page after a deed: reloading it does nothing twice."""
    return make_response(redirect(path, HTTPStatus.SEE_OTHER))


def no_such_job() -> NotFound:
    """A job that is not among those this visit was shown."""
    return NotFound("没有这个岗位，可能刚刚招满了", remedy="请返回，看看别的岗位。")
