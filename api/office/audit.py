"""For whoever audits: lots drawn by a seed, and who looked at a person."""

from __future__ import annotations

from flask import request

from api.audit import looked
from api.office.room import READERS, ROOM, number
from api.pages import Data, page
from api.state import access, deeds, jurisdiction, means, now, state, store, today
from api.viewer import viewer
from matcher.services.claims.desk import Doer, claim_desk
from matcher.services.ground.same_person import others_of
from matcher.services.office.audit_page import MOST_SEED, N_DRAWN, Drawn, audit_sample, looks_at


@page(ROOM, "/office/audit", "office/audit.html", roles=READERS)
def audit() -> Data:
    """Lists and payments of a `seed`, each one click from its grounds; without one the form alone."""
    if not request.args.get("seed"):
        return {"drawn": None, "n": N_DRAWN}
    asker = viewer()
    doer = Doer(actor=asker.actor, at=now(), on=today(), jurisdiction=jurisdiction(), regions=asker.regions)
    call = Drawn(seed=number("seed", 0, most=MOST_SEED), n=number("n", N_DRAWN))
    drawn = audit_sample(state().records, claim_desk(store(), deeds(), means(), doer), call)
    looked("audit_drawn", [], {"seed": call.seed, "n": call.n})
    return {"drawn": drawn, "n": call.n}


@page(ROOM, "/office/people/<worker_id>/looks", "office/looks.html", roles=READERS)
def looks(worker_id: str) -> Data:
    """Everybody who looked at a person, all the way back."""
    told = looks_at(store(), access(), worker_id, before=number("before", 0), everywhere=not viewer().regions)
    looked("audit", [worker_id])
    return {**told, "same_person": others_of(deeds(), store(), worker_id)}
