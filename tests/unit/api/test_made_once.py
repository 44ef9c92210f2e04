"""What the tests make once a process is what the real makers make: addresses, the API's document, tables."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from jinja2 import Environment
from made_once import PARTS
from pydantic import BaseModel
from werkzeug.routing import Rule

from api import create_app, v1
from matcher.bootstrap import Application
from matcher.settings import Settings
from matcher.store import database, kiosk_disk, migrate

MADE = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"


@pytest.fixture
def really(monkeypatch):
    """Goes back to the real makers when it is called."""

    def go() -> None:
        describe = BaseModel.model_json_schema.__wrapped__
        monkeypatch.setattr(BaseModel, "model_json_schema", classmethod(describe))
        monkeypatch.setattr(v1, "APIBlueprint", v1.APIBlueprint.__wrapped__)
        for part in PARTS:
            monkeypatch.setattr(part, "init_api", part.init_api.__wrapped__)
        monkeypatch.setattr(Rule, "_compile_builder", Rule._compile_builder.__wrapped__)
        monkeypatch.setattr(Rule, "_parse_rule", Rule._parse_rule.__wrapped__)
        monkeypatch.setattr(Environment, "compile", Environment.compile.__wrapped__)
        monkeypatch.setattr(migrate, "_upgrade", migrate._upgrade.__wrapped__)

    return go


def addresses(app):
    """Every rule's address with its arguments, and with one argument more; what it is found by."""
    built = {}
    for rule in app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, "龙 1")
        more = {**values, "more": "2"}
        kinds = {name: type(converter) for name, converter in rule._converters.items()}
        found_by = (rule._parts, rule._trace, kinds, {*rule.arguments})
        built[rule.rule] = (rule.build(values), rule.build(more), rule.build(more, append_unknown=False), found_by)
    return built


def tables(home):
    """What a database is made of, and the rows that its making left, but for its own keys."""
    engine = sa.create_engine(f"sqlite:///{home / 'matcher.db'}")
    with engine.connect() as connection:
        made = connection.exec_driver_sql(MADE).all()
        rows = [
            (name, *row)
            for kind, name, *_ in made
            if kind == "table"
            for row in connection.execute(sa.select(sa.text("*")).select_from(sa.table(name)))
        ]
    engine.dispose()
    return made, [row for row in rows if "keyring" not in row]


def pages(environment):
    """Code of some pages, and of one page whose text somebody has changed."""
    code = {}
    for name in ("desk.html", "kiosk.html"):
        source, filename, _ = environment.loader.get_source(environment, name)
        code[name] = environment.compile(source, name, filename)
        code[f"{name} changed"] = environment.compile(source + "{{ 1 + 1 }}", name, filename)
        assert code[name] != code[f"{name} changed"]
    return code


def built(home):
    """The document, the addresses and the tables of one home."""
    application = Application(Settings(home=home))
    application.create_store()
    app = create_app(application)
    document = app.test_client().get("/openapi/openapi.json").get_data()
    code = pages(app.jinja_env)
    application.close()
    return document, (addresses(app), code), tables(home)


def test_what_is_made_once_is_what_the_makers_make(tmp_path, really):
    first, again = built(tmp_path / "first"), built(tmp_path / "again")
    really()
    real = built(tmp_path / "real")
    assert len(json.loads(real[0])["paths"]) > 15
    assert len(real[1][0]) > 100
    assert len(real[2][0]) > 40
    assert first[:2] == again[:2] == real[:2]
    assert again[2] == real[2]


def test_both_disks_are_waited_for_outside_the_tests():
    """What an import or a kiosk reported as done must be there after a loss of power; 2 is FULL."""
    with closing(sqlite3.connect(":memory:")) as raw:
        database._prepare_sqlite.__wrapped__(raw, None)
        assert raw.execute("PRAGMA synchronous").fetchone() == (2,)
        database._prepare_sqlite(raw, None)
        assert raw.execute("PRAGMA synchronous").fetchone() == (0,)
        raw.executescript(kiosk_disk._PRAGMAS.removesuffix(" PRAGMA synchronous = OFF;"))
        assert raw.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_schema_is_its_callers_own():
    class Thing(BaseModel):
        size: int

    Thing.model_json_schema()["properties"].clear()
    assert Thing.model_json_schema()["properties"] == {"size": {"title": "Size", "type": "integer"}}
