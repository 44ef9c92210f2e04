"""A setting nobody reads is a promise nobody keeps: whatever an answer is said to depend on is read by the code."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from matcher.policy import Conventions
from matcher.settings import Settings, shell_settings

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


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.AST]:
    paths = sorted([*MATCHER.rglob("*.py"), *API.rglob("*.py")])
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def test_every_setting_of_an_answer_is_read(trees):
    read = read_of((tree for path, tree in trees.items() if path != SETTINGS), {"settings"})
    # `from_settings` copies these by name; whether policy then reads them is the next test.
    copied = set(Conventions.__struct_fields__)
    assert set(Settings.__struct_fields__) - shell_settings() - read - copied == set()


def test_every_convention_is_read_by_policy(trees):
    read = read_of((tree for path, tree in trees.items() if path.is_relative_to(MATCHER / "policy")), {"conventions"})
    assert set(Conventions.__struct_fields__) - read == set()


@pytest.mark.parametrize("source", ["other.top", "settings.top = 3", "top", "settings.candidates_top"])
def test_something_else_of_that_name_is_no_reading(source):
    assert "top" not in read_of([ast.parse(source)], {"settings"})
    assert "top" in read_of([ast.parse("f(app.settings.top)")], {"settings"})
