"""What the documents ask of two offices' ledgers (`duties.toml`): whose records are checked, and how often."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources

import msgspec

from matcher.policy import PackSet, evaluate_rule


class Duties(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which document; its rule of the records at odds; its parameter of the weeks between two pushes."""

    pack: str
    mismatch: str
    interval_weeks: str


@cache
def duties() -> Duties:
    """The committed ids."""
    text = resources.files(__package__).joinpath("duties.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Duties)


def checked_one_by_one(left: Mapping[str, str], right: Mapping[str, str], packs: PackSet) -> frozenset[str]:
    """Keys of the records the rule names: those that differ, and those one office alone holds.

    left, right : key of a person -> what an office has recorded of them
    """
    answer = evaluate_rule(duties().mismatch, {"hr_office": left, "poverty_office": right}, packs=packs)
    return frozenset(answer["mismatch"])


def push_interval(packs: PackSet, on: date) -> timedelta | None:
    """How many days after a push the next one is due at the latest; None where the document gives no number."""
    row = packs[duties().pack].parameter(duties().interval_weeks, on)
    return timedelta(weeks=row.value) if row is not None and isinstance(row.value, int) else None
