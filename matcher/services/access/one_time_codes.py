"""Codes of an authenticator: HOTP over thirty-second steps (RFC 4226, RFC 6238), as every such program has them."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from typing import Final
from urllib.parse import quote

STEP_S: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
"""The 160 bits RFC 4226 section 4 recommends; SHA-1, which HMAC does not weaken and old programs alone know."""
DRIFT: Final = 1
"""Steps a clock may be off, either way (RFC 6238 section 5.2 recommends one at most)."""


def new_secret() -> str:
    """A secret nobody knows yet, in the letters people can type (base32)."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_at(at: datetime) -> int:
    """The number of the thirty seconds a moment falls in."""
    return int(at.timestamp()) // STEP_S


def code_at(secret: str, step: int) -> str:
    """The six digits of a step."""
    digest = hmac.digest(b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step a code belongs to, if it is one of now and later than `after`; a code is taken once."""
    now = step_at(at)
    fitting = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > after
    ]
    return fitting[0] if fitting else None


def enrolment_uri(secret: str, *, issuer: str, name: str) -> str:
    """What an authenticator reads from a QR code (the Key URI format)."""
    label = quote(f"{issuer}:{name}", safe=":")
    return f"otpauth://totp/{label}?secret={secret}&digits={DIGITS}&period={STEP_S}"


def spaced(secret: str) -> str:
    """A secret as it is read out: groups of four."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
