"""What can still be checked of a pack with faults, so that one wrong type does not hide the other errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from matcher.policy.benefit_types import Benefit
from matcher.policy.loading.strict import Fault, build
from matcher.policy.loading.toml_lines import Path
from matcher.policy.rule_types import LocalFigure, Parameter, ParameterKind, Rule
from matcher.policy.types import Case, Document, Pack, Protection, PublicationRule, Quota, Service

ROWS: dict[str, type[msgspec.Struct]] = {
    "parameters": Parameter,
    "figures": LocalFigure,
    "rules": Rule,
    "benefits": Benefit,
    "services": Service,
    "quotas": Quota,
    "publication": PublicationRule,
    "protections": Protection,
    "cases": Case,
}
# A row that does not fit its type leaves its name behind, so that references to it are not called wrong as well.
_STAND_INS: dict[str, Callable[[Mapping[str, Any]], msgspec.Struct]] = {
    "parameters": lambda raw: Parameter(id=str(raw.get("id")), kind=ParameterKind.ABSENT, clause="-"),
    "figures": lambda raw: LocalFigure(id=str(raw.get("id")), name="", unit="-", clause="-"),
    "rules": lambda raw: Rule(id=str(raw.get("id")), title="", clause="-", inputs={}),
    "benefits": lambda raw: Benefit(id=str(raw.get("id")), title="", clause="-"),
    "services": lambda raw: Service(id=str(raw.get("id")), title="", tiers=()),
    "cases": lambda raw: Case(
        rule=str(raw.get("rule", "")),
        benefit=str(raw.get("benefit", "")),
        name="",
        polarity="neutral",
        inputs={},
        expected={},
    ),
}


def salvage(table: Mapping[str, Any]) -> tuple[Pack, frozenset[Path]]:
    """A pack of the rows that fit, with stand-ins for the others, and the paths of those stand-ins."""
    broken: set[Path] = set()
    rows: dict[str, Any] = {}
    for field, kind in ROWS.items():
        raw = table.get(field)
        rows[field] = tuple(_rows(field, kind, raw if isinstance(raw, list) else [], broken))
    document = build(Document, table.get("document"), (), [])
    if document is None:
        broken.add(("document",))
    identity = str(table.get("id", ""))
    return Pack(id=identity, name="", document=document or Document(title=""), **rows), frozenset(broken)


def within_reach(fault: Fault, broken: frozenset[Path]) -> bool:
    """Whether a fault concerns a row that fitted its type, so that it is no echo of another fault."""
    return not any(fault.path[: len(path)] == path for path in broken)


def _rows(field: str, kind: type[msgspec.Struct], raw: list[Any], broken: set[Path]) -> list[Any]:
    found: list[Any] = []
    for index, item in enumerate(raw):
        row = build(kind, item, (), [])
        if row is None:
            broken.add((field, index))
            stand_in = _STAND_INS.get(field)
            row = stand_in(item if isinstance(item, Mapping) else {}) if stand_in else None
        if row is not None:
            found.append(_listed(row))
    return found


def _listed(row: msgspec.Struct) -> msgspec.Struct:
    """A row with its list of terms in the form of loaded packs, so that it is not called wrong beside a real fault."""
    if isinstance(row, Parameter) and isinstance(row.value, list):
        return msgspec.structs.replace(row, value=tuple(row.value))
    return row
