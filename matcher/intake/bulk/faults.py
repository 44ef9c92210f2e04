"""Remarks on many rows as columns, and the problems they are once somebody reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Problem, Severity
from matcher.intake.cells import Note
from matcher.intake.rows import PROMISE


class LateNotes(Sequence[Note]):
    """Remarks of one severity that are made when somebody reads them."""

    def __init__(self, severity: Severity, n: int, make: Callable[[], Sequence[Note]]) -> None:
        self.severity, self._n, self._make = severity, n, make

    def __len__(self) -> int:
        return self._n

    @cached_property
    def _made(self) -> Sequence[Note]:
        return self._make()

    @overload
    def __getitem__(self, at: int) -> Note: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Note]: ...
    def __getitem__(self, at: int | slice) -> Note | Sequence[Note]:
        return self._made[at]


@dataclass(frozen=True, slots=True)
class Faults:
    """Remarks of one sort: on which rows, in ascending order, and which of `notes` each one is.

    place : the remark's place among all of a row; header : of the column it stands at
    found : the words found on each row, where they are not those of the note
    """

    rows: NDArray[np.intp]
    place: int
    header: str
    which: NDArray[np.int32]
    notes: Sequence[Note]
    found: Callable[[], Sequence[str]] | None = None

    @classmethod
    def alike(
        cls, rows: NDArray[np.intp], place: int, header: str, note: Note, found: Callable[[], Sequence[str]]
    ) -> Faults:
        """The same remark on every row, but for the words found."""
        return cls(rows, place, header, np.zeros(len(rows), dtype=np.int32), (note,), found)

    def weighing(self, severity: Severity) -> NDArray[np.intp]:
        """The rows on which the remark has a weight."""
        if isinstance(self.notes, LateNotes):
            return self.rows if self.notes.severity is severity else self.rows[:0]
        of_note = np.array([note.severity is severity for note in self.notes], dtype=np.bool_)
        return self.rows if of_note.all() else self.rows[of_note[self.which]]

    def on(self, kept: NDArray[np.bool_]) -> Faults:
        """Those on the rows that are kept."""
        here = kept[self.rows]
        if here.all():
            return self
        of, found = np.flatnonzero(here).tolist(), self.found
        words = None if found is None else lambda: _some(found(), of)
        return Faults(self.rows[here], self.place, self.header, self.which[here], self.notes, words)

    def problems(self, file: str, sheet: str, first: int, is_rejected: NDArray[np.bool_]) -> Iterator[Problem]:
        """A problem for each remark, in the order of the rows; row i of the columns stands in line first + i."""
        told = [[self._telling(note, rejected=rejected) for note in self.notes] for rejected in (False, True)]
        words = self.found() if self.found is not None else [self.notes[n].found for n in self.which.tolist()]
        rejected = is_rejected[self.rows].tolist()
        lines = (self.rows + first).tolist()
        for line, which, found, out in zip(lines, self.which.tolist(), words, rejected, strict=True):
            expected, fix, severity = told[out][which]
            yield Problem(
                file=file,
                sheet=sheet,
                row=line,
                column=self.header,
                found=found,
                expected=expected,
                fix=fix,
                severity=severity,
            )

    def _telling(self, note: Note, *, rejected: bool) -> tuple[str, str, Severity]:
        is_promise = rejected and note.severity is not Severity.ERROR
        return note.expected, PROMISE.sub("改好后将", note.fix) if is_promise else note.fix, note.severity


def _some(words: Sequence[str], of: Sequence[int]) -> list[str]:
    return [words[at] for at in of]
