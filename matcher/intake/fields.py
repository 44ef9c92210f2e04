"""Which fields each kind of file may state: those of its record, flattened, and those that intake derives from.

A field name is the English name of the record's field, nested ones with a dot (`consent.plot`). Fields that are read
but not kept under their own name (a village's name, an age, a wage text) are `source` fields, listed in headers.csv.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from enum import Enum, StrEnum
from functools import cache
from typing import Any, get_type_hints

import msgspec

from matcher.records import RECORD_TYPES, Identity, Kind, Record, clause, label

IDENTITY_FIELDS = ("name", "id_number", "phone", "ethnicity")
DERIVED_FIELDS = frozenset({"publish_bars", "publish_warnings", "text_age_min", "text_age_max"})
"""Fields of a vacancy that follow from its text and the law; an import works them out anew."""


class FieldType(StrEnum):
    """What a cell of a field holds."""

    TEXT = "text"
    FLAG = "flag"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DAY = "day"
    CODE = "code"
    TEXTS = "texts"
    CODES = "codes"
    OBJECTS = "objects"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a record as a column: English name, Chinese label, content, its enum if it is coded."""

    name: str
    label: str
    clause: str
    content: FieldType
    enum: type[Enum] | None = None
    required: bool = False


@cache
def fields_of(kind: Kind) -> tuple[Field, ...]:
    """Columns of a kind in the order of its record; workers have their identity after the id."""
    record = tuple(_flatten(RECORD_TYPES[kind]))
    if kind is not Kind.WORKERS:
        return record
    identity = tuple(field for field in _flatten(Identity) if field.name in IDENTITY_FIELDS)
    return record[:1] + identity + record[1:]


@cache
def field_map(kind: Kind) -> dict[str, Field]:
    """Name -> field of `fields_of`."""
    return {field.name: field for field in fields_of(kind)}


def _flatten(record_type: type[Record], prefix: str = "", title: str = "") -> Iterator[Field]:
    hints = get_type_hints(record_type)
    for info in msgspec.structs.fields(record_type):
        bare = _without_none(hints[info.name])
        name, text = prefix + info.name, label(record_type, info.name)
        if isinstance(bare, type) and issubclass(bare, Record):
            yield from _flatten(bare, f"{name}.", text)
            continue
        content, enum = _field_type(bare)
        shown = f"{title}:{text}" if title and text == info.name else text
        yield Field(
            name=name,
            label=shown,
            clause=clause(record_type, info.name),
            content=content,
            enum=enum,
            required=info.required,
        )


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return next(arg for arg in typing.get_args(hint) if arg is not type(None))
    return hint


_PLAIN: dict[str, FieldType] = {
    "str": FieldType.TEXT,
    "bool": FieldType.FLAG,
    "int": FieldType.INTEGER,
    "Decimal": FieldType.DECIMAL,
    "date": FieldType.DAY,
}


def _field_type(hint: Any) -> tuple[FieldType, type[Enum] | None]:
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        if item is str:
            return FieldType.TEXTS, None
        return (FieldType.CODES, item) if issubclass(item, Enum) else (FieldType.OBJECTS, None)
    if issubclass(hint, Enum):
        return FieldType.CODE, hint
    return _PLAIN[hint.__name__], None
