"""What every application and every empty database of a run makes alike is made once a process, by the real makers.

Tests open some hundreds of applications and databases. Building one anew costs half a second of which all is the same
each time: schemas of the same models, builders of the same addresses, code of the same pages, tables by the same steps.
The first of a process is made as ever and remembered; `tests/unit/api/test_made_once.py` holds the others against it.
And nobody waits for a disk: what a lost power may not take is a matter of two PRAGMAs, which that file reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import wraps
from typing import Any, Final

import pytest
import sqlalchemy as sa
from jinja2 import Environment
from pydantic import BaseModel
from sqlalchemy.engine import Connection
from werkzeug.routing import Rule

from api import v1
from matcher.store import database, kiosk_disk, migrate

_SCHEMAS: dict[Any, dict[str, Any]] = {}
_BUILDERS: dict[Any, Callable[..., Any]] = {}
_PARTS: dict[Any, tuple[list[Any], list[Any], dict[str, Any]]] = {}
_TEMPLATES: dict[Any, Any] = {}
_OPERATIONS: dict[str, Any] = {}
_TABLES: list[str] = []
_ROWS: list[tuple[sa.Insert, list[dict[str, Any]]]] = []
PARTS: Final = (v1.lists, v1.vacancies, v1.reactions, v1.policy, v1.imports, v1.kiosks, v1.server)
"""What attaches the operations of the API, in the order in which `api.v1` asks for them."""
_NO_WAITING = "PRAGMA synchronous = OFF"
_FILLED = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid"


@contextmanager
def made_once() -> Iterator[None]:
    """From here to the end of the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseModel, "model_json_schema", classmethod(_remembering(BaseModel.model_json_schema.__func__)))
        patch.setattr(v1, "APIBlueprint", _collecting(v1.APIBlueprint))
        for part in PARTS:
            patch.setattr(part, "init_api", _attaching(part.init_api))
        patch.setattr(Rule, "_compile_builder", _building(Rule._compile_builder))
        patch.setattr(Rule, "_parse_rule", _parting(Rule._parse_rule))
        patch.setattr(Environment, "compile", _compiling(Environment.compile))
        patch.setattr(migrate, "_upgrade", _upgrading(migrate._upgrade))
        patch.setattr(database, "_prepare_sqlite", _hurried(database._prepare_sqlite))
        patch.setattr(kiosk_disk, "_PRAGMAS", f"{kiosk_disk._PRAGMAS} {_NO_WAITING};")
        yield


def _remembering(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The schema of a model; each caller gets one of its own to change."""

    @wraps(describe)
    def described(model: type[BaseModel], *args: Any, **how: Any) -> dict[str, Any]:
        key = (model, args, tuple(sorted(how.items())))
        if key not in _SCHEMAS:
            _SCHEMAS[key] = describe(model, *args, **how)
        return deepcopy(_SCHEMAS[key])

    return described


def _collecting(collect: Callable[..., Any]) -> Callable[..., Any]:
    """The operations of the API with their documents; they know no application, so all register the same."""

    @wraps(collect)
    def collected(name: str, *where: Any, **how: Any) -> Any:
        if name not in _OPERATIONS:
            _OPERATIONS[name] = collect(name, *where, **how)
        return _OPERATIONS[name]

    return collected


def _attaching(attach: Callable[[Any], None]) -> Callable[[Any], None]:
    """A part's operations are attached to a collection once."""
    whole: list[Any] = []

    @wraps(attach)
    def attached(operations: Any) -> None:
        if operations not in whole:
            attach(operations)
            whole.append(operations)

    return attached


def _building(build: Callable[..., Callable[..., Any]]) -> Callable[..., Callable[..., Any]]:
    """What puts an address together; it reads its converters from the rule that it is bound to."""

    @wraps(build)
    def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        if rule.defaults:
            return build(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in _BUILDERS:
            _BUILDERS[key] = build(rule, append_unknown)
        return _BUILDERS[key]

    return builder


def _parting(parse: Callable[..., Any]) -> Callable[..., list[Any]]:
    """The parts of an address, by its text and the converters of its map, and what reading them left with the rule."""

    @wraps(parse)
    def parted(rule: Rule, text: str) -> list[Any]:
        key = (text, frozenset(rule.map.converters.items()))
        if key not in _PARTS:
            known = len(rule._trace)
            parts = [*parse(rule, text)]
            _PARTS[key] = (parts, rule._trace[known:], dict(rule._converters))
            return [*parts]
        parts, trace, converters = _PARTS[key]
        rule._trace += trace
        rule._converters |= converters
        rule.arguments |= converters.keys()
        return [*parts]

    return parted


def _compiling(compile_: Callable[..., Any]) -> Callable[..., Any]:
    """A page's code, by its text and the names of what it may call; those are looked up when it is rendered."""

    @wraps(compile_)
    def compiled(environment: Environment, source: Any, *where: Any, **how: Any) -> Any:
        if how or not isinstance(source, str) or len(where) != len(("name", "filename")):
            return compile_(environment, source, *where, **how)
        key = (source, where, type(environment), frozenset(environment.filters), frozenset(environment.tests))
        if key not in _TEMPLATES:
            _TEMPLATES[key] = compile_(environment, source, *where)
        return _TEMPLATES[key]

    return compiled


def _upgrading(upgrade: Callable[[Connection], None]) -> Callable[[Connection], None]:
    """Tables of an empty SQLite file; a file that holds something goes through the steps."""

    @wraps(upgrade)
    def upgraded(connection: Connection) -> None:
        if connection.dialect.name != "sqlite" or connection.exec_driver_sql(_FILLED).first() is not None:
            upgrade(connection)
            return
        if not _TABLES:
            upgrade(connection)
            _remember(connection)
            return
        for statement in _TABLES:
            connection.exec_driver_sql(statement)
        for insert, rows in _ROWS:
            connection.execute(insert, rows)

    return upgraded


def _hurried(prepare: Callable[[Any, object], None]) -> Callable[[Any, object], None]:
    """A connection to a file that is thrown away after the test."""

    @wraps(prepare)
    def prepared(raw: Any, record: object) -> None:
        prepare(raw, record)
        raw.execute(_NO_WAITING)

    return prepared


def _remember(connection: Connection) -> None:
    """What makes a database what this one is."""
    _TABLES.extend(sql for _, sql in connection.exec_driver_sql(_FILLED))
    known = sa.MetaData()
    known.reflect(connection)
    for table in known.sorted_tables:
        rows = [dict(row) for row in connection.execute(table.select()).mappings()]
        if rows:
            _ROWS.append((table.insert(), rows))
