"""People as a list may name them: sealed identities opened and masked in one step.

A list of people begins here. Use cases that must know more (a call, a bus, a match of two ledgers) open identities
themselves, each for its own reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from matcher.ports import RosterStore
from matcher.privacy import mask_name, mask_phone
from matcher.records import Identity, Kind, Worker
from matcher.services.ground.place_words import home_words, township_of

N_FOUND: Final = 20
N_FRAGMENT: Final = 2
"""Characters of a name a search needs: one character would list a whole clan, and guess hidden ones one by one."""


class Contact(StrEnum):
    """Whether somebody may be given the person's contact (PIPL article 23: separate consent)."""

    AGREED = "agreed"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"

    @property
    def label(self) -> str:
        """As pages say it."""
        return {"agreed": "同意给电话", "refused": "没同意给电话", "not_asked": "还没问给不给电话"}[self.value]

    @classmethod
    def of(cls, worker: Worker) -> Contact:
        """What the worker said; nobody asked is not a yes."""
        shared = None if worker.consent is None else worker.consent.share_with_employer
        return {True: cls.AGREED, False: cls.REFUSED, None: cls.NOT_ASKED}[shared]


class MaskedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as a list names them. name, phone : masked, "" where nobody recorded them."""

    worker_id: str
    name: str
    phone: str
    place: str
    township: str
    township_name: str
    contact: Contact
    contact_label: str


class Found(NamedTuple):
    """The first people a search found, masked, and how many there were."""

    people: list[MaskedPerson]
    n_found: int


def masked_people(store: RosterStore, workers: Sequence[Worker]) -> dict[str, MaskedPerson]:
    """Worker id -> the person, name and phone masked; the opened identity never leaves this function."""
    identities = store.identities([worker.worker_id for worker in workers])
    return {worker.worker_id: _masked(worker, identities.get(worker.worker_id)) for worker in workers}


def people_called(store: RosterStore, asked: str) -> Found:
    """Workers the store reaches whose id is `asked` or whose name holds it; N_FOUND at most, equal names first.

    A fragment of a name shorter than N_FRAGMENT finds nobody. Names are compared without blanks and middle dots.
    """
    wanted = "".join(asked.split())
    if not wanted:
        return Found([], 0)
    by_id = [worker for worker in store.records(Kind.WORKERS, ids=[wanted]) if isinstance(worker, Worker)]
    if by_id:
        return Found(list(masked_people(store, by_id).values()), len(by_id))
    plain = _plain(wanted)
    if len(plain) < N_FRAGMENT:
        return Found([], 0)
    workers = {worker.worker_id: worker for worker in _workers(store.records(Kind.WORKERS))}
    names = {
        worker_id: _plain(identity.name)
        for worker_id, identity in store.identities(workers).items()
        if identity.name and plain in _plain(identity.name)
    }
    ids = sorted(names, key=lambda worker_id: (names[worker_id] != plain, worker_id))
    shown = masked_people(store, [workers[worker_id] for worker_id in ids[:N_FOUND]])
    return Found([shown[worker_id] for worker_id in ids[:N_FOUND]], len(ids))


def _masked(worker: Worker, identity: Identity | None) -> MaskedPerson:
    township = township_of(worker.place_code)
    contact = Contact.of(worker)
    return MaskedPerson(
        worker_id=worker.worker_id,
        name=mask_name(identity.name if identity else None),
        phone=mask_phone(identity.phone if identity else None),
        place=home_words(worker.place_code),
        township=township,
        township_name=home_words(township.ljust(6, "0")),
        contact=contact,
        contact_label=contact.label,
    )


def _workers(records: Iterable[object]) -> Iterable[Worker]:
    return (record for record in records if isinstance(record, Worker))


def _plain(name: str | None) -> str:
    return "".join((name or "").split()).replace("·", "").replace("•", "")
