"""Which field a column header names: the table of real headers, exact after tidying; near misses only with a warning.

The headers are facts of seven systems in use (national monitoring export, a provincial employment ledger with six
import templates, a migrant ledger, a transfer registry, village forms, a household record, a vacancy form).
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
from rapidfuzz.distance import Levenshtein

from matcher.intake.fields import fields_of
from matcher.intake.repair import undo_garbling
from matcher.records import Kind

IGNORED = "-"
"""Field of a header that is known and deliberately not read."""

_NOISE = re.compile(r"[\s*＊\u200b-\u200f\u00a0\ufeff:：]+|\(?必填\)?|\(?选填\)?")
_BRACKETS = re.compile(r"[(\[【（][^()\[\]【】（）]*[)\]】）]")
_SHORTEST_FUZZY = 5
LEVEL_MARK = ":"


class Match(msgspec.Struct, frozen=True):
    """A header read as a field: `rank` orders headers of one field (0 is the best); `similar` names the near miss.

    note : a reading that is open to doubt, said to the officer
    """

    field: str
    rank: int = 0
    similar: str = ""
    note: str = ""


class Form(msgspec.Struct, frozen=True):
    """A form of a known system: its headers identify it, `kind` is what it can be imported as (empty: nothing yet)."""

    form: str
    name: str
    kind: str
    headers: tuple[str, ...]


def header_key(text: str) -> str:
    """A header as it is compared: encoding mended, half-width, lower case, without spaces, asterisks and colons."""
    mended = undo_garbling(text).text
    return _NOISE.sub("", unicodedata.normalize("NFKC", mended)).lower()


def fingerprint(kind: Kind, headers: Iterable[str]) -> str:
    """What a remembered mapping is filed under: kind of record and header row, spelling noise left out.

    The kind is part of it because one ledger may be imported as workers and as placements.
    """
    joined = "\x1f".join((kind.value, *(header_key(header) for header in headers)))
    return hashlib.sha256(joined.encode()).hexdigest()[:32]


@cache
def header_table(kind: Kind) -> Mapping[str, Match]:
    """Tidied header -> field for a kind; English names, headers.csv, the record's own labels."""
    table: dict[str, Match] = {}
    for field in fields_of(kind):
        table.setdefault(header_key(field.name), Match(field.name))
    ranks: dict[str, int] = {}
    for row in _rows("headers.csv"):
        if row["kind"] == kind:
            rank = ranks[row["field"]] = ranks.get(row["field"], 1) + 1
            table.setdefault(header_key(row["header"]), Match(row["field"], rank, note=row["note"] or ""))
    for field in fields_of(kind):
        table.setdefault(header_key(field.label), Match(field.name, 1))
    return table


@cache
def readable_fields(kind: Kind) -> frozenset[str]:
    """Every field a column of a kind can be read as."""
    return frozenset(match.field for match in header_table(kind).values()) - {IGNORED}


@lru_cache(maxsize=1 << 12)
def match_header(kind: Kind, header: str) -> Match | None:
    """The field a header names, or None.

    Tried in turn: the whole header; without what stands in brackets (units, remarks); of a header of several levels
    the lowest alone, in the same two ways; one slip of the pen in a header of five characters or more, if only one
    field is that near.
    """
    table = header_table(kind)
    # header_key drops colons, so the levels are taken apart before.
    lowest = lowest_level(header)
    for part in dict.fromkeys((header, lowest)):
        for text in (part, _BRACKETS.sub("", unicodedata.normalize("NFKC", part))):
            if match := table.get(header_key(text)):
                return match
    return _near_miss(table, header_key(lowest))


def lowest_level(header: str) -> str:
    """The lowest line of a header of several: what its column is called."""
    return header.rsplit(LEVEL_MARK, 1)[-1]


def _near_miss(table: Mapping[str, Match], key: str) -> Match | None:
    if len(key) < _SHORTEST_FUZZY:
        return None
    near = {
        match.field: (match, known)
        for known, match in table.items()
        if abs(len(known) - len(key)) <= 1 and Levenshtein.distance(known, key, score_cutoff=1) <= 1
    }
    if len(near) != 1:
        return None
    (match, known) = next(iter(near.values()))
    return None if match.field == IGNORED else Match(match.field, match.rank + 1000, known)


@cache
def forms() -> tuple[Form, ...]:
    """The forms of forms.csv, those with most headers first."""
    read = [
        Form(row["form"], row["name"], row["kind"], tuple(header_key(h) for h in row["headers"].split("|")))
        for row in _rows("forms.csv")
    ]
    return tuple(sorted(read, key=lambda form: -len(form.headers)))


def recognise(headers: Iterable[str]) -> Form | None:
    """The known form whose telling headers all stand in the row; of several the one with most of them."""
    keys = [header_key(header) for header in headers]
    present = set(keys)
    return next((form for form in forms() if present.issuperset(form.headers)), None)


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("matcher.intake") / "data" / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
