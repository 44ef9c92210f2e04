"""Children of the start workload: some posts written after the index was made, and the list of the whole round."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from matcher.bootstrap import Application
from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.settings import from_environment
from tests.bench.county import AT, JURISDICTION, SEED
from tests.bench.measure import Laps, repeated

TOP = 10


def write_some(home: str, vacancy_ids: list[str]) -> tuple[Laps, int]:
    """Raise the pay of some posts; how many."""
    return repeated(partial(_write, home, vacancy_ids), repeats=1)


def _write(home: str, vacancy_ids: list[str]) -> int:
    app = Application(from_environment({}, home=Path(home)))
    batch = Batch(batch_id="b-later", kind=Kind.VACANCIES, file="f.xlsx", file_sha256="0" * 64, imported_at=AT)
    pay = {"wage_low_yuan_month": 9000, "wage_high_yuan_month": 9900}
    app.store.write_batch(batch, [Change(record_id=key, sheet="", row=2, fields=pay) for key in vacancy_ids])
    app.close()
    return len(vacancy_ids)


def whole(home: str, worker_id: str) -> tuple[Laps, Any]:
    """The list of the whole round, without any index."""
    app = Application(from_environment({}, home=Path(home)))
    call = Recommend(
        worker_id=worker_id, on=AT.date(), jurisdiction=JURISDICTION, top=TOP, seed=SEED, stretch=True
    )  # fmt: skip
    laps, answer = repeated(lambda: recommend(app.store, app.means, call, at=AT), repeats=1)
    return laps, msgspec.to_builtins(answer["lists"])
