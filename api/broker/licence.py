"""No page of this room shows a broker anybody without a registration in force: closed unless named here."""

from __future__ import annotations

from typing import Any, Final

from flask import g, request

from api.broker.room import ROOM
from api.state import orders, today
from api.viewer import viewer
from matcher.errors import Forbidden
from matcher.records.access import Role
from matcher.services.access.licences import LicenceTold, licence_of

NAMELESS: Final = frozenset({"orders", "order", "my_orders"})
"""Pages that name nobody, or that leave people out for who is not registered."""
_SAFE: Final = frozenset({"GET", "HEAD"})


@ROOM.before_request
def check() -> None:
    """Refuse whatever is not nameless to a broker whose registration is absent, not begun or over."""
    if sees_people():
        return
    page = (request.endpoint or "").removeprefix(f"{ROOM.name}.").removesuffix("_json")
    if page not in NAMELESS or request.method not in _SAFE:
        told = present()
        raise Forbidden(told.sentence, remedy=told.remedy)


def sees_people() -> bool:
    """Whether the viewer may see people at all; the office needs no registration."""
    return viewer().role is not Role.BROKER or present().in_force


def present() -> LicenceTold:
    """The viewer's registration today, read once a request."""
    if "licence" not in g:
        g.licence = licence_of(orders(), viewer().actor, today())
    found: LicenceTold = g.licence
    return found


def told() -> dict[str, Any] | None:
    """What a page says of the viewer's registration; None where there is nothing to say."""
    if viewer().role is not Role.BROKER:
        return None
    found = present()
    if found.in_force and not found.ends_soon:
        return None
    return {"in_force": found.in_force, "sentence": found.sentence, "remedy": found.remedy}
