"""Where a gateway program tells receipts and replies."""

from __future__ import annotations

from flask import Flask

from api.sms.callbacks import ROOM

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
