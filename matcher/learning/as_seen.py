"""Records as they were seen when a list was made, and the score terms of pairs from them.

A term is made by the product's own `features` of the versions known at the scoring time: nothing that came later can
enter it. A log tells each version once (CONTRACT section 6): one that changed back is read as its last new version.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import features
from matcher.errors import Problem
from matcher.language.readings import read_texts
from matcher.learning.event_rows import SnapshotRow
from matcher.learning.events import EventLog
from matcher.pairs import Pairs
from matcher.records import Record, Vacancy, Worker

R = TypeVar("R", bound=Record)
NEVER_SEEN = -1
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Versions(Generic[R]):
    """Versions of records of one kind; known : id -> the moments from which its versions hold, and their positions."""

    records: tuple[R, ...]
    known: Mapping[str, tuple[Sequence[datetime], Sequence[int]]]

    def at(self, record_id: str, ts: datetime) -> int:
        """Position of the version that was seen at `ts`; NEVER_SEEN where there was none yet."""
        since, positions = self.known.get(record_id, ((), ()))
        place = bisect_right(since, ts)
        return positions[place - 1] if place else NEVER_SEEN


def versions(log: EventLog, kind: str, record_type: type[R]) -> tuple[Versions[R], list[Problem]]:
    """All versions of the records of a kind; a Problem for each whose fields are none of such a record."""
    records: list[R] = []
    known: dict[str, tuple[list[datetime], list[int]]] = {}
    problems: list[Problem] = []
    for row in log.snapshots:
        if row.kind != kind:
            continue
        try:
            record = msgspec.convert(dict(row.fields), record_type)
        except msgspec.ValidationError as error:
            problems.append(_no_record(log, row, str(error)))
            continue
        since, positions = known.setdefault(row.id, ([], []))
        since.append(row.ts)
        positions.append(len(records))
        records.append(record)
    return Versions(tuple(records), known), problems


def _no_record(log: EventLog, row: SnapshotRow, said: str) -> Problem:
    file, line = log.lines[row.event_id]
    return Problem(
        file=file,
        row=line,
        column="fields",
        found=row.id,
        expected=said,
        fix="这一版本的记录读不出来，用到它的行不参加训练；请改好字段后重新训练",
    )


def terms_as_seen(
    workers: Sequence[Worker],
    vacancies: Sequence[Vacancy],
    worker_ix: Index,
    vacancy_ix: Index,
    days: Sequence[date],
) -> dict[str, NDArray[np.int32]]:
    """Term values (as `features.term_values`) of rows: a worker version, a vacancy version, and the day of the list.

    Columns have one element per row; all positions must be of known versions.
    """
    names = list(features.VOCABULARY)
    told = {name: np.full(len(worker_ix), NEVER_SEEN, dtype=np.int32) for name in names}
    readings = read_texts(
        sorted(
            _texts([workers[ix] for ix in np.unique(worker_ix)], features.worker_texts)
            | _texts([vacancies[ix] for ix in np.unique(vacancy_ix)], features.vacancy_texts)
        )
    )
    ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)
    for ordinal in np.unique(ordinals).tolist():
        rows = np.flatnonzero(ordinals == ordinal)
        seen_workers, w = np.unique(worker_ix[rows], return_inverse=True)
        seen_vacancies, v = np.unique(vacancy_ix[rows], return_inverse=True)
        values = features.term_values(
            Pairs(w.astype(np.int32), v.astype(np.int32)),
            features.encode_workers([workers[ix] for ix in seen_workers], readings, on=date.fromordinal(ordinal)),
            features.encode_vacancies([vacancies[ix] for ix in seen_vacancies], readings),
        )
        for name in names:
            told[name][rows] = values[name]
    return told


def _texts(records: Iterable[R], texts_of: Callable[[R], tuple[str, ...]]) -> set[str]:
    return {text for record in records for text in texts_of(record)}
