"""Views: the second factor at the sign-in (`/login/code`) and its first setting up (`/login/enrol`).

Between password and code the session is nobody's: no page of staff opens to it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from api.auth import limits, sessions
from api.start.room import HOMES, ROOM, enter, go, local, owes_more
from api.state import access, now
from api.viewer import viewer
from matcher.errors import InvalidInput, MatcherError, SignInNeeded
from matcher.records.access import User
from matcher.services.access.one_time_codes import enrolment_uri, new_secret, spaced
from matcher.services.access.qr_code import qr_code, qr_path
from matcher.services.access.second_factor import check, enrol

ISSUER = "就业对接"


@ROOM.get("/login/code")
def second_step() -> Response:
    """Ask for the code of the telephone, or one from paper."""
    return _code_form() if _pending() else _again()


@ROOM.post("/login/code")
def take_second_step() -> Response:
    """Take the code: the session of the user begins. SignInNeeded for who has not given the password."""
    user = _pending()
    if user is None:
        raise _first()
    limits.check_sign_in(user.name)
    try:
        user = check(access(), user.name, request.form.get("code", ""), now=now())
    except SignInNeeded as refused:
        return _code_form(refused, HTTPStatus.UNAUTHORIZED)
    return enter(user, _after())


@ROOM.get("/login/enrol")
def enrolment() -> Response:
    """Show a new secret as a drawing and as text, until a code of it is typed."""
    user = _pending()
    if user is None or user.factor is not None:
        return _again()
    return _enrolment_form(user)


@ROOM.post("/login/enrol")
def take_enrolment() -> Response:
    """Confirm the secret by a code of it: the user is in, and reads the recovery codes this once.

    SignInNeeded for who has not given the password, or has a factor.
    """
    user, session = _pending(), viewer().session
    if user is None or session is None or not session.offered or user.factor is not None:
        raise _first()
    limits.check_sign_in(user.name)
    try:
        codes = enrol(access(), user.name, session.offered, request.form.get("code", ""), now=now())
    except InvalidInput as refused:
        return _enrolment_form(user, refused, HTTPStatus.UNPROCESSABLE_ENTITY)
    sessions.begin(access().user(user.name))
    return told_codes(codes, _after() or HOMES.get(user.role, "/"))


def offered(user: User) -> dict[str, Any]:
    """The secret of this session that waits for its first code: as text, and as a drawing an authenticator reads."""
    session = viewer().session
    secret = session.offered if session else ""
    if not secret:
        secret = new_secret()
        sessions.offer(secret)
    grid = qr_code(enrolment_uri(secret, issuer=ISSUER, name=user.name))
    return {"secret": spaced(secret), "drawing": {"side": len(grid), "path": qr_path(grid)}}


def told_codes(codes: tuple[str, ...], onward: str) -> Response:
    """The page that shows recovery codes, this once."""
    response = make_response(render_template("start/codes.html", codes=codes, onward=onward, viewer=viewer()))
    response.headers["Cache-Control"] = "no-store"
    return response


def _pending() -> User | None:
    """Who gave the password in this browser and still owes the second factor."""
    session = viewer().session
    if session is None or not session.pending:
        return None
    user = access().user(session.pending)
    return user if owes_more(user) else None


def _after() -> str:
    return local(request.values.get("next", ""))


def _again() -> Response:
    return go(url_for("start.sign_in_page", next=_after() or None))


def _first() -> SignInNeeded:
    return SignInNeeded("要先填登录名和密码", remedy="请重新登录。")


def _code_form(refused: MatcherError | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return make_response(render_template("start/code.html", refused=refused, after=_after()), status)


def _enrolment_form(user: User, refused: MatcherError | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = make_response(
        render_template("start/enrol.html", **offered(user), refused=refused, after=_after()), status
    )
    response.headers["Cache-Control"] = "no-store"
    return response
