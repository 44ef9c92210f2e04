"""Finding one person for the office: by id, by part of the name, or by the tail of the identity number."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

import msgspec

from matcher.ports import RosterStore
from matcher.records import Kind, Worker
from matcher.records.access import Role
from matcher.services.ground.answering import working_ids
from matcher.services.ground.masked_people import N_FRAGMENT, people_called
from matcher.services.ground.named_people import named
from matcher.services.ground.place_words import home_words, township_of

N_SHOWN: Final = 50
ID_TAIL: Final = re.compile(r"\d{3}[\dXx]", re.ASCII)


class FindPeople(msgspec.Struct, frozen=True, kw_only=True):
    """The call: what was typed, or a township (leading digits of its code) whose people seek work; for which role."""

    role: Role
    on: date
    asked: str = ""
    town: str = ""


def find_people(store: RosterStore, call: FindPeople) -> dict[str, Any]:
    """People the store reaches, N_SHOWN at most and how many there were; `how` says by what they were found."""
    how, workers, n_found = _found(store, call)
    return {
        "how": how,
        "n_found": n_found,
        "most": N_SHOWN,
        "too_short": how == "name" and len("".join(call.asked.split())) < N_FRAGMENT,
        "town": home_words(call.town.ljust(6, "0")) if how == "town" else "",
        "people": named(store, workers, call.role),
    }


def seekers(store: RosterStore, on: date) -> list[Worker]:
    """Workers who said they wish to work and have no placement that runs on the day; who was not asked is not one."""
    busy = working_ids(store, on, None)
    return [worker for worker in _workers(store) if worker.wish_to_work and worker.worker_id not in busy]


def _found(store: RosterStore, call: FindPeople) -> tuple[str, list[Worker], int]:
    asked = "".join(call.asked.split())
    if call.town:
        found = [worker for worker in seekers(store, call.on) if township_of(worker.place_code) == call.town]
        return "town", found[:N_SHOWN], len(found)
    if not asked:
        return "", [], 0
    by_id = _ids(store, [asked])
    if by_id:
        return "id", by_id, 1
    if ID_TAIL.fullmatch(asked):
        ids = _with_tail(store, asked.upper())
        return "tail", _ids(store, ids[:N_SHOWN]), len(ids)
    if asked.isascii():
        return "id", [], 0
    people, n_found = people_called(store, asked)
    return "name", _ids(store, [person.worker_id for person in people]), n_found


def _with_tail(store: RosterStore, tail: str) -> list[str]:
    """Ids of those whose identity number ends so."""
    identities = store.identities([worker.worker_id for worker in _workers(store)])
    return sorted(
        worker_id
        for worker_id, identity in identities.items()
        if identity.id_number and identity.id_number.upper().endswith(tail)
    )


def _ids(store: RosterStore, worker_ids: list[str]) -> list[Worker]:
    """The workers in the order of the ids."""
    found = store.records(Kind.WORKERS, ids=worker_ids)
    known = {worker.worker_id: worker for worker in found if isinstance(worker, Worker)}
    return [known[worker_id] for worker_id in worker_ids if worker_id in known]


def _workers(store: RosterStore) -> list[Worker]:
    return [worker for worker in store.records(Kind.WORKERS) if isinstance(worker, Worker)]
