"""Who may speak to a bridge: the kiosk's own page, on this machine, that knows the pairing secret.

Any page a browser opens can send requests to the loopback address; a name that is made to point there (DNS
rebinding) can even read the answers. So the host must be the loopback address by its number or as localhost, the
origin must be the kiosk's, and the secret must be known; each is checked by itself.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Collection, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from matcher.errors import UsageError

KEPT_IN: Final = "bridge.secret"
LOOPBACK: Final = "127.0.0.1"
_SECRET_BYTES: Final = 24
_SCHEMES: Final = ("http", "https")


class Refusal(NamedTuple):
    """Why somebody is sent away."""

    status: HTTPStatus
    error: str


class Door(NamedTuple):
    """What a bridge expects of who speaks to it."""

    port: int
    origins: frozenset[str]
    secret: str

    def refusal(self, headers: Mapping[str, str], *, preflight: bool = False) -> Refusal | None:
        """Why the sender of these headers may not pass; None if it may. A preflight cannot carry the secret."""
        if headers.get("Host", "").lower() not in (f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"):
            return Refusal(HTTPStatus.MISDIRECTED_REQUEST, "host")
        if headers.get("Origin", "") not in self.origins:
            return Refusal(HTTPStatus.FORBIDDEN, "origin")
        if preflight:
            return None
        scheme, _, given = headers.get("Authorization", "").partition(" ")
        fits = scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.secret.encode())
        return None if fits else Refusal(HTTPStatus.UNAUTHORIZED, "secret")


def origins_of(given: Collection[str]) -> frozenset[str]:
    """Origins as browsers write them. Raises UsageError for one that is none."""
    for origin in given:
        parts = urlsplit(origin)
        if parts.scheme not in _SCHEMES or not parts.netloc or f"{parts.scheme}://{parts.netloc}" != origin:
            remedy = "Write scheme, host and port and nothing after them: http://127.0.0.1:8000"
            raise UsageError(f"{origin!r} is no origin", where="--origin", remedy=remedy)
    return frozenset(origin.lower() for origin in given)


def pairing_secret(home: Path) -> str:
    """The secret of this machine's bridges and its kiosk page; made at the first call, readable by its owner alone."""
    path = home / KEPT_IN
    home.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        made = secrets.token_urlsafe(_SECRET_BYTES)
        file.write(made + "\n")
    return made
