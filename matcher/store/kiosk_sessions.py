"""Who stands at a kiosk: sessions in memory alone, and what is done in one handed on as the events of a visit.

A part of `ports.AccessStore`: a kiosk has no users, tokens, uploads or audit of its own; its looks, reactions and
answers go to the server with the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from hashlib import sha256
from threading import RLock
from typing import Any, Final, NoReturn

import msgspec

from matcher.errors import NotFound, StoreError
from matcher.ports import Decision
from matcher.ports.kiosk_home import WaitingVisits
from matcher.records.access import AuditEntry, ImportJob, Reaction, Session, Token, User
from matcher.records.texts import TextConsent

ASSISTED: Final = ("assisted", "helper", "family")
"""Facts of a session that say somebody else stands beside, or in place of, the person."""
SUBJECT: Final = "worker_id"
_ID_DIGITS: Final = 32


class KioskSessions:
    """Sessions of one kiosk, each a visit. One screen, one person: what names nobody belongs to the newest visit."""

    def __init__(self, visits: WaitingVisits) -> None:
        self._visits = visits
        self._lock = RLock()
        self._sessions: dict[str, Session] = {}
        self._decisions: dict[str, tuple[str, Decision]] = {}
        self._reactions: dict[str, list[Reaction]] = {}
        self._consents: dict[str, tuple[str, TextConsent]] = {}
        # What a power cut left under way is over.
        visits.end()

    def __getattr__(self, name: str) -> Any:
        """Everything else an office's store can do."""
        raise StoreError(f"a kiosk does not keep this: {name}", remedy="Ask the server of the county.")

    def close(self) -> None:
        """Whoever stood here has gone."""
        with self._lock:
            self._end(tuple(self._sessions))

    def put_session(self, session: Session) -> None:
        """Somebody steps up: a visit begins."""
        with self._lock:
            self._sessions[session.session_sha256] = session
            self._visits.begin(visit_id_of(session.session_sha256), session.created_at)

    def change_session(self, session_sha256: str, change: Callable[[Session], Session]) -> Session | None:
        """The session that `change` makes of the one kept; None if it has been ended."""
        with self._lock:
            session = self._sessions.get(session_sha256)
            if session is None:
                return None
            changed = self._sessions[session_sha256] = change(session)
            if any(changed.facts.get(name) for name in ASSISTED):
                self._visits.mark_assisted(visit_id_of(session_sha256))
            return changed

    def session(self, session_sha256: str) -> Session | None:
        """A session by the hash of its cookie."""
        with self._lock:
            return self._sessions.get(session_sha256)

    def end_sessions(self, session_sha256s: Collection[str] = (), *, expired_at: datetime | None = None) -> int:
        """Forget the named sessions and those whose time was over; their visits are over and will be sent."""
        with self._lock:
            over = [
                name
                for name, session in self._sessions.items()
                if name in session_sha256s or (expired_at is not None and session.expires_at <= expired_at)
            ]
            self._end(tuple(over))
            return len(over)

    def is_anybody_here(self) -> bool:
        """Whether a session is under way."""
        return bool(self._sessions)

    def add_decision(self, decision: Decision) -> None:
        """A list was shown to whoever stands here; the same one again, after a look elsewhere, is no other."""
        with self._lock:
            if decision.decision_id in self._decisions:
                return
            visit_id = self._visit_of((str(decision.request.get(SUBJECT, "")),))
            self._visits.add(visit_id, {"event": "decision", **msgspec.to_builtins(decision)})
            self._decisions[decision.decision_id] = (visit_id, decision)

    def decision(self, decision_id: str) -> Decision:
        """A list shown to somebody who still stands here; NotFound else."""
        with self._lock:
            found = self._decisions.get(decision_id)
        if found is None:
            raise NotFound("no decision of this id was logged", where=decision_id)
        return found[1]

    def decisions_of(self, subject: str, *, limit: int = 100) -> list[Decision]:
        """Lists of somebody who still stands here, newest first."""
        with self._lock:
            made = [decision for _, decision in self._decisions.values() if decision.request.get(SUBJECT) == subject]
        return made[::-1][:limit]

    def add_reactions(self, reactions: Iterable[Reaction]) -> None:
        """What was answered to a list; one that is there already is left alone."""
        with self._lock:
            for reaction in reactions:
                kept = self._reactions.setdefault(reaction.decision_id, [])
                if all(reaction.event_id != known.event_id for known in kept):
                    visit_id = self._visit_of((reaction.decision_id, reaction.worker_id))
                    self._visits.add(visit_id, {"event": "reaction", **msgspec.to_builtins(reaction)})
                    kept.append(reaction)

    def reactions(self, decision_id: str) -> list[Reaction]:
        """Reactions to a list, oldest first, while the person stands here."""
        with self._lock:
            return list(self._reactions.get(decision_id, ()))

    def add_consent(self, consent: TextConsent) -> bool:
        """A yes or no to texts by the person who stands here; False for one that is there already."""
        with self._lock:
            if consent.consent_id in self._consents:
                return False
            visit_id = self._visit_of((consent.worker_id,))
            said = {name: getattr(consent, name) for name in ("worker_id", "agreed", "words")}
            self._visits.add(visit_id, {"event": "consent", "at": consent.at.isoformat(), **said})
            self._consents[consent.consent_id] = (visit_id, consent)
            return True

    def consents(self) -> list[TextConsent]:
        """Answers of visits under way, oldest first."""
        with self._lock:
            return [consent for _, consent in self._consents.values()]

    def append_audit(self, entry: AuditEntry) -> AuditEntry:
        """A look at the person's record, for the audit of the server."""
        with self._lock:
            visit_id = self._visit_of(entry.subjects)
            look = {"event": "look", "at": entry.at.isoformat(), "action": entry.action, "subjects": entry.subjects}
            if visit_id:
                self._visits.add(visit_id, look)
            return entry

    def audit(self, *, subject: str = "", actor: str = "", before: int = 0, limit: int = 100) -> list[AuditEntry]:
        """Nothing: the audit is the server's."""
        return []

    def forget_answers(self, before: datetime) -> int:
        """No answers are kept for repeats here."""
        return 0

    def jobs(self) -> list[ImportJob]:
        """No files come in here."""
        return []

    def job(self, job_id: str) -> NoReturn:
        """No files come in here."""
        raise NotFound("no import has this id", where=job_id)

    def users(self) -> list[User]:
        """Nobody signs in here."""
        return []

    def user(self, name: str) -> NoReturn:
        """Nobody signs in here."""
        raise NotFound("no user has this name", where=name)

    def tokens(self) -> list[Token]:
        """No program asks here."""
        return []

    def token(self, token_id: str) -> NoReturn:
        """No program asks here."""
        raise NotFound("no token has this id", where=token_id)

    def _visit_of(self, subjects: Collection[str]) -> str:
        """The visit under way that a decision or a person belongs to, else the newest; "" if nobody stands here."""
        for subject in subjects:
            if subject in self._decisions:
                return self._decisions[subject][0]
        for name, session in reversed(self._sessions.items()):
            if session.facts.get(SUBJECT) in subjects and session.facts.get(SUBJECT):
                return visit_id_of(name)
        return visit_id_of(next(reversed(self._sessions))) if self._sessions else ""

    def _end(self, names: tuple[str, ...]) -> None:
        over = tuple(visit_id_of(name) for name in names)
        self._visits.end(over)
        for name in names:
            del self._sessions[name]
        gone = {decision_id for decision_id, (visit_id, _) in self._decisions.items() if visit_id in over}
        for decision_id in gone:
            del self._decisions[decision_id]
            self._reactions.pop(decision_id, None)
        self._consents = {name: said for name, said in self._consents.items() if said[0] not in over}


def visit_id_of(session_sha256: str) -> str:
    """The id under which the server keeps a visit; it does not lead back to the cookie."""
    return "v-" + sha256(f"visit\x1f{session_sha256}".encode()).hexdigest()[:_ID_DIGITS]
