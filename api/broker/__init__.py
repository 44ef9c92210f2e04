"""The broker workspace: an order and who could go."""

from __future__ import annotations

from flask import Flask

from api.broker import (
    call_backs,
    calls,
    fees,
    follow_ups,
    licence,
    manifest,
    new_order,
    orders,
    reasons,
    returns,
    search,
    seats,
)  # fmt: skip
from api.broker.room import ROOM

__all__ = [
    "call_backs", "calls", "fees", "follow_ups", "init_app", "licence", "manifest", "new_order", "orders", "reasons",
    "returns", "search", "seats",
]  # fmt: skip


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
