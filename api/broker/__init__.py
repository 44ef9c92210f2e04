"""The broker workspace: an order and who could go."""

from __future__ import annotations

from flask import Flask

from api.broker import orders, reasons
from api.broker.room import ROOM

__all__ = ["init_app", "orders", "reasons"]


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
