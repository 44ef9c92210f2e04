"""What every rule may look at besides the pair."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from matcher.explanation import Finding
from matcher.policy.evaluation.conventions import age_on
from matcher.policy.national import WorkingAge
from matcher.policy.types import Vocabulary
from matcher.records import Vacancy, Worker

NO, UNKNOWN = "no", "unknown"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need besides the pair: the day, the ages of national law, and how age and words are read.

    public : reckoned for readers who may not know of poverty, relocation or health. No rule reads a group flag or the
    labour ability then: what depends on them is a neutral question, the same to everybody.
    """

    on: date
    ages: WorkingAge
    vocabulary: Vocabulary
    age_basis: str = "birthday"
    leap: str = "mar_1"
    public: bool = False


RuleFunction = Callable[[Worker, Vacancy, Frame], Finding | None]


def age_of(worker: Worker, frame: Frame) -> int | None:
    """Full years on the day of the frame; None if the birth date is unknown."""
    if worker.birth_date is None:
        return None
    return age_on(worker.birth_date, frame.on, basis=frame.age_basis, leap=frame.leap)
