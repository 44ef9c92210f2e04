"""Labelled rows of the three stages from a log: what is known, what is censored, and what may not be believed whole.

apply : applied within a week of being shown; hire : taken, given an application that was decided for or against the
person; keep : at work half a year on. A full post, a withdrawal and an unreachable person are censoring, not a no.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Problem
from matcher.learning.as_seen import NEVER_SEEN, Index
from matcher.learning.bounded import Suspicion, bounded, outsize, unfounded
from matcher.learning.event_rows import DecisionRow, ImpressionRow
from matcher.learning.events import EventLog
from matcher.learning.full_posts import seat_weight
from matcher.learning.retention import retention
from matcher.learning.scored_lines import ScoredLines, scored_lines

APPLY_WITHIN: Final = timedelta(days=7)
TAKEN: Final = frozenset({"offer", "no_show"})
"""Who was offered the post and did not come had been taken as well."""
FIRST_SLOT: Final = 1
REPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "apply": ("worker",),
    "hire": ("worker", "vacancy", "employer", "decided_by"),
    "keep": ("worker", "vacancy", "employer"),
}
"""Stage -> whose word a positive row is. A post or firm says nothing when people apply: it is merely sought."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StageRows:
    """Rows of one stage. line : element of the scored lines; weight : > 0, 1 where nothing speaks for another

    slot, shown_in, read : of apply: place in the list, channel, whether something was done with the line
    censored : why rows have no label -> how many
    """

    line: Index
    label: NDArray[np.bool_]
    weight: Floats
    slot: Index
    shown_in: NDArray[np.str_]
    read: NDArray[np.bool_]
    censored: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.line)


@dataclass(frozen=True, slots=True)
class TrainingSets:
    """The scored lines of a log with the rows of each stage, what was found wrong, and who was bounded."""

    lines: ScoredLines
    stages: Mapping[str, StageRows]
    problems: tuple[Problem, ...]
    suspicions: tuple[Suspicion, ...]


@dataclass(slots=True)
class _Rows:
    """Rows of a stage while they are gathered."""

    line: list[int] = field(default_factory=list)
    label: list[bool] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    slot: list[int] = field(default_factory=list)
    shown_in: list[str] = field(default_factory=list)
    read: list[bool] = field(default_factory=list)
    actor: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    censored: Counter[str] = field(default_factory=Counter)

    def add(
        self, line: int, label: bool, *, weight: float = 1.0, shown: ImpressionRow | None = None,
        read: bool = True, actor: str = "", times: int = 1
    ) -> None:  # fmt: skip
        self.line.append(line)
        self.label.append(label)
        self.weight.append(weight)
        self.slot.append(shown.slot if shown else FIRST_SLOT)
        self.shown_in.append(shown.channel if shown else "")
        self.read.append(read)
        self.actor.append(actor)
        self.times.append(times)


def training_sets(log: EventLog) -> TrainingSets:
    """The labelled rows of a log, each with the terms as they were seen when the pair was scored."""
    lines = scored_lines(log)
    problems = [*lines.problems]
    suspicions = _unfounded(log)
    stages = {}
    for name, gathered in (
        ("apply", _applied(log, lines, problems)),
        ("hire", _hired(log, lines)),
        ("keep", _kept(log, lines, problems)),
    ):
        stages[name], found = _bounded_rows(name, gathered, lines)
        suspicions += found
    return TrainingSets(lines, stages, tuple(problems), tuple(suspicions))


def _bounded_rows(stage: str, rows: _Rows, lines: ScoredLines) -> tuple[StageRows, list[Suspicion]]:
    line = np.array(rows.line, dtype=np.int64)
    label = np.array(rows.label, dtype=np.bool_)
    known = {
        "worker": lines.worker[line],
        "vacancy": lines.vacancy[line],
        "employer": lines.employer[line],
        "decided_by": np.array(rows.actor, dtype=np.str_),
    }
    sources = {kind: known[kind] for kind in REPORTS[stage]}
    weight, suspicions = bounded(
        stage, np.array(rows.weight, dtype=np.float64), label, sources, np.array(rows.times, dtype=np.int64)
    )
    return (
        StageRows(
            line=line,
            label=label,
            weight=weight,
            slot=np.array(rows.slot, dtype=np.int64),
            shown_in=np.array(rows.shown_in, dtype=np.str_),
            read=np.array(rows.read, dtype=np.bool_),
            censored=dict(sorted(rows.censored.items())),
        ),
        suspicions,
    )


def _applied(log: EventLog, lines: ScoredLines, problems: list[Problem]) -> _Rows:
    """A row per line somebody was shown in a list of their own."""
    rows = _Rows()
    told = _reactions(log, problems)
    people: dict[str, set[str]] = {}
    for shown in log.impressions:
        people.setdefault(shown.list_id, set()).add(shown.worker_id)
    done = {
        ix: told.get((shown.list_id, shown.vacancy_id, shown.worker_id), set())
        for ix, shown in enumerate(log.impressions)
    }
    room = _room(log, done)
    for ix, shown in enumerate(log.impressions):
        line, kinds = int(lines.line_of[ix]), done[ix]
        applied = "apply" in kinds
        if line == NEVER_SEEN:
            rows.censored["unknown_record"] += 1
        elif len(people[shown.list_id]) > 1:
            # A broker read this list: the people in it were shown nothing.
            rows.censored["list_of_candidates"] += 1
        elif not applied and log.known_until is not None and shown.ts + APPLY_WITHIN > log.known_until:
            rows.censored["too_young"] += 1
        elif not applied and ix in room:
            rows.censored["no_room_to_apply"] += 1
        else:
            rows.add(line, applied, shown=shown, read=bool(kinds - {"no_reply"}))
    return rows


def _room(log: EventLog, done: Mapping[int, Iterable[str]]) -> set[int]:
    """Lines below the last application of a list that took as many as any of its channel: no room was left for them."""
    order = sorted(range(len(log.impressions)), key=lambda ix: (log.impressions[ix].list_id, log.impressions[ix].slot))
    lists = [list(found) for _, found in groupby(order, key=lambda ix: log.impressions[ix].list_id)]
    most: Counter[str] = Counter()
    for found in lists:
        channel = log.impressions[found[0]].channel
        most[channel] = max(most[channel], sum("apply" in done[ix] for ix in found))
    after: set[int] = set()
    for found in lists:
        taken, limit = 0, most[log.impressions[found[0]].channel]
        for ix in found:
            if limit > 1 and taken == limit:
                after.add(ix)
            taken += "apply" in done[ix]
    return after


def _reactions(log: EventLog, problems: list[Problem]) -> dict[tuple[str, str, str], set[str]]:
    """(list, vacancy, worker) -> what was done with the line; an application counts within the week."""
    shown = {(row.list_id, row.vacancy_id, row.worker_id): row for row in log.impressions}
    whose = {(row.list_id, row.vacancy_id): row.worker_id for row in log.impressions}
    told: dict[tuple[str, str, str], set[str]] = {}
    for row in log.reactions:
        key = (row.list_id, row.vacancy_id, row.worker_id or whose.get((row.list_id, row.vacancy_id), ""))
        line = shown.get(key)
        if line is None:
            problems.append(
                log.fault(
                    row,
                    "list_id",
                    found=row.list_id,
                    expected="名单里有这个岗位（impressions）",
                    fix="没有哪份名单给这个人看过这个岗位，这一行没有用；请核对名单编号",
                )
            )
        elif row.ts < line.ts:
            problems.append(
                log.fault(
                    row,
                    "ts",
                    found=row.ts.isoformat(),
                    expected=f"不早于给人看的{line.ts.isoformat()}",
                    fix="反应比名单还早，这一行没有用；请核对机器的时钟",
                )
            )
        elif row.kind != "apply" or row.ts - line.ts <= APPLY_WITHIN:
            told.setdefault(key, set()).add(row.kind)
    return told


def _hired(log: EventLog, lines: ScoredLines) -> _Rows:
    """A row per listed pair that was decided for or against the person; the first word counts.

    Whoever said yes far more often than others is heard where nobody else said anything. Where seats were short, those
    taken stand for those who would have been.
    """
    rows, full = _Rows(), Counter[str]()
    doubtful = outsize(row.decided_by for row in log.decisions if row.outcome in TAKEN)
    listed = {(row.worker_id, row.vacancy_id) for row in log.impressions}
    of_pair: dict[tuple[str, str], list[DecisionRow]] = {}
    for row in log.decisions:
        of_pair.setdefault((row.worker_id, row.vacancy_id), []).append(row)
    for pair, told in of_pair.items():
        line = lines.before(*pair, told[0].ts)
        words = [row for row in told if row.outcome in TAKEN or row.outcome == "refuse_unfit"]
        first = next((row for row in words if row.decided_by not in doubtful), words[0] if words else None)
        if line == NEVER_SEEN:
            rows.censored["unknown_record"] += 1
        elif pair not in listed:
            # Nobody was shown the other: a decision without a list behind it cannot be compared with those of lists.
            rows.censored["never_listed"] += 1
        elif first is None:
            why = "full" if any(row.outcome == "refuse_full" for row in told) else "withdrawn"
            rows.censored[why] += 1
            full.update([pair[1]] * (why == "full"))
        else:
            times = sum(row.outcome in TAKEN and row.decided_by == first.decided_by for row in told)
            rows.add(line, first.outcome in TAKEN, actor=first.decided_by, times=max(1, times))
    rows.weight = seat_weight(lines.vacancy[rows.line].tolist(), rows.label, full).tolist()
    return rows


def _unfounded(log: EventLog) -> list[Suspicion]:
    """Who told of people taken whom no list had shown the post, or of the same person again and again."""
    listed = {(row.worker_id, row.vacancy_id) for row in log.impressions}
    taken = [row for row in log.decisions if row.outcome in TAKEN]
    counted = {
        (row.decided_by, row.worker_id, row.vacancy_id, row.outcome): row.decided_by
        for row in taken
        if (row.worker_id, row.vacancy_id) in listed
    }
    return unfounded("hire", (row.decided_by for row in taken), counted.values())


def _kept(log: EventLog, lines: ScoredLines, problems: list[Problem]) -> _Rows:
    """A row per placement whose half year is over and of which somebody knows how it went."""
    rows = _Rows()
    found = retention(log, lines, problems)
    rows.censored.update(found.censored)
    for line, lasted, weight in found.rows:
        rows.add(line, lasted, weight=weight)
    return rows
