"""The composition root: the only room that names adapters; each is imported when it is first used."""

from matcher.bootstrap.application import Application
from matcher.bootstrap.kiosk import KioskApplication

__all__ = ["Application", "KioskApplication"]
