"""Value lists as data: how officials write an education, a wish, a poverty status, and what each wording states."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files

import msgspec

_SPACES = re.compile(r"\s+")
_TRAILING = "。.；;，,"
UNCERTAIN = "?"
_FLAGS = {"true": True, "false": False}


class Meaning(msgspec.Struct, frozen=True):
    """What a wording states: field -> value pairs (none: the wording is known and states nothing).

    note : a reading that is open to doubt, said to the officer once a file
    uncertain : the wording is ambiguous, nothing is stated and the row is marked
    """

    sets: tuple[tuple[str, str | bool], ...] = ()
    note: str = ""
    uncertain: bool = False


def value_key(text: str) -> str:
    """A value as it is compared: half-width, lower case, without spaces and final punctuation."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).rstrip(_TRAILING).lower()


@cache
def value_list(name: str) -> Mapping[str, Meaning]:
    """Wording (as `value_key`) -> meaning for one list of values.csv; empty if there is no such list."""
    return _lists().get(name, {})


@cache
def _lists() -> dict[str, dict[str, Meaning]]:
    text = (files("matcher.intake") / "data" / "values.csv").read_text("utf-8")
    lists: dict[str, dict[str, Meaning]] = {}
    for row in csv.DictReader(text.splitlines()):
        wordings = lists.setdefault(row["list"], {})
        key = value_key(row["text"])
        known = wordings.get(key, Meaning())
        value = row["value"]
        wordings[key] = Meaning(
            (*known.sets, (row["field"], _FLAGS.get(value, value))) if row["field"] and value else known.sets,
            known.note or row["note"],
            known.uncertain or row["field"] == UNCERTAIN,
        )
    return lists


@cache
def shown_values(name: str) -> tuple[str, ...]:
    """One wording per meaning, the first of the list each: what templates offer and refusals name."""
    text = (files("matcher.intake") / "data" / "values.csv").read_text("utf-8")
    first: dict[tuple[tuple[str, str], ...], str] = {}
    wordings: dict[str, list[tuple[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["list"] == name:
            wordings.setdefault(row["text"], []).append((row["field"], row["value"]))
    for wording, sets in wordings.items():
        if any(value for _, value in sets):
            first.setdefault(tuple(sets), wording)
    return tuple(first.values())


@cache
def wording_of(name: str, field: str, code: str) -> str:
    """The first wording that states exactly `field = code`, for templates and messages; the code itself if none."""
    for wording, meaning in value_list(name).items():
        if meaning.sets == ((field, code),):
            return wording
    return code


def meaning_of(name: str, text: str, *, field: str, enum: type[Enum] | None = None) -> Meaning | None:
    """What a wording means in a list, or None if the list does not have it; codes of `enum` are always accepted.

    A list that has 是 and 否 takes every sign for yes and no (√, ×) as well.
    """
    key = value_key(text)
    wordings = value_list(name)
    meaning = wordings.get(key)
    if meaning is None and (sign := value_list("flag").get(key)) is not None and sign.sets:
        meaning = wordings.get("是" if sign.sets[0][1] is True else "否")
    if meaning is None and enum is not None and key in enum._value2member_map_:
        return Meaning(((field, key),))
    return meaning
