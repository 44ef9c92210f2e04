"""One new master key for everything that is sealed; what an append-only log has sealed keeps the key it has."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.engine import Connection

from matcher.store import access, answers, batches, deeds, kiosks, orders, people, text_shelves
from matcher.store.sealing import Vault
from matcher.store.shelf import Shelf

SHELVES: Final[tuple[Shelf[Any], ...]] = (
    *access.SHELVES,
    *orders.SHELVES,
    *kiosks.SHELVES,
    *text_shelves.SHELVES,
    *deeds.SHELVES,
)


def reseal(connection: Connection, vault: Vault) -> int:
    """Bring data keys, problems, kept requests and every shelf under the active master key; how many were not yet."""
    n_sealed = people.rewrap(connection, vault) + batches.reseal_problems(connection, vault)
    n_sealed += answers.reseal_requests(connection, vault)
    return n_sealed + sum(shelf.reseal(connection, vault) for shelf in SHELVES)
