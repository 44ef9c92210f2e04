"""What a claim is read from beside placements: somebody who came to a class that was held, a station and its year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from matcher.office.claims.cases import claim_facts
from matcher.office.claims.facts import groups_of, registered_poor
from matcher.office.claims.programmes import Programme, ProgrammeKind
from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR, ONE_DAY, add_months
from matcher.policy.types import Vocabulary
from matcher.records import Worker

CLASS: Final = "class"
STATION: Final = "station"
HELD: Final[Mapping[str, frozenset[str]]] = {CLASS: frozenset({"attendance"}), STATION: frozenset()}
"""What the record itself proves: who came stands in the roster, how a station ran somebody has to have seen."""


class Entry(NamedTuple):
    """One trainee of a held class, or one station in one year."""

    programme: Programme
    worker: Worker | None = None
    year: int = 0

    @property
    def kind(self) -> str:
        """CLASS or STATION."""
        return CLASS if self.worker is not None else STATION

    @property
    def on(self) -> date:
        """The day the claim is about: the last of the class, the last of the year."""
        plan = self.programme.plan
        return (plan.until or plan.on) if self.worker is not None else date(self.year, 12, 31)

    @property
    def source(self) -> str:
        """The record a claim is read from."""
        what = self.worker.worker_id if self.worker is not None else str(self.year)
        return f"{self.kind}:{self.programme.programme_id}:{what}"


def class_entries(programmes: Iterable[Programme], workers: Mapping[str, Worker]) -> list[Entry]:
    """Everybody who came to a class that was held, the newest class first; whom the records do not hold is left out."""
    held = [one for one in programmes if one.plan.kind is ProgrammeKind.CLASS and one.result is not None]
    held.sort(key=lambda one: (one.plan.on, one.programme_id), reverse=True)
    return [
        Entry(one, workers[name])
        for one in held
        for name in dict.fromkeys((one.result.came or ()) if one.result else ())
        if name in workers
    ]


def station_entries(programmes: Iterable[Programme], on: date) -> list[Entry]:
    """Each station in this year and the one before, of those in which it was open."""
    stations = [one for one in programmes if one.plan.kind is ProgrammeKind.STATION]
    years = (on.year, on.year - 1)
    return [Entry(one, year=year) for one in stations for year in years if open_months(one, year)]


def open_months(station: Programme, year: int) -> int:
    """Whole months of a year a station was to be open, its first and last day included."""
    opened, closed = station.plan.on, station.plan.until
    firsts = [add_months(date(year, 1, 1), month) for month in range(MONTHS_PER_YEAR)]
    return sum(opened <= first and (closed is None or add_months(first, 1) - ONE_DAY <= closed) for first in firsts)


def roster_facts(entry: Entry, names: Iterable[str], on: date, vocabulary: Vocabulary) -> dict[str, Any]:
    """Of the facts asked for those that are held; what nobody recorded is left out and so unknown. on : of filing"""
    table = claim_facts().roster_facts
    found = {name: _SOURCES[table[name]](entry, on, vocabulary) for name in names if name in table}
    return {name: value for name, value in found.items() if value is not None}


_SOURCES: Final[Mapping[str, Callable[[Entry, date, Vocabulary], Any]]] = {
    "one": lambda *_: 1,
    "days": lambda entry, *_: entry.programme.plan.days,
    "designated": lambda entry, *_: entry.programme.plan.designated,
    "going_out": lambda entry, *_: entry.programme.plan.going_out,
    "course": lambda entry, *_: entry.programme.plan.course.value if entry.programme.plan.course else None,
    "came": lambda entry, *_: entry.worker is not None,
    "open_months": lambda entry, *_: open_months(entry.programme, entry.year),
    "status": lambda entry, on, words: groups_of(entry.worker, on, words) if entry.worker else None,
    "registered_poor": lambda entry, on, words: registered_poor(entry.worker, on, words) if entry.worker else None,
}
