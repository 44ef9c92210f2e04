"""What the office watches of brokers' calls."""

from __future__ import annotations

from api.audit import looked
from api.county_time import moment
from api.office.room import READERS, ROOM
from api.pages import Data, page
from api.state import access, orders, store
from api.viewer import viewer
from matcher.services.office.broker_calls import broker_calls


@page(ROOM, "/office/calls", "office/calls.html", roles=READERS)
def calls() -> Data:
    """Wrong numbers to mend, who looked at how many numbers, who looked and did not call."""
    asker = viewer()
    told = broker_calls(store(), access(), orders(), asker.role, asker.regions, moment())
    looked("broker_calls", [row["worker_id"] for row in told["wrong"]])
    return told
