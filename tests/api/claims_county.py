"""Claims of a county for tests of pages: one for a person's placement and one for a station, each settled enough."""

from __future__ import annotations

import json
from collections.abc import Iterable

import county
from flask import Flask

from matcher.services.claims.decide import approve_claim
from matcher.services.claims.desk import ClaimDesk, Doer, claim_desk
from matcher.services.claims.pay import make_payment
from matcher.services.claims.propose import propose_lines


def desk(app: Flask, actor: str = "test", regions: tuple[str, ...] = ()) -> ClaimDesk:
    """The whole county's desk in somebody's hands."""
    run = county.application_of(app)
    doer = Doer(
        actor=actor, at=county.clock(app).now(), on=run.today(), jurisdiction=county.JURISDICTION, regions=regions
    )
    return claim_desk(run.store, run.deeds, run.means, doer)


def service_line(worker_id: str, occasion: str) -> str:
    """Somebody brought into work by a village cadre; everything proved but who the cadre is."""
    facts = {
        "claimant_type": "village_cadre",
        "placements": [{"worker_id": worker_id, "registered_poor": True, "success": True}],
    }
    who = {"persons": [worker_id], "claimant": "b-test", "claimant_kind": "village_cadre", "occasion": occasion}
    return json.dumps(
        {
            "pack": county.JURISDICTION,
            "benefit": "A-SVC",
            "on": "2018-05-02",
            "facts": facts,
            "who": who,
            "evidence": ["placement_proof", "register_proof", "payee_proof"],
        }
    )


def station_line(station: str, place: str, *, months: int | None = None) -> str:
    """A station's year; without months nobody wrote them down, and nobody proved it yet."""
    who = {"station": station, "claimant": station}
    facts = {"stations": 1} | ({} if months is None else {"months": months})
    line = {"pack": county.JURISDICTION, "benefit": "A-ST", "on": "2018-05-02", "facts": facts, "who": who}
    evidence = [] if months is None else ["station_list"]
    return json.dumps({**line, "places": [place], "evidence": evidence})


def proposed(app: Flask, lines: Iterable[str]) -> list[str]:
    """Ids of the claims of lines."""
    return [found.claim_id for found in propose_lines(desk(app), lines)]


def approved(app: Flask, claim_id: str) -> str:
    """The claim with both approvals."""
    approve_claim(desk(app, "first"), claim_id)
    approve_claim(desk(app, "second"), claim_id)
    return claim_id


def paid_file(app: Flask, claim_ids: list[str]) -> str:
    """Id of a payment file of approved claims."""
    return make_payment(desk(app), claim_ids).payment_id
