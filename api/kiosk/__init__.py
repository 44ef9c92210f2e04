"""The kiosk: a worker, four taps, a slip."""

from __future__ import annotations

from flask import Blueprint, Flask

ROOM = Blueprint("kiosk", __name__)


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
