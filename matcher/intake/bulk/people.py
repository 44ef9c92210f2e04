"""What a worker's columns say together, as `matcher.intake.people` says it of one row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.intake import people
from matcher.intake.bulk import scan
from matcher.intake.bulk.faults import Faults
from matcher.intake.bulk.pieces import in_parts
from matcher.intake.bulk.readings import NOTES_OF_A_CELL, Coded, Judged
from matcher.intake.cells import Note
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft
from matcher.intake.extract import SheetReader
from matcher.intake.places import settle_place
from matcher.intake.rows import column_of
from matcher.policy import age_on
from matcher.records import Kind, Sex

AFTER_CELLS: Final = 1 << 20
"""Places of remarks that are made once all cells of a row are read."""
_SEX, _AGE, _MINOR, _HOME = (AFTER_CELLS + NOTES_OF_A_CELL * n for n in range(4))
_HOMES: Final = ("place_code", "hukou_code", "hukou.name")
_SEXES: Final = ("", Sex.FEMALE.value, Sex.MALE.value)
_LEAP_YEAR: Final = date(2000, 1, 1)

Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int32]
Found = tuple[list[Faults], Flags]
"""Remarks, and rows that must be read alone: those that contradict themselves, those where something is said once."""


def sexes(numbers: Judged, column: Coded | None, reader: SheetReader) -> list[Faults]:
    """A stated sex against the one of the identity number."""
    if column is None:
        return []
    stated = column.told("sex", 0, np.int8, _SEXES.index)
    certain = numbers.sex
    rows = np.flatnonzero((certain > 0) & (stated > 0) & (stated != certain))
    pairs = [(one, other) for one in (1, 2) for other in (1, 2)]
    notes = [people.other_sex(_SEXES[one], _SEXES[other]) for one, other in pairs]
    which = (stated[rows] - 1) * 2 + certain[rows] - 1
    return [Faults(rows, _SEX, column_of("sex", reader.headers), which.astype(np.int32), notes)]


def ages(
    numbers: Judged,
    columns: Mapping[str, Coded],
    reader: SheetReader,
    context: IntakeContext,
    judged: Flags,
) -> Found:
    """A stated age against the birth date, and who is too young to work; judged : rows not read alone as yet."""
    births, told = columns.get("birth_date"), columns.get("age")
    born = numbers.born
    alone = np.zeros(len(born), dtype=np.bool_)
    if births is not None:
        known = numbers.classes == scan.PLAIN
        stated = births.told("birth_date", 0, np.int32, lambda day: int(day.replace("-", "")))
        alone |= known & (stated > 0) & (stated != born)
        born = np.where(known, born, stated)
    marks = _marks(born, told, context)
    faults = []
    if told is not None:
        unborn = np.flatnonzero((marks == scan.AGE_ALONE) & judged)
        alone[_first_of_each(told.told_of("age", unborn, -1, np.int32), unborn)] = True
        faults += _other_ages(np.flatnonzero(marks & scan.OTHER_AGE), told, born, context, reader)
    least = context.working_age
    if least is not None:
        rows = np.flatnonzero(marks & scan.TOO_YOUNG)
        age = _ages(born[rows], context)
        which = np.searchsorted(young := np.unique(age), age).astype(np.int32)
        notes = [people.minor(years, least) for years in young.tolist()]
        faults.append(Faults(rows, _MINOR, column_of("birth_date", reader.headers), which, notes))
    return faults, alone


def _marks(born: Numbers, told: Coded | None, context: IntakeContext) -> NDArray[np.uint8]:
    """What the birth date of each row and the age it tells make together, as `scan.ages` marks it."""
    none = np.empty(0, dtype=np.int32)
    codes, stated = (none, none) if told is None else (told.codes, told.values("age", -1, np.int32))
    limits = context.on.year, people.AGE_SLACK_YEARS, context.working_age or 0
    out = np.empty(len(born), dtype=np.uint8)
    late = _late(context)
    in_parts(lambda lo, hi: scan.ages(born[lo:hi], codes[lo:hi], stated, limits, late, out[lo:hi]), len(born))
    return out


def _late(context: IntakeContext) -> NDArray[np.int32]:
    """Whether a birthday has not come yet this year, which hangs on month and day alone: by MMDD, 1 or 0."""
    return _late_on(context.on, context.settings.age_basis, context.settings.leap_birthday)


@lru_cache(maxsize=4)
def _late_on(on: date, basis: str, leap: str) -> NDArray[np.int32]:
    late = np.zeros(1232, dtype=np.int32)
    for number in range(366):
        day = _LEAP_YEAR + timedelta(days=number)
        late[day.month * 100 + day.day] = on.year - day.year - age_on(day, on, basis, leap)
    late.flags.writeable = False
    return late


def _ages(born: Numbers, context: IntakeContext) -> Numbers:
    """Ages by birth dates YYYYMMDD."""
    years = born // 10000
    return np.asarray(context.on.year - years - _late(context)[born - years * 10000])


def _day(number: int) -> date:
    return date(number // 10000, number // 100 % 100, number % 100)


def _other_ages(rows: Rows, told: Coded, born: Numbers, context: IntakeContext, reader: SheetReader) -> list[Faults]:
    if not len(rows):
        return []

    def notes(few: Rows) -> list[Note]:
        stated = told.told_of("age", few, -1, np.int32)
        of = zip(stated.tolist(), born[few].tolist(), _ages(born[few], context).tolist(), strict=True)
        return [people.other_age(said, _day(day).isoformat(), years) for said, day, years in of]

    header = column_of("age", reader.headers)
    return [Faults.alike(rows, _AGE, header, notes(rows[:1])[0], lambda: [note.found for note in notes(rows)])]


def _first_of_each(values: Numbers, rows: Rows) -> Rows:
    """Of some rows the first one with each value; values : of each of them, small and not negative."""
    first = np.full(int(values.max(initial=0)) + 1, -1, dtype=np.intp)
    first[values[::-1]] = rows[::-1]
    return first[first >= 0]


class Homes:
    """Where the people of each row live, by the distinct combinations of the columns that say it.

    of_row : combination of each row; codes : place code of each combination, None where there is none
    """

    def __init__(self, columns: Mapping[str, Coded], reader: SheetReader, context: IntakeContext, n_rows: int) -> None:
        self._columns = [columns[c.field] for c in reader.columns if c.field in _HOMES or c.field.startswith("place.")]
        self.of_row, firsts = _combined([column.codes for column in self._columns], n_rows)
        self._reader, self._context = reader, context
        self._drafts = [self._settled(row) for row in firsts.tolist()]
        self.codes: list[str | None] = [draft.fields.get("place_code") for draft in self._drafts]

    def _settled(self, row: int) -> Draft:
        draft = Draft(0, (), self._reader.headers)
        for column in self._columns:
            cell = column.cells[column.codes[row]]
            for name, value in cell.sets if cell is not None else ():
                (draft.fields if name in self._reader.record_fields else draft.sources)[name] = value
        registered = draft.sources.get("hukou.name")
        people.settle_hukou(draft, self._context)
        settle_place(draft, self._context, kind=Kind.WORKERS, registered=registered)
        return draft

    def found(self, judged: Flags) -> Found:
        """Remarks on homes that cannot be told or go by another name now; judged : rows not read alone as yet."""
        alone = np.zeros(len(self.of_row), dtype=np.bool_)
        by_place: dict[tuple[int, str], tuple[list[int], list[Note]]] = {}
        once: dict[tuple[str, str, str], list[int]] = {}
        for combination, draft in enumerate(self._drafts):
            for nth, (name, note) in enumerate(draft.notes):
                if note.once:
                    once.setdefault((name, note.found, note.expected), []).append(combination)
                    continue
                header = column_of(name, self._reader.headers)
                of, notes = by_place.setdefault((_HOME + nth, header), ([], []))
                of.append(combination)
                notes.append(note)
        for alike in once.values():
            told = np.zeros(len(self._drafts), dtype=np.bool_)
            told[alike] = True
            alone[np.flatnonzero(told[self.of_row] & judged)[:1]] = True
        faults = []
        for (place, header), (of, notes) in by_place.items():
            which = np.full(len(self._drafts), -1, dtype=np.int32)
            which[of] = np.arange(len(of))
            rows = np.flatnonzero(which[self.of_row] >= 0)
            faults.append(Faults(rows, place, header, which[self.of_row[rows]], notes))
        return faults, alone


def _combined(columns: list[NDArray[np.int32]], n_rows: int) -> tuple[NDArray[np.int64], Rows]:
    """Code of each row's combination of codes, and the first row of each combination."""
    of_row = np.zeros(n_rows, dtype=np.int64)
    firsts: Rows = np.zeros(min(n_rows, 1), dtype=np.intp)
    for codes in columns:
        joined = of_row * (int(codes.max(initial=0)) + 1) + codes
        first = np.arange(n_rows)
        later, before = repeats(joined, np.ones(n_rows, dtype=np.bool_))
        first[later] = before
        is_first = first == np.arange(n_rows)
        firsts = np.flatnonzero(is_first)
        of_row = (np.cumsum(is_first) - 1)[first]
    return of_row, firsts


def repeats(keys: NDArray[np.int64], wanted: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The wanted rows whose key stood in a wanted row before, in ascending order, and the first such row of each."""
    once, twice = np.zeros((2, _room(len(keys) // 8)), dtype=np.uint64)
    rows = np.empty(len(keys) + 1, dtype=np.int32)
    rows = rows[: scan.may_repeat(keys, wanted, once, twice, rows)]
    first = np.empty(len(rows), dtype=np.int32)
    scan.firsts_of(keys, rows, np.zeros(_room(len(rows) * 2), dtype=np.int32), first)
    is_later = first != rows
    return rows[is_later], first[is_later]


def _room(n: int) -> int:
    """A power of two that is not less."""
    return 1 << max(4, (n - 1).bit_length())
