"""Subjects documents are compared on: questions in Chinese, each with the parameters that answer it in any pack."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from matcher.errors import PackError, Problem
from matcher.policy.rule_types import Part

SUBJECTS_FILE = "subjects.toml"


class Line(Part, frozen=True, kw_only=True):
    """One question of a subject; `of` are ids of parameters, in the order they are shown."""

    title: str
    of: tuple[str, ...]


class Subject(Part, frozen=True, kw_only=True):
    """What several documents speak of; `purposes` are those of the benefits paid for it, shared by all documents."""

    id: str
    title: str
    purposes: tuple[str, ...] = ()
    lines: tuple[Line, ...]


@cache
def standard_subjects() -> tuple[Subject, ...]:
    """The subjects that come with the program, loaded once."""
    return load_subjects(resources.files("matcher.packs"))


def load_subjects(folder: Traversable) -> tuple[Subject, ...]:
    """The subjects of a folder of packs. Raises PackError for a file that is no list of subjects."""
    try:
        table = tomllib.loads(folder.joinpath(SUBJECTS_FILE).read_text(encoding="utf-8"))
        return tuple(msgspec.convert(table, dict[str, list[Subject]])["subject"])
    except (OSError, KeyError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        fix = "每个题目写 id、title 和 lines（每行 title、of）。"
        problem = Problem(file=SUBJECTS_FILE, found=str(error), expected="[[subject]]", fix=fix)
        raise PackError(f"{SUBJECTS_FILE}: {error}", (problem,), where=SUBJECTS_FILE, remedy=fix) from None
