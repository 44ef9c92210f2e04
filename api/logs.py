"""One JSON line a request, with nothing in it that belongs to a person."""

from __future__ import annotations

import structlog
from flask import Flask, g

LOG = structlog.get_logger("matcher.api")


def init_app(app: Flask) -> None:
    """Log what was asked and how it ended."""


def log_fault(error: Exception) -> None:
    """A fault nobody foresaw: its kind and place, never its values."""
    LOG.error("fault", kind=type(error).__name__, request_id=g.get("request_id", ""))
