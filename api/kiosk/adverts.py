"""看全部岗位: every open job, the same set for everybody, page by page."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from api.kiosk.room import PEOPLE, ROOM, home, visit
from api.pages import page
from api.state import means, store, today
from matcher.services.browse_vacancies import LONGEST_PAGE, Browse, browse
from matcher.services.kiosk.jobs import place_told

ROWS: Final = 7


@page(ROOM, "/kiosk/all", "kiosk/all.html", roles=PEOPLE)
def every_job() -> dict[str, Any]:
    """One page of all jobs; a page beyond the last is the last."""
    asked = request.args.get("page", "1")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len("10000") else 1
    found = browse(store(), means(), Browse(on=today(), limit=LONGEST_PAGE))
    n_pages = max(1, -(-found["total"] // ROWS))
    number = min(max(wanted, 1), n_pages)
    rows = _rows(found, (number - 1) * ROWS)
    here = home()
    return {
        "jobs": [{**item, **place_told(here, item["place_code"])} for item in rows],
        "page": number,
        "n_pages": n_pages,
        "total": found["total"],
        "visiting": visit() is not None,
    }


def _rows(found: dict[str, Any], start: int) -> list[dict[str, Any]]:
    """Rows from `start` on, fetched cursor by cursor."""
    skipped = 0
    while start >= skipped + LONGEST_PAGE and found["next"]:
        skipped += LONGEST_PAGE
        found = browse(store(), means(), Browse(on=today(), limit=LONGEST_PAGE, cursor=found["next"]))
    rows: list[dict[str, Any]] = found["items"][start - skipped : start - skipped + ROWS]
    if len(rows) < ROWS and found["next"]:
        after = browse(store(), means(), Browse(on=today(), limit=ROWS, cursor=found["next"]))
        rows = [*rows, *after["items"][: ROWS - len(rows)]]
    return rows
