"""Who asks: a bearer token for the API, a signed-in session for the pages, and what each role may do."""

from __future__ import annotations

from flask import Flask, g, request

from api.auth import csrf, limits, sessions, tokens
from api.viewer import Viewer
from matcher.records.access import Role

API = "/api/"


def init_app(app: Flask) -> None:
    """Find out who asks before any view runs; then the allowance and the form's token are checked."""
    app.before_request(_find_viewer)
    app.before_request(limits.check)
    app.before_request(csrf.check)
    app.after_request(sessions.send_cookie)
    app.jinja_env.globals["csrf_token"] = csrf.token


def _find_viewer() -> None:
    """A token speaks for the API and for nothing else; a session for pages and for nothing else."""
    machine = request.path.startswith(API) or request.path == "/metrics"
    found = tokens.bearer() if machine else sessions.signed_in()
    g.viewer = found or Viewer(actor="nobody" if machine else Role.KIOSK.value, role=Role.KIOSK)
