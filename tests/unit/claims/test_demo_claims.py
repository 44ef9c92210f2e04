"""The demo county's claims: every state a reader should see, made once."""

from __future__ import annotations

from collections import Counter

import msgspec
from claims_office import BROKERED, NOON, PACK, POOR, SEWS, WORKSHOP, office

from matcher.office.claims.record import ClaimState
from matcher.services.claims.demo_claims import seed_demo_claims
from matcher.services.claims.desk import all_claims
from matcher.services.claims.pay import all_payments


def test_a_demo_county_has_claims_in_every_state_worth_seeing(tmp_path):
    people = [msgspec.structs.replace(POOR, worker_id=f"w-{n}", household_id=f"h-{n}") for n in range(1, 8)]
    placed = [
        msgspec.structs.replace(BROKERED, placement_id=f"p-{n}", worker_id=f"w-{n}", broker_id=f"b-{n % 2}")
        for n in range(1, 8)
    ]
    # Whoever is on no register is a no once the claimant is known; the county is seeded all the same.
    people.append(msgspec.structs.replace(POOR, worker_id="w-9", household_id="h-9", registered_poor=False))
    placed.append(msgspec.structs.replace(BROKERED, placement_id="p-8", worker_id="w-9"))
    with office(tmp_path, *people, *placed, WORKSHOP, msgspec.structs.replace(SEWS, placement_id="p-9")) as desk:
        how = {"jurisdiction": PACK, "on": desk.on, "at": NOON}
        n_claims = seed_demo_claims(desk.store, desk.deeds, desk.means, **how)
        states = Counter(one.state for one in all_claims(desk).values())
        assert {ClaimState.READY, ClaimState.APPROVED_ONCE, ClaimState.APPROVED, ClaimState.PAID} <= set(states)
        assert states[ClaimState.IN_PAYMENT] == 1
        [payment] = all_payments(desk).values()
        assert (len(payment.lines), len(payment.problems)) == (2, 1)
        before = desk.deeds.last_number()
        assert seed_demo_claims(desk.store, desk.deeds, desk.means, **how) == n_claims == 9
        assert desk.deeds.last_number() == before
