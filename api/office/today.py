"""What waits today, and the adverts behind its counts."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from api.county_time import moment
from api.office.room import READERS, ROOM, number
from api.pages import Data, page
from api.state import access, jurisdiction, kiosks, means, now, orders, state, store, today
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
        "chart": town_bars(told["towns"], N_BARS),
    }


def _texts() -> dict[str, Any]:
    """What of texts waits; where the county's own file of them is at fault, that, and the rest of the day stands."""
    try:
        return {**text_day(desk(), by()), "fault": ""}
    except InvalidInput as fault:
        return {"n_late": 0, "n_calls": 0, "n_unread": 0, "paused": [], "waiting": [], "fault": fault.where}


@page(ROOM, "/office/adverts", "office/adverts.html", roles=READERS)
def advert_list() -> Data:
    """Adverts that cannot be published, of a `reason`; or the open posts of a `town`."""
    call = Adverts(
        on=today(), reason=request.args.get("reason", ""), town=request.args.get("town", ""), skip=number("skip", 0)
    )
    return adverts(store(), call)
