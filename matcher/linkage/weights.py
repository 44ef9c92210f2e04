"""The points of evidence and the limits of the verdict, out of `weights.toml` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import msgspec


class NumberPoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of identity numbers by how they agree."""

    same: int
    check_digit: int
    turned: int
    one_digit: int
    two_digits: int
    both_right: int
    different: int
    masked_birth: int
    masked_tail: int
    missing: int


class NamePoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of names; a shared name weighs its rarity between `least` and `most`."""

    least: int
    most: int
    sound_less: int
    one_character: int
    surname: int
    different: int
    missing: int


class VillagePoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of villages, and when two names are held to be one village."""

    least: int
    most: int
    different: int
    missing: int
    moved_people: int
    moved_share: float


class BirthPoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of stated birth dates, where the numbers do not tell them already."""

    same: int
    turned: int
    one_part: int
    different: int
    missing: int


class PhonePoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of phones; one that several people state weighs less."""

    alone: int
    least: int
    one_digit: int
    different: int
    missing: int


class VerdictLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which points a pair is one person, from which somebody looks, how far a rival must stay behind."""

    same: int
    ask: int
    margin: int
    largest_block: int


class Consequence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields that money hangs on, and those that the count against last year hangs on."""

    money: tuple[str, ...]
    baseline: tuple[str, ...]


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is weighed, in points of ten times a decimal logarithm.

    hidden_one_in : of one pair in so many an officer sees the points only after the answer
    """

    hidden_one_in: int
    number: NumberPoints
    name: NamePoints
    village: VillagePoints
    birth: BirthPoints
    phone: PhonePoints
    verdict: VerdictLimits
    consequence: Consequence


@cache
def weights() -> Weights:
    """The points that ship, read once."""
    text = (resources.files("matcher.linkage") / "weights.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Weights)
