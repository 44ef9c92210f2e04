"""The two bridges put together, each listening when it is returned; `Bridge.run` serves them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from matcher.bridges.card_bridge import card_routes, follow
from matcher.bridges.door import origins_of, pairing_secret
from matcher.bridges.loopback import Bridge
from matcher.bridges.pad import Pad
from matcher.bridges.printer import Device, Printer, Simulated
from matcher.bridges.printer_bridge import printer_routes

FIRST_BELOW: Final = 10**9
"""Where a pad's numbers begin: a page must not take a bridge that was started anew for the one before."""


def card_bridge(home: Path, port: int, origins: Collection[str], lines: Iterable[str | bytes] | None) -> Bridge:
    """The reader whose program prints `lines`; None: one that cards are laid on by a call.

    Raises UsageError for a port that is taken and for what is no origin.
    """
    pad = Pad(secrets.randbelow(FIRST_BELOW))
    bridge = Bridge(port, origins_of(origins), pairing_secret(home), card_routes(pad, simulate=lines is None))
    if lines is not None:
        follow(lines, pad)
    return bridge


def printer_bridge(
    home: Path, port: int, origins: Collection[str], device: Path | None, *, columns: int, simulate: bool
) -> Bridge:
    """The printer at a device, or a simulated one; columns : half-width letters of its paper. Raises as above."""
    simulated = Simulated(device) if simulate else None
    printer = Printer(simulated or Device(device or Path()), columns)
    return Bridge(port, origins_of(origins), pairing_secret(home), printer_routes(printer, simulated))
