"""What every answer carries: a policy that loads nothing from elsewhere, and an id to find the answer again."""

from __future__ import annotations

import re
import secrets
from string import ascii_lowercase
from typing import Final

from flask import Flask, Response

from api.present import asked, notes
from matcher.privacy import without_personal

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


def init_app(app: Flask) -> None:
    """Give each request an id and each answer its headers."""
    app.before_request(_name_request)
    app.after_request(_set_headers)


def _name_request() -> None:
    """A client's own id is kept if it cannot be somebody's number; ours has no digits, so no log takes it for one."""
    given = asked().headers.get("X-Request-Id", "")
    fits = given and REQUEST_ID.fullmatch(given) and without_personal(given) == given
    notes().request_id = given if fits else secrets.token_bytes(ID_LETTERS).translate(_LETTERS).decode("ascii")


def _set_headers(response: Response) -> Response:
    headers = response.headers
    # Asked once for all: each look at one name goes through every header there is.
    told = {name.lower() for name, _ in headers}
    for name, value in FIXED.items():
        if name.lower() not in told:
            headers.add(name, value)
    headers["X-Request-Id"] = notes().get("request_id", "")
    if "cache-control" not in told and not asked().path.startswith("/static/"):
        headers.add("Cache-Control", "no-store")
    return response
