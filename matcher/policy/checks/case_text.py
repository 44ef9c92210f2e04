"""A worked example as the `[[case]]` stanza a pack holds: what `cases.toml` reads back is what was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from matcher.policy.evaluation.evaluate import Answer
from matcher.policy.types import PackSet

REVIEWED = frozenset({"needs_review", "needs_config", "not_computable"})


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A worked example to be written down; nulls stand in `inputs` and `expected` as None.

    clause : empty where it is that of the rule; notes : comment lines above it
    """

    rule: str
    name: str
    polarity: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    clause: str = ""
    notes: tuple[str, ...] = ()


def polarity_of(rule_id: str, told: Answer, packs: PackSet) -> str:
    """Which side of its rule an answer shows: positive, negative, unknown; neutral where the rule only computes."""
    owner = packs.rule_owner(rule_id)
    outcome = told.get("outcome")
    if owner is None or not isinstance(outcome, str):
        return "neutral"
    if outcome == owner[1].otherwise:
        return "positive"
    return "unknown" if outcome in REVIEWED else "negative"


def case_stanza(example: Example) -> str:
    """The stanza as TOML text, ending with a line feed; nulls as paths in `unknown` and `null`."""
    head = {"rule": example.rule, "name": example.name, "polarity": example.polarity}
    lines = [f"# {text}" for text in example.notes]
    lines += ["[[case]]", *(f"{key} = {_text(value)}" for key, value in head.items())]
    if example.clause:
        lines.append(f"clause = {_text(example.clause)}")
    for key, table in (("unknown", example.inputs), ("null", example.expected)):
        paths = list(_nulls(table, ""))
        lines += [f"{key} = {_text(paths)}"] if paths else []
    for key, table in (("inputs", example.inputs), ("expected", example.expected)):
        lines += ["", f"[case.{key}]", *(f"{_key(name)} = {_text(value)}" for name, value in _given(table))]
    return "\n".join(lines) + "\n"


def _given(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in table.items() if value is not None)


def _nulls(value: Any, path: str) -> Iterator[str]:
    """Paths of every None in a nest of tables and lists: `workers.0.status`."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, part in inner:
        here = f"{path}.{key}" if path else str(key)
        if part is None:
            yield here
        else:
            yield from _nulls(part, here)


def _text(value: Any) -> str:
    """A value as TOML: exact numbers as text, days as days, a list of tables one table a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    if isinstance(value, Decimal):
        return f'"{value:f}"'
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {_text(part)}" for name, part in _given(value))
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return _list(value)
    return _quoted(str(value))


def _list(items: list[Any] | tuple[Any, ...]) -> str:
    texts = [_text(item) for item in items]
    if any(isinstance(item, Mapping) for item in items):
        return "[\n" + "".join(f"  {text},\n" for text in texts) + "]"
    return f"[{', '.join(texts)}]"


def _key(name: str) -> str:
    bare = name and all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in name)
    return name if bare else _quoted(name)


def _quoted(text: str) -> str:
    """A basic string of TOML, which unlike one of JSON may not hold the delete character."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
