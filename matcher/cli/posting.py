"""What a worker of texts works with, for `matcher work` and for `matcher sms send` alike."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Final

from matcher.bootstrap import Application
from matcher.ports.gateways import Gateway, Incoming
from matcher.services.messages.keeping import DailyPurge
from matcher.services.messages.send_batch import Post
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.timers import run_timers

FILE: Final = "file"
LOOK: Final = timedelta(minutes=1)
"""What runs out is looked at this often: the calls and offers of a county are read for it."""


@contextmanager
def posting(app: Application) -> Iterator[Post]:
    """The one worker of this database, with its gateways open; Conflict while another process is.

    The rules of sending are those of this moment; a reply and what runs out are read with the rules of theirs.
    """
    with app.texts.working(), _gateways(app) as (gateway, trial):
        desk = app.message_desk

        def on_reply(incoming: Incoming) -> None:
            take_reply(app.message_desk, incoming, at=app.clock.now())

        yield Post(
            store=desk.store,
            texts=desk.texts,
            rules=desk.rules,
            gateway=gateway,
            trial_gateway=trial,
            clock=app.clock,
            seconds=time.monotonic,
            on_reply=on_reply,
            by=f"{socket.gethostname()}-{os.getpid()}",
            timers=_Timers(app, trial).run,
            seed=app.settings.seed,
        )


@contextmanager
def _gateways(app: Application) -> Iterator[tuple[Gateway, Gateway]]:
    """The gateway of the settings and the one for what is only tried; the same one if that is the file."""
    with closing(app.gateway()) as gateway:
        if gateway.name == FILE:
            yield gateway, gateway
            return
        with closing(app.gateway(FILE)) as trial:
            yield gateway, trial


class _Timers:
    def __init__(self, app: Application, files: Gateway) -> None:
        self._app, self._files = app, files
        self._purge = DailyPurge()
        self._next: datetime | None = None

    def run(self, now: datetime) -> None:
        """Look, unless it was done within the minute; after a clock that was set back at once."""
        if self._next is None or now >= self._next or now < self._next - LOOK:
            self._next = now + LOOK
            desk = self._app.message_desk
            run_timers(desk, now)
            self._purge.run(desk, self._files, now)
