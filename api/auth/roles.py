"""May this viewer do that: by role for pages, by scope for the API."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from api.viewer import viewer
from matcher.errors import Forbidden, SignInNeeded
from matcher.records.access import SCOPES, Role, Scope

__all__ = ["EVERYBODY", "OFFICE", "SCOPES", "require_role", "require_scope"]

EVERYBODY: Final = frozenset(Role)
OFFICE: Final = frozenset({Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR})


def require_role(roles: Collection[Role]) -> None:
    """Let the named roles pass. SignInNeeded for somebody nameless, Forbidden for another role."""
    asker = viewer()
    if asker.role in roles:
        return
    if asker.session is None or not asker.session.user:
        raise SignInNeeded("这一页要先登录", remedy="请用有权限的账号登录。")
    raise Forbidden("这个账号不能看这一页", where=asker.role.value, remedy="请换账号，或请管理员授权。")


def require_scope(scope: Scope) -> None:
    """Let a token with the scope pass; SignInNeeded without a token, Forbidden without the scope."""
    asker = viewer()
    if scope in asker.scopes:
        return
    if not asker.actor.startswith(("token:", "kiosk:")):
        raise SignInNeeded(
            "a bearer token is needed", remedy="Send `Authorization: Bearer ...`; `matcher token add` makes one."
        )
    raise Forbidden(f"this token lacks the scope {scope.value}", where=asker.actor, remedy="Ask for another token.")
