"""Whether jobs lasted half a year: answers at follow-ups, and the weight that makes up for people nobody reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Problem
from matcher.learning.as_seen import NEVER_SEEN
from matcher.learning.event_rows import FollowUpRow, PlacementRow
from matcher.learning.events import EventLog
from matcher.learning.scored_lines import ScoredLines

KEPT_DAYS: Final = 180
REACH_PSEUDO_COUNT: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Course:
    """What is known of a placement: whether it lasted (None: nobody knows) and the first day it may have ended."""

    line: int
    lasted: bool | None
    from_day: int
    reached: Mapping[int, bool]


class Retention(NamedTuple):
    """Rows (scored line, whether the job lasted, weight) and why the other placements have none."""

    rows: list[tuple[int, bool, float]]
    censored: Counter[str]


def retention(log: EventLog, lines: ScoredLines, problems: list[Problem]) -> Retention:
    """The placements of a log whose half year is over, each weighted by the chance that its end became known.

    Who left before the half year was over is no row while it is not: those who stay cannot be told apart yet.
    """
    censored: Counter[str] = Counter()
    courses = []
    asked = _asked(log, problems)
    for placement in log.placements:
        line = lines.before(placement.worker_id, placement.vacancy_id, max(placement.ts, _begin(placement)))
        over = _begin(placement) + timedelta(days=KEPT_DAYS)
        if line == NEVER_SEEN:
            censored["unknown_record"] += 1
        elif log.known_until is None or over > log.known_until:
            censored["too_young"] += 1
        else:
            courses.append(_course(line, asked.get(placement.placement_id, ())))
    reach = _Reach(courses, lines.channel)
    rows = [(course.line, course.lasted, 1.0 / reach.known(course)) for course in courses if course.lasted is not None]
    if len(courses) > len(rows):
        censored["unreachable"] = len(courses) - len(rows)
    return Retention(rows, censored)


def _begin(placement: PlacementRow) -> datetime:
    return datetime.combine(placement.start, time(), UTC)


def _asked(log: EventLog, problems: list[Problem]) -> dict[str, list[FollowUpRow]]:
    known = {row.placement_id: row for row in log.placements}
    asked: dict[str, list[FollowUpRow]] = {}
    for row in log.followups:
        placement = known.get(row.placement_id)
        if placement is None:
            problems.append(
                log.fault(
                    row,
                    "placement_id",
                    found=row.placement_id,
                    expected="placements里有这份工作",
                    fix="没有这份工作的记录，这一行没有用；请核对编号",
                )
            )
        elif row.ts < _begin(placement):
            problems.append(
                log.fault(
                    row,
                    "ts",
                    found=row.ts.isoformat(),
                    expected=f"不早于上岗的{placement.start}",
                    fix="回访比上岗还早，这一行没有用；请核对机器的时钟",
                )
            )
        else:
            asked.setdefault(row.placement_id, []).append(row)
    return asked


def _course(line: int, answers: Sequence[FollowUpRow]) -> _Course:
    """From the answers in the order of their days."""
    from_day = 0
    reached: dict[int, bool] = {}
    for row in sorted(answers, key=lambda row: row.day):
        reached[row.day] = row.status != "unreachable"
        if row.status in ("moved", "returned"):
            return _Course(line, False, from_day, reached)
        if row.status == "kept":
            from_day = row.day + 1
            if row.day >= KEPT_DAYS:
                return _Course(line, True, from_day, reached)
    return _Course(line, None, from_day, reached)


class _Reach:
    """How likely somebody is reached on each day, by channel of the post, pulled towards that of all."""

    def __init__(self, courses: Sequence[_Course], channel: NDArray[np.str_]) -> None:
        self._channel = channel
        self._days = sorted({day for course in courses for day in course.reached})
        self._of_all = {day: _share(self._answers(courses, day), 1.0, 1.0) for day in self._days}
        self._of = {
            (day, name): _share(
                self._answers([c for c in courses if channel[c.line] == name], day),
                self._of_all[day],
                REACH_PSEUDO_COUNT,
            )
            for day in self._days
            for name in {str(channel[course.line]) for course in courses}
        }

    @staticmethod
    def _answers(courses: Sequence[_Course], day: int) -> Iterator[bool]:
        return (course.reached[day] for course in courses if day in course.reached)

    def known(self, course: _Course) -> float:
        """Chance that a course like this one became known: of one that lasted on a day that proves it, of one that
        ended on any asked day after it may have."""
        days = [day for day in self._days if day >= (KEPT_DAYS if course.lasted else course.from_day)]
        missed = 1.0
        for day in days:
            missed *= 1.0 - self._of[day, str(self._channel[course.line])]
        return max(1.0 - missed, 1.0 / REACH_PSEUDO_COUNT)


def _share(answers: Iterator[bool], prior: float, weight: float) -> float:
    given = list(answers)
    return (sum(given) + prior * weight) / (len(given) + weight)
