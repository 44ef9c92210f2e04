"""What the core asks of a store of rosters, plans and decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

import msgspec

from matcher.errors import Problem
from matcher.ports.figures import FigureStore
from matcher.records import Fact, Identity, Kind, Record
from matcher.records.access import AuditEntry


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One accepted row of an import as a patch: only the fields the row states.

    fields : English field name -> JSON-ready value (never None); identity : name, id_number, phone, ethnicity
    of a worker, sealed by the store; since : the day from which the facts hold.
    """

    record_id: str
    sheet: str
    row: int
    fields: Mapping[str, Any]
    identity: Mapping[str, str] | None = None
    since: date | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One import: what came in, when, by whom, and the summary of CONTRACT section 6."""

    batch_id: str
    kind: Kind
    file: str
    file_sha256: str
    imported_at: datetime
    by: str = ""
    summary: Mapping[str, Any] = {}
    undone_at: datetime | None = None


class StoredPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Prices of one season's plan; `recommend` only reads them."""

    plan_id: str
    season: str
    mode: str
    seed: int
    model: str
    pack: str
    solved_on: date
    created_at: datetime
    prices: Mapping[str, float]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One answer given to somebody, with all that is needed to give it again byte for byte.

    input_hash, model, pack, plan_id, seed, revision : what went in (`revision` is the store's event number);
    request : the call as JSON; answer_hash : SHA-256 of the answer's bytes.
    """

    decision_id: str
    kind: str
    made_at: datetime
    revision: int
    request: Mapping[str, Any]
    input_hash: str
    model: str
    pack: str
    plan_id: str
    seed: int
    answer_hash: str


class LastChanges(NamedTuple):
    """How far a store is written, all of it seen at one moment.

    revision : number of the last event; of : of the last that touched records of a kind; n_plans : how many plans are
    kept; none is ever taken away, so plans and exposures stand while it does
    """

    revision: int
    of: Mapping[Kind, int]
    n_plans: int


class RosterStore(FigureStore, Protocol):
    """Dated facts in, records as of a revision out; all writes of one call happen or none does."""

    def migrate(self) -> None:
        """Create or upgrade the schema."""

    def close(self) -> None:
        """Give the connections back; the store is not used after it."""

    def revision(self) -> int:
        """Number of the last event written; grows with every write_batch and undo_batch."""

    def last_change(self, kind: Kind) -> int:
        """Number of the last event that touched records of the kind; they are the same at every revision since."""

    def touched_since(self, kind: Kind, change: int) -> frozenset[str]:
        """Ids of the records that events after `change` stated something of, took it back or erased."""

    def changes(self) -> LastChanges:
        """What was written last, so that whatever is older need not be read again."""

    def still(self) -> RosterStore:
        """This store for the reading of one answer: what was written last is asked once, now, and not again.

        Records and plans are never older than that; later ones only where no revision was named.
        """

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        """Records of a kind sorted by id, as of `revision` (default now)."""

    def records_on(self, kind: Kind, on: date, *, revision: int | None = None) -> list[Record]:
        """Records of a kind by what holds on a day, of what was known at `revision` (default now), sorted by id.

        A statement holds from its own day, else from that of its import; the first of a field without a day of its
        own from ever.
        """

    def stated_after(self, kind: Kind, on: date) -> bool:
        """Whether anything of the kind holds only from a later day: else the records of the day are those of now."""

    def identities(self, worker_ids: Collection[str], *, revision: int | None = None) -> dict[str, Identity]:
        """Sealed identities as of `revision` (default now), opened; only for those who may see them."""

    def workers_by_id_number(self, id_numbers: Collection[str]) -> dict[str, str]:
        """Normalised identity number -> worker id, through the blind index."""

    def workers_by_phone(self, phones: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Normalised phone -> ids of all workers who gave it, sorted; a phone is not a person."""

    def history(self, kind: Kind, record_id: str) -> list[Fact]:
        """Every fact ever stated of a record, oldest first, taken-back ones and identities left out."""

    def write_batch(self, batch: Batch, changes: Iterable[Change], problems: Iterable[Problem] = ()) -> None:
        """Append a batch; nothing of it remains if the process dies on the way.

        `consent` is stated part by part, every other field as a whole. `problems` are sealed; the summary is kept
        without its own list of them. Raises InvalidInput if a record would lack a required field or hold an
        unknown one, or if two workers would share an identity number.
        """

    def undo_batch(self, batch_id: str, *, at: datetime, by: str = "") -> None:
        """Withdraw every fact of a batch; raises UndoRefused if unknown, withdrawn already, or built upon.

        A record that then lacks a required field is no record until an import states it again.
        """

    def batches(self) -> list[Batch]:
        """All batches, oldest first."""

    def problems(self, batch_id: str) -> list[Problem]:
        """The problems of an import in the order they were found; raises NotFound."""

    def erase_worker(self, worker_id: str, *, at: datetime, by: str = "") -> None:
        """Destroy a worker's key, identity and record for good, in older revisions too; raises NotFound."""

    def erased(self, worker_ids: Collection[str]) -> frozenset[str]:
        """Those of the ids who were erased and have not come back: a replay that needs one cannot be given."""

    def erased_since(self, revision: int) -> frozenset[str]:
        """Workers erased after the revision, come back or not: what was read of them then cannot be read again."""

    def rotate_keys(self) -> int:
        """Make a new master key and bring what is sealed under it; how many values were sealed anew."""

    def row_key(self) -> bytes:
        """Secret under which rows without an id are hashed into one; the same for the life of the database."""

    def mapping(self, fingerprint: str) -> dict[str, str] | None:
        """Remembered header -> field mapping of a header row, if any."""

    def save_mapping(self, fingerprint: str, mapping: Mapping[str, str]) -> None:
        """Remember how a header row was read."""

    def put_artifact(self, kind: str, body: bytes, *, at: datetime | None = None) -> str:
        """Keep a model, pack or request by content; returns its SHA-256. A request is kept from `at` on for a while."""

    def forget_requests(self, before: datetime) -> int:
        """Delete every request that is kept since earlier than `before`; how many."""

    def artifact(self, sha256: str) -> bytes:
        """A kept body; raises NotFound."""

    def save_plan(self, plan: StoredPlan, exposures: Iterable[tuple[str, str]]) -> None:
        """Keep a plan's prices and which (worker, vacancy) pairs it showed.

        Raises Conflict if this very plan is kept already, InvalidInput if another one showed one of the pairs.
        """

    def current_plan(self, on: date) -> StoredPlan | None:
        """The newest plan whose season holds `on`."""

    def plan(self, plan_id: str) -> StoredPlan:
        """A plan by id; raises NotFound."""

    def exposures(self, season: str) -> dict[str, frozenset[str]]:
        """Worker id -> vacancies already listed to that worker in the season."""

    def exposure_counts(self, season: str) -> dict[str, int]:
        """Vacancy id -> how many lists it stood in during the season."""

    def append_decision(self, decision: Decision, entry: AuditEntry | None = None) -> None:
        """Log an answer, and with it who asked, both or neither; the log is append-only."""

    def append_decisions(self, decisions: Iterable[Decision]) -> None:
        """Log several answers, all of them or none."""

    def decision(self, decision_id: str) -> Decision:
        """A logged decision; raises NotFound."""

    def decisions(self) -> list[Decision]:
        """Every decision as it was logged the first time, oldest first; for training events, never for a view."""

    def decisions_of(self, subject: str, *, limit: int = 100) -> list[Decision]:
        """The lists logged for a worker or a vacancy, each time one was given, newest first."""
