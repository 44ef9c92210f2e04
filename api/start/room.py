"""Views: `/`, `/login`, `/logout`, `/help/<topic>`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from api.auth import limits, sessions
from api.auth.roles import EVERYBODY
from api.pages import deed, page
from api.start.manual import topic as help_topic
from api.state import access, now, state, today
from api.viewer import viewer
from matcher.errors import SignInNeeded
from matcher.records.access import Role, User
from matcher.services.access.second_factor import is_asked
from matcher.services.access.sign_in import sign_in
from matcher.services.access.users import demo_logins

ROOM = Blueprint("start", __name__)

HOMES: Final = {
    Role.BROKER: "/broker",
    Role.OFFICER: "/office",
    Role.AUDITOR: "/office",
    Role.ADMINISTRATOR: "/office",
    Role.HELPER: "/kiosk",
    Role.KIOSK: "/kiosk",
}


@page(ROOM, "/", "start/index.html", roles=EVERYBODY)
def index() -> dict[str, Any]:
    """Ways in; of a demonstration its logins and its day too."""
    settings = state().application.settings
    asker = viewer()
    return {
        "today": today().isoformat() if settings.demo else "",
        "logins": _logins() if settings.demo else [],
        "home": HOMES.get(asker.role, "/") if asker.session and asker.session.user else "",
    }


@page(ROOM, "/help/<topic>", "start/help.html", roles=EVERYBODY)
def help_page(topic: str) -> dict[str, Any]:
    """A page of the manual, by name."""
    found = help_topic(topic)
    return {"topic": topic, "title": found.title, "blocks": found.blocks}


@ROOM.get("/login")
def sign_in_page() -> Response:
    """The form; `next` is where to go afterwards."""
    return _form(after=local(request.args.get("next", "")), kept="kept" in request.args)


@ROOM.post("/login")
def take_sign_in() -> Response:
    """Sign in; the browser gets a new session and goes on to `next`, or to the pages of the role."""
    name = request.form.get("name", "").strip()
    after = local(request.form.get("next", ""))
    limits.check_sign_in(name)
    try:
        user = sign_in(access(), name, request.form.get("password", ""), now=now(), owes_more=owes_more)
    except SignInNeeded as refused:
        return _form(after=after, name=name, refused=refused, status=HTTPStatus.UNAUTHORIZED)
    if owes_more(user):
        sessions.begin(pending=user.name)
        return go(url_for("start.second_step" if user.factor else "start.enrolment", next=after or None))
    return enter(user, after)


def owes_more(user: User) -> bool:
    """Whether the password alone does not let this user in."""
    return user.factor is not None or is_asked(state().application.settings, user.role)


def enter(user: User, after: str) -> Response:
    """Begin the user's session, and on to where the sign-in came from or to the pages of the role."""
    sessions.begin(user)
    return go(after or HOMES.get(user.role, "/"))


@deed(ROOM, "/logout", roles=EVERYBODY)
def sign_out() -> Response:
    """End the session of this browser."""
    sessions.end()
    return go("/")


def _form(
    *,
    after: str,
    name: str = "",
    refused: SignInNeeded | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    kept: bool = False,
) -> Response:
    logins = _logins() if state().application.settings.demo else []
    return make_response(
        render_template("start/login.html", after=after, name=name, refused=refused, logins=logins, kept=kept), status
    )


def _logins() -> list[dict[str, str]]:
    secret = state().records.row_key()
    return [
        {
            "name": login.name,
            "display_name": login.display_name,
            "role": login.role.label,
            "password": login.password,
            "home": HOMES[login.role],
        }
        for login in demo_logins(secret)
    ]


def local(path: str) -> str:
    """The path if it leads to a page of this server, else "": no link may send somebody who signs in elsewhere."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return ""
    plain = path.isascii() and path.isprintable() and not parts.scheme and not parts.netloc
    return path if plain and path.startswith("/") and not path.startswith(("//", "/\\", "/login")) else ""


def go(path: str) -> Response:
    """There, by a request of its own; nothing of it is kept."""
    response = make_response(redirect(path, HTTPStatus.SEE_OTHER))
    response.headers["Cache-Control"] = "no-store"
    return response
