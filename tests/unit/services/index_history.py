"""A store with a history of writes, and everything a list of it is told by: index in memory, index on disk, neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from factories import ON, worker
from hypothesis.stateful import RuleBasedStateMachine, rule

from matcher.policy import standard_packs
from matcher.ports import Batch, Change, StoredPlan
from matcher.records import ID_FIELDS, Kind, Record, TravelRange
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.settings import Settings
from matcher.store import Store, open_store, remembering

AT = datetime(2018, 6, 1, tzinfo=UTC)
PACKS, MODEL = standard_packs(), hand_card()
PEOPLE = [
    worker("w1"),
    worker("w2", wage_floor_yuan_month=3500, travel_range=TravelRange.COUNTY, skills=None, trades=("电焊工",)),
    worker("w3", place_code="450206101"),
]


def new_means() -> Means:
    """Means that remember nothing."""
    return Means(packs=PACKS, settings=Settings(fit_floor_permille=1), model_body=MODEL)


WHOLE = new_means()


class History:
    """A SQLite store in a folder, written batch by batch."""

    def __init__(self, home: Any) -> None:
        self._begin(home, 1)
        self.store.migrate()
        self.write(Kind.WORKERS, PEOPLE)

    @classmethod
    def joined(cls, home: Any, first_number: int) -> History:
        """Another process on a home that stands; its imports are numbered from there on."""
        made = cls.__new__(cls)
        made._begin(home, first_number)
        return made

    def _begin(self, home: Any, first_number: int) -> None:
        self.home, self._numbers = home, count(first_number)
        self.on = ON
        self.restart()

    def restart(self) -> None:
        """Another process: what stood in memory is gone."""
        if hasattr(self, "store"):
            self.store.close()
        self.store: Store = open_store(f"sqlite:///{self.home}/matcher.db", home=self.home)
        self.shared = remembering(self.store)
        self.folder = self.store.index_folder
        self.means = new_means()

    def write(self, kind: Kind, records: list[Any]) -> str:
        """One import of whole records; its batch id."""
        number = next(self._numbers)
        at = AT + timedelta(seconds=number)
        batch = Batch(batch_id=f"b{number}", kind=kind, file="f.csv", file_sha256="0" * 64, imported_at=at)
        self.store.write_batch(batch, [_change(kind, record, row) for row, record in enumerate(records, 2)])
        return batch.batch_id

    def undo(self, batch_id: str) -> None:
        """Take an import back."""
        self.store.undo_batch(batch_id, at=AT + timedelta(seconds=next(self._numbers)))

    def plan(self, prices: dict[str, float], season: str = "2018-01-01/2018-12-31") -> None:
        """The plan from here on."""
        number = next(self._numbers)
        plan = StoredPlan(
            plan_id=f"p{number}", season=season, mode="balanced", seed=0, model="", pack="", solved_on=ON,
            created_at=AT + timedelta(seconds=number), prices=prices,
        )  # fmt: skip
        self.store.save_plan(plan, ())

    def call(self, worker_id: str, **said: Any) -> Recommend:
        """The call of a list of the present day."""
        told = {"top": 5, "stretch": True, "members": True} | said
        return Recommend(worker_id=worker_id, on=self.on, jurisdiction="liujiang_2018", seed=0, **told)

    def told(self, call: Recommend, how: str, *, revision: int | None = None) -> tuple[bytes, bytes]:
        """Answer and inputs of a call at a revision, else the present: by the index in memory or on disk, or whole."""
        store = self.shared if how == "memory" else self.store
        means = WHOLE if how == "whole" else self.means
        revision = store.revision() if revision is None else revision
        answer, body = answer_recommend(
            store, means, call, plan=store.current_plan(call.on), revision=revision,
            folder=self.folder if how == "disk" else None,
        )  # fmt: skip
        return msgspec.json.encode(answer), body


def _change(kind: Kind, record: Record, row: int) -> Change:
    fields = msgspec.to_builtins(record)
    record_id = fields.pop(ID_FIELDS[kind])
    stated = {name: value for name, value in fields.items() if value is not None}
    identity = {"name": record_id, "id_number": "", "phone": ""} if kind is Kind.WORKERS else None
    return Change(record_id=record_id, sheet="", row=row, fields=stated, identity=identity)


class HistoryMachine(RuleBasedStateMachine):
    """Begins with a history in a folder of its own, which may be restarted at any time."""

    def begin_history(self) -> History:
        """The history of this run."""
        self.folder = TemporaryDirectory()
        self.history = History(Path(self.folder.name))
        return self.history

    @rule()
    def restart(self) -> None:
        self.history.restart()

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.history.store.close()
            self.folder.cleanup()
