"""A worker as of a day, from everything ever stated of them: a later statement takes nothing from an earlier day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from matcher.records import Fact, Worker


def effective(fact: Fact) -> date:
    """The day from which a statement holds: its own, else that of the import, else from ever."""
    imported = fact.source.imported_at
    return fact.since or (imported.date() if imported else date.min)


def worker_on(worker_id: str, facts: Iterable[Fact], on: date) -> Worker | None:
    """The worker by the statements that hold on a day; None where even the home is not stated by then.

    facts : in the order they were recorded. The first statement of a field that says no day of its own counts from
    ever: nobody has stated anything else of the days before.
    """
    fields: dict[str, Any] = {}
    said: set[str] = set()
    for fact in sorted(facts, key=effective):
        if effective(fact) <= on or (fact.since is None and fact.field not in said):
            fields[fact.field] = fact.value
        said.add(fact.field)
    fields["worker_id"] = worker_id
    if fields.get("place_code") is None:
        return None
    return msgspec.convert(fields, Worker)
