"""The HTTP of a bridge: JSON in and out on 127.0.0.1, behind its door; it keeps no log."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import msgspec

from matcher.bridges.door import LOOPBACK, Door
from matcher.errors import InvalidInput, UsageError

MOST_BYTES: Final = 16 * 1024
SILENCE_S: Final = 30
"""A connection that says nothing is closed after so long; a wait for a card is shorter."""

Answer = tuple[HTTPStatus, Any]


class Call(NamedTuple):
    """What was asked: parameters of the address, and the body as it came."""

    query: Mapping[str, str]
    body: bytes


Routes = Mapping[tuple[str, str], Callable[[Call], Answer]]


class Bridge(ThreadingHTTPServer):
    """A bridge that listens. Raises UsageError if the port is taken."""

    daemon_threads = True
    # Else a port stays taken for a minute after a bridge was started anew.
    allow_reuse_address = True

    def __init__(self, port: int, origins: frozenset[str], secret: str, routes: Routes) -> None:
        self.routes = routes
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OSError as error:
            remedy = "Stop the program that uses it, or choose another port: --port."
            raise UsageError(f"port {port} cannot be had: {error.strerror}", where="--port", remedy=remedy) from None
        self.door = Door(self.server_address[1], origins, secret)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.door.port

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that left in the middle of an answer is nothing to tell, and nothing else may be told."""

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self.serve_forever(poll_interval=0.2)
        self.server_close()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        # `shutdown` waits for the loop, which runs in this very thread.
        threading.Thread(target=self.shutdown, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "bridge"
    sys_version = ""
    timeout = SILENCE_S
    server: Bridge

    def do_OPTIONS(self) -> None:
        """A browser's question whether the page may ask at all."""
        refusal = self.server.door.refusal(_headers(self), preflight=True)
        if refusal:
            self._send(refusal.status, {"error": refusal.error}, is_open=False)
        else:
            self._send(HTTPStatus.NO_CONTENT, None, is_open=True)

    def do_GET(self) -> None:
        """A question."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A deed; a body without a length, or a long one, is not read."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= MOST_BYTES):
            self.close_connection = True
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "body"}, is_open=False)
            return
        self._answer(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Nothing is logged: an address or an answer may be somebody's."""

    def _answer(self, body: bytes) -> None:
        refusal = self.server.door.refusal(_headers(self))
        if refusal:
            self._send(refusal.status, {"error": refusal.error}, is_open=False)
            return
        parts = urlsplit(self.path)
        route = self.server.routes.get((self.command, parts.path))
        if route is None:
            self._send(HTTPStatus.NOT_FOUND, {"error": "address"}, is_open=True)
            return
        try:
            status, told = route(Call(dict(parse_qsl(parts.query)), body))
        except (msgspec.DecodeError, InvalidInput) as error:
            fault = error.where if isinstance(error, InvalidInput) else "json"
            status, told = HTTPStatus.UNPROCESSABLE_ENTITY, {"error": fault}
        self._send(status, told, is_open=True)

    def _send(self, status: HTTPStatus, told: Any, *, is_open: bool) -> None:
        body = b"" if told is None else msgspec.json.encode(told)
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))),
                            ("Cache-Control", "no-store"), ("Vary", "Origin")):  # fmt: skip
            self.send_header(name, value)
        if is_open:
            self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
            self.send_header("Access-Control-Allow-Methods", "GET, POST")
            self.send_header("Access-Control-Allow-Headers", "Authorization, Content-Type")
            # A page of the county's server asks a browser for more than one of this machine: it is let in all the same.
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.send_header("Access-Control-Max-Age", "600")
        self.end_headers()
        self.wfile.write(body)


def _headers(handler: BaseHTTPRequestHandler) -> Mapping[str, str]:
    """The headers; one that came twice counts as absent, since it is unclear which of the two is meant."""
    found = handler.headers
    return {name: found[name] for name in ("Host", "Origin", "Authorization") if len(found.get_all(name, [])) == 1}
