"""Browser sessions."""

from __future__ import annotations

from flask import Response

from api.viewer import Viewer


def signed_in() -> Viewer | None:
    """Who signed in with this browser."""
    return None


def send_cookie(response: Response) -> Response:
    """Hand the cookie of a session that began in this request."""
    return response
