"""The first page, signing in and out, help."""

from __future__ import annotations

from flask import Flask

from api.start import me, naming, room, second_step

__all__ = ["init_app", "me", "second_step"]


def init_app(app: Flask) -> None:
    """Attach this room, and tell every template whose pages these are."""
    app.register_blueprint(room.ROOM)
    app.context_processor(naming.names)
