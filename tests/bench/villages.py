"""Workload villages: the worklists of a county's villages, first and again, beside trying every post on everybody."""

from __future__ import annotations

from typing import Any

from tests.bench.measure import in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.village_tasks"
FIRST_S, AGAIN_S = 60, 1
"""Seconds for the worklists of a county: from an unread database, and as pages ask again."""


def villages(home: str, sizes: dict[str, Any]) -> Table:
    """All villages of the stored county."""
    n = sizes["village_workers"]
    first = in_child(f"{TASKS}:first", home=home)
    again = in_child(f"{TASKS}:again", home=home, repeats=sizes["repeats"])
    plain = in_child(f"{TASKS}:one_by_one", home=home, most=sizes["village_sample"])
    broken = [] if plain.value["same"] else ["posts that suit a village are not those of its people one by one"]
    broken += [] if first.value == again.value else ["the page asked again is another one"]
    told = first.value
    rows = [
        Row("worklists, database unread", first, n, f"{told['villages']:,} villages, {told['short']:,} people short"),
        Row("worklists again", again, n, "the same" if first.value == again.value else "others"),
        Row(
            f"every post tried on everybody, {sizes['village_sample']} villages",
            plain,
            plain.value["people"],
            "same posts" if plain.value["same"] else "other posts",
        ),
    ]
    return Table(
        "villages",
        f"{told['villages']:,} villages of {n:,} workers, {told['willing']:,} willing and not out",
        rows,
        (Goal("worklists, unread", rows[0].median, FIRST_S, "s"), Goal("again", rows[1].median, AGAIN_S, "s")),
        ("each row in a process of its own; the last holds the ledger already and does a few villages alone",),
        broken,
        {"posts": sum(told["posts"])},
    )
