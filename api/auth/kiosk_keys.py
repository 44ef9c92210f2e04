"""The credential of an enrolled kiosk, `mk_<id>_<secret>`: for its own pack, heartbeat and visits, and nothing else."""

from __future__ import annotations

from typing import Final

from api.present import notes
from api.state import kiosks
from api.viewer import Viewer, viewer
from matcher.errors import Forbidden, NotFound
from matcher.records.access import Role, Scope
from matcher.records.kiosks import Kiosk
from matcher.services.kiosk.fleet import PREFIX, kiosk_of

ACTOR: Final = "kiosk:"


def is_kiosk_key(given: str) -> bool:
    """Whether a bearer text is the credential of a kiosk."""
    return given.startswith(f"{PREFIX}_")


def enrolled(given: str) -> Viewer:
    """The kiosk whose credential it is. SignInNeeded if it is unknown, Revoked if it was taken out."""
    kiosk = kiosk_of(kiosks(), given)
    notes().kiosk = kiosk
    return Viewer(
        actor=f"{ACTOR}{kiosk.kiosk_id}",
        role=Role.KIOSK,
        regions=(kiosk.region_code,),
        scopes=frozenset({Scope.KIOSKS}),
    )


def this_kiosk(kiosk_id: str) -> Kiosk:
    """The kiosk that asks, about itself. Forbidden for a token, NotFound where it asks about another one."""
    found: Kiosk | None = notes().get("kiosk")
    if found is None:
        raise Forbidden("only an enrolled kiosk may ask this", where=viewer().actor, remedy="`matcher kiosk enrol`.")
    if found.kiosk_id != kiosk_id:
        raise NotFound("no kiosk has this id", where=kiosk_id)
    return found
