"""The store of `ports.RosterStore`: each method is one transaction over the modules beside this one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy.engine import Connection

from matcher.errors import Problem, StoreError
from matcher.ports import Batch, Change, Decision, LastChanges, StoredPlan
from matcher.records import Fact, Identity, Kind, Record
from matcher.records.access import AuditEntry
from matcher.records.figures import CountyFigure
from matcher.store import answers, batches, figures, last_changes, log, migrate, people, projections, rotation
from matcher.store.database import BUSY_TIMEOUT_S, Database
from matcher.store.glance import Glance
from matcher.store.index_folder import IndexFiles
from matcher.store.keyholder import Keyholder
from matcher.store.logbook import Lines, Logbook
from matcher.store.sealing import Vault
from matcher.store.unread import UnreadPrices


def open_store(url: str, *, home: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Store:
    """A store on a SQLite file or a PostgreSQL database, its keys in `<home>/keys`.

    Nothing is touched before the first call. UsageError for another kind of URL, MissingExtra without psycopg.
    """
    return Store(Database(url, busy_timeout_s=busy_timeout_s), home=home)


class Store:
    """Dated facts in, records as of a revision out. Every call is one transaction; StoreError says what to do."""

    def __init__(self, database: Database, *, home: Path) -> None:
        self.database = database
        self._home = home
        self._keys = Keyholder(home)
        self._glance = Glance(database.file)
        self._log = Logbook(database, self._keys)
        self._changes: LastChanges | None = None

    @property
    def index_folder(self) -> IndexFiles:
        """Where one process leaves the index of vacancies for the next one."""
        return IndexFiles(self.database, self.row_key, self._home)

    def close(self) -> None:
        """Give the connections back and forget the keys."""
        self._glance.close()
        self.database.close()
        self._keys.forget()

    def migrate(self) -> None:
        """Create or upgrade the schema and, of a new database, make its keys; again changes nothing."""
        migrate.migrate(self.database)
        with self.database.writing(roster=True) as connection:
            self._keys.make(connection)
            answers.index_decisions(connection, self._keys.vault(connection))

    def changes(self) -> LastChanges:
        """What was written last; asked of the tables only where an event or a plan has come."""

        def read() -> LastChanges:
            with self.database.reading() as connection:
                return last_changes.read(connection, self._changes)

        self._changes = self._glance.unless_written("changes", read, last_changes.LOOK)
        return self._changes

    def still(self) -> Store:
        """Nothing is kept, so nothing is asked twice."""
        return self

    def revision(self) -> int:
        """Number of the last event written; 0 before the first."""
        return self.changes().revision

    def last_change(self, kind: Kind) -> int:
        """Number of the last event that touched records of the kind; they are the same at every revision since."""
        return self.changes().of[kind]

    def touched_since(self, kind: Kind, change: int) -> frozenset[str]:
        """Ids of the records that events after `change` stated something of, took it back or erased."""
        with self.database.reading() as connection:
            return batches.touched_since(connection, kind, change)

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        """Records of a kind sorted by id, as of `revision` (default now); StoreError for one still to come."""
        with self.database.reading() as connection:
            if revision is not None and not 0 <= revision <= batches.revision(connection):
                raise StoreError(f"there is no revision {revision}", where=kind.value)
            if revision is None or not batches.changed_since(connection, kind, revision):
                return projections.current(connection, kind, ids)
            return projections.as_of(connection, self._vault_of(connection, kind), kind, ids, revision)

    def records_on(self, kind: Kind, on: date, *, revision: int | None = None) -> list[Record]:
        """Records of a kind by what holds on a day, of what was known at `revision` (default now), sorted by id."""
        with self.database.reading() as connection:
            if revision is not None and not 0 <= revision <= batches.revision(connection):
                raise StoreError(f"there is no revision {revision}", where=kind.value)
            return projections.on_day(connection, self._vault_of(connection, kind), kind, on, revision)

    def stated_after(self, kind: Kind, on: date) -> bool:
        """Whether anything of the kind holds only from a later day: else the records of the day are those of now."""
        with self.database.reading() as connection:
            return log.stated_after(connection, kind, on)

    def identities(self, worker_ids: Collection[str], *, revision: int | None = None) -> dict[str, Identity]:
        """Sealed identities as of `revision` (default now), opened; only for those who may see them."""
        with self.database.reading() as connection:
            vault = self._keys.vault(connection)
            if revision is None or not batches.changed_since(connection, Kind.WORKERS, revision):
                return people.identities(connection, vault, worker_ids)
            return projections.identities_as_of(connection, vault, worker_ids, revision)

    def workers_by_id_number(self, id_numbers: Collection[str]) -> dict[str, str]:
        """Normalised identity number (`records.id_numbers`) -> worker id, of the numbers that are known."""
        with self.database.reading() as connection:
            return people.by_id_number(connection, self._keys.vault(connection), id_numbers)

    def workers_by_phone(self, phones: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Normalised phone -> ids of all workers who gave it, sorted; a phone is not a person."""
        with self.database.reading() as connection:
            return people.by_phone(connection, self._keys.vault(connection), phones)

    def history(self, kind: Kind, record_id: str) -> list[Fact]:
        """Every fact ever stated of a record, oldest first, taken-back ones and identities left out."""
        with self.database.reading() as connection:
            return log.facts(connection, self._vault_of(connection, kind), kind, record_id)

    def write_batch(self, batch: Batch, changes: Iterable[Change], problems: Iterable[Problem] = ()) -> None:
        """Append a batch; nothing of it remains if the process dies or `changes` raises on the way.

        `problems` are sealed; the summary is kept without its own list of them. InvalidInput if the batch id
        was used before, if a record would lack a required field or hold an unknown one, or if two workers
        would share an identity number.
        """
        with self.database.writing(roster=True) as connection:
            batches.write(connection, self._keys.vault(connection), batch, changes, problems)

    def undo_batch(self, batch_id: str, *, at: datetime, by: str = "") -> None:
        """Withdraw every fact of a batch; UndoRefused if unknown, withdrawn already or in the way of a later one."""
        with self.database.writing(roster=True) as connection:
            batches.undo(connection, self._keys.vault(connection), batch_id, at=at, by=by)

    def batches(self) -> list[Batch]:
        """All batches, oldest first."""
        with self.database.reading() as connection:
            return batches.every(connection)

    def problems(self, batch_id: str) -> list[Problem]:
        """The problems of an import in the order they were found; NotFound for an unknown batch."""
        with self.database.reading() as connection:
            return batches.problems(connection, self._keys.vault(connection), batch_id)

    def erase_worker(self, worker_id: str, *, at: datetime, by: str = "") -> None:
        """Destroy a worker's key, identity and record for good, in older revisions too; NotFound if unknown.

        Kept requests that name the worker go as well, with all who stood in them.
        """
        with self.database.writing(roster=True) as connection:
            self.database.forget_deleted_pages(connection)
            batches.erase(connection, worker_id, at=at, by=by)
            answers.forget_requests_about(connection, self._keys.vault(connection), worker_id)
        self.database.checkpoint()

    def erased(self, worker_ids: Collection[str]) -> frozenset[str]:
        """Those of the ids who were erased and have not come back: a replay that needs one cannot be given."""
        with self.database.reading() as connection:
            return batches.erased(connection, worker_ids)

    def erased_since(self, revision: int) -> frozenset[str]:
        """Workers erased after the revision, come back or not: what was read of them then cannot be read again."""
        with self.database.reading() as connection:
            return batches.erased_since(connection, revision)

    def rotate_keys(self) -> int:
        """Make a new master key and bring what is sealed under it; how many values were sealed anew.

        The decision log is append-only and keeps the key it was sealed with, so older keys stay in the file.
        """
        with self.database.writing(roster=True) as connection:
            return rotation.reseal(connection, self._keys.rotate(connection))

    def row_key(self) -> bytes:
        """Secret under which rows without an id are hashed into one; the same for the life of the database."""
        with self.database.reading() as connection:
            return self._keys.vault(connection).row_key

    def mapping(self, fingerprint: str) -> dict[str, str] | None:
        """Remembered header -> field mapping of a header row, if any."""
        with self.database.reading() as connection:
            return answers.mapping(connection, fingerprint)

    def save_mapping(self, fingerprint: str, mapping: Mapping[str, str]) -> None:
        """Remember how a header row was read; the last word counts."""
        with self.database.writing() as connection:
            answers.save_mapping(connection, fingerprint, mapping)

    def put_artifact(self, kind: str, body: bytes, *, at: datetime | None = None) -> str:
        """Keep a model, pack or request by content; returns its SHA-256. A request is kept from `at` on for a while."""
        with self.database.writing() as connection:
            return answers.put_artifact(connection, self._keys.vault(connection), kind, body, at)

    def forget_requests(self, before: datetime) -> int:
        """Delete every request that is kept since earlier than `before`; how many."""
        with self.database.writing() as connection:
            return answers.forget_requests(connection, before)

    def artifact(self, sha256: str) -> bytes:
        """A kept body; NotFound if none, StoreError if it was altered."""
        with self.database.reading() as connection:
            return answers.artifact(connection, self._keys.vault(connection), sha256)

    def save_plan(self, plan: StoredPlan, exposures: Iterable[tuple[str, str]]) -> None:
        """Keep a plan's prices and the (worker, vacancy) pairs it lists.

        Conflict if the plan is kept already, InvalidInput if one of the pairs was listed before.
        """
        with self.database.writing() as connection:
            answers.save_plan(connection, plan, exposures)

    def current_plan(self, on: date) -> StoredPlan | None:
        """The plan written last among those whose season holds `on`; its prices are read when one is asked for."""
        with self.database.reading() as connection:
            return answers.current_plan(connection, on, lambda number: UnreadPrices(partial(self._prices, number)))

    def _prices(self, number: int) -> dict[str, float]:
        with self.database.reading() as connection:
            return answers.plan_prices(connection, number)

    def plan(self, plan_id: str) -> StoredPlan:
        """A plan by id; NotFound if none."""
        with self.database.reading() as connection:
            return answers.plan(connection, plan_id)

    def exposures(self, season: str) -> dict[str, frozenset[str]]:
        """Worker id -> vacancies already listed to that worker in the season."""
        with self.database.reading() as connection:
            return answers.exposures(connection, season)

    def exposure_counts(self, season: str) -> dict[str, int]:
        """Vacancy id -> how many lists it stood in during the season."""
        with self.database.reading() as connection:
            return answers.exposure_counts(connection, season)

    def append_decision(self, decision: Decision, entry: AuditEntry | None = None) -> None:
        """Log an answer, and with it who asked; the log refuses UPDATE and DELETE.

        Durable on return; callers of one moment share a commit. An id may be logged again when it is given again.
        """
        self._log.add(Lines((decision,), entry))

    def append_decisions(self, decisions: Iterable[Decision]) -> None:
        """Log several answers, all of them or none."""
        self._log.add(Lines(tuple(decisions)))

    def decision(self, decision_id: str) -> Decision:
        """A decision as first logged; NotFound if none."""
        with self.database.reading() as connection:
            return answers.decision(connection, self._keys.vault(connection), decision_id)

    def decisions_of(self, subject: str, *, limit: int = 100) -> list[Decision]:
        """The lists logged for a worker or a vacancy, each time one was given, newest first."""
        with self.database.reading() as connection:
            return answers.decisions_of(connection, self._keys.vault(connection), subject, limit)

    def decisions(self) -> list[Decision]:
        """Every decision as it was logged the first time, oldest first."""
        with self.database.reading() as connection:
            return answers.decisions(connection, self._keys.vault(connection))

    def county_figures(self) -> list[CountyFigure]:
        """Figures the county set where documents state none, oldest first."""
        with self.database.reading() as connection:
            return figures.every(connection)

    def record_figure(self, figure: CountyFigure, entry: AuditEntry) -> bool:
        """Append a figure and the entry of the deed; False if the last of its parameter says the same already."""
        with self.database.writing() as connection:
            return figures.record(connection, figure, entry)

    def _vault_of(self, connection: Connection, kind: Kind) -> Vault | None:
        return self._keys.vault(connection) if kind is Kind.WORKERS else None
