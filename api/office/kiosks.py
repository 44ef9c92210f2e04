"""The county's touch screens: what each last said of itself, letting one in, wiping it, taking it out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Response, make_response, redirect, render_template, request, url_for

from api.office.room import DOERS, ROOM
from api.pages import Data, deed, page
from api.state import access, kiosks, now
from api.viewer import viewer
from matcher.errors import InvalidInput, NotFound
from matcher.services.kiosk.fleet import CODE_LIFE, By, invite_kiosk, order_wipe, revoke_kiosk
from matcher.services.kiosk.fleet_page import fleet_page

TEMPLATE: Final = "office/kiosks.html"


@page(ROOM, "/office/kiosks", TEMPLATE, roles=DOERS)
def fleet() -> Data:
    """Every kiosk of the viewer's regions; nobody's name is on it."""
    return _fleet()


@deed(ROOM, "/office/kiosks", roles=DOERS)
def invite() -> Response:
    """A code for one machine: shown on this page now, kept nowhere."""
    typed = {"name": request.form.get("name", ""), "region": request.form.get("region", "").strip()}
    try:
        kiosk, code = invite_kiosk(kiosks(), access(), **typed, by=_by())
    except (InvalidInput, NotFound) as refused:
        said = {"what": refused.what, "fix": refused.remedy}
        return _shown(HTTPStatus.UNPROCESSABLE_ENTITY, refused=said, typed=typed)
    invited = {"code": code, "name": kiosk.name, "minutes": CODE_LIFE.seconds // 60}
    return _shown(HTTPStatus.CREATED, invited=invited)


@deed(ROOM, "/office/kiosks/<kiosk_id>/wipe", roles=DOERS)
def wipe_kiosk(kiosk_id: str) -> Response:
    """Destroy what a kiosk holds, at its next contact."""
    order_wipe(kiosks(), access(), kiosk_id, _by())
    return _back()


@deed(ROOM, "/office/kiosks/<kiosk_id>/revoke", roles=DOERS)
def revoke(kiosk_id: str) -> Response:
    """Let a kiosk in no more, from now on."""
    revoke_kiosk(kiosks(), access(), kiosk_id, _by())
    return _back()


def _fleet(**more: object) -> Data:
    told = {"invited": None, "refused": None, "typed": {"name": "", "region": ""}}
    return fleet_page(kiosks(), now=now(), regions=viewer().regions) | told | more


def _shown(status: HTTPStatus, **more: object) -> Response:
    return make_response(render_template(TEMPLATE, **_fleet(**more), viewer=viewer()), status)


def _by() -> By:
    asker = viewer()
    return By(actor=asker.actor, role=asker.role.value, now=now(), regions=asker.regions)


def _back() -> Response:
    return make_response(redirect(url_for("office.fleet"), HTTPStatus.SEE_OTHER))
