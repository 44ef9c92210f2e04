"""Views of one's own account: the browsers one is signed in with, and the second factor."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, render_template, request, url_for

from api.auth import limits, sessions
from api.pages import Data, deed, page
from api.start.room import ROOM, go
from api.start.second_step import offered, told_codes
from api.state import access, now, state
from api.viewer import viewer
from matcher.errors import InvalidInput, MatcherError, SignInNeeded
from matcher.records.access import AuditEntry, Role, Session, User
from matcher.services.access.second_factor import STAFF, enrol, is_asked, renew_codes
from matcher.services.access.sign_in import LONGEST

OWNERS: Final = frozenset({*STAFF, Role.EMPLOYER})
"""Who has an account of their own; kiosks and their helpers share a machine."""
REFERENCE_DIGITS: Final = 16


@page(ROOM, "/me", "start/me.html", roles=OWNERS)
def me() -> Data:
    """The account, its open sessions, the present one marked, and whether it has a second factor."""
    return _me()


@deed(ROOM, "/me/sessions/<reference>/end", roles=OWNERS)
def end_session(reference: str) -> Response:
    """End a session of one's own; one that has ended already is none."""
    ended = [session for session in _sessions() if _reference(session) == reference]
    present = viewer().session
    if present is not None and present.session_sha256 in {session.session_sha256 for session in ended}:
        sessions.end()
        return go(url_for("start.index"))
    _end(ended)
    return go(url_for("start.me"))


@deed(ROOM, "/me/sessions/end-others", roles=OWNERS)
def end_other_sessions() -> Response:
    """End every session of one's own but the present one."""
    present = viewer().session
    _end([session for session in _sessions() if present and session.session_sha256 != present.session_sha256])
    return go(url_for("start.me"))


@page(ROOM, "/me/factor", "start/my_factor.html", roles=STAFF)
def my_factor() -> Data | Response:
    """A new secret to set up the second factor with; who has one already goes back."""
    user = _user()
    return go(url_for("start.me")) if user.factor else {**offered(user), "refused": None}


@deed(ROOM, "/me/factor", roles=STAFF)
def take_my_factor() -> Response:
    """Confirm the secret by a code of it; the recovery codes are shown this once."""
    user, session = _user(), viewer().session
    if session is None or user.factor is not None or not session.offered:
        return go(url_for("start.me"))
    limits.check_sign_in(user.name)
    try:
        codes = enrol(access(), user.name, session.offered, request.form.get("code", ""), now=now())
    except InvalidInput as refused:
        told = render_template("start/my_factor.html", **offered(user), refused=refused, viewer=viewer())
        return make_response(told, HTTPStatus.UNPROCESSABLE_ENTITY)
    return told_codes(codes, url_for("start.me"))


@deed(ROOM, "/me/codes", roles=STAFF)
def renew_my_codes() -> Response:
    """New recovery codes for a code of the telephone; those before count no more."""
    user = _user()
    limits.check_sign_in(user.name)
    try:
        codes = renew_codes(access(), user.name, request.form.get("code", ""), now=now())
    except SignInNeeded as refused:
        told = render_template("start/me.html", **_me(refused), viewer=viewer())
        return make_response(told, HTTPStatus.UNPROCESSABLE_ENTITY)
    return told_codes(codes, url_for("start.me"))


def _me(refused: MatcherError | None = None) -> dict[str, Any]:
    user, settings = _user(), state().application.settings
    return {
        "name": user.name,
        "display_name": user.display_name,
        "role": user.role.label,
        "regions": list(user.regions),
        "sessions": [_told(session) for session in _sessions()],
        "most_sessions": settings.sessions_per_user,
        "idle_minutes": settings.session_minutes,
        "longest_hours": LONGEST.total_seconds() // 3600,
        "may_have_factor": user.role in STAFF,
        "must_have_factor": is_asked(settings, user.role),
        "factor": None
        if user.factor is None
        else {"since": user.factor.since.isoformat(), "n_recovery": len(user.factor.recovery)},
        "refused": {"what": refused.what, "remedy": refused.remedy} if refused else None,
    }


def _told(session: Session) -> dict[str, Any]:
    present = viewer().session
    return {
        "reference": _reference(session),
        "began": session.created_at.isoformat(),
        "last_seen": session.last_seen_at.isoformat(),
        "is_this": present is not None and session.session_sha256 == present.session_sha256,
    }


def _user() -> User:
    return access().user(viewer().actor)


def _sessions() -> list[Session]:
    """Those in force, the one begun last first."""
    return [session for session in access().sessions_of(viewer().actor) if session.expires_at > now()]


def _reference(session: Session) -> str:
    """What a page calls a session by: it opens nothing, and neither does what it is a hash of."""
    return hashlib.sha256(session.session_sha256.encode()).hexdigest()[:REFERENCE_DIGITS]


def _end(ended: list[Session]) -> None:
    if ended:
        access().end_sessions([session.session_sha256 for session in ended])
        asker = viewer()
        entry = AuditEntry(
            at=now(), actor=asker.actor, role=asker.role.value, action="sessions_ended", detail={"n": len(ended)}
        )
        access().append_audit(entry)
