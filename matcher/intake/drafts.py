"""A row on its way to a record: what it states so far, where each statement stood, what is to be said about it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from matcher.errors import Severity
from matcher.intake.cells import Note
from matcher.records import Kind, Record

_ID_BYTES = 8
_NAME_NOISE = re.compile(r"[\s·.。,，、\-—_]+")
ID_PREFIXES: dict[Kind, str] = {
    Kind.HOUSEHOLDS: "h-",
    Kind.WORKERS: "w-",
    Kind.VACANCIES: "v-",
    Kind.EMPLOYERS: "e-",
    Kind.PLOTS: "p-",
    Kind.PLACEMENTS: "pl-",
}


@dataclass(slots=True)
class Draft:
    """One row being read.

    fields : statements under record field names; identity : of a worker; sources : what only helps to derive fields
    headers : field -> header of every column that is read, for remarks (shared by all rows); notes : (field, remark)
    added : (field or header, line) of columns whose text joins an advert's duties
    """

    row: int
    raw: Any
    headers: Mapping[str, str]
    fields: dict[str, Any] = field(default_factory=dict)
    identity: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[str, Note]] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    record_id: str = ""
    current: Record | None = None

    def say(self, field_name: str, note: Note) -> None:
        """Add a remark on a field."""
        self.notes.append((field_name, note))

    @property
    def rejected(self) -> bool:
        """Is there an error among the remarks?"""
        return any(note.severity is Severity.ERROR for _, note in self.notes)

    @property
    def mended(self) -> bool:
        """Is there a repair among the remarks?"""
        return any(note.severity is Severity.REPAIRED for _, note in self.notes)

    def stated(self, name: str) -> Any:
        """A field as it will stand after this row: stated here, else as stored, else None."""
        if name in self.fields:
            return self.fields[name]
        return self.stored(name)

    def stored(self, name: str) -> Any:
        """A field as stored, JSON-ready; None if unknown."""
        value = getattr(self.current, name, None)
        return value if value is None or isinstance(value, str | int | bool) else json_ready(value)


def json_ready(value: Any) -> Any:
    """A value as JSON holds it: dates as text, decimals as plain text without trailing zeros, structs as objects."""
    built = msgspec.to_builtins(value, order="deterministic")
    return plain_decimal(str(built)) if type(value).__name__ == "Decimal" else built


def plain_decimal(text: str) -> str:
    """A decimal as text with neither exponent nor trailing zeros."""
    if "." not in text:
        return text
    return text.rstrip("0").rstrip(".")


def content_id(kind: Kind, content: object, key: bytes) -> str:
    """An id for a row that has none: a keyed hash of what it states, the same for the same row."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    digest = blake2b(body.encode(), digest_size=_ID_BYTES, key=key[:64]).hexdigest()
    return ID_PREFIXES[kind] + digest


def row_content(draft: Draft) -> Mapping[str, Any]:
    """Everything a row states, as the content its id is made from."""
    content = {"fields": draft.fields, "identity": draft.identity, "sources": draft.sources}
    return content | {"added": draft.added} if draft.added else content


def name_key(name: str) -> str:
    """An employer's name as it is compared: half-width, one kind of brackets, no spaces or points."""
    return _NAME_NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()


def employer_id(name: str, key: bytes) -> str:
    """The id of an employer known by name only."""
    return content_id(Kind.EMPLOYERS, name_key(name), key)


def household_id(head_id_number: str, key: bytes) -> str:
    """The id of a household known by its head's identity number only."""
    return content_id(Kind.HOUSEHOLDS, head_id_number, key)
