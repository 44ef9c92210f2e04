"""The blueprint of the kiosk, who may use it, and what it remembers of a visit until the next person comes."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, make_response, redirect, request

from api.auth import sessions
from api.state import state, store
from api.viewer import viewer
from matcher.errors import NotFound
from matcher.policy.binding import region_of
from matcher.records.access import Role
from matcher.services.ground.answering import worker_named
from matcher.services.kiosk.jobs import Where

ROOM: Final = Blueprint("kiosk", __name__)
PEOPLE: Final = frozenset({Role.KIOSK, Role.HELPER, Role.WORKER})
"""A worker, alone or beside a helper; staff who signed in as something else look at their own pages."""


ID_BYTES: Final = 8


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What was said at the kiosk so far; it lives in the session and ends with it.

    worker_id : whose card lies there, "" for somebody who only looks; agreed : that person's yes to use the record
    pad : a card of the reader opened the visit, so it ends with the card; unknown : nobody is registered under it
    voice : the voice chosen on the first screen, "" for the kiosk's
    helper : a helper stands beside, until nobody stands here any more or the helper says so
    family : somebody looks for a member of the family: jobs and slips, never a yes in that person's name
    where, trade : answers of today; refused : vacancies answered with 不要; decision_id : the list last shown
    chosen : the vacancy picked, or "plot"; code : what the slip bears
    visit_id : random, of this visit alone: a kiosk that is signed in for the day has one session for everybody
    """

    visit_id: str = ""
    worker_id: str = ""
    agreed: bool = False
    pad: bool = False
    unknown: bool = False
    helper: bool = False
    family: bool = False
    voice: str = ""
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


def begin(said: Visit) -> None:
    """Begin a visit under an id of its own; the one before it ends, its voice and whoever helps there go on."""
    before = visit()
    sessions.wipe()
    voice = said.voice or (before.voice if before is not None else "")
    helper = said.helper or (before is not None and before.helper)
    remember(msgspec.structs.replace(said, voice=voice, helper=helper, visit_id=secrets.token_hex(ID_BYTES)))


def remember(said: Visit) -> None:
    """Keep what was said."""
    sessions.remember(msgspec.to_builtins(said))


def changed(said: Visit, **answers: Any) -> Visit:
    """The visit with new answers, kept."""
    new = msgspec.structs.replace(said, **answers)
    remember(new)
    return new


def is_assisted(said: Visit) -> bool:
    """Whether somebody else stands beside, or in place of, the person of the visit."""
    return said.family or said.helper or viewer().role is Role.HELPER


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


def path_back(default: str = "/kiosk") -> str:
    """Where a page of the kiosk wants to be come back to, by `back` of the query or the form; never elsewhere."""
    back = request.values.get("back", "")
    return back if back.startswith("/kiosk") and back.isascii() and back.isprintable() else default


def no_such_job() -> NotFound:
    """A job that is not among those this visit was shown."""
    return NotFound("没有这个岗位，可能刚刚招满了", remedy="请返回，看看别的岗位。")
