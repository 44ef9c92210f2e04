"""The county office: imports, packs, why something was shown."""

from __future__ import annotations

from flask import Blueprint, Flask

ROOM = Blueprint("office", __name__)


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
