"""Browser sessions: the cookie opens a row of the store, and nothing else is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
from flask import Response

from api.present import asked, notes
from api.state import access, now, state
from api.viewer import Viewer, viewer
from matcher.records.access import SCOPES, Role, Session, User
from matcher.services.access.sign_in import Patience, begin_session, open_session, sign_out
from matcher.settings import Settings

NAME = "matcher_session"
SUBJECT = "worker_id"
"""The fact of a kiosk session that says whose card lies on the pad."""
NAMELESS: Final = Viewer(actor=Role.KIOSK.value, role=Role.KIOSK)
"""A browser nobody signed in with is a kiosk: it sees what everybody may."""


def signed_in() -> Viewer | None:
    """Who uses this browser, by the session its cookie opens; None without one."""
    cookie = asked().cookies.get(cookie_name(state().application.settings))
    if not cookie:
        return None
    session = open_session(access(), cookie, now=now(), patience=_patience())
    if session is None:
        notes().cookie = ""
        return None
    return _viewer(session)


def begin(user: User | None = None, *, pending: str = "") -> Session:
    """Begin a session with a new id for somebody who signed in, or a nameless visit at a kiosk.

    The session this browser had ends: an id that was planted before the sign-in opens nothing after it.
    pending : who gave the password and still owes the second factor
    """
    old = viewer().session
    if old is not None:
        access().end_sessions([old.session_sha256])
    most = state().application.settings.sessions_per_user
    session, notes().cookie = begin_session(access(), user, now=now(), patience=_patience(), most=most, pending=pending)
    notes().viewer = _viewer(session)
    return session


def remember(facts: Mapping[str, Any]) -> Session:
    """Keep facts with the present session, a nameless visit if there is none yet; they are wiped with it.

    A page that was still being made when its visit ended keeps nothing: the next person must not find it.
    """
    session = viewer().session or begin()

    def kept(stored: Session) -> Session:
        is_same = stored.facts.get(SUBJECT) == session.facts.get(SUBJECT)
        return msgspec.structs.replace(stored, facts=dict(facts)) if is_same else stored

    return _changed(session, kept)


def offer(secret: str) -> Session | None:
    """Keep a secret that is shown until it is confirmed; None where there is no session."""
    session = viewer().session
    return session and _changed(session, lambda stored: msgspec.structs.replace(stored, offered=secret))


def wipe() -> None:
    """Forget who stood here: a nameless visit ends, a signed-in kiosk keeps its session without the facts."""
    session = viewer().session
    if session is None:
        return
    if session.user:
        _changed(session, lambda stored: msgspec.structs.replace(stored, facts={}))
    else:
        end()


def end() -> None:
    """End the session of this browser."""
    session = viewer().session
    if session is not None:
        sign_out(access(), session, now=now())
    kept = notes()
    kept.cookie, kept.viewer = "", NAMELESS


def send_cookie(response: Response) -> Response:
    """Hand over the cookie of a session that began in this request, or take back that of one that ended."""
    cookie = notes().get("cookie")
    if cookie is not None:
        response.set_cookie(
            cookie_name(state().application.settings),
            cookie,
            max_age=None if cookie else 0,
            httponly=True,
            samesite="Lax",
            secure=state().application.settings.cookie_secure,
            path="/",
        )
    return response


def _changed(session: Session, change: Callable[[Session], Session]) -> Session:
    """The session as it is kept now; as it was, and nowhere kept, if another request has ended it."""
    found = access().change_session(session.session_sha256, change) or session
    notes().viewer = _viewer(found)
    return found


def _viewer(session: Session) -> Viewer:
    return Viewer(
        actor=session.user or session.role.value,
        role=session.role,
        regions=session.regions,
        scopes=SCOPES[session.role] if session.user else frozenset(),
        subject=str(session.facts.get(SUBJECT, "")) if session.role is Role.KIOSK else "",
        session=session,
    )


def _patience() -> Patience:
    settings = state().application.settings
    return Patience(desk=timedelta(minutes=settings.session_minutes), kiosk=timedelta(seconds=settings.kiosk_seconds))


def cookie_name(settings: Settings) -> str:
    """The prefix makes browsers refuse a cookie that another host or an unencrypted page planted (RFC 6265bis)."""
    return f"__Host-{NAME}" if settings.cookie_secure else NAME
