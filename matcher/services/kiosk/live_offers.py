"""Offers that were sent to somebody by text message and may still be answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from matcher.ports.kiosk_home import KioskHome
from matcher.services.messages.offers_shown import newest_standing

Offers = Callable[[str, date], Sequence[str]]
"""Worker id and day -> vacancies of the live offers, in the order of the message."""


def no_offers(worker_id: str, on: date) -> tuple[str, ...]:
    """Where nothing sends messages."""
    return ()


def carried_offers(home: KioskHome) -> Offers:
    """The offers of a fair pack, as long as they and the people of the pack are there."""

    def found(worker_id: str, on: date) -> tuple[str, ...]:
        carried = home.carried(worker_id)
        return newest_standing(carried.offers, on) if carried is not None else ()

    return found
