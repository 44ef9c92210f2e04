"""Patches of one record, in order, make its state; nothing here knows of a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput
from matcher.records import ID_FIELDS, RECORD_TYPES, Identity, Kind, Record

MERGED_FIELDS: Final = frozenset({"consent"})
"""Nested fields stated part by part: a yes to messages leaves the word on plots standing. Every other nested
value (a judgement with author and day) is one statement and is replaced as a whole."""

IDENTITY_FIELDS: Final = tuple(name for name in Identity.__struct_fields__ if name != "worker_id")


class Patch(msgspec.Struct, frozen=True, array_like=True):
    """What one row stated: record fields and, of a worker, identity fields."""

    fields: dict[str, Any]
    identity: dict[str, str] = {}


def merged(patches: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """All fields stated, the latest statement of each; MERGED_FIELDS part by part."""
    state: dict[str, Any] = {}
    for patch in patches:
        parts = {
            name: {**state[name], **patch[name]}
            for name in MERGED_FIELDS.intersection(patch, state)
            if isinstance(patch[name], Mapping) and isinstance(state[name], Mapping)
        }
        state = {**state, **patch, **parts}
    return state


def held_on(patches: Iterable[tuple[date, bool, Patch]], on: date) -> list[Patch]:
    """What of the patches holds on a day, oldest first.

    patches : in the order of their days, each with its day and whether it states that day itself. The first statement
    of a field that says no day of its own counts from ever: nobody has stated anything else of the days before.
    """
    said: set[str] = set()
    held = []
    for day, dated, patch in patches:
        fields = patch.fields
        if day > on:
            fields = {} if dated else {name: value for name, value in fields.items() if name not in said}
        said |= patch.fields.keys()
        if fields:
            held.append(Patch(fields))
    return held


def record(kind: Kind, record_id: str, patches: Iterable[Mapping[str, Any]]) -> Record | None:
    """The record the patches make, or None while a field that every record must have is not stated.

    InvalidInput if a field is unknown or has the wrong type.
    """
    fields = merged(patches)
    fields[ID_FIELDS[kind]] = record_id
    if any(fields.get(name) is None for name in required_fields(kind)):
        return None
    try:
        return msgspec.convert(fields, RECORD_TYPES[kind])
    except msgspec.ValidationError as error:
        raise InvalidInput(f"the {kind} record does not fit: {error}", where=record_id) from None


def identity(worker_id: str, patches: Iterable[Mapping[str, str]]) -> Identity:
    """Who the worker is after the patches."""
    return Identity(worker_id=worker_id, **merged(patches))


@cache
def required_fields(kind: Kind) -> tuple[str, ...]:
    """Fields without which a row is no record of its kind."""
    return tuple(field.name for field in msgspec.structs.fields(RECORD_TYPES[kind]) if field.required)
