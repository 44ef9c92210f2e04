"""Signing in and out of the pages: who is it, and for how long."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from matcher.errors import NotFound, SignInNeeded
from matcher.ports import AccessStore
from matcher.records.access import AuditEntry, Role, Session, User
from matcher.services.access import passwords

SECRET_BYTES: Final = 32
LONGEST: Final = timedelta(hours=12)
"""A session ends after a working day however busy it was (OWASP Session Management: absolute timeout)."""
_AT_KIOSK: Final = frozenset({Role.KIOSK, Role.HELPER})
"""Who stands at a kiosk: what is remembered of a visit is forgotten sooner than that a helper signed in."""
PENDING: Final = timedelta(minutes=10)
"""How long the second factor may be awaited: time enough to set up a telephone."""
UNKNOWN: Final = "unknown"
"""Actor of a failed try under a name that nobody has: what was typed there may well be a password."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long a session lives without a click: `desk` of somebody who signed in, `kiosk` of who stands at one."""

    desk: timedelta
    kiosk: timedelta

    def idle(self, session: Session) -> timedelta:
        """A kiosk that was signed in once stays so for the day; its visits end after `kiosk` all the same."""
        if session.pending:
            return PENDING
        if not session.user:
            return self.kiosk
        return LONGEST if session.role is Role.KIOSK else self.desk


def sign_in(
    access: AccessStore, name: str, password: str, *, now: datetime, owes_more: Callable[[User], bool] = lambda _: False
) -> User:
    """The user of this name and password. SignInNeeded else, in the same words and after the same effort.

    A hash of another effort than today's is renewed on the way. owes_more : whether the user is not in yet
    """
    user = _known(access, name)
    fits = passwords.fits(password, user.password if user else None)
    if user is None or user.disabled_at is not None or not fits:
        _note(access, user, "sign_in_failed", now)
        raise SignInNeeded("登录名或密码不对", remedy="请再试一次；忘了密码请找系统管理员。")
    if passwords.is_outdated(user.password):
        user = _renewed(access, user, passwords.hashed(password))
    _note(access, user, "password_given" if owes_more(user) else "sign_in", now)
    return user


def begin_session(
    access: AccessStore, user: User | None, *, now: datetime, patience: Patience, most: int = 0, pending: str = ""
) -> tuple[Session, str]:
    """A session with an id of its own, and the cookie that opens it; `user` None is a nameless visit at a kiosk.

    Sessions whose time is over are swept away on the occasion.
    most : sessions a person may have, of which the oldest give way; 0 and a kiosk have no bound
    pending : who still owes the second factor; the session is nameless until then
    """
    access.end_sessions(expired_at=now)
    cookie = secrets.token_urlsafe(SECRET_BYTES)
    session = Session(
        session_sha256=sha256_of(cookie),
        user=user.name if user else "",
        role=user.role if user else Role.KIOSK,
        regions=user.regions if user else (),
        csrf=secrets.token_urlsafe(SECRET_BYTES),
        created_at=now,
        last_seen_at=now,
        expires_at=now,
        pending=pending,
    )
    if user is not None and most and user.role is not Role.KIOSK:
        before = access.sessions_of(user.name)
        access.end_sessions([old.session_sha256 for old in before[most - 1 :]])
    session = msgspec.structs.replace(session, expires_at=now + patience.idle(session))
    access.put_session(session)
    return session, cookie


def open_session(access: AccessStore, cookie: str, *, now: datetime, patience: Patience) -> Session | None:
    """The session a cookie opens, its idle time begun anew; None if it is over, or its user is.

    The new time is written when a tenth of the idle time has gone by, not at every click.
    """
    session = access.session(sha256_of(cookie))
    if session is None:
        return None
    longest = PENDING if session.pending else LONGEST
    if session.expires_at <= now or now - session.created_at >= longest or not _user_stands(access, session):
        access.end_sessions([session.session_sha256])
        return None
    rested = now - session.last_seen_at
    at_kiosk = session.role in _AT_KIOSK
    if rested < (patience.kiosk if at_kiosk else patience.desk) / 10:
        return session

    def renewed(kept: Session) -> Session:
        facts = {} if at_kiosk and now - kept.last_seen_at >= patience.kiosk else kept.facts
        return msgspec.structs.replace(kept, last_seen_at=now, expires_at=now + patience.idle(kept), facts=facts)

    return access.change_session(session.session_sha256, renewed)


def sign_out(access: AccessStore, session: Session, *, now: datetime) -> None:
    """End a session: its row is gone, the cookie opens nothing."""
    access.end_sessions([session.session_sha256])
    if session.user:
        access.append_audit(AuditEntry(at=now, actor=session.user, role=session.role.value, action="sign_out"))


def sha256_of(cookie: str) -> str:
    """What is kept of a cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def _known(access: AccessStore, name: str) -> User | None:
    try:
        return access.user(name)
    except NotFound:
        return None


def _renewed(access: AccessStore, user: User, phc: str) -> User:
    """The user with a hash of today's effort, unless the password was changed meanwhile."""
    return access.change_user(
        user.name,
        lambda kept: msgspec.structs.replace(kept, password=phc) if kept.password == user.password else kept,
    )


def _user_stands(access: AccessStore, session: Session) -> bool:
    """Whether the session's user may still do what the session lets him do."""
    if not (session.user or session.pending):
        return True
    user = _known(access, session.user or session.pending)
    if user is None or user.disabled_at is not None:
        return False
    changed = user.password_set_at is not None and session.created_at < user.password_set_at
    return not changed and (bool(session.pending) or (user.role, user.regions) == (session.role, session.regions))


def _note(access: AccessStore, user: User | None, action: str, now: datetime) -> None:
    actor, role = (user.name, user.role.value) if user else (UNKNOWN, "")
    access.append_audit(AuditEntry(at=now, actor=actor, role=role, action=action))
