"""Records of one person read as one: for counting alone; the records and their histories stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from matcher.records import Placement, Worker


def one_each(workers: Iterable[Worker], joined: Mapping[str, str], there: Collection[str] = ()) -> list[Worker]:
    """Everybody once, in the order given.

    joined : id of a record -> id of the record of the person. What that one leaves open is read from the others, the
    first one first. there : persons' ids that are recorded out of reach, whose other records are left out as well; of
    a person whose own record is not there at all, the others stay.
    """
    listed = list(workers)
    at = {worker.worker_id: ix for ix, worker in enumerate(listed)}
    gone: set[str] = set()
    for worker in listed[:]:
        person = joined.get(worker.worker_id)
        if person in at:
            listed[at[person]] = _filled(listed[at[person]], worker)
            gone.add(worker.worker_id)
        elif person in there:
            gone.add(worker.worker_id)
    return [worker for worker in listed if worker.worker_id not in gone]


def of_persons(placements: Iterable[Placement], people: Collection[str], joined: Mapping[str, str]) -> list[Placement]:
    """Placements as those of the persons. people : ids of `one_each`; those of a record that stays are left."""
    return [
        msgspec.structs.replace(one, worker_id=joined[one.worker_id])
        if one.worker_id not in people and one.worker_id in joined
        else one
        for one in placements
    ]


def _filled(person: Worker, other: Worker) -> Worker:
    """A record with what it leaves open as another of the same person has it."""
    stated: dict[str, Any] = {
        name: value
        for name in Worker.__struct_fields__
        if getattr(person, name) is None and (value := getattr(other, name)) is not None
    }
    return msgspec.structs.replace(person, **stated) if stated else person
