"""Answers to a rule for n people: codes and masks for counting, and each single answer as the evaluator gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.policy.columns.kinds import Bools, words_of
from matcher.policy.columns.nested import Column
from matcher.policy.formulas.kinds import render


@dataclass(frozen=True, slots=True)
class Shown:
    """A key of the answer: its column, how it is written, the rows that carry it and those that carry it as null."""

    key: str
    column: Column
    shape: str
    rows: Bools
    null: Bools


@dataclass(frozen=True, slots=True)
class Answers:
    """What one rule answers to n people.

    outcome : int32 (n,), code into `outcomes` ("" where the rule gives none)
    reason_bits : uint64 (n,), bit k is reasons[k]; reasons are sorted, those of missing figures stand last
    missing : rows whose answer is that a figure is not stated; they carry no other keys
    always_reasons : whether an empty list of reasons is shown
    """

    outcome: NDArray[np.int32]
    outcomes: tuple[str, ...]
    reason_bits: NDArray[np.uint64]
    reasons: tuple[str, ...]
    missing: Bools
    always_reasons: bool
    outputs: tuple[Shown, ...]

    def __len__(self) -> int:
        return len(self.outcome)

    def counts(self) -> dict[str, int]:
        """Outcome -> how many people, outcomes nobody has left out."""
        found = np.bincount(self.outcome, minlength=len(self.outcomes))
        return {outcome: int(n) for outcome, n in zip(self.outcomes, found, strict=True) if n}

    def values(self) -> Mapping[str, tuple[Column, Bools]]:
        """Key of the answer -> its last column and the rows that carry it."""
        return {shown.key: (shown.column, shown.rows) for shown in self.outputs}

    def at(self, row: int) -> dict[str, Any]:
        """The answer to one person, as `evaluate_rule` gives it."""
        answer: dict[str, Any] = {}
        outcome = self.outcomes[self.outcome[row]]
        if outcome:
            answer["outcome"] = outcome
            reasons = words_of(int(self.reason_bits[row]), self.reasons)
            if reasons or self.always_reasons or self.missing[row]:
                answer["reasons"] = reasons
        for shown in self.outputs:
            if shown.rows[row]:
                answer[shown.key] = render(shown.column.at(row), shown.shape)
            elif shown.null[row]:
                answer[shown.key] = None
        return answer

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self.at(row) for row in range(len(self)))
