"""People as the office reads them: id, place, and as much of the identity as the role may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matcher.ports import RosterStore
from matcher.privacy import identity_for
from matcher.records import Identity, Worker
from matcher.records.access import Role
from matcher.services.ground.place_words import home_words


def named(
    store: RosterStore, workers: Iterable[Worker], role: Role, revision: int | None = None
) -> list[dict[str, Any]]:
    """Each worker with id, place and as much of the identity as the role reads, as of `revision` (default now)."""
    workers = list(workers)
    identities = store.identities([worker.worker_id for worker in workers], revision=revision)
    return [
        {
            "worker_id": worker.worker_id,
            "place": home_words(worker.place_code),
            **_identity(identities.get(worker.worker_id), role),
        }
        for worker in workers
    ]


def _identity(identity: Identity | None, role: Role) -> dict[str, str]:
    if identity is None:
        return identity_for(role, name=None, id_number=None, phone=None)
    return identity_for(role, name=identity.name, id_number=identity.id_number, phone=identity.phone)
