"""What waitress settles before the application sees a request: how large a body, from whom, and who must make room.

A body waits in memory, beyond half a megabyte in a file, until it has come in whole; so it is judged by its head.
"""

from __future__ import annotations

import html
import secrets
import socket
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http.cookies import CookieError, SimpleCookie
from string import ascii_lowercase
from typing import Any, Final, NamedTuple

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask
from waitress.utilities import Error

from api.auth.kiosk_keys import is_kiosk_key
from api.auth.sessions import cookie_name
from api.errors import TITLES, TYPE, ProblemDocument
from api.headers import FIXED
from api.logs import LOG, UNMATCHED
from api.media import PROBLEM
from api.metrics import count_refusal
from api.state import state_of
from matcher.errors import MatcherError, Revoked, SignInNeeded
from matcher.records.access import SCOPES, Scope
from matcher.services.access.sign_in import sha256_of
from matcher.services.access.tokens import bearer_of
from matcher.services.kiosk.fleet import kiosk_of

MOST_CONNECTIONS: Final = 900
"""Half-open and dribbling connections cost a file handle each, no thread; most systems allow a process 1024."""
FREE_BYTES: Final = 64 * 1024
"""Of a body from somebody without a token or session in force: a form to sign in with, not a roster."""
UPLOADS: Final = frozenset({("POST", "/api/v1/imports"), ("POST", "/office/imports")})
LINGER_S: Final = 20.0
"""A client that is still sending reads no answer; what it sends is thrown away for so long."""

# Beside those of `api.errors`: what only the door says.
_TITLES: Final = {401: "需要先登录", 403: "没有权限", 431: "请求头太长", 500: "系统出错", 501: "不支持这种传输方式"}
_DETAILS: Final = {
    400: ("这不是一个完整的 HTTP 请求。", "请检查请求行、请求头和 Content-Length。"),
    401: ("没有有效的令牌，只能发送很小的内容。", "Send `Authorization: Bearer ...`; `matcher token add` makes one."),
    403: ("这个令牌不能导入名册。", "Ask for a token with the scope imports:write."),
    413: ("内容超过了这里能接收的大小，没有接收。", "请拆成几份分别发送。"),
    431: ("地址或请求头太长。", "请缩短地址，条件放在正文里。"),
    500: ("系统内部出错，已经记录。", "请稍后再试。"),
    501: ("只接受 Content-Length 或 chunked 的正文。", "请去掉其他 Transfer-Encoding。"),
}


class Refusal(Error):  # type: ignore[misc]
    """A request that goes no further."""

    def __init__(self, status: int) -> None:
        super().__init__("")
        self.code = status


class _Limited(NamedTuple):
    """waitress' settings with a limit of one request's own."""

    settings: Any
    max_request_body_size: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.settings, name)


class Door:
    """Judges requests by their heads, for one application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._run = state_of(app).application

    def attach(self, listener: Any) -> None:
        """Let a listening socket of waitress open its connections through this door."""
        listener.channel_class = partial(_Channel, self)

    def limit(self, asked: HTTPRequestParser) -> int | Refusal:
        """How many bytes the body of a request may have, or why it may not come in."""
        if not asked.chunked and asked.content_length <= FREE_BYTES:
            return FREE_BYTES
        scopes, is_upload = self._scopes(asked), (asked.command, asked.path) in UPLOADS
        most = self._most(scopes, is_upload=is_upload)
        if asked.chunked or asked.content_length <= most:
            return most
        is_api = asked.path.startswith("/api/")
        if is_api and scopes is None:
            return Refusal(401)
        is_beyond_scope = is_api and is_upload and most < self._run.settings.upload_max_bytes
        return Refusal(403 if is_beyond_scope else 413)

    def _most(self, scopes: frozenset[Scope] | None, *, is_upload: bool) -> int:
        settings = self._run.settings
        if scopes is None:
            return FREE_BYTES
        return settings.upload_max_bytes if is_upload and Scope.IMPORTS_WRITE in scopes else settings.http_max_bytes

    def note(self, status: int, request_id: str) -> None:
        """Log and count a refusal as any other answer."""
        count_refusal(self.app, status)
        LOG.info(
            "request", request_id=request_id, method="other", rule=UNMATCHED, status=status, ms=0.0, role="", actor=""
        )

    def _scopes(self, asked: HTTPRequestParser) -> frozenset[Scope] | None:
        """What the sender may do by token or session; None for nobody we know. If nobody can tell, the view will."""
        access, now = self._run.access, self._run.clock.now()
        try:
            if asked.path.startswith("/api/"):
                scheme, _, given = asked.headers.get("AUTHORIZATION", "").partition(" ")
                return self._of_bearer(given.strip(), now) if scheme.lower() == "bearer" else None
            session = access.session(sha256_of(self._cookie(asked.headers)))
            return SCOPES[session.role] if session and session.user and session.expires_at > now else None
        except (SignInNeeded, Revoked):
            return None
        except MatcherError:
            return frozenset()

    def _of_bearer(self, given: str, now: datetime) -> frozenset[Scope]:
        if is_kiosk_key(given):
            kiosk_of(self._run.kiosks, given)
            return frozenset({Scope.KIOSKS})
        return frozenset(bearer_of(self._run.access, given, now).scopes)

    def _cookie(self, headers: Mapping[str, str]) -> str:
        try:
            found = SimpleCookie(headers.get("COOKIE", "")).get(cookie_name(self._run.settings))
        except CookieError:
            return ""
        return found.value if found else ""


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in, judged when its head is there."""

    adj: Any
    completed: bool

    def __init__(self, door: Door, adj: Any) -> None:
        super().__init__(adj)
        self._door = door
        self._is_judged = False

    def received(self, data: bytes) -> int:
        """Take more of the request; returns how much of it was used."""
        used = int(super().received(data))
        if self.headers_finished and not self.completed and not self._is_judged:
            self._is_judged = True
            limit = self._door.limit(self)
            if isinstance(limit, Refusal):
                # Without an invitation to go on, which would follow the refusal.
                self.error, self.completed, self.expect_continue = limit, True, False
            else:
                self.adj = _Limited(self.adj, limit + 1)
        return used


class _RefusalTask(ErrorTask):  # type: ignore[misc]
    """Tells a program by a problem document and a browser by a page why its request went no further."""

    def execute(self) -> None:
        """Write the answer."""
        status = int(self.request.error.code)
        request_id = "".join(secrets.choice(ascii_lowercase) for _ in range(16))
        body, kind = _told(status, request_id, wants_page=self._wants_page())
        headers = {**FIXED, "Content-Type": kind, "Cache-Control": "no-store", "X-Request-Id": request_id}
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        self.status = f"{status} Refused"
        self.response_headers.extend(headers.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.channel.has_refused = True
        self.channel.door.note(status, request_id)
        self.write(body)

    def _wants_page(self) -> bool:
        return "text/html" in self.request.headers.get("ACCEPT", "")


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection; where there are too many, the crowd with the longest silence makes room for a new one."""

    error_task_class = _RefusalTask

    def __init__(self, door: Door, *given: Any, **named: Any) -> None:
        self.door = door
        self.parser_class = partial(_Parser, door)
        self.has_refused = False
        self._leaves_by = 0.0
        super().__init__(*given, **named)
        self._make_room()

    def received(self, data: bytes) -> bool:
        """Take what came in; of somebody who was refused throw it away, so that they can read why."""
        if not self._leaves_by:
            return bool(super().received(data))
        if time.monotonic() > self._leaves_by:
            self.handle_close()
        return True

    def handle_close(self) -> None:
        """Close; after a refusal first our half alone, for as long as the client needs to stop sending."""
        if self.has_refused and not self._leaves_by and self.connected:
            self._leaves_by = time.monotonic() + LINGER_S
            self.will_close = False
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                super().handle_close()
            return
        super().handle_close()

    def _make_room(self) -> None:
        channels = [found for found in self._map.values() if isinstance(found, HTTPChannel)]
        if len(channels) <= MOST_CONNECTIONS:
            return
        silent = [
            found for found in channels if found is not self and not found.requests and not found.total_outbufs_len
        ]
        if silent:
            crowd = Counter(found.addr[0] for found in silent)
            HTTPChannel.handle_close(min(silent, key=lambda found: (-crowd[found.addr[0]], found.last_activity)))


def _told(status: int, request_id: str, *, wants_page: bool) -> tuple[bytes, str]:
    title = _TITLES.get(status) or TITLES[status]
    detail, remedy = _DETAILS[status]
    if wants_page:
        page = (
            f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{html.escape(title)}</title></head>'
        )
        return (
            f"{page}<body><h1>{title}</h1><p>{detail}</p><p>{remedy}</p></body></html>".encode(),
            "text/html; charset=utf-8",
        )
    document = ProblemDocument(
        type=f"{TYPE}http-{status}", title=title, status=status, detail=detail, remedy=remedy,
        instance=f"urn:matcher:request:{request_id}",
    )  # fmt: skip
    return document.model_dump_json().encode(), PROBLEM
