"""The 2022 national occupation classification as committed data: codes, names, and the words people use for them.

Codes are d-dd-dd-dd: major group, middle group, small group, occupation; a group of a higher level ends in zeros.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

import msgspec

from matcher.errors import InvalidInput
from matcher.language.titles import plain

CODE = re.compile(r"\d-\d\d-\d\d-\d\d")
LEVEL_ENDS = (1, 4, 7, 10)  # characters of a code that name its major, middle and small group and itself


class Classification(msgspec.Struct, frozen=True):
    """Names by code; codes by alias.

    `aliases` is the normalised word -> code, the project's own words before the package's before official names;
    `own` are the words among them that the project chose.
    """

    names: Mapping[str, str]
    aliases: Mapping[str, str]
    own: frozenset[str] = frozenset()


@cache
def classification() -> Classification:
    """The committed tables; raises InvalidInput if an alias has no occupation."""
    return read_classification(_data())


def read_classification(folder: Traversable) -> Classification:
    """The tables `occupations.csv` and `aliases.csv` of a folder; raises InvalidInput if an alias has no occupation."""
    names: dict[str, str] = {}
    official: dict[str, str] = {}
    filed: dict[str, str] = {}
    for row in _rows(folder / "occupations.csv"):
        names[row["code"]] = row["name"]
        official[normalise(row["name"])] = row["code"]
        for alias in filter(None, row["aliases"].split("|")):
            filed.setdefault(normalise(alias), row["code"])
    own = {normalise(row["alias"]): row["code"] for row in _rows(folder / "aliases.csv")}
    lost = sorted({code for code in own.values() if code not in names})
    if lost:
        raise InvalidInput(f"codes without an occupation: {', '.join(lost)}", where="aliases.csv")
    return Classification(MappingProxyType(names), MappingProxyType(official | filed | own), frozenset(own))


@cache
def alias_words() -> Mapping[str, tuple[str, ...]]:
    """Normalised alias -> its search words as `segmentation` cuts them, so that serving need not load jieba.

    Written by `training_data/reference/build_occupations.py`; an alias added since is simply not in it.
    """
    words = {row["alias"]: tuple(row["words"].split()) for row in _rows(_data() / "alias_words.csv")}
    return MappingProxyType(words)


def normalise(title: str) -> str:
    """The form in which aliases are compared: `titles.plain` without any space."""
    return re.sub(r"\s+", "", plain(title))


def occupation_name(code: str) -> str:
    """Official name of a code, marks L and S left out; empty for a code that does not exist."""
    return classification().names.get(code, "")


def same_level(code_a: str, code_b: str) -> int:
    """How many levels two codes share: 0 none, 1 major, 2 middle, 3 small group, 4 the same code.

    A group's code says nothing below its own level: 6-00-00-00 and 6-05-01-03 share level 1 only.
    """
    if not (CODE.fullmatch(code_a) and CODE.fullmatch(code_b)):
        return 0
    shared = 0
    for end in LEVEL_ENDS:
        if code_a[:end] != code_b[:end]:
            break
        shared += 1
    return shared


def _data() -> Traversable:
    return resources.files("matcher.language") / "data"


def _rows(table: Traversable) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(table.read_text(encoding="utf-8").splitlines())
