"""A thread that deletes once an hour what is kept for a day; waiting for a request would keep it for ever."""

from __future__ import annotations

import threading
from typing import Final

from flask import Flask

from api.logs import LOG
from api.state import state_of
from matcher.errors import MatcherError
from matcher.services.tidy import tidy

EVERY_S: Final = 3600.0


def begin_tidying(app: Flask) -> None:
    """Tidy now and every hour from now on, beside the requests."""
    threading.Thread(target=keep_tidy, args=(app, threading.Event()), name="tidying", daemon=True).start()


def keep_tidy(app: Flask, stop: threading.Event) -> None:
    """Tidy, at least once, until told to stop. What cannot be deleted now is deleted an hour later."""
    run = state_of(app).application
    while True:
        try:
            tidy(run.access, run.store, run.settings, now=run.clock.now())
        except (MatcherError, OSError) as error:
            LOG.warning("not tidied", kind=type(error).__name__)
        if stop.wait(EVERY_S):
            return
