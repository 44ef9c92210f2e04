"""Bearer tokens: made once, shown once, kept as a hash, limited in scope, region and time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec

from matcher.errors import InvalidInput, NotFound, SignInNeeded
from matcher.ports import AccessStore
from matcher.records.access import SCOPES, AuditEntry, Role, Scope, Token
from matcher.services.ground.regions import checked_regions

PREFIX: Final = "mt"
ID_BYTES: Final = 6
SECRET_BYTES: Final = 32
"""256 random bits: too many to be guessed, so a plain SHA-256 is kept and no slow hash is needed."""
USE_NOTED_EVERY: Final = timedelta(minutes=1)
ADMINISTRATION: Final = Role.ADMINISTRATOR.value


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """The call: for whom, what (None: all the role may), where (empty: everywhere) and how many days.

    subject : the one worker a token of role `worker` speaks for
    """

    role: Role
    label: str = ""
    scopes: tuple[Scope, ...] | None = None
    regions: tuple[str, ...] = ()
    subject: str = ""
    days: int


def make_token(access: AccessStore, call: NewToken, *, now: datetime, by: str) -> tuple[Token, str]:
    """The token as it is kept, and the text that its holder sends; the text is not kept and cannot be shown again.

    Raises InvalidInput for a scope beyond the role, a region that is none, a subject where there must be none.
    """
    secret = secrets.token_hex(SECRET_BYTES)
    token = Token(
        token_id=secrets.token_hex(ID_BYTES),
        secret_sha256=_sha256(secret),
        label=call.label,
        role=call.role,
        scopes=_scopes(call),
        regions=checked_regions(call.regions),
        subject=_subject(call),
        created_at=now,
        expires_at=now + timedelta(days=call.days),
    )
    access.add_token(token)
    detail = {"role": token.role, "scopes": token.scopes, "regions": token.regions, "expires_at": token.expires_at}
    _note(access, token, "token_made", now=now, by=by, detail=msgspec.to_builtins(detail))
    return token, f"{PREFIX}_{token.token_id}_{secret}"


def revoke_token(access: AccessStore, token_id: str, *, now: datetime, by: str) -> Token:
    """End a token at once; one that is revoked already stays as it was. Raises NotFound."""
    token = access.token(token_id)
    if token.revoked_at is not None:
        return token
    revoked = access.change_token(token_id, lambda kept: msgspec.structs.replace(kept, revoked_at=now))
    _note(access, revoked, "token_revoked", now=now, by=by)
    return revoked


def bearer_of(access: AccessStore, given: str, now: datetime) -> Token:
    """The token somebody sent, if it is in force. SignInNeeded if it is unknown, wrong, over or revoked."""
    prefix, _, rest = given.partition("_")
    token_id, _, secret = rest.partition("_")
    try:
        token = access.token(token_id) if prefix == PREFIX else None
    except NotFound:
        token = None
    if token is None or not hmac.compare_digest(token.secret_sha256, _sha256(secret)):
        raise SignInNeeded("this token is not known", remedy="`matcher token add` makes one.")
    if token.revoked_at is not None or token.expires_at <= now:
        raise SignInNeeded("this token is over", where=token.token_id, remedy="Ask for a new one.")
    return token


def note_use(access: AccessStore, token: Token, now: datetime) -> None:
    """Keep when a token was last used, at most once a minute: a call is no write."""
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        access.change_token(token.token_id, lambda kept: msgspec.structs.replace(kept, last_used_at=now))


def _scopes(call: NewToken) -> tuple[Scope, ...]:
    allowed = SCOPES[call.role]
    asked = allowed if call.scopes is None else frozenset(call.scopes)
    beyond = sorted(asked - allowed)
    if beyond or not asked:
        raise InvalidInput(
            f"a token of role {call.role} may not have: {', '.join(beyond) or 'no scope at all'}",
            where="scopes",
            remedy=f"Choose from: {', '.join(sorted(allowed))}.",
        )
    return tuple(sorted(asked))


def _subject(call: NewToken) -> str:
    if (call.role is Role.WORKER) != bool(call.subject):
        raise InvalidInput(
            "a token of role worker speaks for one worker, other tokens for none",
            where="subject",
            remedy="Give --worker ID with --role worker, and only there.",
        )
    return call.subject


def _note(
    access: AccessStore, token: Token, action: str, *, now: datetime, by: str, detail: dict[str, object] | None = None
) -> None:
    entry = AuditEntry(
        at=now, actor=by, role=ADMINISTRATION, action=action, subjects=(f"token:{token.token_id}",), detail=detail or {}
    )
    access.append_audit(entry)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
