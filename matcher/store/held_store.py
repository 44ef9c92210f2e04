"""The records of a kiosk: those of the fair pack that is held, as a part of `ports.RosterStore`."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from matcher.decisions import digest
from matcher.errors import Gone, NotFound, StoreError
from matcher.fair_pack import PERSONAL, News, card_index, news_of
from matcher.ports import Clock, Decision, LastChanges, Shared, StoredPlan
from matcher.records import ID_FIELDS, Household, Identity, Kind, Record, Vacancy, Worker
from matcher.records.access import AuditEntry
from matcher.records.fair_packs import CarriedPerson, PackedPerson
from matcher.store.kiosk_home import Held, KioskFolder
from matcher.store.kiosk_sessions import KioskSessions

_PEOPLE: Final = frozenset({Kind.WORKERS, Kind.HOUSEHOLDS})


class _View:
    """One pack as lists that every call shares."""

    def __init__(self, held: Held | None) -> None:
        self.held = held
        people = held.contents.people if held else ()
        self.carried: Mapping[str, CarriedPerson] = {each.person.worker.worker_id: each for each in people}
        self.workers: Shared[Worker] = Shared(each.person.worker for each in people)
        homes = {home.household_id: home for each in people if (home := each.person.household) is not None}
        self.households: Shared[Household] = Shared(homes[name] for name in sorted(homes))
        self.vacancies: Shared[Vacancy] = Shared(held.contents.vacancies if held else ())
        bodies = (held.contents.model, held.contents.rulebook) if held else ()
        self.artifacts: Mapping[str, bytes] = {digest(body): body for body in bodies}
        self.nothing: Shared[Record] = Shared()

    @property
    def revision(self) -> int:
        return self.held.contents.revision if self.held else 0

    @property
    def plan(self) -> StoredPlan | None:
        return self.held.contents.plan if self.held else None

    def of(self, kind: Kind) -> list[Any]:
        """The shared list of a kind; a pack holds no employers, plots or placements."""
        lists: Mapping[Kind, list[Any]] = {
            Kind.WORKERS: self.workers,
            Kind.HOUSEHOLDS: self.households,
            Kind.VACANCIES: self.vacancies,
        }
        return lists.get(kind, self.nothing)


class HeldStore:
    """Reads what the pack holds, at the one revision it was made at, and logs decisions as events of the visit.

    People are there while the pack is in force by the kiosk's clock; after that, or before it, they are not.
    """

    forgets: Final = True
    """Decisions go with the visit they were made in, and people with the pack: no list may be kept beside them."""

    def __init__(self, home: KioskFolder, clock: Clock, sessions: KioskSessions) -> None:
        self._home = home
        self._clock = clock
        self._sessions = sessions
        # Somebody may still stand before a list of the pack that was there a moment ago.
        self._views: tuple[_View, ...] = (_View(None),)
        self._row_key = secrets.token_bytes(32)

    def __getattr__(self, name: str) -> Any:
        """Everything else an office's store can do."""
        raise StoreError(f"a kiosk does not keep this: {name}", remedy="Ask the server of the county.")

    def close(self) -> None:
        """Nothing is kept open."""

    def news(self) -> News:
        """What the pack is worth now."""
        return news_of(self._home.heading(), self._clock.now(), latest=self._home.latest())

    def revision(self) -> int:
        """The server's revision at which the pack was made; 0 without one."""
        return self._view().revision

    def last_change(self, kind: Kind) -> int:
        """A pack is of one revision."""
        return self.revision()

    def touched_since(self, kind: Kind, change: int) -> frozenset[str]:
        """A pack says nothing of what was before it: every record of it may be new."""
        return frozenset(getattr(record, ID_FIELDS[kind]) for record in self.records(kind))

    def changes(self) -> LastChanges:
        """A pack is of one revision, with the season's plan, if there is one."""
        view = self._view()
        return LastChanges(view.revision, dict.fromkeys(Kind, view.revision), int(view.plan is not None))

    def still(self) -> HeldStore:
        """It is in memory already."""
        return self

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        """Records of a kind by id. Gone for a person while the pack may not serve people: it is expired or not yet."""
        view = self._view() if revision is None else self._at(revision)
        if kind in _PEOPLE and self.news() not in PERSONAL:
            if ids is not None and view.held is not None:
                raise Gone(self.news().sentence, remedy="请按“没带身份证，先看看”，或者找人帮忙。")
            return view.nothing
        found = view.of(kind)
        if ids is None:
            return found
        wanted = frozenset(ids)
        return [record for record in found if getattr(record, ID_FIELDS[kind]) in wanted]

    def packed_person(self, worker_id: str, revision: int | None = None) -> PackedPerson:
        """The person as carried; NotFound."""
        carried = (self._view() if revision is None else self._at(revision)).carried
        if worker_id not in carried:
            raise NotFound("no such person in this pack", where=worker_id)
        return carried[worker_id].person

    def identities(self, worker_ids: Collection[str], *, revision: int | None = None) -> dict[str, Identity]:
        """Masked names, which is all a kiosk is given."""
        carried = (self._view() if revision is None else self._at(revision)).carried
        return {
            worker_id: Identity(worker_id=worker_id, name=carried[worker_id].name or None)
            for worker_id in sorted(worker_ids)
            if worker_id in carried
        }

    def workers_by_id_number(self, id_numbers: Collection[str]) -> dict[str, str]:
        """Number -> worker id by the blind index of the pack; nobody while the pack may not serve people."""
        held = self._view().held
        if held is None or not held.key or self.news() not in PERSONAL:
            return {}
        by_card = {each.card: each.person.worker.worker_id for each in held.contents.people if each.card}
        found = {number: by_card.get(card_index(held.key, number)) for number in id_numbers}
        return {number: worker_id for number, worker_id in found.items() if worker_id is not None}

    def current_plan(self, on: Any) -> StoredPlan | None:
        """The plan of the pack if its season holds the day."""
        plan = self._view().plan
        if plan is None:
            return None
        first, _, last = plan.season.partition("/")
        return plan if first <= on.isoformat() <= last else None

    def plan(self, plan_id: str) -> StoredPlan:
        """The plan of the pack; NotFound for any other."""
        for view in self._views:
            if view.plan is not None and view.plan.plan_id == plan_id:
                return view.plan
        raise NotFound("no plan has this id", where=plan_id)

    def put_artifact(self, kind: str, body: bytes, *, at: datetime | None = None) -> str:
        """The name of a body; the server keeps it already."""
        return digest(body)

    def forget_requests(self, before: datetime) -> int:
        """No request is kept here."""
        return 0

    def artifact(self, sha256: str) -> bytes:
        """Model or rulebook of the pack."""
        for view in self._views:
            if sha256 in view.artifacts:
                return view.artifacts[sha256]
        raise NotFound("no body of this SHA-256 is kept", where=sha256)

    def append_decision(self, decision: Decision, entry: AuditEntry | None = None) -> None:
        """A list was shown: an event of the visit, for the server's log."""
        self._sessions.add_decision(decision)
        if entry is not None:
            self._sessions.append_audit(entry)

    def decision(self, decision_id: str) -> Decision:
        """A list shown to somebody who still stands here."""
        return self._sessions.decision(decision_id)

    def decisions_of(self, subject: str, *, limit: int = 100) -> list[Decision]:
        """Lists of somebody who still stands here, newest first."""
        return self._sessions.decisions_of(subject, limit=limit)

    def erased(self, worker_ids: Collection[str]) -> frozenset[str]:
        """Who was erased is in no pack."""
        return frozenset()

    def erased_since(self, revision: int) -> frozenset[str]:
        """Who was erased is in no pack."""
        return frozenset()

    def row_key(self) -> bytes:
        """Secret of page cursors; of this run alone."""
        return hmac.digest(self._row_key, b"row ids\x1f", "sha256")

    def _view(self) -> _View:
        held = self._home.held()
        if self._views[0].held is not held:
            # Who is wiped or dropped must not linger as the pack before.
            same = held is not None and self._views[0].held is not None and held.key != b""
            self._views = (_View(held), *(self._views[:1] if same else ()))
        elif len(self._views) > 1 and not self._sessions.is_anybody_here():
            self._views = self._views[:1]
        return self._views[0]

    def _at(self, revision: int) -> _View:
        self._view()
        for view in self._views:
            if view.revision == revision:
                return view
        raise StoreError(f"there is no revision {revision}", remedy="A kiosk holds one revision alone.")
