"""Pairs that were scored at some moment, with all that was known of them then: the rows every stage is learnt from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import Problem
from matcher.learning.as_seen import NEVER_SEEN, Index, Versions, terms_as_seen, versions
from matcher.learning.event_rows import DecisionRow, EventRow, ImpressionRow, PlacementRow
from matcher.learning.events import EventLog
from matcher.records import LabourAbility, Sex, Vacancy, Worker
from matcher.scoring.offsets import EMPLOYER, ROUTE, TOWN, employer_of, route_of, town_of

OLDER_FROM: Final = 45
A_YEAR: Final = 10_000
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ScoredLines:
    """One element per scored pair whose worker and vacancy were known at the time.

    values : score terms; at : (worker, vacancy) -> its elements in order of time; line_of : impression position in the
    log -> element, -1 if unknown; homes : household (the worker where there is none), as whole numbers
    groups : flags of people for the audit of a model; no model reads them
    """

    ts: Sequence[datetime]
    values: Mapping[str, NDArray[np.int32]]
    line_of: Index
    at: Mapping[tuple[str, str], Sequence[int]]
    employer: NDArray[np.str_]
    town: NDArray[np.str_]
    route: NDArray[np.str_]
    worker: NDArray[np.str_]
    vacancy: NDArray[np.str_]
    channel: NDArray[np.str_]
    homes: Index
    groups: Mapping[str, Flags]
    problems: tuple[Problem, ...]

    def __len__(self) -> int:
        return len(self.ts)

    def names(self, at: Index) -> dict[str, NDArray[np.str_]]:
        """Kind of offset -> whose own record counts for each of some elements, "" for nobody's."""
        return {EMPLOYER: self.employer[at], TOWN: self.town[at], ROUTE: self.route[at]}

    def before(self, worker_id: str, vacancy_id: str, ts: datetime) -> int:
        """The last element of the pair scored no later than `ts`, -1 without one."""
        earlier = [ix for ix in self.at.get((worker_id, vacancy_id), ()) if self.ts[ix] <= ts]
        return earlier[-1] if earlier else NEVER_SEEN


@dataclass(frozen=True, slots=True)
class _Asked:
    """A pair to be scored, and the event that asks for it."""

    worker_id: str
    vacancy_id: str
    household_id: str
    ts: datetime
    event: EventRow


def scored_lines(log: EventLog) -> ScoredLines:
    """Every impression, then every decided or placed pair that no list had shown before, as seen at its time."""
    workers, bad_workers = versions(log, "worker", Worker)
    vacancies, bad_vacancies = versions(log, "vacancy", Vacancy)
    asked = [*map(_shown, log.impressions), *_never_shown(log)]
    w = np.array([workers.at(row.worker_id, row.ts) for row in asked], dtype=np.int64)
    v = np.array([vacancies.at(row.vacancy_id, row.ts) for row in asked], dtype=np.int64)
    known = (w != NEVER_SEEN) & (v != NEVER_SEEN)
    problems = [*bad_workers, *bad_vacancies]
    problems += _unknown_records(log, asked, (workers, w), (vacancies, v))
    rows = [asked[ix] for ix in np.flatnonzero(known).tolist()]
    return _lines(log, rows, workers.records, vacancies.records, (w[known], v[known]), known, problems)


def _shown(row: ImpressionRow) -> _Asked:
    return _Asked(row.worker_id, row.vacancy_id, row.household_id, row.ts, row)


def _never_shown(log: EventLog) -> list[_Asked]:
    """Pairs decided about or placed that no list showed before, at the time of the first such event."""
    first: dict[tuple[str, str], datetime] = {}
    for line in log.impressions:
        first.setdefault((line.worker_id, line.vacancy_id), line.ts)
    asked: list[_Asked] = []
    later: list[DecisionRow | PlacementRow] = [*log.decisions, *log.placements]
    for row in later:
        pair = (row.worker_id, row.vacancy_id)
        if row.vacancy_id and not (pair in first and first[pair] <= row.ts):
            first[pair] = row.ts
            asked.append(_Asked(*pair, "", row.ts, row))
    return asked


def _lines(
    log: EventLog,
    rows: Sequence[_Asked],
    workers: Sequence[Worker],
    vacancies: Sequence[Vacancy],
    at: tuple[Index, Index],
    known: Flags,
    problems: Sequence[Problem],
) -> ScoredLines:
    days: list[date] = [row.ts.date() for row in rows]
    of_pair: dict[tuple[str, str], list[int]] = {}
    for ix, row in enumerate(rows):
        of_pair.setdefault((row.worker_id, row.vacancy_id), []).append(ix)
    line_of = np.where(known, np.cumsum(known) - 1, NEVER_SEEN)[: len(log.impressions)]
    homes = [
        row.household_id or workers[ix].household_id or row.worker_id
        for row, ix in zip(rows, at[0].tolist(), strict=True)
    ]
    return ScoredLines(
        ts=[row.ts for row in rows],
        values=terms_as_seen(workers, vacancies, *at, days),
        line_of=line_of,
        at={pair: sorted(found, key=lambda ix: rows[ix].ts) for pair, found in of_pair.items()},
        employer=_text([employer_of(post) for post in vacancies])[at[1]],
        town=_text([town_of(person) for person in workers])[at[0]],
        route=_routes(workers, vacancies, at),
        worker=np.array([row.worker_id for row in rows], dtype=np.str_),
        vacancy=np.array([row.vacancy_id for row in rows], dtype=np.str_),
        channel=_text([post.channel.value for post in vacancies])[at[1]],
        homes=np.unique(np.array(homes, dtype=np.str_), return_inverse=True)[1].astype(np.int64),
        groups=_groups(workers, at[0], days),
        problems=tuple(problems),
    )


def _text(names: Sequence[str]) -> NDArray[np.str_]:
    return np.array(names, dtype=np.str_)


def _routes(workers: Sequence[Worker], vacancies: Sequence[Vacancy], at: tuple[Index, Index]) -> NDArray[np.str_]:
    """The way of each row, each different pair of codes read once."""
    homes, home_of = np.unique(_text([person.place_code for person in workers]), return_inverse=True)
    works, work_of = np.unique(_text([post.place_code for post in vacancies]), return_inverse=True)
    pair, row = np.unique(home_of[at[0]] * len(works) + work_of[at[1]], return_inverse=True)
    names = [route_of(str(homes[ix // len(works)]), str(works[ix % len(works)])) for ix in pair.tolist()]
    return _text(names)[row]


def _groups(workers: Sequence[Worker], worker_ix: Index, days: Sequence[date]) -> dict[str, Flags]:
    """Whom an audit looks at one by one: what is so of each version, and who was how old on the day."""
    tests: dict[str, Callable[[Worker], bool]] = {
        "women": lambda person: person.sex is Sex.FEMALE,
        "weak": lambda person: person.labour_ability in (LabourAbility.WEAK, LabourAbility.HALF),
        "relocated": lambda person: person.relocated is True,
    }
    born = np.array([_number(person.birth_date) for person in workers], dtype=np.int64)[worker_ix]
    day, of_day = np.unique(np.array([day.toordinal() for day in days], dtype=np.int64), return_inverse=True)
    today = np.array([_number(date.fromordinal(ordinal)) for ordinal in day.tolist()], dtype=np.int64)
    return {
        "from_45": (born > 0) & (today[of_day] - born >= OLDER_FROM * A_YEAR),
        **{
            name: np.array([test(person) for person in workers], dtype=np.bool_)[worker_ix]
            for name, test in tests.items()
        },
    }


def _number(day: date | None) -> int:
    """A day as yyyymmdd, 0 for none: two of them differ by 45 years' worth from the 45th birthday on."""
    return day.year * A_YEAR + day.month * 100 + day.day if day is not None else 0


def _unknown_records(
    log: EventLog,
    asked: Sequence[_Asked],
    workers: tuple[Versions[Worker], Index],
    vacancies: tuple[Versions[Vacancy], Index],
) -> list[Problem]:
    """A Problem for each pair whose worker or vacancy was not known at its time."""
    found = []
    for ix in np.flatnonzero((workers[1] == NEVER_SEEN) | (vacancies[1] == NEVER_SEEN)).tolist():
        row, of_worker = asked[ix], workers[1][ix] == NEVER_SEEN
        named = row.worker_id if of_worker else row.vacancy_id
        what, later = ("人员", named in workers[0].known) if of_worker else ("岗位", named in vacancies[0].known)
        found.append(
            log.fault(
                row.event,
                "worker_id" if of_worker else "vacancy_id",
                found=named,
                expected=f"当时已经有的{what}记录（snapshots）",
                fix=f"这个{what}的记录{'比这一行晚' if later else '不在事件里'}，这一行不参加训练；"
                "请核对编号和时间，或把缺的记录补进snapshots",
            )
        )
    return found
