"""Who approves a claim from the command line: an account of the office, proved to be that person's as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from matcher.errors import Forbidden
from matcher.ports import AccessStore
from matcher.records.access import AuditEntry, Role, User
from matcher.services.access.second_factor import check, is_asked
from matcher.services.access.sign_in import sign_in
from matcher.settings import Settings

APPROVERS: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})


def approver(
    access: AccessStore, name: str, password: str, settings: Settings, *, now: datetime, code: Callable[[], str]
) -> User:
    """The account that approves; `code` is asked for a second factor where the account has one.

    Raises SignInNeeded for no such account, a disabled one, a wrong password or code; Forbidden for a role that
    decides nothing, and where a second factor is asked for and none has been set up yet.
    """

    def owes_more(user: User) -> bool:
        return user.factor is not None or is_asked(settings, user.role)

    user = sign_in(access, name, password, now=now, owes_more=owes_more)
    if user.role not in APPROVERS:
        raise Forbidden(f"{user.role.label}的账号不能审批", where=name, remedy="请用县就业局的账号审批。")
    if user.factor is not None:
        return check(access, name, code(), now=now)
    if owes_more(user):
        raise Forbidden("这个账号还没有设第二步验证", where=name, remedy="请先在网页上登录设好，再来审批。")
    return user


def note_approval(access: AccessStore, user: User, claim_id: str, *, now: datetime) -> None:
    """Put an approval into the audit, as the page does."""
    entry = AuditEntry(at=now, actor=user.name, role=user.role.value, action="claim_approved", subjects=(claim_id,))
    access.append_audit(entry)
