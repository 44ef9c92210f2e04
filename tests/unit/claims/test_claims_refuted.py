"""A placement that a look found false: nobody agrees to its claims, none is paid, and what was paid is asked back."""

from __future__ import annotations

import pytest
from claim_hands import approved, proposed, ready, reply
from claims_office import as_

from matcher.errors import Conflict, InvalidInput
from matcher.office.claims.record import ClaimState
from matcher.office.claims.steps import benefit_guards
from matcher.office.tracking.sample import FALSE, FOUND, PREFIX, REAL, UNCLEAR
from matcher.records.deeds import NewDeed
from matcher.services.claims.bank_replies import book_bank_reply
from matcher.services.claims.decide import approve_claim, propose_again, recover_claim
from matcher.services.claims.desk import find_claim
from matcher.services.claims.pay import make_payment, payable_claims
from matcher.services.claims.show import claim_told, worklist


def look(desk, placement_id, result, sample="s-1"):
    body = {"placement_id": placement_id, "result": result}
    deed = NewDeed(kind=FOUND, at=desk.by.at, on=desk.on, by="checker", body=body)
    desk.deeds.act_all({PREFIX + sample: [deed]})


def of(desk, placement_id, benefit="A-SVC"):
    return next(one.claim_id for one in proposed(desk, benefit) if one.proposal.claim.occasion == placement_id)


def test_no_step_towards_payment_is_agreed_to_until_a_look_finds_it_real(desk):
    claim_id = of(desk, "p-1")
    ready(desk, claim_id)
    approve_claim(as_(desk, "a"), claim_id)
    look(desk, "p-1", FALSE)
    with pytest.raises(Conflict, match="抽查查明这次安置不属实"):
        approve_claim(as_(desk, "b"), claim_id)
    look(desk, "p-1", UNCLEAR, sample="s-2")
    with pytest.raises(Conflict, match="抽查查明这次安置不属实"):
        approve_claim(as_(desk, "b"), claim_id)
    look(desk, "p-1", REAL)
    assert approve_claim(as_(desk, "b"), claim_id).state is ClaimState.APPROVED


def test_proposed_anew_it_waits_and_says_why(desk):
    claim_id = of(desk, "p-1")
    assert ready(desk, claim_id).state is ClaimState.READY
    look(desk, "p-1", FALSE)
    found = propose_again(desk, claim_id)
    assert found.state is ClaimState.LACKING
    assert "placement_found_false" in [one.code for one in found.proposal.why]
    assert found.proposal.amount_fen is None


def test_what_was_approved_before_is_in_no_payment_file(desk):
    claim_id = of(desk, "p-1")
    approved(desk, claim_id)
    look(desk, "p-1", FALSE)
    assert payable_claims(desk) == []
    assert worklist(desk)["n_payable"] == 0
    with pytest.raises(Conflict, match="也不能拨付"):
        make_payment(desk, [claim_id])
    with pytest.raises(InvalidInput):
        make_payment(desk)
    assert worklist(desk, state="recover")["rows"] == []


@pytest.mark.parametrize("answered", [False, True])
def test_money_that_went_is_listed_to_be_asked_back(desk, answered):
    claim_id = of(desk, "p-1")
    approved(desk, claim_id)
    payment = make_payment(desk)
    if answered:
        book_bank_reply(desk, payment.payment_id, reply(payment, "成功"), "回单.csv")
    assert claim_told(desk, claim_id)["refuted"] is None
    look(desk, "p-1", FALSE)
    told = worklist(desk, state="recover")
    assert [row["claim_id"] for row in told["rows"]] == [claim_id]
    fen = find_claim(desk, claim_id).proposal.amount_fen
    assert [(row["n"], row["amount_fen"]) for row in told["states"] if row["state"] == "recover"] == [(1, fen)]
    why = claim_told(desk, claim_id)["refuted"]
    told = {"on": desk.on.isoformat(), "by": "checker", "sample_id": "s-1", "recover": True}
    assert why == told | {"paid": answered, "recovered": False}
    look(desk, "p-1", REAL)
    assert worklist(desk, state="recover")["rows"] == []


def test_money_that_is_back_is_off_the_list_and_what_it_used_up_is_free(desk):
    claim_id = of(desk, "p-1")
    approved(desk, claim_id)
    payment = make_payment(desk)
    with pytest.raises(Conflict, match="不在要追回的里面"):
        recover_claim(desk, claim_id, "收据一号")
    look(desk, "p-1", FALSE)
    with pytest.raises(Conflict, match="没有钱可以追回"):
        recover_claim(desk, claim_id, "收据一号")
    book_bank_reply(desk, payment.payment_id, reply(payment, "成功"), "回单.csv")
    guards = benefit_guards(find_claim(desk, claim_id).proposal)
    assert guards
    assert all(desk.deeds.holder(guard) for guard in guards)
    with pytest.raises(InvalidInput):
        recover_claim(desk, claim_id, " ")
    assert recover_claim(desk, claim_id, "收据一号").state is ClaimState.RECOVERED
    assert not any(desk.deeds.holder(guard) for guard in guards)
    assert worklist(desk, state="recover")["rows"] == []
    told = claim_told(desk, claim_id)
    assert (told["refuted"]["recovered"], told["history"][-1]["words"]) == (True, "收据一号")
    with pytest.raises(Conflict):
        recover_claim(desk, claim_id, "收据一号")
    assert claim_id not in {record.claim_id for record in payable_claims(desk)}


def test_a_look_at_another_placement_stops_nothing(desk):
    claim_id = of(desk, "p-1")
    look(desk, "p-2", FALSE)
    assert approved(desk, claim_id).state is ClaimState.APPROVED
