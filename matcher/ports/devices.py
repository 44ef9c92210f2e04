"""Devices beside a kiosk's screen."""

from __future__ import annotations

from typing import Protocol


class DeviceBridge(Protocol):
    """What speaks to one device for the pages of this machine; it listens already."""

    @property
    def port(self) -> int:
        """Of the loopback address."""

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
