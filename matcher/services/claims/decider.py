"""Who decides about claims at the command line: an account of the office, proved to be that person's as on pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from matcher.errors import Forbidden
from matcher.ports import AccessStore
from matcher.records.access import AuditEntry, Role, User
from matcher.services.access.second_factor import check, is_asked
from matcher.services.access.sign_in import sign_in
from matcher.settings import Settings

DECIDERS: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
NOTHING_MORE: Final[Mapping[str, Any]] = {}


def decider(
    access: AccessStore, name: str, password: str, settings: Settings, *, now: datetime, code: Callable[[], str]
) -> User:
    """The account that decides; `code` is asked for a second factor where the account has one.

    Raises SignInNeeded for no such account, a disabled one, a wrong password or code; Forbidden for a role that
    decides nothing, and where a second factor is asked for and none has been set up yet.
    """

    def owes_more(user: User) -> bool:
        return user.factor is not None or is_asked(settings, user.role)

    user = sign_in(access, name, password, now=now, owes_more=owes_more)
    if user.role not in DECIDERS:
        raise Forbidden(f"{user.role.label}的账号不能办补贴", where=name, remedy="请用县就业局的账号来办。")
    if user.factor is not None:
        return check(access, name, code(), now=now)
    if owes_more(user):
        raise Forbidden("这个账号还没有设第二步验证", where=name, remedy="请先在网页上登录设好，再来办。")
    return user


def note_deed(
    access: AccessStore, user: User, action: str, subjects: tuple[str, ...], *, now: datetime,
    detail: Mapping[str, Any] = NOTHING_MORE,
) -> None:  # fmt: skip
    """Put what was decided into the audit, as the page does. action : the page's verb; subjects : ids"""
    entry = AuditEntry(at=now, actor=user.name, role=user.role.value, action=action, subjects=subjects, detail=detail)
    access.append_audit(entry)
