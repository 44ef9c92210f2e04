"""The deadline clock: what ends when as of a day, what happens then, and how many people and posts stand under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from matcher.policy.binding import pack_for
from matcher.policy.deadlines import Deadline, DeadlineKind, deadlines
from matcher.policy.recurring import Recurring, standard_recurring
from matcher.policy.types import Pack, PackSet
from matcher.ports import RosterStore
from matcher.records import Kind, Vacancy
from matcher.services.ground.rulebook import Means

KINDS: Final = {
    DeadlineKind.DOCUMENT: "文件到期",
    DeadlineKind.LAST_YEAR_NAMED: "文件写到的最后一年",
    DeadlineKind.FIGURE: "数字到期",
    DeadlineKind.TASK: "办理期限",
    DeadlineKind.REPORT: "定期报送",
}
N_SOONEST: Final = 5
N_NEXT: Final = 3
Counts = Mapping[str, Mapping[str, int]]


def deadline_clock(store: RosterStore, means: Means, on: date) -> dict[str, Any]:
    """Everything that ends on or after the day, soonest first; what is over, documents before the rest; counts beside.

    `affects` counts what is registered in the regions of the document: None where it names none.
    """
    rows = deadline_rows(means.packs, on, counts=counts_by_place(store, means, on))
    over = [row for row in rows if row["over"]]
    whole = (DeadlineKind.DOCUMENT.value, DeadlineKind.LAST_YEAR_NAMED.value)
    return {
        "on": on.isoformat(),
        "coming": [row for row in rows if not row["over"]],
        "ended": [row for row in over if row["kind"] in whole],
        "past": [row for row in over if row["kind"] not in whole],
    }


def soonest(packs: PackSet, on: date) -> list[dict[str, Any]]:
    """The few deadlines that come next, without counts."""
    return [row for row in deadline_rows(packs, on) if not row["over"]][:N_SOONEST]


def own_deadlines(packs: PackSet, jurisdiction: str, on: date) -> list[dict[str, Any]]:
    """What is not over of the document that binds the county, without counts; of all documents where none is set."""
    bound = pack_for(packs, jurisdiction, on).asked.id if jurisdiction else ""
    return [row for row in deadline_rows(packs, on) if not row["over"] and (not bound or row["pack_id"] == bound)]


def next_deadlines(packs: PackSet, jurisdiction: str, on: date) -> list[dict[str, Any]]:
    """The first of `own_deadlines`."""
    return own_deadlines(packs, jurisdiction, on)[:N_NEXT]


def deadline_rows(
    packs: PackSet, on: date, *, counts: Counts | None = None, recurring: Iterable[Recurring] | None = None
) -> list[dict[str, Any]]:
    """Deadlines as rows, soonest first and those over after them; `affects` without `counts` holds no people."""
    found = deadlines(packs, on, standard_recurring() if recurring is None else recurring)
    return [_row(deadline, packs[deadline.pack_id], counts) for deadline in found]


def counts_by_place(store: RosterStore, means: Means, on: date) -> Counts:
    """What -> place code -> how many: workers, households, employers, vacancies open on the day."""
    lists = {kind.value: store.records(kind) for kind in (Kind.WORKERS, Kind.HOUSEHOLDS, Kind.EMPLOYERS)}
    posts = store.records(Kind.VACANCIES)

    def made() -> Counts:
        open_posts = [post for post in posts if isinstance(post, Vacancy) and post.open_on(on)]
        return {name: _by_place(rows) for name, rows in lists.items()} | {"vacancies": _by_place(open_posts)}

    return means.remembered.get("counts by place", (*lists.values(), posts), made, by=on)


def _by_place(records: Iterable[Any]) -> Counter[str]:
    return Counter(record.place_code for record in records if record.place_code)


def _row(deadline: Deadline, pack: Pack, counts: Counts | None) -> dict[str, Any]:
    return {
        "pack_id": pack.id,
        "pack": pack.name,
        "document": pack.cited,
        "kind": deadline.kind.value,
        "kind_label": KINDS[deadline.kind],
        "id": deadline.id,
        "title": deadline.title,
        "clause": deadline.clause,
        "last_day": deadline.last_day.isoformat(),
        "days_left": deadline.days_left,
        "over": deadline.over,
        "now": deadline.now,
        "n_rules": len(deadline.rules),
        "n_benefits": len(deadline.benefits),
        "rules": list(deadline.rules),
        "benefits": list(deadline.benefits),
        "affects": _affected(pack, counts),
    }


def _affected(pack: Pack, counts: Counts | None) -> dict[str, int] | None:
    """How many of each stand in the regions of the document; None where it names no region, or nothing was counted."""
    if counts is None or not pack.regions:
        return None
    return {
        name: sum(n for place, n in rows.items() if place.startswith(tuple(pack.regions)))
        for name, rows in counts.items()
    }
