"""Who is in front of the page or behind the token, as every view sees it."""

from __future__ import annotations

from dataclasses import dataclass

from api.present import notes
from matcher.privacy import Audience, audience_of
from matcher.records.access import Role, Scope, Session


@dataclass(frozen=True, slots=True)
class Viewer:
    """One asker. `regions`: leading digits of region codes, empty for the whole database.

    actor : user name, `token:<id>`, or the role for those without a name; subject : the one worker a token of
    role `worker` speaks for, or whose card lies on the pad of a kiosk; session : of a browser that signed in
    """

    actor: str
    role: Role
    regions: tuple[str, ...] = ()
    scopes: frozenset[Scope] = frozenset()
    subject: str = ""
    session: Session | None = None

    @property
    def audience(self) -> Audience:
        """What this asker may see (`privacy`)."""
        return audience_of(self.role)


def viewer() -> Viewer:
    """The asker of the present request; `auth` has put it there before any view runs."""
    found: Viewer = notes().viewer
    return found
