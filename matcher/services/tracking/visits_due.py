"""How many checks wait, without reading a name: for the page of the day, which asks again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from matcher.office.tracking.checks import Check, State, next_open
from matcher.ports import DeedStore, OrderStore, RosterStore
from matcher.records import Kind, Placement
from matcher.services.ground.rulebook import Means
from matcher.services.tracking.visits import asked_of, checks_under
from matcher.services.tracking.words import placements_at, runs_on


class VisitsDue(NamedTuple):
    """Placements with a check to make, and those with a late one; the same figures as the page of the checks."""

    n_open: int
    n_late: int


def visits_due(
    store: RosterStore, orders: OrderStore, deeds: DeedStore, means: Means, on: date, regions: tuple[str, ...]
) -> VisitsDue:
    """The figures of a day.

    Of shared lists, what follows from placements and visits is worked out once for a last deed; only the placements
    of which a broker was told something are looked at anew.
    """

    def found() -> dict[str, tuple[bool, bool]]:
        running = [one for one in placements_at(store) if runs_on(one, on)]
        told = checks_under({}, deeds, means, running, on)
        return {name: standing for name, checks in told.items() if any(standing := _standing(checks))}

    every = store.records(Kind.PLACEMENTS)
    waiting = means.remembered.of_shared("visits due", (every,), found, by=(deeds.last_number(), on), n_kept=4)
    asked = asked_of(orders, regions)
    if asked:
        answered = _placements(every, asked)
        anew = checks_under(asked, deeds, means, [one for one in answered if runs_on(one, on)], on)
        waiting = waiting | {name: _standing(checks) for name, checks in anew.items()}
    return VisitsDue(*(sum(standing[at] for standing in waiting.values()) for at in range(2)))


def _standing(checks: Iterable[Check]) -> tuple[bool, bool]:
    """Whether a check is to be made, and whether one is late."""
    listed = list(checks)
    return next_open(listed) is not None, any(check.state is State.LATE for check in listed)


def _placements(every: Iterable[object], wanted: Iterable[str]) -> list[Placement]:
    names = set(wanted)
    return [one for one in every if isinstance(one, Placement) and one.placement_id in names]
