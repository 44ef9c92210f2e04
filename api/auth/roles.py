"""May this viewer do that: by role for pages, by scope for the API."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from api.viewer import viewer
from matcher.errors import Forbidden, SignInNeeded
from matcher.records.access import Role, Scope

EVERYBODY: Final = frozenset(Role)
OFFICE: Final = frozenset({Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR})

READ: Final = {Scope.VACANCIES, Scope.POLICY}
SCOPES: Final[Mapping[Role, frozenset[Scope]]] = {
    Role.WORKER: frozenset({*READ, Scope.RECOMMENDATIONS, Scope.REACTIONS}),
    Role.KIOSK: frozenset({*READ, Scope.RECOMMENDATIONS, Scope.REACTIONS}),
    Role.HELPER: frozenset({*READ, Scope.RECOMMENDATIONS, Scope.REACTIONS}),
    Role.BROKER: frozenset({*READ, Scope.CANDIDATES, Scope.PAIRS, Scope.REACTIONS}),
    Role.EMPLOYER: frozenset(READ),
    Role.OFFICER: frozenset(Scope) - {Scope.ACCESS, Scope.METRICS},
    Role.AUDITOR: frozenset(
        {*READ, Scope.RECOMMENDATIONS, Scope.CANDIDATES, Scope.PAIRS, Scope.DECISIONS, Scope.IMPORTS_READ}
    ),
    Role.ADMINISTRATOR: frozenset(Scope),
}
"""The most a role may be given; a token may be given less."""


def require_role(roles: Collection[Role]) -> None:
    """Let the named roles pass. SignInNeeded for somebody nameless, Forbidden for another role."""
    asker = viewer()
    if asker.role in roles:
        return
    if asker.session is None:
        raise SignInNeeded("这一页要先登录", remedy="请用有权限的账号登录。")
    raise Forbidden("这个账号不能看这一页", where=asker.role.value, remedy="请换账号，或请管理员授权。")


def require_scope(scope: Scope) -> None:
    """Let a token with the scope pass; SignInNeeded without a token, Forbidden without the scope."""
    asker = viewer()
    if scope in asker.scopes:
        return
    if not asker.actor.startswith("token:"):
        raise SignInNeeded(
            "a bearer token is needed", remedy="Send `Authorization: Bearer ...`; `matcher token add` makes one."
        )
    raise Forbidden(f"this token lacks the scope {scope.value}", where=asker.actor, remedy="Ask for another token.")
