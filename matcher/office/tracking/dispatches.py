"""A group that is sent, as its deeds say: who was put where, who reviewed it, who arrived.

A new layout takes the place of the old, and its review with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from matcher.records.deeds import Deed, NewDeed

PREFIX: Final = "dispatch:"
"""Streams of groups begin so, the order's id follows."""
DRAWN: Final = "dispatch.drawn"
REVIEWED: Final = "dispatch.reviewed"
MEMBER: Final = "dispatch.member"
LEFT_OUT: Final = "dispatch.left_out"
ARRIVED: Final = "dispatch.arrived"
ABSENT: Final = "dispatch.absent"
ARRIVALS: Final = {ARRIVED: "到了", ABSENT: "没到"}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stands in a group: post, unit, bus, stop; arrived : None while nobody has looked."""

    vacancy_id: str
    unit: int
    bus: int
    stop: str
    arrived: bool | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group as it stands: when and by whom it was laid out, worker -> place; reviewed_by : "" while nobody has.

    left_out : worker with a seat then -> id of the reason why no unit has them; bus_seats : 0 where nobody kept it
    """

    drawn_at: datetime
    by: str
    vacancies: tuple[str, ...]
    people: dict[str, Place]
    left_out: dict[str, str] = {}
    bus_seats: int = 0
    reviewed_by: str = ""
    reviewed_at: datetime | None = None

    @property
    def divided(self) -> bool:
        """Whether they are more than one leader takes: such a group does not go before it is reviewed."""
        return len({place.unit for place in self.people.values()}) > 1

    @property
    def waits(self) -> bool:
        """Whether a review is wanting."""
        return self.divided and not self.reviewed_by

    @property
    def n_arrived(self) -> int:
        """People seen at the place of work."""
        return sum(place.arrived is True for place in self.people.values())


def group_of(deeds: Iterable[Deed]) -> Group | None:
    """The group of a stream; None before it was laid out. Whoever was erased is no longer in it."""
    group: Group | None = None
    for deed in deeds:
        if deed.kind == DRAWN:
            vacancies = tuple(map(str, deed.body.get("vacancies", ())))
            seats = int(deed.body.get("bus_seats", 0))
            group = Group(drawn_at=deed.at, by=deed.by, vacancies=vacancies, people={}, bus_seats=seats)
        elif group is not None and deed.kind == REVIEWED:
            group = msgspec.structs.replace(group, reviewed_by=deed.by, reviewed_at=deed.at)
        elif group is not None and deed.kind == LEFT_OUT and deed.subjects:
            left_out = group.left_out | {deed.subjects[0]: str(deed.body.get("why", ""))}
            group = msgspec.structs.replace(group, left_out=left_out)
        elif group is not None and deed.subjects:
            group = msgspec.structs.replace(group, people=_after(group.people, deed))
    return group


def _after(people: dict[str, Place], deed: Deed) -> dict[str, Place]:
    worker = deed.subjects[0]
    if deed.kind == MEMBER and "unit" in deed.body:
        return people | {worker: msgspec.convert(deed.body, Place)}
    if deed.kind in ARRIVALS and worker in people:
        return people | {worker: msgspec.structs.replace(people[worker], arrived=deed.kind == ARRIVED)}
    return people


def drawn(
    places: Mapping[str, Place],
    vacancies: tuple[str, ...],
    *,
    left_out: Mapping[str, str] | None = None,
    bus_seats: int = 0,
    **head: Any,
) -> list[NewDeed]:
    """The deeds of a new layout, one a person, so that erasing one leaves the others; head : at, on, by."""
    first = NewDeed(kind=DRAWN, body={"vacancies": list(vacancies), "bus_seats": bus_seats}, **head)
    return [
        first,
        *(
            NewDeed(kind=MEMBER, subjects=(worker,), body=_body(place), **head)
            for worker, place in sorted(places.items())
        ),
        *(
            NewDeed(kind=LEFT_OUT, subjects=(worker,), body={"why": why}, **head)
            for worker, why in sorted((left_out or {}).items())
        ),
    ]


def _body(place: Place) -> dict[str, Any]:
    return {"vacancy_id": place.vacancy_id, "unit": place.unit, "bus": place.bus, "stop": place.stop}
