"""A sheet of workers checked by column: an outcome for each row, and every problem in the order of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Problem, Severity
from matcher.intake.bulk import people, scan
from matcher.intake.bulk.faults import Faults, LateNotes
from matcher.intake.bulk.readings import NAMES, NOTES_OF_A_CELL, NUMBERS, Coded, Judged, coded, judged
from matcher.intake.cells import Note, is_blank
from matcher.intake.checking import NEEDED
from matcher.intake.columns import SheetPlan
from matcher.intake.compare import SAME_NUMBER, said_before
from matcher.intake.drafts import Draft
from matcher.intake.extract import SheetReader
from matcher.intake.rows import Outcome, RowResult, Run, column_of
from matcher.intake.sheets import Pieces

_LOOPED: Final = frozenset({*NUMBERS, *NAMES, "phone"})
_SAID_BEFORE: Final = people.AFTER_CELLS * 2
"""The last remark on a row."""
ACCEPTED, REPAIRED, REJECTED, NO_ROW, ALONE = range(5)
_OUTCOMES: Final = {ACCEPTED: Outcome.ACCEPTED, REPAIRED: Outcome.REPAIRED, REJECTED: Outcome.REJECTED}

Flags = NDArray[np.bool_]


class Survey:
    """What became of every row. Problems are kept as columns; they become objects when somebody reads them."""

    def __init__(self, run: Run, plan: SheetPlan, reader: SheetReader, pieces: Pieces) -> None:
        self._run, self._plan, self._reader, self._pieces = run, plan, reader, pieces
        self._judged: dict[str, Judged] = {}
        self._coded: dict[str, Coded] = {}
        self._faults: list[Faults] = []
        self._alone = np.zeros(pieces.n_rows, dtype=np.bool_)
        self._state = np.zeros(pieces.n_rows, dtype=np.uint8)
        self._read_columns()
        self._homes = self._read_together()
        drafts = self._drafts()
        self._judge(drafts)
        self._results = {result.row - pieces.first: result for result in self._read_alone(drafts)}
        run.context.progress(self.n_rows, self.n_rows)

    @property
    def n_rows(self) -> int:
        """Rows that are records or should be; blank rows and rows of sums are none."""
        return int((self._state != NO_ROW).sum())

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many rows became what."""
        counts = np.bincount(self._state, minlength=ALONE + 1).tolist()
        told = Counter({outcome: counts[state] for state, outcome in _OUTCOMES.items()})
        told.update(result.outcome for result in self._results.values())
        return told

    @property
    def n_problems(self) -> int:
        """How many problems there are, without making them."""
        return sum(len(faults.rows) for faults in self._faults) + sum(len(r.problems) for r in self._results.values())

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of the rows, in the order of the file."""
        told: list[Problem] = []
        for faults in self._faults:
            told.extend(faults.problems(self._run.file, self._plan.sheet, self._pieces.first, self._rejected))
        alone = [(row, problem) for row, result in self._results.items() for problem in result.problems]
        told.extend(problem for _, problem in alone)
        rows = [faults.rows for faults in self._faults] + [np.array([row for row, _ in alone], dtype=np.intp)]
        places = [np.full(len(faults.rows), faults.place) for faults in self._faults]
        places.append(np.arange(len(alone)))
        order = np.lexsort((np.concatenate(places), np.concatenate(rows)))
        return tuple(map(told.__getitem__, order.tolist()))

    def rejected(self) -> Iterator[RowResult]:
        """The rows that are refused, as `read_rows` gives them."""
        refused = self._rejected.copy()
        refused[[row for row, result in self._results.items() if result.outcome is Outcome.REJECTED]] = True
        by_row: dict[int, list[Problem]] = {}
        for problem in self.problems:
            by_row.setdefault(problem.row, []).append(problem)
        for row in np.flatnonzero(refused).tolist():
            number = self._pieces.first + row
            yield self._results.get(row) or RowResult(
                sheet=self._plan.sheet,
                row=number,
                outcome=Outcome.REJECTED,
                problems=tuple(by_row[number]),
                raw=self._pieces.raw(row),
            )

    @property
    def _numbers(self) -> Judged:
        return self._judged["id_number"]

    @property
    def _rejected(self) -> Flags:
        return np.asarray(self._state == REJECTED)

    @property
    def _open(self) -> Flags:
        """Rows that are judged here, for all that is known so far."""
        return np.asarray(~self._alone & (self._state != NO_ROW))

    def _read_columns(self) -> None:
        """Each column by itself; rows no loop knows and contradictions of two columns are to be read alone."""
        reader, pieces, on = self._reader, self._pieces, self._run.context.on
        self._state[[row.row - pieces.first for row in self._plan.passed_over]] = NO_ROW
        self._alone[pieces.beyond(reader.width)] = True
        places = {column.field: nth * NOTES_OF_A_CELL for nth, column in enumerate(reader.columns)}
        for column in reader.columns:
            if column.field in _LOOPED:
                seen = judged(reader, column, places[column.field], pieces, on)
                self._alone |= seen.classes == scan.ODD
                if column.field in NEEDED:
                    self._alone |= seen.classes == scan.BLANK
                self._judged[column.field] = seen
        others = [column for column in reader.columns if column.field not in _LOOPED]
        with ThreadPoolExecutor() as pool:
            of_rows = np.empty(
                (len(others), pieces.n_rows), dtype=np.int32
            )  # at once, so that its pages are large ones
            told = pool.map(pieces.codes, [column.index for column in others], of_rows)
            for column, of_row, contents in zip(others, of_rows, told, strict=True):
                read = coded(reader, column, places[column.field], of_row, contents, lambda: self._open)
                self._alone |= read.odd
                self._coded[column.field] = read
        for one, other in _stating_the_same(list(self._coded.values())):
            self._alone |= _contradicting(one, other)
        self._faults += [found for read in (self._judged, self._coded) for c in read.values() for found in c.faults]

    def _read_together(self) -> people.Homes:
        """What the columns of a row say together."""
        reader, context = self._reader, self._run.context
        homes = people.Homes(self._coded, reader, context, self._pieces.n_rows)
        at_home, first_said = homes.found(self._open)
        of_age, contradicting = people.ages(self._numbers, self._coded, reader, context, self._open)
        self._faults += [*people.sexes(self._numbers, self._coded.get("sex"), reader), *of_age, *at_home]
        self._alone |= first_said | contradicting
        return homes

    def _drafts(self) -> dict[int, Draft]:
        """The rows to be read alone, blank ones left out, with those that may state what one of them states."""
        self._alone &= self._state != NO_ROW
        drafts: dict[int, Draft] = {}
        self._draft(drafts)
        self._alone |= self._like(drafts)
        self._draft(drafts)
        return drafts

    def _draft(self, drafts: dict[int, Draft]) -> None:
        for row in np.flatnonzero(self._alone).tolist():
            if row in drafts:
                continue
            cells = self._pieces.raw(row)
            if all(map(is_blank, cells)):
                self._state[row], self._alone[row] = NO_ROW, False
            else:
                drafts[row] = self._reader.draft(self._pieces.first + row, cells)

    def _like(self, drafts: dict[int, Draft]) -> Flags:
        """Rows that state the number of a row read alone, or whose own is wrong and whose name is that of one without.

        Rows that state no number are told apart by all they say, so the name must be the same at least.
        """
        numbers = self._numbers
        alike = np.zeros(self._pieces.n_rows, dtype=np.bool_)
        told = {draft.identity.get("id_number", "") for draft in drafts.values()}
        keys = np.array(sorted(int(number[:17]) for number in told if number), dtype=np.int64)
        if len(keys):
            scan.are_among(numbers.key, keys, alike)
            alike &= numbers.classes == scan.PLAIN
        taken = (d for d in drafts.values() if "id_number" not in d.identity and not d.rejected)
        nameless = {draft.identity.get("name", "") for draft in taken}
        if nameless:
            column = next(column for column in self._reader.columns if column.field == "name")
            faulty = np.flatnonzero((numbers.classes != scan.PLAIN) & ~self._alone)
            alike[[row for row in faulty.tolist() if self._pieces.cell(row, column.index) in nameless]] = True
        return alike

    def _judge(self, drafts: dict[int, Draft]) -> None:
        """The outcome of every row that is not read alone."""
        here = ~self._alone & (self._state != NO_ROW)
        self._faults = [faults.on(here) for faults in self._faults]
        rejected = np.zeros(len(here), dtype=np.bool_)
        repaired = np.zeros(len(here), dtype=np.bool_)
        for faults in self._faults:
            rejected[faults.weighing(Severity.ERROR)] = True
            repaired[faults.weighing(Severity.REPAIRED)] = True
        again = self._again(here, rejected)
        self._faults.append(again)
        rejected[again.rows] = True
        self._state[here & repaired] = REPAIRED
        self._state[here & rejected] = REJECTED
        self._state[self._alone] = ALONE

    def _again(self, here: Flags, rejected: Flags) -> Faults:
        """Remarks on rows whose number stands in an earlier row that is not refused."""
        numbers = self._numbers
        wanted = here & (numbers.classes == scan.PLAIN)
        later, before = people.repeats(numbers.key, wanted)
        starts = np.unique(before)
        members = np.concatenate((starts, later))
        order = np.argsort(members)
        members, group = members[order], np.concatenate((starts, before))[order]
        kept = ~rejected[members]
        groups, nth = np.unique(group[kept], return_index=True)
        held = members[kept][nth]  # the first of each group that is not refused
        at = np.searchsorted(groups, group)
        in_group = at < len(groups)
        at[~in_group] = 0
        in_group &= groups[at] == group if len(groups) else False
        before = held[at] if len(groups) else members
        is_again = in_group & (members > before)
        rows, earlier = members[is_again].astype(np.intp), before[is_again]
        header = column_of("id_number", self._reader.headers)
        notes = LateNotes(Severity.ERROR, len(rows), lambda: self._said_before(earlier.tolist(), rows.tolist()))
        return Faults(rows, _SAID_BEFORE, header, np.arange(len(rows), dtype=np.int32), notes)

    def _said_before(self, earlier: Sequence[int], rows: Sequence[int]) -> list[Note]:
        told = [None if code is None else self._run.context.gazetteer.name(code) for code in self._homes.codes]
        notes = []
        for pair in zip(earlier, rows, strict=True):
            homes = [told[home] for home in self._homes.of_row[list(pair)] if self._homes.codes[home] is not None]
            notes.append(said_before(f"第{self._pieces.first + pair[0]}行", SAME_NUMBER, homes))
        return notes

    def _read_alone(self, drafts: dict[int, Draft]) -> Iterator[RowResult]:
        ordered = [drafts[row] for row in sorted(drafts)]
        for start in range(0, len(ordered), self._run.context.chunk_rows):
            chunk = ordered[start : start + self._run.context.chunk_rows]
            yield from self._run.results(chunk, self._plan.sheet)


def _stating_the_same(columns: Sequence[Coded]) -> Iterator[tuple[Coded, Coded]]:
    """Pairs of columns that can state one field."""
    names = [{name for cell in column.cells if cell for name, _ in cell.sets} for column in columns]
    for nth, one in enumerate(columns):
        yield from ((columns[other], one) for other in range(nth) if names[nth] & names[other])


def _contradicting(one: Coded, other: Coded) -> Flags:
    """Rows on which two columns state different values of a field."""
    differ = np.zeros((len(one.cells), len(other.cells)), dtype=np.bool_)
    for i, first in enumerate(one.cells):
        for j, second in enumerate(other.cells):
            if first is not None and second is not None:
                stated = dict(first.sets)
                differ[i, j] = any(stated.get(name, value) != value for name, value in second.sets)
    return np.asarray(differ[one.codes, other.codes])
