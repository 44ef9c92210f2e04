"""Children of the workload report: a quarter frozen from a stored county, made again, compared; a plain count."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from matcher.bootstrap import Application
from matcher.records import Placement
from matcher.services.reports.snapshot import Freeze, again, compare, freeze, last_frozen, snapshot_of
from matcher.settings import from_environment
from tests.bench.county import AT, JURISDICTION
from tests.bench.measure import Laps, repeated

KIND, PERIOD = "quarterly", "2018-Q1"
FIRST, LAST = "2018-01-01", "2018-03-31"
Timed = tuple[Laps, Any]


def _call() -> Freeze:
    return Freeze(kind=KIND, period=PERIOD, on=AT.date(), at=AT, by="bench", jurisdiction=JURISDICTION)


def frozen(home: str) -> Timed:
    """Work the quarter out of the store in a process that has read nothing yet, write its workbook, keep both."""
    with closing(Application(from_environment({}, home=Path(home)))) as app:
        laps, _ = repeated(lambda: freeze(app.remembering_store, app.deeds, app.means, _call()), repeats=1)
        return laps, _told(app)


def made_again(home: str) -> Timed:
    """The workbook from the kept revision, in a process of its own; its digest must be the kept one."""
    with closing(Application(from_environment({}, home=Path(home)))) as app:
        kept = last_frozen(app.deeds, KIND, PERIOD)
        laps, body = repeated(lambda: again(app.remembering_store, app.deeds, app.means, kept), repeats=1)
        return laps, {"same": hashlib.sha256(body).hexdigest() == kept.workbook, **_told(app)}


def compared(home: str, repeats: int) -> Timed:
    """What the page of a frozen report asks each time: what would differ now; records are in memory already."""
    with closing(Application(from_environment({}, home=Path(home)))) as app:
        kept = last_frozen(app.deeds, KIND, PERIOD)
        compare(app.remembering_store, app.deeds, app.means, kept)
        laps, changes = repeated(lambda: compare(app.remembering_store, app.deeds, app.means, kept), repeats=repeats)
        return laps, {"changes": len(changes), **_told(app)}


def plain(home: str) -> Timed:
    """A plain loop over the placements of the database file for the one figure that needs no rule: who began."""

    def count() -> int:
        with closing(sqlite3.connect(Path(home, "matcher.db"))) as raw:
            bodies = raw.execute("SELECT body FROM placement WHERE starts_on BETWEEN ? AND ?", (FIRST, LAST)).fetchall()
        decode = msgspec.json.Decoder(Placement).decode
        return len({one.worker_id for (body,) in bodies if _counts(one := decode(body))})

    laps, n = repeated(count, repeats=1)
    return laps, {"started": n}


def _counts(placement: Placement) -> bool:
    """Evidence by the last day, and somebody who answers for it."""
    held = [one for one in placement.evidence if one.on is None or one.on.isoformat() <= LAST]
    return bool(held) and bool(placement.checked_by or any(one.by for one in held))


def _told(app: Application) -> dict[str, Any]:
    kept = last_frozen(app.deeds, KIND, PERIOD)
    table = snapshot_of(app.deeds, kept).table
    return {
        "counts": {figure: table.n(figure) for figure in table.cells},
        "octets": len(app.deeds.file(kept.workbook)),
    }
