"""From decoded TOML to structs, with every fault at once: unknown keys, missing keys, wrong types."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from matcher.policy.loading.toml_lines import Path

T = TypeVar("T", bound=msgspec.Struct)


SHOWN_CHARACTERS = 80
PLAIN_WORDS = {
    str: "加引号的文字",
    bool: " true 或 false",
    int: "整数",
    float: "数字",
    Decimal: "数字",
    date: "日期(YYYY-MM-DD)",
}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault at a path: what was found, what is expected, how to mend it (Chinese)."""

    path: Path
    found: str
    expected: str
    fix: str
    warning: bool = False


def build(kind: type[T], table: Any, path: Path, faults: list[Fault]) -> T | None:
    """A struct of `kind` from a decoded table; faults are appended and None comes back if there is any."""
    if not isinstance(table, Mapping):
        faults.append(wrong_type(path, table, "表(table)"))
        return None
    known = _fields(kind)
    before = len(faults)
    faults += [_unknown_key(path, key, known) for key in table if key not in known]
    values: dict[str, Any] = {}
    for key, info in known.items():
        if key in table:
            values[info.name] = convert(info.type, table[key], (*path, key), faults)
        elif info.required:
            faults.append(_missing_key(path, key))
    return kind(**values) if len(faults) == before else None


def convert(kind: Any, value: Any, path: Path, faults: list[Fault]) -> Any:
    """A value of an annotated type; structs and tuples of structs are followed so that no fault hides another."""
    inner = _struct_of(kind)
    if inner is None:
        return _plain(kind, value, path, faults)
    if isinstance(value, list):
        return tuple(build(inner, item, (*path, index), faults) for index, item in enumerate(value))
    if _is_mapping(kind) and isinstance(value, Mapping):
        return {key: build(inner, item, (*path, key), faults) for key, item in value.items()}
    if _is_single(kind):
        return build(inner, value, path, faults)
    faults.append(wrong_type(path, value, "数组(array)"))
    return None


def field_type(kind: type[msgspec.Struct], name: str) -> Any:
    """The annotated type of a field, by its name in files."""
    return _fields(kind)[name].type


def wrong_type(path: Path, value: Any, expected: str) -> Fault:
    """The fault of a value that is not of the expected kind."""
    name = path[-1] if path else ""
    return Fault(path=path, found=show(value), expected=expected, fix=f"请把 {name} 改为{expected}。")


def show(value: Any) -> str:
    """A value as a person would recognise it in the file, cut where it gets long."""
    text = str(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


@cache
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, FieldInfo]:
    """Key in the file -> field; asked for once a type because resolving annotations is slow."""
    return {info.encode_name: info for info in fields(kind)}


def _plain(kind: Any, value: Any, path: Path, faults: list[Fault]) -> Any:
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError:
        faults.append(wrong_type(path, value, type_words(kind)))
        return None


def type_words(kind: Any) -> str:
    """What may stand in a file for an annotated type, in Chinese."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "、".join(str(word.value) for word in kind) + "之一"
    origin, inner = get_origin(kind), [part for part in get_args(kind) if part not in (types.NoneType, Ellipsis)]
    if origin in {Union, types.UnionType}:
        return "或".join(dict.fromkeys(type_words(part) for part in inner))
    if origin is Annotated:
        return type_words(inner[0])
    if origin is tuple:
        return f"数组(array)，每项为{type_words(inner[0])}"
    if origin is not None:
        return "表(table)"
    return PLAIN_WORDS.get(kind, "值")


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """The struct inside `X`, `X | None`, `tuple[X, ...]`, `Mapping[str, X]`; None where there is none."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    for argument in get_args(kind):
        found = _struct_of(argument)
        if found is not None:
            return found
    return None


def _is_single(kind: Any) -> bool:
    if get_origin(kind) in {Union, types.UnionType}:
        return any(_is_single(argument) for argument in get_args(kind))
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _unknown_key(path: Path, key: str, known: Mapping[str, FieldInfo]) -> Fault:
    return Fault(
        path=(*path, key),
        found=key,
        expected="、".join(known),
        fix=f"没有名为 {key} 的键，请改正拼写或删除。",
    )


def _missing_key(path: Path, key: str) -> Fault:
    return Fault(path=(*path, key), found="", expected=key, fix=f"请补上 {key}。")
