"""How much of a seat an offer holds, and who may be offered which job: no vacancy bears more than it has openings.

Seats are counted in 1/64, as factors are. An open offer holds the chance that it is taken; a chosen job holds a whole
seat for as long as the hold lasts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from matcher.messaging.sending import Seats
from matcher.records.texts import OfferState, TextOffer

WHOLE: Final = 64
"""A seat."""


class Wish(NamedTuple):
    """Somebody to be offered jobs. jobs : (vacancy, 1/64 seats an offer of it holds), best first."""

    worker_id: str
    jobs: tuple[tuple[str, int], ...]


class Spread(NamedTuple):
    """Who is offered which jobs, in the order of the list; left : what each vacancy can still bear, 1/64 seats."""

    offered: Mapping[str, tuple[tuple[str, int], ...]]
    left: Mapping[str, int]


def weight_64ths(p_apply: float, rules: Seats) -> int:
    """What an open offer holds: the chance of a yes to a text, rounded up to 1/64, never below the least."""
    chance = max(0.0, min(1.0, p_apply)) * rules.answers_permille / 1000
    return min(WHOLE, max(rules.least_64ths, -int(-chance * WHOLE // 1)))


def held_64ths(offers: Iterable[TextOffer], at: datetime, hold: timedelta) -> dict[str, int]:
    """Vacancy -> 1/64 seats that offers hold at a moment.

    An open one holds its weights until its window ends, or as long as it is not out yet; a chosen one the whole seat
    of the job chosen for the hold of the settings, after which a call has settled it or nobody came.
    """
    held: dict[str, int] = {}
    for offer in offers:
        for vacancy_id, weight in _holds(offer, at, hold):
            held[vacancy_id] = held.get(vacancy_id, 0) + weight
    return held


def _holds(offer: TextOffer, at: datetime, hold: timedelta) -> Iterable[tuple[str, int]]:
    if offer.state is OfferState.OPEN and (offer.open_until is None or at < offer.open_until):
        return zip(offer.vacancy_ids, offer.weights_64ths, strict=True)
    if offer.state is OfferState.CHOSEN and (offer.ended_at is None or at < offer.ended_at + hold):
        return ((offer.chosen, WHOLE),)
    return ()


def spread(wishes: Sequence[Wish], room_64ths: Mapping[str, int], most: int) -> Spread:
    """The first `most` jobs of each that still have room, in the order of the wishes; who gets none is left out.

    A vacancy without a figure has no room. A job that is full makes way for the next best of that person.
    """
    left = dict(room_64ths)
    offered: dict[str, tuple[tuple[str, int], ...]] = {}
    for wish in wishes:
        taken: list[tuple[str, int]] = []
        for vacancy_id, weight in wish.jobs:
            if len(taken) == most:
                break
            if 0 < weight <= left.get(vacancy_id, 0):
                left[vacancy_id] -= weight
                taken.append((vacancy_id, weight))
        if taken:
            offered[wish.worker_id] = tuple(taken)
    return Spread(offered, left)
