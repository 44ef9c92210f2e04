"""The broker workspace: an order and who could go."""

from __future__ import annotations

from flask import Flask

from api.broker import calls, fees, follow_ups, licence, manifest, new_order, orders, reasons, search, seats
from api.broker.room import ROOM

__all__ = [
    "calls", "fees", "follow_ups", "init_app", "licence", "manifest", "new_order", "orders", "reasons", "search",
    "seats",
]  # fmt: skip


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
