"""An answer as it leaves the system, by whichever door."""

from __future__ import annotations

from typing import Any

import msgspec


def answer_bytes(answer: dict[str, Any]) -> bytes:
    """JSON in UTF-8; equal answers have equal bytes, which the log of decisions vouches for."""
    return msgspec.json.encode(answer)
