"""People who go together: cut into units and buses with neighbours side by side and couples never parted; stops.

Cuts are exact: as few units as the sizes allow, then as few villages cut as possible, then sizes as equal as can be.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.policy.groups import GroupRule, unit_of
from matcher.policy.types import PackSet
from matcher.records import TOWNSHIP_DIGITS

FILE: Final = "cohorts.toml"


class CohortRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From how many people on a village is a stop of its own; seats of a bus where nobody says how many."""

    stop_people: int
    bus_seats: int
    reading: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who goes: where they live, and those they go with or not at all."""

    worker_id: str
    place_code: str
    along: tuple[str, ...] = ()


Party = tuple[Member, ...]
"""People who are never parted."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Where a bus takes people in: a village or a township, and who gets on there."""

    place_code: str
    worker_ids: tuple[str, ...]


class Bus(msgspec.Struct, frozen=True, kw_only=True):
    """A bus: its seats, its stops in the order of their codes."""

    number: int
    seats: int
    stops: tuple[Stop, ...]

    @property
    def n(self) -> int:
        """People on it."""
        return sum(len(stop.worker_ids) for stop in self.stops)


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of a group: what the document calls it, who leads it ("" where it says nothing), who is in it."""

    number: int
    name: str
    leader: str
    worker_ids: tuple[str, ...]


@cache
def cohort_rules() -> CohortRules:
    """The committed readings."""
    text = resources.files(__package__).joinpath(FILE).read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), CohortRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the readings of cohorts do not fit: {error}", where=FILE) from None


def parties_of(members: Iterable[Member]) -> tuple[Party, ...]:
    """People with those they go along with, neighbours side by side: by the home of the first of each.

    Whoever names somebody who does not go stands alone. Raises InvalidInput for a person given twice.
    """
    by_id: dict[str, Member] = {}
    for member in members:
        if member.worker_id in by_id:
            raise InvalidInput("同一个人在名单里有两次", where=member.worker_id, remedy="请留下一行。")
        by_id[member.worker_id] = member
    head = _heads(by_id)
    found: dict[str, list[Member]] = {}
    for one in sorted(by_id, key=lambda one: (by_id[one].place_code, one)):
        found.setdefault(head[one], []).append(by_id[one])
    return tuple(tuple(party) for party in found.values())


def _heads(by_id: dict[str, Member]) -> dict[str, str]:
    """Worker -> one of those bound together, the same for all of them."""
    head = {one: one for one in by_id}

    def top(one: str) -> str:
        while head[one] != one:
            one = head[one]
        return one

    for one, member in by_id.items():
        for other in by_id.keys() & set(member.along):
            a, b = sorted((top(one), top(other)))
            head[b] = a
    return {one: top(one) for one in by_id}


def cut(
    parties: Sequence[Party], most: int, key: Callable[[Member], Hashable] = lambda one: one.place_code
) -> tuple[tuple[Party, ...], ...]:
    """Runs of parties of at most `most` people: fewest runs, then fewest keys cut, then sizes most alike.

    key : what is better not cut; parties with the same one stand side by side
    Raises InvalidInput for a party larger than `most`.
    """
    sizes = [len(party) for party in parties]
    if any(size > most for size in sizes):
        raise InvalidInput(f"要一起走的人超过了{most}个", where="together", remedy="请把他们分成几伙。")
    best: list[tuple[int, int, int, int]] = [(0, 0, 0, 0)]
    for end in range(1, len(parties) + 1):
        options, n = [], 0
        for start in range(end - 1, -1, -1):
            n += sizes[start]
            if n > most:
                break
            runs, cuts, squares, _ = best[start]
            parted = start > 0 and key(parties[start - 1][-1]) == key(parties[start][0])
            options.append((runs + 1, cuts + parted, squares + n * n, start))
        best.append(min(options))
    ends, end = [], len(parties)
    while end:
        start = best[end][-1]
        ends.append((start, end))
        end = start
    return tuple(tuple(parties[start:stop]) for start, stop in reversed(ends))


def units_of(parties: Sequence[Party], packs: PackSet, group: GroupRule) -> tuple[Unit, ...]:
    """The parties in units of the document's largest size, each with its name and the leader it names."""
    units = []
    for number, run in enumerate(cut(parties, group.largest), 1):
        ids = tuple(member.worker_id for party in run for member in party)
        said = unit_of(packs, group, len(ids))
        units.append(Unit(number=number, name=said.name, leader=said.leader, worker_ids=ids))
    return tuple(units)


def require_one_unit(n: int, group: GroupRule) -> None:
    """Raise InvalidInput, with the clause, for more people than one leader takes."""
    if n > group.largest:
        problem = Problem(
            column=group.size,
            found=f"{n}人",
            expected=f"一个单元不超过{group.largest}人（{group.source}）",
            fix=f"分成{-(-n // group.largest)}个单元，由县里复核后再走。",
        )
        raise InvalidInput(
            f"{n}人不能编成一个班：文件写{group.largest}人以内", (problem,), where="one_unit", remedy=problem.fix
        )


def stops_of(parties: Iterable[Party], rules: CohortRules) -> tuple[Stop, ...]:
    """Where people get on: their village if enough of it go, else their township; a party gets on together."""
    parties = tuple(parties)
    villages = Counter(member.place_code for party in parties for member in party)
    found: dict[str, list[str]] = {}
    for party in parties:
        home = party[0].place_code
        stop = home if villages[home] >= rules.stop_people else home[:TOWNSHIP_DIGITS]
        found.setdefault(stop, []).extend(member.worker_id for member in party)
    return tuple(Stop(place_code=code, worker_ids=tuple(found[code])) for code in sorted(found))


def buses_of(parties: Sequence[Party], units: Iterable[Unit], seats: int, rules: CohortRules) -> tuple[Bus, ...]:
    """The fewest buses of so many seats, a unit on one bus where it can be. Raises InvalidInput for no seats."""
    if seats < 1:
        raise InvalidInput("一辆车的座位数不对", where="bus_seats", remedy="请填车上能坐的人数。")
    unit = {worker_id: one.number for one in units for worker_id in one.worker_ids}
    runs = cut(parties, seats, lambda member: unit[member.worker_id])
    return tuple(Bus(number=number, seats=seats, stops=stops_of(run, rules)) for number, run in enumerate(runs, 1))
