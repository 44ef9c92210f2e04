"""The broker workspace: an order and who could go."""

from __future__ import annotations

from flask import Blueprint, Flask

ROOM = Blueprint("broker", __name__)


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
