"""Reasons as values: a Finding (rule), a Contribution (score term), an Explanation (whole match)."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Verdict(IntEnum):
    """May this pair be offered? The order is that of a list: yes first, then unknown, no never."""

    NO = 0
    UNKNOWN = 1
    YES = 2


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one rule says of one pair or person.

    rule_id : a reason id of CONTRACT section 4 or a rule of a pack; outcome : no, unknown, yes or a word of the rule
    sentence : said to people, Chinese; question : what to ask when a fact is missing
    found, limit : the fact and the bound; change : the smallest change that would open the pair
    """

    rule_id: str
    outcome: str
    sentence: str
    question: str = ""
    document: str = ""
    clause: str = ""
    found: str | int | float | bool | None = None
    limit: str | int | float | bool | None = None
    change: str = ""


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """One term's share of a stage's log-odds; `value` is a multiple of 2**-10."""

    term: str
    value: float
    sentence: str


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three models (apply, hire, keep): intercept + contributions = log_odds, exactly."""

    stage: str
    intercept: float
    contributions: tuple[Contribution, ...]
    log_odds: float


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a pair stands where it stands: three stages and every rule that spoke."""

    stages: tuple[Stage, ...]
    rules: tuple[Finding, ...]
