"""Claims through the use cases: proposed from records, settled by people, paid and answered; nothing goes twice."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import msgspec
import pytest
from claims_office import AGAIN, BROKERED, CHECK_IN, POOR, SEWS, WORKSHOP, as_, office, rolls
from openpyxl import load_workbook

from matcher.errors import Conflict, Forbidden, InvalidInput, MatcherError, NotFound
from matcher.office.claims.payments import LineState
from matcher.office.claims.record import ClaimState
from matcher.records import Channel
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
from matcher.services.claims.pay import all_payments, form_of, make_payment, payees, payment_bytes, payment_row
from matcher.services.claims.propose import propose_lines, propose_placements
from matcher.services.claims.replies import take_reply


@pytest.fixture
def desk(tmp_path):
    with office(tmp_path, POOR, BROKERED, WORKSHOP, SEWS) as opened:
        yield opened


def proposed(desk, benefit="A-SVC"):
    return propose_placements(desk, benefit_id=benefit)


def ready(desk, claim_id):
    """State what the claimant is, tick the paper of it: what the records cannot know."""
    state_fact(desk, claim_id, {"claimant_type": "village_cadre"}, "看过任职文件")
    return tick_paper(desk, claim_id, "payee_proof", held=True)


def approved(desk, claim_id):
    ready(desk, claim_id)
    approve_claim(as_(desk, "a"), claim_id)
    return approve_claim(as_(desk, "b"), claim_id)


def reply(payment, *words: str) -> bytes:
    rows = [
        f"{line.line_id},{word},{line.amount_fen / 100:.2f}" for line, word in zip(payment.lines, words, strict=True)
    ]
    return "\n".join(["行号,处理结果,金额(元)", *rows]).encode()


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
    "facts": {"stations": 8, "months": 12},
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
    assert find_claim(desk, inside.claim_id).proposal.amount_fen == 2_400_000
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
    assert (short.proposal.outcome, [one.code for one in short.proposal.why]) == ("not_eligible", ["months_below_min"])
    assert find_claim(desk, found.claim_id).state is ClaimState.REFUSED


def test_two_brokers_for_one_person_are_told_apart_when_proposed(tmp_path):
    with office(tmp_path, POOR, BROKERED, AGAIN) as desk:
        both = {found.proposal.outcome: found for found in proposed(desk)}
        assert set(both) == {"not_eligible", "needs_review"}
        assert "claimed_by_another" in [one.code for one in both["not_eligible"].proposal.why]
        assert not both["not_eligible"].written


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


def test_a_reply_is_matched_by_line_and_a_line_sent_back_gets_a_new_one(desk):
    claim_id = proposed(desk)[0].claim_id
    approved(desk, claim_id)
    payment = make_payment(desk)
    booked = take_reply(desk, payment.payment_id, reply(payment, "退回"), "回单.csv")
    assert (booked.n_refused, booked.problems) == (1, ())
    assert find_claim(desk, claim_id).state is ClaimState.BANK_REFUSED
    second = make_payment(desk, [claim_id])
    assert second.payment_id != payment.payment_id
    late = take_reply(desk, payment.payment_id, reply(payment, "成功"), "回单二.csv")
    assert (late.n_paid, len(late.problems)) == (0, 1)
    assert take_reply(desk, second.payment_id, reply(second, "交易成功"), "回单三.csv").n_paid == 1
    assert find_claim(desk, claim_id).state is ClaimState.PAID
    again = take_reply(desk, second.payment_id, reply(second, "交易成功"), "回单三.csv")
    assert (again.n_paid, again.n_repeated) == (0, 1)
    told = payment_row(all_payments(desk)[second.payment_id])
    assert (told["paid_fen"], told["n_paid"], told["n_sent"]) == (30_000, 1, 0)
    with pytest.raises(InvalidInput):
        make_payment(desk)
    with pytest.raises(Conflict):
        make_payment(desk, [claim_id])


def test_unknown_lines_are_kept_and_reported_once(desk):
    approved(desk, proposed(desk)[0].claim_id)
    payment = make_payment(desk)
    body = "银行回单\n行号,结果\np-strange-0001,成功\n,成功\n" + f"{payment.lines[0].line_id},处理中\n"
    booked = take_reply(desk, payment.payment_id, body.encode(), "回单.csv")
    assert [one.row for one in booked.problems] == [3, 4, 5]
    assert booked.problems[0].found == "p-strange-0001"
    take_reply(desk, payment.payment_id, body.encode(), "回单.csv")
    kept = all_payments(desk)[payment.payment_id]
    assert (len(kept.problems), kept.n_replies) == (3, 1)
    assert kept.fen_of(LineState.SENT) == kept.total_fen
    with pytest.raises(InvalidInput, match="no lines"):
        take_reply(desk, payment.payment_id, "甲,乙\n1,2\n".encode(), "别的.csv")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_file_holds_no_more_of_a_person_than_a_bank_needs(desk, form):
    approved(desk, proposed(desk)[0].claim_id)
    propose_placements(desk, benefit_id="A-WS")
    payment = make_payment(desk)
    body = payment_bytes(payment.lines, payees(desk, payment.lines), form)
    if form == "csv":
        rows = [row.split(",") for row in body.decode("utf-8-sig").splitlines()]
    else:
        sheet = load_workbook(io.BytesIO(body)).active
        rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ["行号", "收款人", "收款账号", "金额(元)", "用途"]
    assert rows[1] == [payment.lines[0].line_id, "b-1", "", "300.00", "成功推荐就业的服务补助"]
    text = json.dumps(rows, ensure_ascii=False)
    assert not [word for word in ("450221199001010011", "13800000001", "贫困", TOWN_OF_W1) if word in text]
    with pytest.raises(MatcherError):
        form_of("payment.pdf")


TOWN_OF_W1 = POOR.place_code


def test_a_reader_with_another_region_finds_neither_claim_nor_file(desk):
    import dataclasses

    claim_id = proposed(desk)[0].claim_id
    approved(desk, claim_id)
    payment = make_payment(desk)

    class Elsewhere(type(desk.store)):
        def records(self, kind, **asked):
            return []

    away = dataclasses.replace(desk, store=Elsewhere(), regions=("450206110",))
    from matcher.services.claims.pay import find_payment

    for ask in (lambda: find_claim(away, claim_id), lambda: find_payment(away, payment.payment_id)):
        with pytest.raises(NotFound):
            ask()


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
