"""The kiosk: a worker, four taps, a slip."""

from __future__ import annotations

from flask import Flask

from api.kiosk import adverts, frame, jobs, pad, phone, visits
from api.kiosk.pictures import picture, pictures
from api.kiosk.room import ROOM
from api.kiosk.spoken import spoken_filter
from api.state import age_of_news
from matcher.services.ground.post_words import wage_told
from matcher.services.kiosk import job_words

__all__ = ["adverts", "init_app", "jobs", "pad", "phone", "visits"]


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
    frame.init_app(app)
    app.jinja_env.filters["picture"] = picture
    app.jinja_env.filters["spoken"] = spoken_filter
    for name in ("pay_words", "place_words", "keep_words", "left_words", "name_words", "day_words"):
        app.jinja_env.filters[name] = getattr(job_words, name)
    app.jinja_env.globals["pictures"] = pictures
    app.jinja_env.globals["wage_told"] = wage_told
    app.jinja_env.globals["age_of_news"] = age_of_news
