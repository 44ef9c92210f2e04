"""`matcher work`: the worker that sends texts and takes in what comes back."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from types import FrameType
from typing import Final

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.county_clock import stand_on
from matcher.cli.options import application_options
from matcher.cli.output import note, tell_error, write_json
from matcher.errors import MatcherError
from matcher.ports.gateways import Gateway, Incoming
from matcher.services.messages.deliver import Deliverer, Turn, deliver
from matcher.services.messages.send_batch import Post
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.timers import run_timers

FILE: Final = "file"
QUIET: Final = timedelta(minutes=1)
"""Turns in which nothing happened are told this often."""


@click.command("work")
@click.option("--once", is_flag=True, help="One turn, then leave.")
@application_options
def work_command(app: Application, *, once: bool) -> None:
    """Send released texts and take in receipts and replies until SIGTERM or Ctrl-C; the turn under way is finished.

    One line of JSON a turn, figures alone; turns in which nothing happened once a minute. One worker a database.

    Example: matcher work --once
    """
    stand_on(app, None)
    stop = threading.Event()
    with app.texts.working(), _gateways(app) as (gateway, trial), _signals(stop):
        deliverer = Deliverer(_post(app, gateway, trial))
        note(f"working for {gateway.name}; Ctrl-C stops after the turn")
        deliver(deliverer, stop.wait, _Log(always=once).tell, once=once, failed=_failed)


@contextmanager
def _gateways(app: Application) -> Iterator[tuple[Gateway, Gateway]]:
    """The gateway of the settings and the one for what is only tried; the same one if that is the file."""
    with closing(app.gateway()) as gateway:
        if gateway.name == FILE:
            yield gateway, gateway
            return
        with closing(app.gateway(FILE)) as trial:
            yield gateway, trial


def _post(app: Application, gateway: Gateway, trial: Gateway) -> Post:
    desk = app.message_desk

    def on_reply(incoming: Incoming) -> None:
        take_reply(app.message_desk, incoming, at=app.clock.now())

    return Post(
        store=desk.store,
        texts=desk.texts,
        rules=desk.rules,
        gateway=gateway,
        trial_gateway=trial,
        clock=app.clock,
        seconds=time.monotonic,
        on_reply=on_reply,
        by=f"{socket.gethostname()}-{os.getpid()}",
        timers=_Timers(app).run,
        seed=app.settings.seed,
    )


class _Timers:
    """What runs out is looked at once a minute: the calls and offers of a county are read for it."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._next: datetime | None = None

    def run(self, now: datetime) -> None:
        """Look, unless it was done within the minute; after a clock that was set back at once."""
        if self._next is None or now >= self._next or now < self._next - QUIET:
            self._next = now + QUIET
            run_timers(self._app.message_desk, now)


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and Ctrl-C ask to stop; whoever called has its own ways back afterwards."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Log:
    """A line a turn; one in which nothing happened only if none was told for a while."""

    def __init__(self, *, always: bool) -> None:
        self._always = always
        self._told: Turn | None = None

    def tell(self, turn: Turn) -> None:
        """Write the turn's figures."""
        quiet = self._told is not None and timedelta() <= turn.at - self._told.at < QUIET
        if turn.idle and quiet and not self._always:
            return
        self._told = turn
        write_json(msgspec.to_builtins(turn))


def _failed(error: MatcherError, wait_s: float) -> None:
    tell_error(error)
    note(f"trying again in {wait_s:.0f} s")


COMMANDS = (work_command,)
