"""What the shell asks of the store about who asks: users, tokens, sessions, keys of repeats, jobs, audit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Protocol

from matcher.records.access import AuditEntry, ImportJob, KeptAnswer, Reaction, Session, Token, User


class AccessStore(Protocol):
    """Every call is one transaction. Secrets are kept as hashes only; tokens, sessions and users end, none is deleted.

    Sessions are the exception: an ended session leaves no row, so that a kiosk keeps nothing of who stood there.
    """

    def close(self) -> None:
        """Give the connections back; the store is not used after it."""

    def add_user(self, user: User) -> None:
        """Keep a user; raises InvalidInput if the name is taken."""

    def user(self, name: str) -> User:
        """A user by name; raises NotFound."""

    def users(self) -> list[User]:
        """All users by name."""

    def change_user(self, name: str, change: Callable[[User], User]) -> User:
        """The user that `change` makes of the one kept, nobody else between the two; raises NotFound."""

    def add_token(self, token: Token) -> None:
        """Keep a token; raises InvalidInput if the id is taken."""

    def token(self, token_id: str) -> Token:
        """A token by id; raises NotFound."""

    def tokens(self) -> list[Token]:
        """All tokens, oldest first."""

    def change_token(self, token_id: str, change: Callable[[Token], Token]) -> Token:
        """The token that `change` makes of the one kept, nobody else between the two; raises NotFound."""

    def put_session(self, session: Session) -> None:
        """Begin a session."""

    def change_session(self, session_sha256: str, change: Callable[[Session], Session]) -> Session | None:
        """The session that `change` makes of the one kept, nobody else between the two; None if it has been ended."""

    def session(self, session_sha256: str) -> Session | None:
        """A session by the hash of its cookie, if it has not been ended; expiry is for the caller to judge."""

    def sessions_of(self, user: str) -> list[Session]:
        """Sessions of a user that have not been ended, the one begun last first; expiry is for the caller to judge."""

    def end_sessions(self, session_sha256s: Collection[str] = (), *, expired_at: datetime | None = None) -> int:
        """Delete the named sessions and those whose time was over at `expired_at`; how many there were."""

    def begin_once(self, claim: KeptAnswer) -> KeptAnswer | None:
        """Claim a key of (actor, key): None if it was free, else what is kept of the first call.

        Two callers at once: exactly one gets None.
        """

    def finish_once(self, answer: KeptAnswer) -> None:
        """Keep the answer of the first call."""

    def forget_once(self, actor: str, key: str) -> None:
        """Give a key free again: the call failed before it did anything."""

    def forget_answers(self, before: datetime) -> int:
        """Delete answers to calls that began before a time; how many. Their keys are free again."""

    def put_job(self, job: ImportJob) -> None:
        """Keep an import job or bring it up to date."""

    def job(self, job_id: str) -> ImportJob:
        """A job by id, or by the id of the batch it wrote; raises NotFound."""

    def jobs(self) -> list[ImportJob]:
        """All jobs, oldest first."""

    def add_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Append reactions; an event_id that is there already is left alone."""

    def reactions(self, decision_id: str) -> list[Reaction]:
        """Reactions to the lists of a decision, oldest first."""

    def append_audit(self, entry: AuditEntry) -> AuditEntry:
        """Append an entry; returns it with its number and chain hash (SHA-256 over the entry and the one before)."""

    def audit(self, *, subject: str = "", actor: str = "", before: int = 0, limit: int = 100) -> list[AuditEntry]:
        """Entries newest first, of a subject or an actor if asked, with a number below `before` if that is not 0."""
