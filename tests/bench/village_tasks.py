"""Children of the workload villages: worklists of a stored county, from an unread database and from memory."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from matcher.bootstrap import Application
from matcher.services.registers.ledger import Asked, ledger
from matcher.services.registers.village_page import villages_page
from matcher.services.rounds.suitable import suitable_posts
from matcher.settings import from_environment
from tests.bench.county import AT, JURISDICTION
from tests.bench.measure import Laps, repeated

Timed = tuple[Laps, Any]
ASKED = Asked(on=AT.date(), jurisdiction=JURISDICTION)


def _page(app: Application) -> dict[str, Any]:
    return villages_page(ledger(app.remembering_store, app.means, ASKED), app.deeds)


def first(home: str) -> Timed:
    """The page of all villages in a process that has read nothing yet."""
    with closing(Application(from_environment({}, home=Path(home)))) as app:
        laps, page = repeated(lambda: _page(app), repeats=1)
        return laps, _told(page)


def again(home: str, repeats: int) -> Timed:
    """The same page once the rosters have been read and nothing came in."""
    with closing(Application(from_environment({}, home=Path(home)))) as app:
        _page(app)
        laps, page = repeated(lambda: _page(app), repeats=repeats)
        return laps, _told(page)


def one_by_one(home: str, most: int) -> Timed:
    """Suitable posts of the first villages with every post in reach tried on everybody: what ours must come to."""
    with closing(Application(from_environment({}, home=Path(home)))) as app:
        book = ledger(app.remembering_store, app.means, ASKED)
        rows = villages_page(book, app.deeds)["villages"]
        willing = [row for row in rows if row["n"]["wish_list"]][:most]
        wishing = [one for one in book.people if "wish_list" in one.lists]
        groups = [[book.workers[one.worker_id] for one in wishing if one.place == row["code"]] for row in willing]

        def plain() -> list[int]:
            alone = [{one.worker_id: [one] for one in people} for people in groups]
            suits = [suitable_posts(each, book.vacancies, app.means, ASKED.on).values() for each in alone]
            return [len(set().union(*(found.tolist() for found in each))) for each in suits]

        laps, told = repeated(plain, repeats=1)
        return laps, {"same": told == [row["n_posts"] for row in willing], "people": sum(map(len, groups))}


def _told(page: dict[str, Any]) -> dict[str, Any]:
    rows = page["villages"]
    return {
        "villages": len(rows),
        "willing": sum(row["n"]["wish_list"] for row in rows),
        "posts": [row["n_posts"] for row in rows],
        "short": page["n_short"],
    }
