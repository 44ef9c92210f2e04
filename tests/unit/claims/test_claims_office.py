"""Claims through the use cases: proposed from records, settled by people, paid and answered; nothing goes twice."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

import msgspec
import pytest
from claim_hands import approved, proposed, ready
from claims_office import AGAIN, BROKERED, CHECK_IN, CONTRACT, POOR, SEWS, WORKSHOP, as_, office, rolls

from matcher.errors import Conflict, Forbidden, InvalidInput, NotFound
from matcher.office.claims.record import ClaimState
from matcher.records import Channel, Evidence, EvidenceKind
from matcher.services.claims.decide import (
    approve_claim,
    propose_again,
    refuse_claim,
    state_fact,
    take_back_approval,
    tick_paper,
    withdraw_claim,
)
from matcher.services.claims.desk import all_claims, find_claim
from matcher.services.claims.measures import measures_told
from matcher.services.claims.propose import propose_lines, propose_placements


def test_a_claim_is_proposed_from_what_is_held_and_says_what_it_lacks(desk):
    [found] = proposed(desk)
    told = found.proposal
    assert (told.outcome, told.amount_fen, told.clause, told.document) == (
        "needs_review", None, "三(二)6(2)", "江政办发〔2018〕97号",
    )  # fmt: skip
    assert told.held == ("placement_proof", "register_proof")
    assert told.facts_missing == ("claimant_type",)
    assert told.claim.persons == ("w-1",)
    assert len(told.version) == 64
    assert not proposed(desk)[0].written, "the same question is the same claim"


def test_what_an_officer_found_out_makes_it_stand_with_its_working(desk):
    claim_id = proposed(desk)[0].claim_id
    record = ready(desk, claim_id)
    assert (record.state, record.proposal.amount_fen) == (ClaimState.READY, 30_000)
    assert sum(share.fen for share in record.proposal.shares) == 30_000
    assert any(one.value == "300" for one in record.proposal.working)
    with pytest.raises(InvalidInput):
        state_fact(desk, claim_id, {"nothing_like_it": "是"}, "看过")
    with pytest.raises(InvalidInput):
        state_fact(desk, claim_id, {"success": "也许"}, "看过")


def test_a_payee_the_document_bars_is_a_no_with_its_reason(desk):
    claim_id = proposed(desk)[0].claim_id
    record = state_fact(desk, claim_id, {"claimant_type": "seconded_cadre"}, "组织部名单")
    assert record.state is ClaimState.REFUSED
    assert (record.proposal.outcome, record.proposal.amount_fen) == ("not_eligible", None)
    assert [one.code for one in record.proposal.why] == ["excluded_payee"]


def test_a_second_person_approves_and_only_what_the_records_still_say(desk):
    claim_id = proposed(desk)[0].claim_id
    ready(desk, claim_id)
    approve_claim(as_(desk, "a"), claim_id)
    with pytest.raises(Forbidden):
        approve_claim(as_(desk, "a"), claim_id)
    desk.store.replace(msgspec.structs.replace(POOR, registered_poor=False))
    with pytest.raises(Conflict, match="不一样"):
        approve_claim(as_(desk, "b"), claim_id)
    take_back_approval(as_(desk, "b"), claim_id, "名册改了")
    assert propose_again(desk, claim_id).state is not ClaimState.READY


STATION = {
    "pack": "liujiang_2018",
    "benefit": "A-ST",
    "on": "2018-05-01",
    "facts": {"stations": 1, "months": 12},
    "who": {"station": "s-1", "claimant": "s-1"},
    "evidence": ["station_list"],
    "places": ["450206"],
}


def line(**changes):
    return json.dumps({**STATION, **changes})


def test_a_claim_after_the_policys_end_is_refused_with_clause_and_reason_and_no_yuan(desk):
    late = as_(desk, "a", date(2026, 2, 2))
    facts = {"placed_on": "2026-01-05", "contract_start": "2026-01-05", "contract_end": None, "status": ["monitored"]}
    who = {"persons": ["w-1"], "claimant": "b-1"}
    [found] = propose_lines(late, [line(pack="qinzhou_2021", benefit="D-SVC", on="2026-01-05", facts=facts, who=who)])
    record = find_claim(late, found.claim_id)
    assert (record.state, record.proposal.amount_fen) == (ClaimState.REFUSED, None)
    assert "outside_policy_window" in [one.code for one in record.proposal.why]
    assert record.proposal.clause == "二(四)1"
    assert record.note


def test_a_document_that_states_no_end_leaves_it_to_people_and_days_ahead_are_no_days_yet(desk):
    late = as_(desk, "a", date(2021, 6, 2))
    [found] = propose_lines(late, [line(on="2021-06-01")])
    assert (found.proposal.outcome, [one.code for one in found.proposal.why]) == (
        "needs_review", ["document_end_not_stated"],
    )  # fmt: skip
    [inside] = propose_lines(desk, [line()])
    assert find_claim(desk, inside.claim_id).proposal.amount_fen == 300_000
    [ahead] = propose_lines(desk, [line(on="2018-09-01", who={"station": "s-2", "claimant": "s-2"})])
    assert (ahead.proposal.outcome, ahead.proposal.amount_fen) == ("needs_review", None)
    assert [one.code for one in ahead.proposal.why] == ["day_to_come"]


def test_nothing_is_never_paid_in_silence(desk):
    [found] = propose_lines(desk, [line(facts={"stations": 0, "months": 12})])
    assert (found.proposal.outcome, found.proposal.amount_fen) == ("needs_review", None)
    assert "amount_is_zero" in [one.code for one in found.proposal.why]


def test_evidence_from_the_future_counts_for_nothing_and_is_named(desk):
    ahead = msgspec.structs.replace(CHECK_IN, on=date(2018, 7, 1))
    desk.store.replace(msgspec.structs.replace(BROKERED, evidence=(ahead,)))
    [found] = proposed(desk)
    assert found.proposal.from_future == ("点名签到 2018-07-01",)
    assert "placement_proof" not in found.proposal.held
    record = find_claim(desk, found.claim_id)
    state_fact(desk, found.claim_id, {"claimant_type": "village_cadre", "success": "是"}, "问过本人")
    tick_paper(desk, found.claim_id, "payee_proof", held=True)
    record = tick_paper(desk, found.claim_id, "placement_proof", held=True)
    assert (record.state, record.proposal.outcome, record.proposal.amount_fen) == (
        ClaimState.LACKING, "needs_review", None,
    )  # fmt: skip


def test_a_workshop_is_paid_from_wage_rolls_and_the_month_that_lacks_is_said(desk):
    [found] = proposed(desk, "workshop_reward")
    assert (found.proposal.outcome, found.proposal.amount_fen) == ("eligible", 100_000)
    assert find_claim(desk, found.claim_id).state is ClaimState.READY
    desk.store.replace(msgspec.structs.replace(SEWS, evidence=(*SEWS.evidence[:1], *rolls(1, 2, 3, 4, 5))))
    [short] = proposed(desk, "workshop_reward")
    assert (short.proposal.outcome, [one.code for one in short.proposal.why]) == (
        "not_eligible",
        ["months_below_min", "pay_by_contract"],
    )
    assert find_claim(desk, found.claim_id).state is ClaimState.REFUSED


def paid(evidence, pay):
    return tuple(msgspec.structs.replace(one, pay_yuan=pay) for one in evidence)


FIRST = msgspec.structs.replace(SEWS, evidence=(*SEWS.evidence[:1], *rolls(12, year=2017), *rolls(1, 2)))
AFTER = msgspec.structs.replace(SEWS, placement_id="p-4", start=date(2018, 3, 1), evidence=rolls(3, 4, 5))


def test_meter_and_claim_read_the_same_months_of_all_placements_with_a_firm(tmp_path):
    with office(tmp_path, POOR, WORKSHOP, FIRST, AFTER) as desk:
        [found] = proposed(desk, "workshop_reward")
        [row] = measures_told(desk)["workshops"]
        assert (found.proposal.outcome, row["state"], row["months"]) == ("eligible", "met", 6)
        assert found.proposal.claim.occasion == "p-3"
        desk.store.replace(msgspec.structs.replace(AFTER, evidence=rolls(3, 4)))
        [short] = proposed(desk, "workshop_reward")
        [row] = measures_told(desk)["workshops"]
        assert (short.proposal.outcome, row["state"], row["months"]) == ("not_eligible", "under_way", 5)


def test_a_claim_over_two_placements_is_approved_as_it_was_proposed(tmp_path):
    with office(tmp_path, POOR, WORKSHOP, FIRST, AFTER) as desk:
        [found] = proposed(desk, "workshop_reward")
        assert approve_claim(as_(desk, "a"), found.claim_id).state is ClaimState.APPROVED_ONCE
        assert approve_claim(as_(desk, "b"), found.claim_id).state is ClaimState.APPROVED


def test_pay_of_the_rolls_counts_and_pay_by_contract_is_said(tmp_path):
    with office(tmp_path, POOR, WORKSHOP, FIRST, AFTER) as desk:
        [found] = proposed(desk, "workshop_reward")
        assert [one.code for one in found.proposal.why] == ["pay_by_contract"]
        assert "6个月" in found.proposal.why[0].sentence
        for one in (FIRST, AFTER):
            desk.store.replace(msgspec.structs.replace(one, evidence=paid(one.evidence, 1100)))
        [really] = proposed(desk, "workshop_reward")
        assert (really.proposal.outcome, really.proposal.why) == ("eligible", ())
        desk.store.replace(msgspec.structs.replace(AFTER, evidence=paid(AFTER.evidence, 300)))
        [short] = proposed(desk, "workshop_reward")
        assert (short.proposal.outcome, measures_told(desk)["workshops"][0]["state"]) == ("not_eligible", "under_way")


def test_two_brokers_for_one_person_are_told_apart_when_proposed(tmp_path):
    with office(tmp_path, POOR, BROKERED, AGAIN) as desk:
        both = {found.proposal.outcome: found for found in proposed(desk)}
        assert set(both) == {"not_eligible", "needs_review"}
        assert "claimed_by_another" in [one.code for one in both["not_eligible"].proposal.why]
        assert not both["not_eligible"].written


def test_a_refusal_by_the_office_names_a_clause_and_gives_the_benefit_free(desk):
    claim_id = proposed(desk)[0].claim_id
    approved(desk, claim_id)
    record = refuse_claim(desk, claim_id, "查实没有去上班")
    assert (record.state, record.note) == (ClaimState.REFUSED, "查实没有去上班")
    assert desk.deeds.holder("benefit:liujiang_2018:A-SVC w-1") == ""
    assert desk.deeds.stream(f"claim:{claim_id}")[-1].body["clause"] == "三(二)6(2)"


def test_people_nobody_knows_and_lines_that_are_no_claims_write_nothing(desk):
    strange = line(benefit="A-SVC", facts={}, who={"persons": ["w-none"]})
    for bad in (strange, "{}", "nonsense"):
        with pytest.raises(InvalidInput):
            propose_lines(desk, [bad])
    with pytest.raises(NotFound):
        propose_placements(desk, benefit_id="D-SVC")
    assert all_claims(desk) == {}


def test_a_month_before_the_document_is_not_paid_by_it(desk):
    holder = msgspec.structs.replace(WORKSHOP, kind=Channel.WELFARE_POST)
    desk.store.replace(holder)
    told = {found.proposal.claim.months[0]: found for found in proposed(desk, "A-WP")}
    assert "outside_policy_window" in [one.code for one in told["2017-12"].proposal.why]
    assert (told["2017-12"].written, told["2018-03"].proposal.outcome) == (False, "needs_config")


def test_a_reward_of_a_firm_nobody_recorded_is_not_paid_to_the_worker(desk):
    line = {
        "pack": "liujiang_2018",
        "benefit": "A-SVC",
        "on": "2018-05-02",
        "facts": {
            "claimant_type": "village_cadre",
            "placements": [{"worker_id": "w-1", "registered_poor": True, "success": True}],
        },
        "who": {"persons": ["w-1"], "claimant_kind": "village_cadre", "occasion": "x"},
        "evidence": ["placement_proof", "register_proof", "payee_proof"],
    }
    [nobody] = propose_lines(desk, [json.dumps(line)])
    assert (nobody.proposal.outcome, nobody.proposal.amount_fen) == ("needs_review", None)
    assert "payee_not_recorded" in [one.code for one in nobody.proposal.why]
    withdraw_claim(desk, nobody.claim_id, "收款人写漏了")
    line["who"]["claimant"] = "b-9"
    [named] = propose_lines(desk, [json.dumps(line)])
    assert (named.proposal.outcome, named.proposal.amount_fen) == ("eligible", 30_000)


def test_who_asks_again_asks_today(desk):
    claim_id = proposed(desk)[0].claim_id
    withdraw_claim(desk, claim_id, "本人不要了")
    later = as_(desk, "officer-a", date(2018, 9, 3))
    again = propose_again(later, claim_id)
    assert again.filed_on == date(2018, 9, 3)
    assert propose_again(later, claim_id).n_deeds == again.n_deeds


INSURED = tuple(Evidence(kind=EvidenceKind.INSURANCE, on=date(2018, month, 10)) for month in (3, 4, 7))
KEPT_ON = msgspec.structs.replace(
    BROKERED, placement_id="p-5", broker_id=None, employer_id="e-1", evidence=(CONTRACT, *INSURED)
)


@pytest.mark.parametrize(
    ("hard", "poor", "outcome"),
    [(True, True, "needs_config"), (None, True, "needs_config"), (False, True, "not_eligible"),
     (True, None, "needs_config"), (True, False, "not_eligible")],
)  # fmt: skip
def test_a_firm_that_insures_somebody_hard_to_employ_claims_each_month_that_is_held(tmp_path, hard, poor, outcome):
    worker = msgspec.structs.replace(POOR, hard_to_employ=hard, registered_poor=poor)
    with office(tmp_path, worker, WORKSHOP, KEPT_ON) as opened:
        desk = dataclasses.replace(opened, jurisdiction="hekou_2018")
        found = proposed(desk, "B-SI")
        assert [one.proposal.claim.months for one in found] == [("2018-03",), ("2018-04",)]
        assert {one.proposal.outcome for one in found} == {outcome}
        assert {one.proposal.claim.claimant for one in found} == {"e-1"}
        facts = found[0].proposal.facts
        assert (facts.get("hard_to_employ_person"), facts.get("registered_poor")) == (hard, poor)
        assert (facts["months_claimed"], facts["months_already_paid"], facts["insurance_paid"]) == (1, 0, True)
        assert not any(one.written for one in proposed(desk, "B-SI"))


def test_what_is_paid_to_a_firm_as_a_whole_is_not_proposed_by_the_month(tmp_path):
    with office(tmp_path, POOR, WORKSHOP, KEPT_ON) as desk, pytest.raises(NotFound):
        proposed(desk, "A-HOST-INS")


def service(persons, counted, **more):
    rows = [{"worker_id": one, "registered_poor": True, "success": True} for one in counted]
    facts = {"claimant_type": "village_cadre", "placements": rows}
    return line(benefit="A-SVC", facts=facts, who={"persons": persons, "claimant": "b-1"}, **more)


@pytest.mark.parametrize(
    "counts_more",
    [
        service(["w-1"], ["w-2", "w-3"]),
        service(["w-1"], ["w-1", "ghost"]),
        line(facts={"stations": 8, "months": 12}),
        line(benefit="A-PRE", facts={"trainees": 25}, who={"persons": ["w-1"]}),
    ],
)
def test_a_line_that_counts_more_than_it_names_is_refused_and_nothing_kept(desk, counts_more):
    with pytest.raises(InvalidInput, match="counts"):
        propose_lines(desk, [line(), counts_more])
    assert all_claims(desk) == {}


def test_what_the_register_holds_is_not_stated_against_it(desk):
    desk.store.replace(msgspec.structs.replace(POOR, registered_poor=False))
    [found, *_] = propose_lines(desk, [service(["w-1"], ["w-1"])])
    with pytest.raises(InvalidInput, match="已经登记"):
        state_fact(desk, found.claim_id, {"registered_poor": "是"}, "听说的")
    [own, *_] = proposed(desk)
    with pytest.raises((InvalidInput, NotFound)):
        state_fact(desk, own.claim_id, {"registered_poor": "是"}, "听说的")
