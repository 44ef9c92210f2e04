"""A report as people: who stands behind each figure of each village, and what may be printed of how many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from matcher.errors import NotFound
from matcher.office.registers.figures import POOR_DATABASE, RELOCATED_DATABASE, WISHING
from matcher.office.registers.standing import Standing, village_of
from matcher.office.reports.forms import Period
from matcher.office.tracking.evidence import Grade, counted, proof_of
from matcher.office.tracking.evidence import definition as grades
from matcher.records import TOWNSHIP_DIGITS, Placement, Worker

GRADES: Final = {"grade_a": Grade.A, "grade_b": Grade.B, "grade_c": Grade.C, "grade_d": Grade.D}
Cells = dict[str, dict[str, list[str]]]
"""Figure -> village -> ids of the people behind it, sorted."""


class Known(NamedTuple):
    """What a table is worked out of: the registers' people, everybody's placements and homes, who was paid.

    refuted : ids of placements found false by the last day
    """

    standings: Sequence[Standing]
    workers: Mapping[str, Worker]
    placements: Sequence[Placement]
    paid: frozenset[str] = frozenset()
    refuted: Collection[str] = frozenset()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a report. A count is never kept: it is how many stand behind a cell."""

    cells: Cells

    def behind(self, figure: str, place: str = "") -> list[str]:
        """Ids of the people behind a figure of a place (leading digits of its code). Raises NotFound for no figure."""
        if figure not in self.cells:
            raise NotFound("这张报表没有这个数", where=figure, remedy="请从表里点进来。")
        villages = self.cells[figure]
        return [one for code in sorted(villages) if code.startswith(place) for one in villages[code]]

    def n(self, figure: str, place: str = "") -> int:
        """How many people stand behind a figure of a place."""
        return sum(len(ids) for code, ids in self.cells.get(figure, {}).items() if code.startswith(place))

    def places(self, digits: int) -> list[str]:
        """Codes of the towns (9 digits) or villages (12) somebody stands behind a figure of, sorted."""
        return sorted({code[:digits] for villages in self.cells.values() for code in villages})

    def within(self, regions: Sequence[str]) -> Table:
        """The part that regions reach; all of it for none."""
        if not regions:
            return self
        kept = tuple(regions)
        return Table(
            cells={
                figure: {code: ids for code, ids in villages.items() if code.startswith(kept)}
                for figure, villages in self.cells.items()
            }
        )


def table_of(known: Known, figures: Iterable[str], period: Period) -> Table:
    """The people behind each figure; `period.last` is the day the registers were worked out for.

    Work and its grades are those of the registered poor, as the two lists have them (masked county 2020 四(三));
    `in_work_all`, who began, ended, came home or was paid are of everybody.
    """
    everybody = _of_placements(known.placements, period, known.refuted)
    listed = {one.worker_id for one in known.standings if one.poor}
    of_lists = {name: everybody[name] & listed for name in (*GRADES, "in_work")}
    who = _of_registers(known.standings) | everybody | {"in_work_all": everybody["in_work"]} | of_lists
    who["returned"] = {
        worker.worker_id
        for worker in known.workers.values()
        if worker.returned_on is not None and period.first <= worker.returned_on <= period.last
    }
    who["paid"] = set(known.paid)
    return Table(cells={figure: _by_village(who[figure], known.workers) for figure in figures})


def _of_registers(standings: Iterable[Standing]) -> dict[str, set[str]]:
    tests: dict[str, Callable[[Standing], bool]] = {
        "database": lambda one: POOR_DATABASE in one.databases,
        "relocated": lambda one: RELOCATED_DATABASE in one.databases,
        "review": lambda one: bool(one.review),
        "unclear": lambda one: bool(one.databases) and bool(one.unclear),
        "wishing": lambda one: WISHING in one.lists,
    }
    found: dict[str, set[str]] = {name: set() for name in tests}
    for one in standings:
        for name, test in tests.items():
            if test(one):
                found[name].add(one.worker_id)
    return found


def _of_placements(placements: Sequence[Placement], period: Period, refuted: Collection[str]) -> dict[str, set[str]]:
    """In work on the last day by the best proof, and who began or ended counted work within the period."""
    on, by = period.last, grades()
    now = [one for one in placements if one.start <= on and (one.end is None or one.end >= on)]
    running = counted(now, on, by, refuted)
    found = {name: set(running.names[grade]) for name, grade in GRADES.items()}
    found["in_work"] = set().union(*(found[name] for name, grade in GRADES.items() if grade is not Grade.D))
    within = [one for one in placements if one.start <= on and proof_of(one, on, by, refuted).counts]
    found["started"] = {one.worker_id for one in within if period.first <= one.start}
    found["ended"] = {one.worker_id for one in within if one.end is not None and period.first <= one.end <= on}
    return found


def _by_village(ids: Iterable[str], workers: Mapping[str, Worker]) -> dict[str, list[str]]:
    villages: dict[str, list[str]] = {}
    for worker_id in sorted(ids):
        if worker_id in workers:
            villages.setdefault(village_of(workers[worker_id].place_code), []).append(worker_id)
    return villages


class Change(NamedTuple):
    """What a cell would hold now that it did not when it was frozen, and the other way round."""

    figure: str
    town: str
    came: tuple[str, ...]
    went: tuple[str, ...]


def changes(frozen: Table, now: Table) -> list[Change]:
    """Where the same report worked out now differs: facts that came in behind it, dated back into its days."""
    found = []
    towns = sorted({*frozen.places(TOWNSHIP_DIGITS), *now.places(TOWNSHIP_DIGITS)})
    for figure in frozen.cells:
        before, after = _towns(frozen, figure), _towns(now, figure)
        for town in towns:
            old, new = before.get(town, set()), after.get(town, set())
            if old != new:
                found.append(Change(figure, town, tuple(sorted(new - old)), tuple(sorted(old - new))))
    return found


def _towns(table: Table, figure: str) -> dict[str, set[str]]:
    towns: dict[str, set[str]] = {}
    for code, ids in table.cells.get(figure, {}).items():
        towns.setdefault(code[:TOWNSHIP_DIGITS], set()).update(ids)
    return towns


def printable(counts: Mapping[str, int], smallest: int) -> dict[str, int | None]:
    """Counts of one column as anybody may read them beside their sum; None where too few people stand behind one.

    A single gap would be told by the sum, and so would gaps that hold too few together: the next smallest cells are
    left out with them. Cells of nobody stay; where no cell is left to hide another behind, all that are not 0 go.
    """
    hidden = [name for name, n in counts.items() if 0 < n < smallest]
    rest = sorted((n, name) for name, n in counts.items() if n >= smallest)
    while hidden and rest and (len(hidden) == 1 or sum(counts[name] for name in hidden) < smallest):
        hidden.append(rest.pop(0)[1])
    return {name: None if name in hidden else n for name, n in counts.items()}


def printable_sum(counts: Mapping[str, int], smallest: int) -> int | None:
    """The sum of a column; None where it is small itself, or would tell the one cell that is left out."""
    told, total = printable(counts, smallest), sum(counts.values())
    n_hidden = sum(n is None for n in told.values())
    return None if 0 < total < smallest or n_hidden == 1 else total
