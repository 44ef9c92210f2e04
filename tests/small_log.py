"""Small logs of events made by hand: two people, two posts, whatever happened to them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from matcher.learning.events import EventLog, log_of

DAY0 = datetime.fromisoformat("2018-03-05T09:00:00+00:00")
WORKER = {"worker_id": "w1", "place_code": "450206100201", "trades": ["缝纫工"], "travel_range": "anywhere"}
VACANCY = {
    "vacancy_id": "v1", "title": "缝纫工", "channel": "workshop", "place_code": "450206100", "headcount": 3,
    "employer_id": "e1", "wage_low_yuan_month": 3000, "wage_high_yuan_month": 3000,
}  # fmt: skip


class LogMaker:
    """Rows in the order they are told; each method takes days after the first."""

    def __init__(self, n_workers: int = 2, n_vacancies: int = 2) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self._ids = count()
        for ix in range(1, n_workers + 1):
            self.snapshot("worker", {**WORKER, "worker_id": f"w{ix}"})
        for ix in range(1, n_vacancies + 1):
            self.snapshot("vacancy", {**VACANCY, "vacancy_id": f"v{ix}"})

    def add(self, table: str, when: float, /, **fields: Any) -> dict[str, Any]:
        ts = (DAY0 + timedelta(days=when)).isoformat()
        row = {"event_id": f"{table}-{next(self._ids)}", "ts": ts, "synthetic": False, **fields}
        self.rows.setdefault(table, []).append(row)
        return row

    def snapshot(self, kind: str, fields: dict[str, Any], day: float = 0) -> None:
        self.add("snapshots", day, kind=kind, id=fields[f"{kind}_id"], fields=fields)

    def shown(self, worker: str = "w1", vacancy: str = "v1", slot: int = 1, day: float = 0, **more: Any) -> None:
        listed = {"list_id": f"l-{worker}-{day}", "channel": "kiosk"} | more
        self.add("impressions", day, worker_id=worker, vacancy_id=vacancy, slot=slot, **listed)

    def did(self, kind: str, worker: str = "w1", vacancy: str = "v1", day: float = 1, shown: float = 0) -> None:
        self.add("reactions", day, list_id=f"l-{worker}-{shown}", vacancy_id=vacancy, kind=kind)

    def decided(
        self, outcome: str, worker: str = "w1", vacancy: str = "v1", day: float = 2, by: str = "broker"
    ) -> None:
        self.add("decisions", day, worker_id=worker, vacancy_id=vacancy, outcome=outcome, decided_by=by)

    def placed(self, worker: str = "w1", vacancy: str = "v1", day: float = 3) -> str:
        placement_id = f"p-{worker}-{vacancy}"
        start = (DAY0 + timedelta(days=day)).date().isoformat()
        self.add("placements", day, placement_id=placement_id, worker_id=worker, vacancy_id=vacancy, start=start)
        return placement_id

    def asked(self, placement_id: str, after: int, status: str, start: float = 3) -> None:
        self.add("followups", start + after, placement_id=placement_id, day=after, status=status)

    def log(self, until: float = 400) -> EventLog:
        """The log, known up to a day: a last impression of somebody nobody knows."""
        last = {"event_id": "last", "ts": (DAY0 + timedelta(days=until)).isoformat(), "list_id": "last", "slot": 1}
        last |= {"worker_id": "nobody", "vacancy_id": "v1"}
        rows = {**self.rows, "impressions": [*self.rows.get("impressions", []), last]}
        return log_of({name: "\n".join(map(json.dumps, told)).encode() for name, told in rows.items()})
