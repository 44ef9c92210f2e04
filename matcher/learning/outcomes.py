"""What became of everybody who was shown a list: a job kept half a year, none, or nobody knows yet.

Unlike the rows of the stage `keep` this counts people, not placements: who was never placed kept no job. That is what
the season's goal counts, what an audit compares, and what an experiment is read by.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from matcher.learning.event_rows import FollowUpRow, PlacementRow
from matcher.learning.events import EventLog
from matcher.learning.experiment import Outcome
from matcher.learning.retention import KEPT_DAYS

HALF_YEAR = timedelta(days=KEPT_DAYS)


def outcomes(log: EventLog) -> tuple[Outcome, ...]:
    """One per person who was shown a list or placed, by worker id.

    Kept once one job is known to have lasted half a year. Nobody knows while half a year since the last list and the
    last start is not over, or when the end of a placement never became known; otherwise not kept.
    """
    placements: dict[str, list[PlacementRow]] = {}
    for row in log.placements:
        placements.setdefault(row.worker_id, []).append(row)
    last: dict[str, datetime] = {name: max(map(_start, rows)) for name, rows in placements.items()}
    homes: dict[str, str] = {}
    for shown in log.impressions:
        homes[shown.worker_id] = shown.household_id or homes.get(shown.worker_id, "")
        last[shown.worker_id] = max(shown.ts, last.get(shown.worker_id, shown.ts))
    answers = _answers(log)
    told = []
    for name in sorted(last):
        ends = [_lasted(answers.get(row.placement_id, ())) for row in placements.get(name, ())]
        over = log.known_until is not None and last[name] + HALF_YEAR <= log.known_until
        told.append(Outcome(name, homes.get(name) or name, _kept(ends, over=over)))
    return tuple(told)


def _kept(ends: Sequence[bool | None], *, over: bool) -> bool | None:
    if not over or (None in ends and True not in ends):
        return None
    return True in ends


def _start(row: PlacementRow) -> datetime:
    return datetime.combine(row.start, time(), UTC)


def _answers(log: EventLog) -> dict[str, list[FollowUpRow]]:
    begun = {row.placement_id: _start(row) for row in log.placements}
    told: dict[str, list[FollowUpRow]] = {}
    for row in log.followups:
        if row.placement_id in begun and row.ts >= begun[row.placement_id]:
            told.setdefault(row.placement_id, []).append(row)
    return told


def _lasted(answers: Sequence[FollowUpRow]) -> bool | None:
    """Whether the job lasted, by the first answer that settles it."""
    for row in sorted(answers, key=lambda row: row.day):
        if row.status in ("moved", "returned"):
            return False
        if row.status == "kept" and row.day >= KEPT_DAYS:
            return True
    return None
