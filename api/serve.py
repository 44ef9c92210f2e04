"""The server: waitress in one process, granian in several; both finish what is in flight before they go."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from api.app import create_app
from api.doorway import MOST_CONNECTIONS, Door
from api.logs import LOG, take_over_logging
from api.tidying import begin_tidying
from api.v1.attendant import attendant_of
from api.warming import warm_and_settle, warm_office
from matcher.bootstrap import Application
from matcher.errors import MissingExtra, UsageError
from matcher.settings import PREFIX, Settings, from_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

DRAIN_S: Final = 20.0
TURN_S: Final = 0.2
REST_S: Final = 5.0
# An open connection that says nothing is closed after so long; browsers simply open another one.
SILENCE_S: Final = 30
MULTIPROC: Final = "PROMETHEUS_MULTIPROC_DIR"

Tell = Callable[[str], None]


def serve(application: Application, *, host: str, port: int, workers: int = 1, tell: Tell) -> int:
    """Serve until SIGTERM or SIGINT; returns 0, or 1 if something in flight had to be cut off after `DRAIN_S`.

    Says through `tell` where it listens. Raises UsageError if the address is taken or cannot be had, StoreError if
    there is no database, MissingExtra for `workers` > 1 without granian.
    """
    _require_database(application)
    # Before anything is built: what takes seconds is not done for an address that is taken.
    require_address(host, port)
    if workers > 1:
        return _serve_many(application.settings, host=host, port=port, workers=workers, tell=tell)
    take_over_logging()
    app = create_app(application)
    with _address(host, port):
        server = Drained(app, application.settings, host, port)
    tell(f"listening on {_url(host, server.port)}; Ctrl-C stops it")
    over = threading.Event()
    warming = _begin_threads(app, over)
    code = server.run()
    over.set()
    _leave_behind(warming, code)
    return code


class Drained:
    """waitress with an end: a signal closes the door, then everything asked before it is answered."""

    def __init__(self, app: Flask, settings: Settings, host: str, port: int) -> None:
        from waitress.channel import HTTPChannel
        from waitress.server import BaseWSGIServer, create_server

        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            app,
            map=self._sockets,
            host=host,
            port=port,
            threads=settings.http_threads,
            # The door judges each body by who sends it.
            max_request_body_size=sys.maxsize,
            # The door makes room before this is reached, at which no connection would be taken any more.
            connection_limit=MOST_CONNECTIONS + 50,
            channel_timeout=SILENCE_S,
            cleanup_interval=SILENCE_S // 6,
            asyncore_use_poll=True,
            # The application must see that a request came through a proxy (`metrics`); it trusts none of them.
            clear_untrusted_proxy_headers=False,
            ident="",
        )
        self._doors = [found for found in self._sockets.values() if isinstance(found, BaseWSGIServer)]
        for listener in self._doors:
            Door(app).attach(listener)
        self._channel = HTTPChannel
        self._until: float | None = None

    @property
    def port(self) -> int:
        """The port it listens on; of port 0, the one the system gave."""
        return int(self._doors[0].effective_port)

    def run(self) -> int:
        """Answer until a signal, then drain; 0, or 1 if something was cut off."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while self._until is None:
            self._turn()
        self._close_doors()
        while self._busy() and time.monotonic() < self._until:
            self._turn()
        cut_off = self._busy()
        self._server.task_dispatcher.shutdown(timeout=0 if cut_off else 1)
        LOG.info("stopped", cut_off=cut_off)
        return 1 if cut_off else 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """The first signal begins the draining, the second one ends it."""
        self._until = time.monotonic() + (DRAIN_S if self._until is None else 0.0)
        self._doors[0].pull_trigger()

    def _turn(self) -> None:
        from waitress import wasyncore

        wasyncore.loop(timeout=TURN_S, use_poll=True, map=self._sockets, count=1)

    def _close_doors(self) -> None:
        from waitress import wasyncore

        for door in self._doors:
            # Not `door.close()`: that would close the pipe by which threads wake this loop, too.
            wasyncore.dispatcher.close(door)

    def _busy(self) -> int:
        """Connections with a request that is being answered; the others are closed, a half-sent request with them."""
        busy = 0
        for channel in [found for found in self._sockets.values() if isinstance(found, self._channel)]:
            # In this order: a thread puts its answer into the buffer before it takes the request off.
            if channel.requests or channel.total_outbufs_len:
                busy += 1
            else:
                channel.handle_close()
        return busy


def _serve_many(settings: Settings, *, host: str, port: int, workers: int, tell: Tell) -> int:
    try:
        from granian.constants import Interfaces
        from granian.server import Server
    except ModuleNotFoundError:
        raise MissingExtra(
            "several worker processes need granian", remedy="Run: pip install 'rural-job-matcher[server]'"
        ) from None
    # Each worker builds its application anew from these: nothing of this process is shared by forking.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ[f"{PREFIX}HOME"] = str(settings.home)
    os.environ[f"{PREFIX}DATABASE_URL"] = settings.url
    with tempfile.TemporaryDirectory(prefix="matcher-metrics-") as folder:
        os.environ.setdefault(MULTIPROC, folder)
        tell(f"listening on {_url(host, port)} with {workers} processes; Ctrl-C stops it")
        Server(
            "api.serve:worker", address=host, port=port, interface=Interfaces.WSGI, factory=True, workers=workers,
            blocking_threads=settings.http_threads, workers_kill_timeout=int(DRAIN_S), log_access=False,
            log_enabled=False, respawn_failed_workers=True,
        ).serve()  # fmt: skip
    return 0


def require_address(host: str, port: int) -> None:
    """UsageError, with what to do, if the address cannot be listened on."""
    with _address(host, port), socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def worker() -> Flask:
    """The application of one worker process, from the environment its parent left."""
    take_over_logging()
    app = create_app(Application(from_environment()))
    _begin_threads(app, threading.Event())
    return app


def _begin_threads(app: Flask, over: threading.Event) -> threading.Thread:
    """What runs beside the requests; the thread that warms, between two steps of which `over` ends it."""
    warming = threading.Thread(target=warm_and_settle, args=(app, over), name="warming", daemon=True)
    warming.start()
    # An import empties what was warm: the office would wait for its registers again.
    attendant_of(app).afterwards = partial(warm_office, app)
    begin_tidying(app)
    return warming


def _leave_behind(warming: threading.Thread, code: int) -> None:
    """Wait a little for what is still being warmed, or end the process here.

    An interpreter that goes down under compiled code of another thread is aborted by it, whatever its code was to be.
    """
    warming.join(REST_S)
    if warming.is_alive():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _require_database(application: Application) -> None:
    """StoreError now, and not at the first request, if the database is not there or of another version."""
    application.store.revision()


@contextmanager
def _address(host: str, port: int) -> Iterator[None]:
    """Tell an address that cannot be had as wrong usage, with what to do."""
    try:
        yield
    except OSError as error:
        where = f"{host}:{port}"
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} is taken",
                where=where,
                remedy=f"Stop the program that uses it, or choose another one: --port {_other(port)}.",
            ) from None
        if error.errno == errno.EACCES:
            raise UsageError(f"port {port} may not be opened", where=where, remedy="Use --port 8000.") from None
        raise UsageError(
            f"this address cannot be had: {error.strerror}", where=where, remedy="Use --host 127.0.0.1."
        ) from None
    except ValueError as error:
        # What waitress says of a host that resolves to nothing.
        raise UsageError(f"this address cannot be had: {error}", where=host, remedy="Use --host 127.0.0.1.") from None


def _other(port: int) -> int:
    return port + 1 if port < 65535 else 8000


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
