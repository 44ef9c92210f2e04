"""Users: made, disabled, given another password; never deleted, so that old entries keep their author."""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from typing import Final

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.ports import AccessStore
from matcher.records.access import AuditEntry, Role, User
from matcher.services.access import passwords
from matcher.services.ground.regions import checked_regions

NAME: Final = re.compile(r"[a-z][a-z0-9.-]{1,31}")
ADMINISTRATION: Final = Role.ADMINISTRATOR.value
NAMELESS: Final = frozenset({Role.WORKER})
"""Roles nobody signs in as: a worker comes by a kiosk or a token."""


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """The call: name to sign in with, name to show, what and where (empty: the whole database)."""

    name: str
    display_name: str
    role: Role
    regions: tuple[str, ...] = ()
    password: str


class DemoLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A login of the demonstration, as its start page shows it."""

    name: str
    display_name: str
    role: Role
    password: str


_DEMO: Final = (
    ("broker", "黄样例", Role.BROKER),
    ("officer", "覃样例", Role.OFFICER),
    ("auditor", "卢样例", Role.AUDITOR),
    ("admin", "梁样例", Role.ADMINISTRATOR),
    ("helper", "韦样例", Role.HELPER),
    ("kiosk", "自助机1号", Role.KIOSK),
)


def add_user(access: AccessStore, call: NewUser, *, now: datetime, by: str) -> User:
    """Keep a new user. Raises InvalidInput for a name that is taken or none, a region or a password that is none."""
    if NAME.fullmatch(call.name) is None:
        raise InvalidInput(
            "no user name: 2 to 32 small letters, digits, dots and hyphens, a letter first", where=call.name
        )
    if call.role in NAMELESS:
        raise InvalidInput(
            f"nobody signs in as {call.role}", where=call.name, remedy="Workers use a kiosk, or a token of their own."
        )
    user = User(
        name=call.name,
        display_name=call.display_name or call.name,
        role=call.role,
        regions=checked_regions(call.regions),
        password=passwords.hashed(passwords.checked(call.password, name=call.name)),
        created_at=now,
        password_set_at=now,
    )
    access.add_user(user)
    _note(access, user, "user_made", now=now, by=by)
    return user


def disable_user(access: AccessStore, name: str, *, now: datetime, by: str) -> User:
    """Let a user sign in no more; open sessions end with the next click. Raises NotFound."""
    user = access.user(name)
    if user.disabled_at is not None:
        return user
    disabled = access.change_user(name, lambda kept: msgspec.structs.replace(kept, disabled_at=now))
    _note(access, disabled, "user_disabled", now=now, by=by)
    return disabled


def set_password(access: AccessStore, name: str, password: str, *, now: datetime, by: str) -> User:
    """Give a user another password; sessions begun before end with the next click. NotFound, InvalidInput."""
    access.user(name)
    phc = passwords.hashed(passwords.checked(password, name=name))
    changed = access.change_user(name, lambda kept: msgspec.structs.replace(kept, password=phc, password_set_at=now))
    _note(access, changed, "password_set", now=now, by=by)
    return changed


def seed_demo_users(access: AccessStore, secret: bytes, *, now: datetime) -> list[DemoLogin]:
    """Make the users of a demonstration, one per role that has a page; those who are there stay as they are.

    `secret` is the database's own (`store.row_key()`): the passwords follow from it, so that they differ from
    home to home, are kept nowhere, and are the same after a restart.
    """
    logins = demo_logins(secret)
    for login in logins:
        try:
            access.user(login.name)
        except NotFound:
            call = NewUser(name=login.name, display_name=login.display_name, role=login.role, password=login.password)
            add_user(access, call, now=now, by="demo")
    return logins


def demo_logins(secret: bytes) -> list[DemoLogin]:
    """The logins `seed_demo_users` makes of the same secret; nobody else may be shown them."""
    return [
        DemoLogin(name=name, display_name=display_name, role=role, password=_demo_password(secret, name))
        for name, display_name, role in _DEMO
    ]


def _demo_password(secret: bytes, name: str) -> str:
    digest = int.from_bytes(hmac.digest(secret, f"demo login\x1f{name}".encode(), "sha256"), "big")
    letters = []
    for _ in range(passwords.GROUPS * passwords.GROUP_LENGTH):
        digest, letter = divmod(digest, len(passwords.ALPHABET))
        letters.append(passwords.ALPHABET[letter])
    return passwords.grouped("".join(letters))


def _note(access: AccessStore, user: User, action: str, *, now: datetime, by: str) -> None:
    detail = {"role": user.role.value, "regions": list(user.regions)} if action == "user_made" else {}
    access.append_audit(
        AuditEntry(at=now, actor=by, role=ADMINISTRATION, action=action, subjects=(f"user:{user.name}",), detail=detail)
    )
