"""What waits today, and the adverts behind its counts."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from api.county_time import moment
from api.office.claims import claim_desk_here
from api.office.room import READERS, ROOM, number
from api.pages import Data, page
from api.state import access, deeds, jurisdiction, kiosks, means, now, orders, state, store, today
from api.texting import by, desk
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.services.documents.deadline_clock import next_deadlines
from matcher.services.kiosk.fleet_page import fleet_page
from matcher.services.messages.text_day import text_day
from matcher.services.office.adverts import Adverts, adverts
from matcher.services.office.desk_day import desk_day, town_bars
from matcher.services.office.imports import office_imports
from matcher.services.office.today import office_today
from matcher.services.office.waiting import Office, waiting_work
from matcher.services.tracking.corrections import corrections_due
from matcher.services.tracking.returnees import Returnees, returnees_told

N_BARS: Final = 8


@page(ROOM, "/office", "office/today.html", roles=READERS)
def home() -> Data:
    """Work with a number and a link, the day at the brokers' desks, the towns as a chart; no person is named on it."""
    regions = viewer().regions
    imports = office_imports(access(), state().records, regions)
    told = office_today(store(), means(), imports, jurisdiction=jurisdiction(), on=today())
    fleet = fleet_page(kiosks(), now=now(), regions=regions)
    return {
        **told,
        "desk": desk_day(store(), orders(), regions, moment()),
        "fleet": {name: fleet[name] for name in ("n_at_work", "n_faulty")},
        "deadlines": next_deadlines(means().packs, jurisdiction(), today()),
        "texts": _texts(),
        "returnees": _returnees(),
        "corrections": corrections_due(store(), deeds(), today()),
        "waiting": waiting_work(Office(claim_desk_here(), orders(), access())),
        "chart": town_bars(told["towns"], N_BARS),
    }


def _texts() -> dict[str, Any]:
    """What of texts waits; where the county's own file of them is at fault, that, and the rest of the day stands."""
    try:
        return {**text_day(desk(), by()), "fault": ""}
    except InvalidInput as fault:
        return {"n_late": 0, "n_calls": 0, "n_unread": 0, "paused": [], "waiting": [], "fault": fault.where}


def _returnees() -> dict[str, Any]:
    """How many came home and wait, days the first of them has; nobody where the county's texts are at fault."""
    try:
        told = returnees_told(desk(), deeds(), Returnees(on=today()), by())
    except InvalidInput:
        return {"n_open": 0, "n_late": 0, "n_without_helper": 0, "days_left": None}
    first = next((row["days_left"] for row in told["rows"] if row["offered_on"] is None), None)
    return {**{name: told[name] for name in ("n_open", "n_late", "n_without_helper")}, "days_left": first}


@page(ROOM, "/office/adverts", "office/adverts.html", roles=READERS)
def advert_list() -> Data:
    """Adverts that cannot be published, of a `reason`; or the open posts of a `town`."""
    call = Adverts(
        on=today(), reason=request.args.get("reason", ""), town=request.args.get("town", ""), skip=number("skip", 0)
    )
    return adverts(store(), call)
