"""A pack as bytes that mean the same everywhere: for decision logs and for replaying them with an old pack."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from matcher.errors import PackError, Problem
from matcher.policy.loading.loader import make_pack
from matcher.policy.loading.strict import Fault
from matcher.policy.rule_types import ParameterKind
from matcher.policy.types import Pack, PackSet


def canonical_bytes(pack: Pack) -> bytes:
    """Canonical JSON of a pack: sorted keys, decimals and days as text, no white space."""
    return msgspec.json.encode(pack, order="sorted")


@lru_cache(maxsize=64)
def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def digest(pack: Pack) -> str:
    """SHA-256 of the canonical bytes, hexadecimal; what decision logs name as the pack."""
    return _digest(canonical_bytes(pack))


def pack_from_bytes(body: bytes) -> Pack:
    """The pack whose canonical bytes these are. Raises PackError for anything else."""
    faults: list[Fault] = []
    try:
        table = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise PackError("the kept pack is no JSON", where="pack", remedy=str(error)) from None
    for row in table.get("parameters", []) if isinstance(table, dict) else []:
        row["value"] = _value(row.get("kind", ""), row.get("value"))
    pack = make_pack(_with_dates(table), faults)
    if pack is None:
        problems = tuple(
            Problem(column=".".join(map(str, f.path)), found=f.found, expected=f.expected, fix=f.fix) for f in faults
        )
        raise PackError("the kept pack does not fit this version", problems, where="pack", remedy=problems[0].fix)
    return pack


def with_pack(packs: PackSet, pack: Pack) -> PackSet:
    """The same set with one pack added or put in the place of the one of its id."""
    return msgspec.structs.replace(packs, packs=dict(sorted({**packs.packs, pack.id: pack}.items())))


def _value(kind: str, value: Any) -> Any:
    """Decimals and days travel as text; the kind says what they were."""
    if kind in {ParameterKind.NUMBER, ParameterKind.RATIO} and isinstance(value, str):
        return Decimal(value)
    if kind == ParameterKind.DATE and isinstance(value, str):
        return date.fromisoformat(value)
    return value


_DATE_KEYS = frozenset({"from", "to", "issued", "printed"})


def _with_dates(node: Any) -> Any:
    """Turn the texts of date keys back into days; cases keep theirs as text, as they were loaded."""
    if isinstance(node, list):
        return [_with_dates(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: date.fromisoformat(value)
        if key in _DATE_KEYS and isinstance(value, str)
        else (value if key == "cases" else _with_dates(value))
        for key, value in node.items()
    }
