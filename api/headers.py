"""What every answer carries: a policy that loads nothing from elsewhere, and an id to find the answer again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final

from flask import Flask, Response

from api.present import asked, notes
from matcher.privacy import without_personal

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

POLICY: Final = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "media-src 'self'",
    "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip
FIXED: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
ID_LETTERS: Final = 16
_LETTERS: Final = bytes(ord(ascii_lowercase[byte % len(ascii_lowercase)]) for byte in range(256))
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BY_NAME: Final = tuple((name.lower(), (name, value)) for name, value in FIXED.items())


class Answer(Response):
    """A response that takes on what every answer carries as it leaves.

    What stands in `headers` earlier is checked and copied, one by one: that costs as much as the rest of a response.
    """

    def get_wsgi_response(self, environ: WSGIEnvironment) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """Body, status and headers as they leave; a header that a view has set stays as it is."""
        body, status, headers = super().get_wsgi_response(environ)
        told = {name.lower() for name, _ in headers}
        headers += [header for name, header in _BY_NAME if name not in told]
        headers.append(("X-Request-Id", notes().get("request_id", "")))
        if "cache-control" not in told and not asked().path.startswith("/static/"):
            headers.append(("Cache-Control", "no-store"))
        return body, status, headers


def init_app(app: Flask) -> None:
    """Give each request an id and each answer its headers."""
    app.response_class = Answer
    app.before_request(_name_request)


def _name_request() -> None:
    """A client's own id is kept if it cannot be somebody's number; ours has no digits, so no log takes it for one."""
    given = asked().headers.get("X-Request-Id", "")
    fits = given and REQUEST_ID.fullmatch(given) and without_personal(given) == given
    notes().request_id = given if fits else secrets.token_bytes(ID_LETTERS).translate(_LETTERS).decode("ascii")
