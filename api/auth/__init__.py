"""Who asks: a bearer token for the API, a signed-in session for the pages, and what each role may do."""

from __future__ import annotations

from typing import Final

from flask import Flask

from api.auth import csrf, drafts, limits, sessions, tokens
from api.present import asked, notes
from api.viewer import Viewer
from matcher.errors import SignInNeeded
from matcher.records.access import Role

API = "/api/"
METRICS = "/metrics"
NOBODY: Final = Viewer(actor="nobody", role=Role.KIOSK)
"""Who asks the API without a token, or with one that is not in force."""


def init_app(app: Flask) -> None:
    """Find out who asks before any view runs; then the allowance and the form's token are checked.

    A form whose session has ended is kept before it is refused.
    """
    limits.attach(app)
    app.before_request(_find_viewer)
    app.before_request(limits.check)
    app.before_request(drafts.catch)
    app.before_request(csrf.check)
    app.after_request(sessions.send_cookie)
    app.jinja_env.globals["csrf_token"] = csrf.token
    app.jinja_env.globals["draft_field"] = drafts.draft_field


def _find_viewer() -> None:
    """A token speaks for the API and for nothing else; a session for pages and for nothing else."""
    kept, path = notes(), asked().path
    kept.viewer = sessions.NAMELESS
    if path.startswith(limits.STATIC):
        return
    if not path.startswith(API) and path != METRICS:
        kept.viewer = sessions.signed_in() or sessions.NAMELESS
        return
    kept.viewer = NOBODY
    try:
        kept.viewer = tokens.bearer() or NOBODY
    except SignInNeeded:
        limits.check_stranger()
        raise
