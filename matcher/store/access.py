"""The store of `ports.AccessStore`, in the same database as the rosters: each method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from matcher.errors import InvalidInput, NotFound
from matcher.records.access import AuditEntry, ImportJob, KeptAnswer, Reaction, Session, Token, User
from matcher.store import audit
from matcher.store import desk_schema as schema
from matcher.store.chunks import chunks
from matcher.store.database import BUSY_TIMEOUT_S, Database
from matcher.store.glance import Glance, Look
from matcher.store.keyholder import Keyholder
from matcher.store.logbook import Lines, Logbook
from matcher.store.shelf import Shelf

_USERS: Final = Shelf(schema.account, User, lambda user: {"name": user.name})
_TOKENS: Final = Shelf(
    schema.access_token, Token, lambda token: {"token_id": token.token_id, "created_at": token.created_at}
)
_SESSIONS: Final = Shelf(
    schema.browser_session,
    Session,
    lambda session: {"session_sha256": session.session_sha256, "expires_at": session.expires_at},
)
_ANSWERS: Final = Shelf(
    schema.kept_answer,
    KeptAnswer,
    lambda answer: {"actor": answer.actor, "key": answer.key, "created_at": answer.created_at},
)
_JOBS: Final = Shelf(
    schema.import_job,
    ImportJob,
    lambda job: {"job_id": job.job_id, "created_at": job.created_at, "batch_id": job.batch_id or None},
)

_SEALED_TOKEN: Final = "SELECT body FROM access_token WHERE token_id = ?"  # noqa: S105 - a statement

SHELVES: Final[tuple[Shelf[Any], ...]] = (_USERS, _TOKENS, _SESSIONS, _ANSWERS, _JOBS)


def open_access(url: str, *, home: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Access:
    """Who may ask and what they did, in the database that `open_store` of the same URL and home made.

    Nothing is touched before the first call, which raises StoreError if the database is not there yet.
    """
    return Access(Database(url, busy_timeout_s=busy_timeout_s), home=home)


class Access:
    """Users, tokens, sessions, repeats, jobs, reactions and audit."""

    def __init__(self, database: Database, *, home: Path) -> None:
        self.database = database
        self._keys = Keyholder(home)
        self._glance = Glance(database.file)
        self._log = Logbook(database, self._keys)

    def close(self) -> None:
        """Give the connections back and forget the keys."""
        self._glance.close()
        self.database.close()
        self._keys.forget()

    def add_user(self, user: User) -> None:
        """Keep a user; InvalidInput if the name is taken."""
        with self.database.writing() as connection:
            if not _USERS.add(connection, self._keys.vault(connection), user):
                raise InvalidInput("a user of this name is kept already", where=user.name)

    def user(self, name: str) -> User:
        """A user by name; NotFound."""
        with self.database.reading() as connection:
            found = _USERS.find(connection, self._keys.vault(connection), name)
        if found is None:
            raise NotFound("no user has this name", where=name)
        return found

    def users(self) -> list[User]:
        """All users by name."""
        with self.database.reading() as connection:
            return _USERS.where(connection, self._keys.vault(connection))

    def change_user(self, name: str, change: Callable[[User], User]) -> User:
        """The user that `change` makes of the one kept, in one transaction; NotFound."""
        with self.database.writing() as connection:
            changed = _USERS.change(connection, self._keys.vault(connection), name, change)
        if changed is None:
            raise NotFound("no user has this name", where=name)
        return changed

    def add_token(self, token: Token) -> None:
        """Keep a token; InvalidInput if the id is taken."""
        with self.database.writing() as connection:
            if not _TOKENS.add(connection, self._keys.vault(connection), token):
                raise InvalidInput("a token of this id is kept already", where=token.token_id)

    def token(self, token_id: str) -> Token:
        """A token by id; NotFound."""

        def read() -> Token:
            with self.database.reading() as connection:
                found = _TOKENS.find(connection, self._keys.vault(connection), token_id)
            if found is None:
                raise NotFound("no token has this id", where=token_id)
            return found

        # Opened once: the same sealed bytes are the same token.
        return self._glance.unless_written(("token", token_id), read, Look(_SEALED_TOKEN, (token_id,)))

    def tokens(self) -> list[Token]:
        """All tokens, oldest first."""
        with self.database.reading() as connection:
            return _TOKENS.where(connection, self._keys.vault(connection), by=("created_at",))

    def change_token(self, token_id: str, change: Callable[[Token], Token]) -> Token:
        """The token that `change` makes of the one kept, in one transaction; NotFound."""
        with self.database.writing() as connection:
            changed = _TOKENS.change(connection, self._keys.vault(connection), token_id, change)
        if changed is None:
            raise NotFound("no token has this id", where=token_id)
        return changed

    def put_session(self, session: Session) -> None:
        """Begin a session."""
        with self.database.writing() as connection:
            _SESSIONS.put(connection, self._keys.vault(connection), session)

    def change_session(self, session_sha256: str, change: Callable[[Session], Session]) -> Session | None:
        """The session that `change` makes of the one kept, in one transaction; None if it has been ended."""
        with self.database.writing() as connection:
            return _SESSIONS.change(connection, self._keys.vault(connection), session_sha256, change)

    def session(self, session_sha256: str) -> Session | None:
        """A session by the hash of its cookie, if it has not been ended; expiry is for the caller to judge."""
        with self.database.reading() as connection:
            return _SESSIONS.find(connection, self._keys.vault(connection), session_sha256)

    def sessions_of(self, user: str) -> list[Session]:
        """Sessions of a user that have not been ended, the one begun last first; expiry is for the caller to judge."""
        with self.database.reading() as connection:
            every = _SESSIONS.where(connection, self._keys.vault(connection))
        own = [session for session in every if session.user == user]
        return sorted(own, key=lambda session: session.created_at, reverse=True)

    def end_sessions(self, session_sha256s: Collection[str] = (), *, expired_at: datetime | None = None) -> int:
        """Delete the named sessions and those whose time was over at `expired_at`; how many there were."""
        columns = schema.browser_session.c
        ended: list[sa.ColumnElement[bool]] = [columns.session_sha256.in_(piece) for piece in chunks(session_sha256s)]
        if expired_at is not None:
            ended.append(columns.expires_at <= expired_at)
        with self.database.writing() as connection:
            self.database.forget_deleted_pages(connection)
            return sum(
                connection.execute(sa.delete(schema.browser_session).where(condition)).rowcount for condition in ended
            )

    def begin_once(self, claim: KeptAnswer) -> KeptAnswer | None:
        """Claim a key of (actor, key): None if it was free, else what is kept of the first call.

        Two callers at once: exactly one gets None, for the key is the table's primary key.
        """
        with self.database.writing() as connection:
            vault = self._keys.vault(connection)
            while not _ANSWERS.add(connection, vault, claim):
                # Between the two statements the first call may give its key back: then it is claimed anew.
                kept = _ANSWERS.find(connection, vault, claim.actor, claim.key)
                if kept is not None:
                    return kept
        return None

    def finish_once(self, answer: KeptAnswer) -> None:
        """Keep the answer of the first call."""
        with self.database.writing() as connection:
            _ANSWERS.put(connection, self._keys.vault(connection), answer)

    def forget_once(self, actor: str, key: str) -> None:
        """Give a key free again: the call failed before it did anything."""
        columns = schema.kept_answer.c
        with self.database.writing() as connection:
            connection.execute(sa.delete(schema.kept_answer).where(columns.actor == actor, columns.key == key))

    def forget_answers(self, before: datetime) -> int:
        """Delete answers to calls that began before a time; how many. Their keys are free again."""
        with self.database.writing() as connection:
            self.database.forget_deleted_pages(connection)
            old = sa.delete(schema.kept_answer).where(schema.kept_answer.c.created_at < before)
            return connection.execute(old).rowcount

    def put_job(self, job: ImportJob) -> None:
        """Keep an import job or bring it up to date."""
        with self.database.writing() as connection:
            _JOBS.put(connection, self._keys.vault(connection), job)

    def job(self, job_id: str) -> ImportJob:
        """A job by id, or by the id of the batch it wrote; NotFound."""
        columns = schema.import_job.c
        named = sa.or_(columns.job_id == job_id, columns.batch_id == job_id)
        with self.database.reading() as connection:
            found = _JOBS.where(connection, self._keys.vault(connection), named, by=("created_at",))
        if not found:
            raise NotFound("no import has this id", where=job_id)
        return found[-1]

    def jobs(self) -> list[ImportJob]:
        """All jobs, oldest first."""
        with self.database.reading() as connection:
            return _JOBS.where(connection, self._keys.vault(connection), by=("created_at",))

    def add_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Append reactions; an event_id that is there already is left alone."""
        with self.database.writing() as connection:
            audit.add_reactions(connection, reactions)

    def reactions(self, decision_id: str) -> list[Reaction]:
        """Reactions to the lists of a decision, oldest first."""
        with self.database.reading() as connection:
            return audit.reactions(connection, decision_id)

    def append_audit(self, entry: AuditEntry) -> AuditEntry:
        """Append an entry; returns it with its number and chain hash. Callers of one moment share a commit."""
        entered = self._log.add(Lines(entry=entry))
        return entry if entered is None else entered

    def audit(self, *, subject: str = "", actor: str = "", before: int = 0, limit: int = 100) -> list[AuditEntry]:
        """Entries newest first, of a subject or an actor if asked, with a number below `before` if that is not 0."""
        with self.database.reading() as connection:
            return audit.entries(connection, subject=subject, actor=actor, before=before, limit=limit)
