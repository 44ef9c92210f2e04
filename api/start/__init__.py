"""The first page, signing in and out, help."""

from __future__ import annotations

from flask import Blueprint, Flask

ROOM = Blueprint("start", __name__)


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
