"""The year's targets as the page of the measures tells them, with the names behind what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.office.claims.measures import Rules
from matcher.office.claims.targets import reached, targets
from matcher.office.tracking.dispatches import PREFIX
from matcher.records import Kind, Worker
from matcher.services.claims.desk import ClaimDesk
from matcher.services.claims.programmes import seen_programmes


def targets_told(desk: ClaimDesk, rules: Rules) -> dict[str, Any] | None:
    """Each target with its figure, or that nothing of it is recorded; None where the document has no targets.

    They are the county's: a reader of a part of it is told none.
    """
    if desk.regions:
        return None
    found = reached(desk.deeds.deeds(prefix=PREFIX), seen_programmes(desk).values(), desk.on)
    ids = sorted({one for people in found.values() for one in people})
    workers = {one.worker_id: one for one in desk.store.records(Kind.WORKERS, ids=ids) if isinstance(one, Worker)}
    rows, told = targets(found, workers, desk.on, rules)
    if not rows:
        return None
    return {
        "document": told.document,
        "clause": told.clause,
        "year": desk.on.year,
        "rows": [
            {
                "target": row.key,
                "title": row.name,
                "unit": row.unit,
                "wanted": row.wanted,
                "n": None if row.people is None else len(row.people),
                "people": list(row.people or ()),
                "n_unknown": len(row.unknown),
                "unknown": list(row.unknown),
                "met": row.met,
            }
            for row in rows
        ],
    }


def behind_targets(told: Mapping[str, Any] | None) -> dict[str, tuple[str, list[str]]]:
    """Figures of the targets -> what each is called, and its people."""
    rows = told["rows"] if told else []
    found = {f"target/{row['target']}": (row["title"], row["people"]) for row in rows}
    unsure = {
        f"target/{row['target']}/unknown": (f"{row['title']}：是不是建档立卡没有登记", row["unknown"]) for row in rows
    }
    return {**found, **unsure}
