"""`matcher work`: the worker that sends texts and takes in what comes back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Final

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.county_clock import stand_on
from matcher.cli.options import application_options
from matcher.cli.output import note, tell_error, write_json
from matcher.cli.posting import posting
from matcher.errors import MatcherError
from matcher.services.messages.deliver import Deliverer, Turn, deliver

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
    with posting(app) as post, _signals(stop):
        note(f"working for {post.gateway.name}; Ctrl-C stops after the turn")
        deliver(Deliverer(post), stop.wait, _Log(always=once).tell, once=once, failed=_failed)


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
