"""What every record shares: strict frozen structs whose fields carry a Chinese label and a clause."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta

Texts = tuple[str, ...]


# Whole numbers of records are columns of 32 bits: what no county can mean is refused where it comes in.
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
AgeYears = Annotated[int, Meta(ge=0, le=150)]
Months = Annotated[int, Meta(ge=0, le=1200)]


def labelled(title: str, clause: str = "design") -> Meta:
    """Field metadata: Chinese label and the clause that asks for the field."""
    return Meta(title=title, extra={"clause": clause})


# gc=False: frozen records of plain values form no cycles; a county's are 300,000 objects to walk at each collection.
class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Base of all records: frozen, strict (an unknown field is an error), defaults left out when written."""


def label(record_type: type[Record], name: str) -> str:
    """Chinese label of a field, for headers, templates and questions."""
    return _meta(record_type, name).title or name


def clause(record_type: type[Record], name: str) -> str:
    """Clauses of the requirements base that ask for a field."""
    return str((_meta(record_type, name).extra or {}).get("clause", ""))


def _meta(record_type: type[Record], name: str) -> Meta:
    annotation = _annotations(record_type)[name]
    return next((m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, Meta)), Meta())


@cache
def _annotations(record_type: type[Record]) -> dict[str, Any]:
    """Of a type, which no run changes, kept: to evaluate a worker's anew takes nine million instructions a label."""
    return get_type_hints(record_type, include_extras=True)
