"""HTTP: API v1, kiosk, broker and office pages over the services of `matcher`."""

from api.app import create_app

__all__ = ["create_app"]
