"""Few hits: which condition of a query, let go, would bring how many more; each one counted over the same people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from matcher.orders.search.matching import Sieve
from matcher.orders.search.query import LITERAL, About, Chip, Departs, Query, asked
from matcher.ports import RosterStore
from matcher.services.broker.courses import courses_for
from matcher.services.broker.search_address import addressed
from matcher.services.broker.search_words import FACET_LABELS, chip_label

FEW: Final = 20
LATER_DAYS: Final = 7
_KINDS: Final = {**FACET_LABELS, About.NAME: "名字", About.FRESH: "只看新的"}


def widenings(store: RosterStore, sieve: Sieve) -> list[dict[str, Any]] | None:
    """What each condition let go would add, most first, those that add nobody left out; None while there are enough.

    One at a time, as the order's own conditions are varied; `to` are the arguments of the query without it.
    """
    n = int(np.count_nonzero(sieve.fits))
    if n >= FEW or not sieve.query:
        return None
    ways = sorted(((_n_found(sieve, query) - n, said, query) for said, query in _ways(sieve)), key=lambda way: -way[0])
    return [{"instead": said, "adds": adds, "to": addressed(store, query)} for adds, said, query in ways if adds > 0]


def gap(store: RosterStore, sieve: Sieve) -> dict[str, Any] | None:
    """What can be learnt of what is asked for: courses, and how many who lack only that would like to learn."""
    lacking = [value for value in sieve.query.of(About.SKILL) if not value.startswith(LITERAL)]
    courses = courses_for(store, lacking, sieve.people.on)
    if not courses:
        return None
    others = sieve.but(About.SKILL) & ~sieve.fits
    willing = int(np.count_nonzero(others & (sieve.people.columns.trains == 1)))
    return {"courses": courses, "n_willing": willing}


def _ways(sieve: Sieve) -> Iterator[tuple[str, Query]]:
    query = sieve.query
    for about in About:
        if query.of(about):
            yield f"不限{_KINDS[about]}", query.open_to(about)
    for chip in query.chips:
        if chip.negated:
            yield f"不再排除“{chip_label(Chip(chip.about, chip.value))}”", query.without(chip)
    later = _later(query)
    if later is not None:
        yield f"晚{LATER_DAYS}天走也行", later


def _later(query: Query) -> Query | None:
    """The query with its day of departure a week later; None if it names no day."""
    days = [value for value in query.of(About.DEPARTS) if value not in set(Departs)]
    try:
        last = max(map(date.fromisoformat, days))
    except ValueError:
        return None
    return asked([*query.chips, Chip(About.DEPARTS, (last + timedelta(days=LATER_DAYS)).isoformat())])


def _n_found(sieve: Sieve, query: Query) -> int:
    return int(np.count_nonzero(Sieve(sieve.people, query, sieve.within).fits))
