"""What waits today, and the adverts behind its counts."""

from __future__ import annotations

from flask import request

from api.office.room import READERS, ROOM, number
from api.pages import Data, page
from api.state import access, jurisdiction, means, state, store, today
from api.viewer import viewer
from matcher.services.office.adverts import Adverts, adverts
from matcher.services.office.imports import office_imports
from matcher.services.office.today import office_today


@page(ROOM, "/office", "office/today.html", roles=READERS)
def home() -> Data:
    """Work with a number and a link; no person is named on it."""
    imports = office_imports(access(), state().records, viewer().regions)
    return office_today(store(), means(), imports, jurisdiction=jurisdiction(), on=today())


@page(ROOM, "/office/adverts", "office/adverts.html", roles=READERS)
def advert_list() -> Data:
    """Adverts that cannot be published, of a `reason`; or the open posts of a `town`."""
    call = Adverts(
        on=today(), reason=request.args.get("reason", ""), town=request.args.get("town", ""), skip=number("skip", 0)
    )
    return adverts(store(), call)
