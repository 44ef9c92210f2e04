"""Who may ask: roles, scopes, users, tokens, sessions; and what is kept of their asking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec


class Role(StrEnum):
    """Who is in front of the screen or behind the token; every role has one audience (`privacy`)."""

    WORKER = "worker"
    KIOSK = "kiosk"
    HELPER = "helper"
    BROKER = "broker"
    EMPLOYER = "employer"
    OFFICER = "officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role in Chinese, as pages name it."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.WORKER: "劳动者",
    Role.KIOSK: "自助机",
    Role.HELPER: "帮办员",
    Role.BROKER: "劳务员",
    Role.EMPLOYER: "用人单位",
    Role.OFFICER: "县就业局",
    Role.AUDITOR: "审计",
    Role.ADMINISTRATOR: "系统管理员",
}


class Scope(StrEnum):
    """What a token or a role may do over HTTP."""

    MATCH = "match"
    RECOMMENDATIONS = "recommendations"
    CANDIDATES = "candidates"
    VACANCIES = "vacancies"
    PAIRS = "pairs"
    REACTIONS = "reactions"
    DECISIONS = "decisions"
    POLICY = "policy"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    METRICS = "metrics"
    ACCESS = "access"
    KIOSKS = "kiosks"


_READ = {Scope.VACANCIES, Scope.POLICY}
SCOPES: Mapping[Role, frozenset[Scope]] = {
    Role.WORKER: frozenset({*_READ, Scope.RECOMMENDATIONS, Scope.REACTIONS}),
    Role.KIOSK: frozenset({*_READ, Scope.RECOMMENDATIONS, Scope.REACTIONS}),
    Role.HELPER: frozenset({*_READ, Scope.RECOMMENDATIONS, Scope.REACTIONS}),
    Role.BROKER: frozenset({*_READ, Scope.CANDIDATES, Scope.PAIRS, Scope.REACTIONS}),
    Role.EMPLOYER: frozenset(_READ),
    Role.OFFICER: frozenset(Scope) - {Scope.ACCESS, Scope.METRICS, Scope.KIOSKS},
    Role.AUDITOR: frozenset(
        {*_READ, Scope.RECOMMENDATIONS, Scope.CANDIDATES, Scope.PAIRS, Scope.DECISIONS, Scope.IMPORTS_READ}
    ),
    Role.ADMINISTRATOR: frozenset(Scope) - {Scope.KIOSKS},
}
"""The most a role may be given; a token may be given less. `kiosks` is nobody's: an enrolled kiosk has it."""


class SecondFactor(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody signs in with beside the password; the row of the user is sealed.

    secret : of the authenticator, base32; last_step : of the code taken last, none before it counts again
    recovery : SHA-256 of the codes on paper that are left; n_failed, failed_at : wrong codes in a row
    """

    secret: str
    since: datetime
    last_step: int = 0
    recovery: tuple[str, ...] = ()
    n_failed: int = 0
    failed_at: datetime | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person with a password. `regions` are leading digits of region codes; empty means the whole database.

    password : Argon2id as a PHC string (RFC 9106), never the password itself; password_set_at : when it was last
    changed by somebody, which ends the sessions begun before
    """

    name: str
    display_name: str
    role: Role
    regions: tuple[str, ...] = ()
    password: str
    created_at: datetime
    password_set_at: datetime | None = None
    disabled_at: datetime | None = None
    factor: SecondFactor | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A bearer token as it is kept: by the SHA-256 of its secret, with what it may do, where and until when.

    subject : the worker a token of role `worker` speaks for
    """

    token_id: str
    secret_sha256: str
    label: str
    role: Role
    scopes: tuple[Scope, ...]
    regions: tuple[str, ...] = ()
    subject: str = ""
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that has signed in, or a nameless visit at a kiosk (`user` is "" then).

    Kept by the SHA-256 of its cookie; `csrf` is what forms must send back.
    facts : what a kiosk session has been told so far (masked, no ids of documents), wiped with the session
    pending : who gave the right password and still owes the second factor; until then the session is nobody's
    offered : secret of an authenticator that is shown and not yet confirmed
    """

    session_sha256: str
    user: str
    role: Role
    regions: tuple[str, ...] = ()
    csrf: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    facts: Mapping[str, Any] = {}
    pending: str = ""
    offered: str = ""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One deed or one look at a person's data. `chain` hashes the entry with the one before it.

    actor : user, `token:<id>` or `kiosk`; action : verb, e.g. `sign_in`, `recommend`, `import`, `undo`, `replay`
    subjects : ids of the workers, vacancies, batches or decisions concerned
    """

    seq: int = 0
    at: datetime
    actor: str
    role: str
    action: str
    subjects: tuple[str, ...] = ()
    detail: Mapping[str, Any] = {}
    chain: str = ""


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did with a listed vacancy: a row of `reactions` (training events).

    kind : open, apply, decline, ask_broker, print; reason_code : wage, distance, family, hours, type, other
    assisted : a helper stood beside, or somebody chose for a member of the family
    """

    event_id: str
    ts: datetime
    decision_id: str
    worker_id: str
    vacancy_id: str
    kind: str
    reason_code: str = ""
    channel: str = ""
    actor: str = ""
    assisted: bool = False


class ImportJob(msgspec.Struct, frozen=True, kw_only=True):
    """An uploaded file on its way through the import; one at a time, in the order of arrival.

    channel, jurisdiction, on, dry_run : as `ImportRoster`; file_sha256, file_bytes : of what was uploaded
    state : queued, running, done, failed, interrupted (the server stopped on the way; nothing was written)
    summary : of CONTRACT section 6; of a batch that was written, the store keeps the problems of the rows
    error : why nothing was read, with what to do about it
    """

    job_id: str
    kind: str
    file: str
    actor: str
    regions: tuple[str, ...] = ()
    channel: str = ""
    jurisdiction: str = ""
    on: date | None = None
    dry_run: bool = False
    file_sha256: str = ""
    file_bytes: int = 0
    created_at: datetime
    state: str = "queued"
    rows_read: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    batch_id: str = ""
    summary: Mapping[str, Any] = {}
    error: str = ""


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a write that carried an `Idempotency-Key`, so that the same call gets it again.

    status : 0 while the first call is still under way; location : where the answer points on to, "" for nowhere
    """

    key: str
    actor: str
    request_sha256: str
    created_at: datetime
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    location: str = ""
