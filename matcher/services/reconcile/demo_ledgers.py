"""Two small ledgers of the demonstration: invented people of its rosters, as another office might write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from matcher.geography import gazetteer
from matcher.ports import DeedStore, RosterStore
from matcher.records import Identity, Kind, Worker
from matcher.services.ground.rulebook import Means
from matcher.services.reconcile.runs import Push, push

HEADERS: Final = ("姓名", "身份证号", "所在村", "联系电话", "就业状态")
N_PEOPLE: Final = 40
EVERY: Final = 5
"""Of the other office's rows one in five is written otherwise, by turns in each of the ways."""
AT_WORK, AT_HOME = "已就业", "未就业"

_Row = list[str]


def seed_demo_ledgers(
    store: RosterStore, deeds: DeedStore, means: Means, *, jurisdiction: str, on: date, at: datetime
) -> str:
    """Push the two ledgers, as an officer would; the run's id."""
    workers = [one for one in store.records(Kind.WORKERS) if isinstance(one, Worker)][:N_PEOPLE]
    identities = store.identities([worker.worker_id for worker in workers])
    rows = [_row(worker, identities[worker.worker_id], ix) for ix, worker in enumerate(workers)]
    theirs = [_otherwise(list(row), ix // EVERY) if ix % EVERY == 0 else row for ix, row in enumerate(rows)]
    call = Push(
        left=_written(rows),
        right=_written(theirs[1:]),
        left_name="人社名单（合成数据）.csv",
        right_name="另一家名单（合成数据）.csv",
        on=on,
        jurisdiction=jurisdiction,
        by="demo",
    )
    return push(deeds, means, call, key=store.row_key(), at=at)


def _row(worker: Worker, identity: Identity, ix: int) -> _Row:
    village = gazetteer().name(worker.place_code) or worker.place_code
    return [identity.name or "", identity.id_number or "", village, identity.phone or "", (AT_WORK, AT_HOME)[ix % 2]]


def _otherwise(row: _Row, turn: int) -> _Row:
    """A row as the other office wrote it: one of the ways in turn."""
    return _WAYS[turn % len(_WAYS)](row)


def _turned(row: _Row) -> _Row:
    number = row[1]
    return [row[0], f"{number[:10]}{number[11:12]}{number[10:11]}{number[12:]}", *row[2:]]


def _masked(row: _Row) -> _Row:
    return [row[0], f"{row[1][:6]}********{row[1][14:]}", *row[2:]]


def _other_state(row: _Row) -> _Row:
    return [*row[:4], AT_HOME if row[4] == AT_WORK else AT_WORK]


def _without_number(row: _Row) -> _Row:
    return [row[0], "", *row[2:]]


_WAYS: Final[tuple[Callable[[_Row], _Row], ...]] = (_other_state, _turned, _masked, _without_number)


def _written(rows: list[_Row]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([HEADERS, *rows])
    return stream.getvalue().encode()
