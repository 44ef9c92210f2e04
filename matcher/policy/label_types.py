"""Group words of the documents and how each follows from dated facts (requirements 7); frozen data."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from matcher.policy.rule_types import Part


class LabelSource(StrEnum):
    """How a group word follows from the dated facts of one person."""

    REGISTERED = "registered"
    RELOCATED = "relocated"
    REGISTERED_AND_RELOCATED = "registered_and_relocated"
    MONITORED = "monitored"
    MARGINAL = "marginal"
    LOW_INCOME = "low_income"


class LabelRow(Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A group word and the vocabulary it belongs to: `of` is how it follows from dated facts.

    vocabulary : 2018, 2020, 2021; counted_to : facts count that began by this day
    """

    label: str
    vocabulary: str
    counted_to: date
    of: LabelSource
