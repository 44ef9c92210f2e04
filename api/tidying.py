"""A thread that deletes once an hour what is kept for a day, and once a day what is kept for months.

Waiting for a request would keep it for ever; a worker of texts need not be running in a county that sends none.
"""

from __future__ import annotations

import threading
from contextlib import closing
from typing import Final

from flask import Flask

from api.county_time import moment
from api.logs import LOG
from api.state import state_of
from matcher.errors import MatcherError
from matcher.services.messages.keeping import DailyPurge
from matcher.services.tidy import drop_old_files, tidy

EVERY_S: Final = 3600.0
FILE: Final = "file"
TIDY: Final = "tidy"


def begin_tidying(app: Flask) -> None:
    """Tidy now and every hour from now on, beside the requests."""
    threading.Thread(target=keep_tidy, args=(app, threading.Event()), name="tidying", daemon=True).start()


def keep_tidy(app: Flask, stop: threading.Event) -> None:
    """Tidy, at least once, until told to stop. What cannot be deleted now is deleted an hour later."""
    run, purge = state_of(app).application, DailyPurge()
    while True:
        try:
            tidy(run.access, run.store, run.settings, now=run.clock.now())
            if not run.is_kiosk:
                # On the county's day: a demonstration of years ago is not old.
                drop_old_files(run.deeds, by=TIDY, on=run.today(), at=run.clock.now())
                with app.app_context(), closing(run.gateway(FILE)) as files:
                    purge.run(run.message_desk, files, moment())
        except (MatcherError, OSError) as error:
            LOG.warning("not tidied", kind=type(error).__name__)
        if stop.wait(EVERY_S):
            return
