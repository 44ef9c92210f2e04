"""The number on a slip: four digits that mean nothing but this slip."""

from __future__ import annotations

from typing import Final

from matcher.decisions import digest

DIGITS: Final = 4


def slip_code(session_sha256: str, chosen: str) -> str:
    """Four digits from a visit and what was picked: the same press gives the same number."""
    return f"{int(digest(f'{session_sha256}/{chosen}'.encode())[:8], 16) % 10**DIGITS:0{DIGITS}d}"
