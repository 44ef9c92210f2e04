"""Event folders of CONTRACT section 6 as frozen typed tables, with a Problem for every row that does not fit.

No row is dropped silently: what cannot be read is a Problem and is counted; what was told twice counts once. Real and
synthetic rows are never mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import msgspec

from matcher.errors import InvalidInput, Problem, Severity
from matcher.learning.event_rows import (
    ROWS,
    DecisionRow,
    EventRow,
    FollowUpRow,
    ImpressionRow,
    PlacementRow,
    ReactionRow,
    SnapshotRow,
)

R = TypeVar("R", bound=EventRow)
SHOWN_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Count:
    """Lines of a table: read in all, of these unreadable, and told again with an id that was known."""

    n_lines: int
    n_unreadable: int
    n_repeated: int


@dataclass(frozen=True)
class EventLog:
    """The tables of one or several folders, each by (ts, event_id).

    problems : of rows, in the order of files and lines; counts : table -> lines
    lines : event id -> file and line, for whoever finds a fault later
    """

    impressions: tuple[ImpressionRow, ...]
    reactions: tuple[ReactionRow, ...]
    decisions: tuple[DecisionRow, ...]
    placements: tuple[PlacementRow, ...]
    followups: tuple[FollowUpRow, ...]
    snapshots: tuple[SnapshotRow, ...]
    problems: tuple[Problem, ...]
    counts: Mapping[str, Count]
    lines: Mapping[str, tuple[str, int]]

    @property
    def tables(self) -> Mapping[str, Sequence[EventRow]]:
        """Rows by the name of their table."""
        return {name: getattr(self, name) for name in ROWS}

    def __len__(self) -> int:
        return sum(len(rows) for rows in self.tables.values())

    def fault(self, row: EventRow, column: str, *, found: str, expected: str, fix: str) -> Problem:
        """A warning about a row that stays in the log."""
        file, line = self.lines[row.event_id]
        return Problem(
            file=file, row=line, column=column, found=found, expected=expected, fix=fix, severity=Severity.WARNING
        )

    @cached_property
    def synthetic(self) -> bool:
        """Whether the rows are of a simulator; False where there are none."""
        return any(row.synthetic for rows in self.tables.values() for row in rows)

    @cached_property
    def known_until(self) -> datetime | None:
        """The last moment the log tells of; what is missing after it may still come. None without rows."""
        return max((rows[-1].ts for rows in self.tables.values() if rows), default=None)

    @cached_property
    def window(self) -> tuple[datetime, datetime] | None:
        """First and last impression, None without any."""
        return (self.impressions[0].ts, self.impressions[-1].ts) if self.impressions else None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all rows; neither the order of lines nor repetition changes it."""
        whole = sha256()
        for name, rows in self.tables.items():
            for row in rows:
                whole.update(name.encode() + b"\0" + msgspec.json.encode(row, order="deterministic") + b"\n")
        return whole.hexdigest()


def event_folders(folder: Path) -> list[Path]:
    """The folders below (or at) `folder` that hold a table, sorted by path. Raises InvalidInput if there is none."""
    if not folder.is_dir():
        raise InvalidInput("no folder of events", where=str(folder), remedy="Write one with `matcher events export`.")
    found = sorted({path.parent for name in ROWS for path in folder.rglob(f"{name}.jsonl")})
    if not found:
        raise InvalidInput(
            "the folder holds no table of events",
            where=str(folder),
            remedy="It needs files such as impressions.jsonl (`matcher events export`).",
        )
    return found


def read_events(folder: Path) -> EventLog:
    """The events of a folder, or of all folders below it, as one log. Files are read whole.

    Raises InvalidInput if there is no table, or if real and synthetic rows are mixed.
    """
    read = _Reading()
    for inner in event_folders(folder):
        for name in ROWS:
            path = inner / f"{name}.jsonl"
            if path.exists():
                read.table(name, path.relative_to(folder).as_posix(), path.read_bytes())
    return _log(read)


def log_of(tables: Mapping[str, bytes]) -> EventLog:
    """The log of tables in memory: name (as in ROWS) -> JSON lines. Raises as `read_events` for mixed rows."""
    read = _Reading()
    for name in ROWS:
        if name in tables:
            read.table(name, f"{name}.jsonl", tables[name])
    return _log(read)


def _log(read: _Reading) -> EventLog:
    read.refuse_mixture()

    def sorted_rows(name: str, kind: type[R]) -> tuple[R, ...]:
        rows = cast(list[R], list(read.rows[name].values()))
        return tuple(sorted(rows, key=lambda row: (row.ts, row.event_id)))

    return EventLog(
        impressions=sorted_rows("impressions", ImpressionRow),
        reactions=sorted_rows("reactions", ReactionRow),
        decisions=sorted_rows("decisions", DecisionRow),
        placements=sorted_rows("placements", PlacementRow),
        followups=sorted_rows("followups", FollowUpRow),
        snapshots=sorted_rows("snapshots", SnapshotRow),
        problems=tuple(read.problems),
        counts={name: Count(*numbers) for name, numbers in read.counts.items()},
        lines=read.lines,
    )


class _Reading:
    """What has been read so far: rows by table and id, problems, counts, and where each row stood."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, EventRow]] = {name: {} for name in ROWS}
        self.counts: dict[str, list[int]] = {name: [0, 0, 0] for name in ROWS}
        self.problems: list[Problem] = []
        self.lines: dict[str, tuple[str, int]] = {}

    def table(self, name: str, file: str, body: bytes) -> None:
        """Read the lines of one file of a table."""
        decode = msgspec.json.Decoder(ROWS[name]).decode
        before: datetime | None = None
        for line, row in self._decoded(name, file, body, decode):
            if before is not None and row.ts < before:
                self.problems.append(_backwards(file, line, row.ts, before))
            before = row.ts
            self._keep(name, file, line, row)

    def _decoded(
        self, name: str, file: str, body: bytes, decode: Callable[[bytes], EventRow]
    ) -> Iterator[tuple[int, EventRow]]:
        for line, text in enumerate(body.split(b"\n"), start=1):
            if not text.strip():
                continue
            self.counts[name][0] += 1
            try:
                row = _in_utc(decode(text))
            except (msgspec.DecodeError, OverflowError) as error:
                self.counts[name][1] += 1
                self.problems.append(_unreadable(file, line, text, error))
                continue
            yield line, row

    def _keep(self, name: str, file: str, line: int, row: EventRow) -> None:
        known = self.rows[name].get(row.event_id)
        if known is None:
            self.rows[name][row.event_id] = row
            self.lines[row.event_id] = (file, line)
            return
        self.counts[name][2] += 1
        if known != row:
            self.problems.append(
                Problem(
                    file=file,
                    row=line,
                    column="event_id",
                    found=row.event_id,
                    expected="一个编号只对应一件事",
                    fix=f"与{self.lines[row.event_id][0]}第{self.lines[row.event_id][1]}行编号相同、内容不同，"
                    "只用了先出现的一行；请给后一行新的编号",
                    severity=Severity.WARNING,
                )
            )

    def refuse_mixture(self) -> None:
        """Raises InvalidInput naming the first row of the rarer kind when real and synthetic rows stand together."""
        kinds: dict[bool, list[str]] = {True: [], False: []}
        for rows in self.rows.values():
            for row in rows.values():
                kinds[row.synthetic].append(row.event_id)
        if not (kinds[True] and kinds[False]):
            return
        fewer = len(kinds[True]) < len(kinds[False])
        file, line = self.lines[kinds[fewer][0]]
        problem = Problem(
            file=file,
            row=line,
            column="synthetic",
            found=str(fewer).lower(),
            expected="全部真实，或全部合成",
            fix="把真实记录和合成记录分放在两个文件夹里，分开训练",
        )
        raise InvalidInput(
            f"real and synthetic rows are mixed: {len(kinds[False])} real, {len(kinds[True])} synthetic",
            (problem,),
            where=f"{file}:{line}",
            remedy="Keep them in two folders.",
        )


def _in_utc(row: EventRow) -> EventRow:
    """The row with its time in UTC; a time without a zone is one of UTC (CONTRACT section 6)."""
    if row.ts.tzinfo is UTC:
        return row
    aware = row.ts.replace(tzinfo=UTC) if row.ts.tzinfo is None else row.ts.astimezone(UTC)
    return msgspec.structs.replace(row, ts=aware)


def _backwards(file: str, line: int, ts: datetime, before: datetime) -> Problem:
    return Problem(
        file=file,
        row=line,
        column="ts",
        found=ts.isoformat(),
        expected=f"不早于上一行的{before.isoformat()}",
        fix="时间比上一行早：请核对记录这一行的机器的时钟；这一行按它自己的时间使用",
        severity=Severity.WARNING,
    )


def _unreadable(file: str, line: int, text: bytes, error: Exception) -> Problem:
    said = str(error)
    _, _, at = said.partition(" - at `$")
    return Problem(
        file=file,
        row=line,
        column=at.rstrip("`").lstrip("."),
        found=text[:SHOWN_CHARACTERS].decode("utf-8", "replace"),
        expected=said,
        fix="这一行没有用；请按事件表的格式改好后重新训练",
    )


def told(problems: Sequence[Problem]) -> dict[str, Any]:
    """How many problems there are of each column and severity, for a summary."""
    found: dict[str, int] = {}
    for problem in problems:
        key = f"{problem.file}:{problem.column or 'row'}:{problem.severity.value}"
        found[key] = found.get(key, 0) + 1
    return dict(sorted(found.items()))
