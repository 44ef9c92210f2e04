"""A setting nobody reads is a promise nobody keeps: each is read by the code, those of the shell too."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from matcher.policy import Conventions
from matcher.settings import Settings

MATCHER = Path(__file__).parents[2] / "matcher"
API = Path(__file__).parents[2] / "api"
SETTINGS = MATCHER / "settings.py"


def read_of(trees: Iterable[ast.AST], owners: set[str]) -> set[str]:
    """Attributes that are read of a name or attribute of these names, as in `app.settings.top` or `settings.top`."""
    found = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                owner = node.value
                name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
                found |= {node.attr} if name in owners else set()
    return found


def derived(settings: ast.AST) -> dict[str, set[str]]:
    """Property of the settings -> what it is made of; it reads them for whoever reads it."""
    (body,) = [node.body for node in ast.walk(settings) if isinstance(node, ast.ClassDef) and node.name == "Settings"]
    made = [node for node in body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    return {node.name: read_of([node], {"self"}) for node in made}


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.AST]:
    paths = sorted([*MATCHER.rglob("*.py"), *API.rglob("*.py")])
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def test_every_setting_is_read(trees):
    read = read_of((tree for path, tree in trees.items() if path != SETTINGS), {"settings"})
    read |= {field for name, fields in derived(trees[SETTINGS]).items() if name in read for field in fields}
    # `from_settings` copies these by name; whether policy then reads them is the next test.
    copied = set(Conventions.__struct_fields__)
    assert set(Settings.__struct_fields__) - read - copied == set()


def test_every_convention_is_read_by_policy(trees):
    read = read_of((tree for path, tree in trees.items() if path.is_relative_to(MATCHER / "policy")), {"conventions"})
    assert set(Conventions.__struct_fields__) - read == set()


def test_a_setting_behind_a_property_is_read_by_who_reads_that(trees):
    assert derived(trees[SETTINGS])["asks_second_factor"] == {"second_factor", "demo"}
    assert "__post_init__" not in derived(trees[SETTINGS])


@pytest.mark.parametrize("source", ["other.top", "settings.top = 3", "top", "settings.candidates_top"])
def test_something_else_of_that_name_is_no_reading(source):
    assert "top" not in read_of([ast.parse(source)], {"settings"})
    assert "top" in read_of([ast.parse("f(app.settings.top)")], {"settings"})
