"""What claims for people brought into work still lack. Nothing of it stands where people are ranked or called."""

from __future__ import annotations

from api.audit import looked
from api.broker.licence import present
from api.broker.room import READERS, ROOM
from api.pages import Data, page
from api.state import jurisdiction, means, store, today
from api.viewer import viewer
from matcher.records.access import Role
from matcher.services.broker.fees import FeeQuery, fees_told


@page(ROOM, "/broker/fees", "broker/fees.html", roles=READERS)
def fees() -> Data:
    """Each placement of the viewer's with the papers it holds and lacks; the office reads those of its regions."""
    call = FeeQuery(brokers=_names(), jurisdiction=jurisdiction(), on=today())
    told = fees_told(store(), means(), call)
    looked("fees", list(dict.fromkeys(row["worker_id"] for row in told["rows"])))
    return {**told, "of_everybody": not call.brokers}


def _names() -> tuple[str, ...]:
    """What a roster of placements may call the viewer: the account, the number of the registration."""
    if viewer().role is not Role.BROKER:
        return ()
    licence = present().licence
    return (viewer().actor, *((licence.number,) if licence else ()))
