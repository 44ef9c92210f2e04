"""What every answer carries: a policy that loads nothing from elsewhere, and an id to find the answer again."""

from __future__ import annotations

import re
import secrets
from string import ascii_lowercase
from typing import Final

from flask import Flask, Response, g, request

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
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


def init_app(app: Flask) -> None:
    """Give each request an id and each answer its headers."""
    app.before_request(_name_request)
    app.after_request(_set_headers)


def _name_request() -> None:
    """A client's own id is kept if it cannot be somebody's number; ours has no digits, so no log takes it for one."""
    given = request.headers.get("X-Request-Id", "")
    fits = REQUEST_ID.fullmatch(given) and without_personal(given) == given
    g.request_id = given if fits else "".join(secrets.choice(ascii_lowercase) for _ in range(16))


def _set_headers(response: Response) -> Response:
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
