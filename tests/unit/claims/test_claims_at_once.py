"""Claims in several hands at once, and of two records of one person: nothing goes twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import msgspec
import pytest
from claim_hands import approved, overtaken, proposed, ready
from claims_office import AGAIN, BROKERED, POOR, SEWS, WORKSHOP, as_, office

from matcher.errors import Conflict, MatcherError
from matcher.office.claims.record import ClaimState, claim_stream
from matcher.records.deeds import NewDeed
from matcher.services.claims.decide import (
    approve_claim,
    propose_again,
    tick_paper,
    withdraw_claim,
)
from matcher.services.claims.desk import all_claims, find_claim
from matcher.services.claims.pay import all_payments, make_payment
from matcher.services.ground.same_person import joined_people
from matcher.services.reconcile.merges import Merge, merge, split


def test_two_claims_approved_at_once_take_one_benefit_once(tmp_path):
    with office(tmp_path, POOR, BROKERED, AGAIN) as desk:
        # Proposed by two at once: neither saw the other's.
        desk.store.kept = [POOR, BROKERED]
        first = proposed(desk)[0].claim_id
        ready(desk, first)
        withdraw_claim(desk, first, "先放一放")
        desk.store.kept = [POOR, AGAIN]
        second = proposed(desk)[0].claim_id
        ready(desk, second)
        desk.store.kept = [POOR, BROKERED, AGAIN]
        reopened = all_claims(desk)[first].proposal
        from matcher.office.claims.record import claim_stream, read_claim
        from matcher.office.claims.steps import approve, propose

        stream = claim_stream(first)
        desk.deeds.act(stream, lambda deeds: propose(first, read_claim(deeds), reopened, desk.by, again=True))

        def go(claim_id: str) -> str:
            try:
                desk.deeds.act(claim_stream(claim_id), lambda deeds: approve(read_claim(deeds), desk.by))
            except Conflict:
                return "held"
            return "approved"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(go, [first, second])) == ["approved", "held"]


def test_eight_hands_at_once_approve_and_pay_one_claim_once(desk):
    claim_id = proposed(desk)[0].claim_id
    ready(desk, claim_id)

    def go(n: int) -> str:
        mine = as_(desk, f"officer-{n % 4}")
        done = ""
        for step in (lambda: approve_claim(mine, claim_id), lambda: make_payment(mine)):
            try:
                step()
                done += "+"
            except MatcherError:
                done += "-"
        return done

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(go, range(16)))
    record = find_claim(desk, claim_id)
    files = list(all_payments(desk).values())
    assert record.state is ClaimState.IN_PAYMENT
    assert len({one.by for one in record.approvals}) == len(record.approvals) == 2
    assert [line.claim_id for file in files for line in file.lines] == [claim_id]


def test_of_two_joinings_at_once_that_would_make_a_chain_one_stands(tmp_path, monkeypatch):
    people = [msgspec.structs.replace(POOR, worker_id=name) for name in ("w-a", "w-b", "w-c")]
    both = Barrier(2)

    with office(tmp_path, *people) as desk:
        act = desk.deeds.act

        def act_together(stream, decide):
            both.wait(20)
            return act(stream, decide)

        monkeypatch.setattr(desk.deeds, "act", act_together)

        def join(keep, other):
            call = Merge(keep=keep, other=other, reason="", by="a", on=desk.on, at=desk.by.at)
            try:
                return merge(desk.deeds, desk.store, call).other
            except Conflict:
                return ""

        with ThreadPoolExecutor(2) as pool:
            stood = list(pool.map(join, ("w-a", "w-b"), ("w-b", "w-c")))
        assert stood.count("") == 1
        assert len(joined_people(desk.deeds)) == 1


def test_two_records_of_one_person_take_one_benefit_once(tmp_path):
    twin = msgspec.structs.replace(POOR, worker_id="w-2", household_id="h-1")
    hers = msgspec.structs.replace(AGAIN, worker_id="w-2")
    with office(tmp_path, POOR, twin, BROKERED) as desk:
        first = approved(desk, proposed(desk)[0].claim_id)
        desk.store.kept.append(hers)
        assert {one.proposal.outcome for one in proposed(desk)} == {"eligible", "needs_review"}
        second = next(one.claim_id for one in proposed(desk) if one.claim_id != first.claim_id)
        ready(desk, second)
        on, at = desk.on, desk.by.at
        same = merge(desk.deeds, desk.store, Merge(keep="w-2", other="w-1", reason="", by="a", on=on, at=at))
        with pytest.raises(Conflict):
            approve_claim(as_(desk, "a"), second)
        refused = propose_again(desk, second)
        assert refused.state is ClaimState.REFUSED
        assert "claimed_by_another" in [one.code for one in refused.proposal.why]
        split(desk.deeds, same.stream, reason="", by="a", on=on, at=at)
        assert propose_again(desk, second).state is ClaimState.READY


def kinds(desk, prefix):
    return [deed.kind for deed in desk.deeds.deeds(prefix=prefix)]


def test_a_file_asked_for_twice_at_once_is_made_once(desk):
    claim_id = proposed(desk)[0].claim_id
    approved(desk, claim_id)
    with pytest.raises(Conflict, match="刚刚办过"):
        make_payment(overtaken(desk, lambda: make_payment(desk)))
    assert kinds(desk, "payment:") == ["payment.made"]
    assert kinds(desk, f"claim:{claim_id}").count("claim.sent") == 1


def test_what_was_approved_while_everything_is_proposed_stays_approved(desk):
    claim_id = proposed(desk)[0].claim_id
    ready(desk, claim_id)
    desk.store.replace(msgspec.structs.replace(POOR, registered_poor=None))

    def approve():
        desk.store.replace(POOR)
        approve_claim(as_(desk, "a"), claim_id)
        approve_claim(as_(desk, "b"), claim_id)

    proposed(overtaken(desk, approve))
    assert find_claim(desk, claim_id).state is ClaimState.APPROVED


def test_nobody_agrees_to_what_the_page_did_not_show(desk):
    claim_id = proposed(desk)[0].claim_id
    seen = ready(desk, claim_id).n_deeds
    tick_paper(desk, claim_id, "payee_proof", held=False)
    tick_paper(desk, claim_id, "payee_proof", held=True)
    with pytest.raises(Conflict, match="打开这一页以后"):
        approve_claim(as_(desk, "a"), claim_id, seen=seen)
    now = find_claim(desk, claim_id).n_deeds
    assert approve_claim(as_(desk, "a"), claim_id, seen=now).state is ClaimState.APPROVED_ONCE


def test_what_one_record_of_a_person_was_paid_the_other_was_paid_too(tmp_path):
    twin = msgspec.structs.replace(POOR, worker_id="w-2")
    hers = msgspec.structs.replace(SEWS, placement_id="p-4", worker_id="w-2")
    with office(tmp_path, POOR, twin, WORKSHOP, SEWS) as desk:
        claim_id = proposed(desk, "A-WS")[0].claim_id
        for n, kind in enumerate(("claim.sent", "claim.paid")):
            deed = NewDeed(kind=kind, at=desk.by.at, on=desk.on, by="a", subjects=("w-1",), body={"line": f"p-1-{n}"})
            desk.deeds.act(claim_stream(claim_id), lambda _, deed=deed: [deed])
        desk.store.kept.append(hers)
        apart = {one.proposal.claim.persons[0]: _row_of(one) for one in proposed(desk, "A-WS")}
        merge(desk.deeds, desk.store, Merge(keep="w-2", other="w-1", reason="", by="a", on=desk.on, at=desk.by.at))
        joined = {one.proposal.claim.persons[0]: _row_of(one) for one in proposed(desk, "A-WS")}
    assert apart["w-2"]["rewarded_before"] is False
    assert joined["w-2"]["rewarded_before"] is True


def _row_of(found):
    [row] = next(value for value in found.proposal.facts.values() if isinstance(value, list) and value)
    return row
