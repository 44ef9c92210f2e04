"""The kiosk: a worker, four taps, a slip."""

from __future__ import annotations

from flask import Flask

from api.kiosk import adverts, jobs, visits
from api.kiosk.pictures import picture, pictures
from api.kiosk.room import ROOM
from matcher.services.post_words import wage_told

__all__ = ["adverts", "init_app", "jobs", "visits"]


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
    app.jinja_env.filters["picture"] = picture
    app.jinja_env.globals["pictures"] = pictures
    app.jinja_env.globals["wage_told"] = wage_told
