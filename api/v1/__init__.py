"""API v1 of CONTRACT section 5."""

from __future__ import annotations

from flask import Blueprint, Flask

ROOM = Blueprint("v1", __name__)


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
