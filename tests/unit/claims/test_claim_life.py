"""A claim from proposal to money: every step, every refusal, and guards that no order of steps gets around."""

from __future__ import annotations

from datetime import timedelta

import pytest
from claim_desk import Shelf, by, proposal, refused_by_rule
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import Conflict, Forbidden, InvalidInput, MatcherError
from matcher.office.claims import payments, steps
from matcher.office.claims.payments import Answered, LineState, read_payments
from matcher.office.claims.record import ClaimState, claim_stream, read_claim, read_claims

STREAM = claim_stream("c-1")


def ready(shelf: Shelf):
    record = shelf.claim()
    return shelf.add(STREAM, steps.tick(record, "roll", True, by()))


def approved(shelf: Shelf):
    once = shelf.add(STREAM, steps.approve(ready(shelf), by("a")))
    return shelf.add(STREAM, steps.approve(once, by("b")))


def sent(shelf: Shelf, record):
    payment_id, lines = payments.lines_of([record], by("c"))
    for stream, deeds in payments.send({record.claim_id: record}, payment_id, lines, b"file", by("c")).items():
        shelf.add(stream, deeds)
    return payment_id, lines


def test_a_claim_waits_for_its_papers_and_then_for_two_people():
    shelf = Shelf()
    record = shelf.claim()
    assert (record.state, record.missing) == (ClaimState.LACKING, ("roll",))
    with pytest.raises(Conflict, match="工资单"):
        steps.approve(record, by("a"))
    record = shelf.add(STREAM, steps.tick(record, "roll", True, by()))
    assert record.state is ClaimState.READY
    record = shelf.add(STREAM, steps.approve(record, by("a")))
    assert record.state is ClaimState.APPROVED_ONCE
    with pytest.raises(Forbidden, match="两个人"):
        steps.approve(record, by("a"))
    record = shelf.add(STREAM, steps.approve(record, by("b")))
    assert (record.state, [one.by for one in record.approvals]) == (ClaimState.APPROVED, ["a", "b"])


def test_papers_may_be_taken_away_until_somebody_approved():
    shelf = Shelf()
    record = ready(shelf)
    record = shelf.add(STREAM, steps.tick(record, "contract", False, by()))
    assert (record.state, record.missing) == (ClaimState.LACKING, ("contract",))
    record = shelf.add(STREAM, steps.tick(record, "contract", True, by()))
    assert steps.tick(record, "contract", True, by()) == []
    record = shelf.add(STREAM, steps.approve(record, by("a")))
    with pytest.raises(Conflict, match="先退回"):
        steps.tick(record, "roll", False, by())
    with pytest.raises(InvalidInput):
        steps.tick(ready(Shelf()), "a paper of another benefit", True, by())


@pytest.mark.parametrize("outcome", ["not_eligible", "no_rule"])
def test_a_known_no_is_refused_with_its_clause_and_never_an_amount(outcome):
    record = Shelf().claim(told=refused_by_rule(outcome=outcome))
    assert (record.state, record.note) == (ClaimState.REFUSED, "这一天不在执行期内")
    assert record.proposal.amount_fen is None
    assert record.proposal.clause == "三(二)6(2)"


@pytest.mark.parametrize("outcome", ["needs_config", "not_computable", "needs_review"])
def test_what_is_not_settled_stays_what_it_is(outcome):
    shelf = Shelf()
    record = shelf.claim(told=proposal(outcome=outcome, amount_fen=None, held=("contract", "roll")))
    assert (record.state, record.proposal.outcome) == (ClaimState.LACKING, outcome)
    with pytest.raises(Conflict):
        steps.approve(record, by("a"))


@pytest.mark.parametrize("change", [{"from_future": ("工资单 2018-07-01",)}, {"payees": ()}, {"amount_fen": 0}])
def test_it_does_not_stand_with_evidence_of_tomorrow_without_payee_or_for_nothing(change):
    assert Shelf().claim(told=proposal(held=("contract", "roll"), **change)).state is ClaimState.LACKING


def test_a_step_back_gives_up_what_was_held_and_both_stories_stay():
    shelf = Shelf()
    record = shelf.add(STREAM, steps.take_back(approved(shelf), "金额有疑问", by("b")))
    assert (record.state, record.approvals) == (ClaimState.READY, ())
    assert "benefit:liujiang_2018:A-SVC w-1" not in shelf.holders
    assert shelf.holders["pay:c-1"] == STREAM
    assert [deed.kind for deed in shelf.deeds].count("claim.approved") == 2


def test_withdrawn_claims_come_back_only_when_asked_for_and_refusals_name_a_clause():
    shelf = Shelf()
    record = shelf.add(STREAM, steps.withdraw(approved(shelf), "本人放弃", by()))
    assert record.state is ClaimState.WITHDRAWN
    assert steps.propose("c-1", record, proposal(), by()) == []
    assert shelf.add(STREAM, steps.propose("c-1", record, proposal(), by(), again=True)).state is ClaimState.READY
    with pytest.raises(InvalidInput):
        steps.refuse(ready(Shelf()), "不符合", " ", by())


def test_the_same_benefit_twice_is_stopped_at_the_first_approval():
    shelf = Shelf()
    shelf.add(STREAM, steps.approve(ready(shelf), by("a")))
    other = shelf.claim("c-2", proposal(source="p-2", held=("contract", "roll")))
    with pytest.raises(Conflict):
        shelf.add(claim_stream("c-2"), steps.approve(other, by("a")))


def test_a_file_takes_approved_claims_alone_and_each_once():
    shelf = Shelf()
    record = approved(shelf)
    with pytest.raises(Conflict):
        payments.lines_of([ready(Shelf())], by())
    payment_id, _ = sent(shelf, record)
    assert read_payments(shelf.deeds)[payment_id].total_fen == 30_000
    again = payments.send({"c-1": record}, "p-other", [line(record)], b"file", by())
    with pytest.raises(Conflict):
        shelf.add("payment:p-other", again["payment:p-other"])


def line(record):
    return payments.lines_of([record], by())[1][0]


def booked(shelf: Shelf, payment_id: str, *rows: Answered):
    read = payments.match_bank_reply(read_payments(shelf.deeds)[payment_id], rows, name="回单.csv", on=by().on)
    told = {}
    for one, row in read.booked:
        stream = claim_stream(one.claim_id)
        record = read_claim(deed for deed in shelf.deeds if deed.stream == stream)
        shelf.add(stream, payments.book(record, one, row, by("bank")))
        told[one.line_id] = LineState.PAID if row.paid else LineState.REFUSED
    claims = {one.line_id: one.claim_id for one, _ in read.booked}
    shelf.add(f"payment:{payment_id}", [payments.replied(told, claims, read.problems, b"reply", by("bank"))])
    return read, read_claims(shelf.deeds)["c-1"]


def test_a_paid_line_is_never_paid_again_and_a_refused_one_gets_a_new_line():
    shelf = Shelf()
    record = approved(shelf)
    payment_id, lines = sent(shelf, record)
    _, record = booked(shelf, payment_id, Answered(row=2, line_id=lines[0].line_id, paid=False, reason="账号有误"))
    assert (record.state, record.note) == (ClaimState.BANK_REFUSED, "账号有误")
    second, new_lines = sent(shelf, record)
    assert new_lines[0].line_id != lines[0].line_id
    # The dead line comes back as paid: kept as a problem, and nothing booked.
    read, record = booked(shelf, payment_id, Answered(row=2, line_id=lines[0].line_id, paid=True))
    assert record.state is ClaimState.IN_PAYMENT
    assert "付两次" in read.problems[0].fix
    read, record = booked(shelf, second, Answered(row=2, line_id=new_lines[0].line_id, paid=True, amount_fen=30_000))
    assert record.state is ClaimState.PAID
    read, _ = booked(shelf, second, Answered(row=2, line_id=new_lines[0].line_id, paid=True))
    assert (read.booked, read.n_repeated) == ((), 1)
    with pytest.raises(Conflict):
        payments.lines_of([record], by())
    with pytest.raises(Conflict):
        steps.withdraw(record, "想退", by())


def test_unknown_lines_and_rows_that_do_not_fit_are_kept_as_problems():
    shelf = Shelf()
    payment_id, lines = sent(shelf, approved(shelf))
    mine = lines[0].line_id
    rows = [
        Answered(row=2, line_id="p-strange-0001", paid=True),
        Answered(row=3, line_id=mine, paid=None, said="处理中"),
        Answered(row=4, line_id=mine, paid=True, amount_fen=30_001),
        Answered(row=5, line_id=mine, paid=True, on=by().on.replace(year=2019)),
        Answered(row=6, line_id="", paid=True),
        Answered(row=7, line_id=mine, paid=True, on=by().on - timedelta(days=1)),
    ]
    read, record = booked(shelf, payment_id, *rows)
    assert [problem.row for problem in read.problems] == [2, 3, 4, 5, 6, 7]
    assert record.state is ClaimState.IN_PAYMENT
    kept = read_payments(shelf.deeds)[payment_id]
    assert [problem.found for problem in kept.problems][:2] == ["p-strange-0001", "处理中"]
    assert kept.fen_of(LineState.SENT) == 30_000


def test_what_is_said_of_an_erased_person_goes_and_the_money_stays_counted():
    shelf = Shelf()
    payment_id, lines = sent(shelf, approved(shelf))
    import msgspec

    forgotten = [
        msgspec.structs.replace(deed, body={"erased": True}) if "w-1" in deed.subjects else deed for deed in shelf.deeds
    ]
    shelf.deeds = forgotten
    record = read_claims(shelf.deeds)["c-1"]
    assert (record.state, record.proposal) == (ClaimState.IN_PAYMENT, None)
    _, record = booked(shelf, payment_id, Answered(row=2, line_id=lines[0].line_id, paid=True))
    assert record.state is ClaimState.PAID
    assert read_payments(shelf.deeds)[payment_id].fen_of(LineState.PAID) == 30_000


DOINGS = ["tick", "untick", "approve-a", "approve-b", "back", "withdraw", "again", "send", "paid", "refused"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["c-1", "c-2"]), st.sampled_from(DOINGS)), max_size=40))
def test_no_order_of_steps_pays_one_benefit_twice(doings):
    shelf = Shelf()
    told = {"c-1": proposal(source="p-1"), "c-2": proposal(source="p-2")}
    files: dict[str, tuple[str, object]] = {}
    for claim_id, one in told.items():
        shelf.claim(claim_id, one)
    for claim_id, doing in doings:
        try:
            _do(shelf, claim_id, doing, told[claim_id], files)
        except MatcherError:
            continue
    paid = [deed for deed in shelf.deeds if deed.kind == "claim.paid"]
    assert len(paid) <= 1
    out = [
        record
        for record in read_claims(shelf.deeds).values()
        if record.state in (ClaimState.PAID, ClaimState.IN_PAYMENT)
    ]
    assert len(out) <= 1
    for record in out:
        assert len({one.by for one in record.approvals}) == 2


def _do(shelf, claim_id, doing, told, files):
    stream = claim_stream(claim_id)
    record = read_claims(shelf.deeds)[claim_id]
    if doing == "send":
        payment_id, lines = sent(shelf, record)
        files[claim_id] = (payment_id, lines[0])
    elif doing in ("paid", "refused"):
        if claim_id in files:
            payment_id, one = files[claim_id]
            row = Answered(row=2, line_id=one.line_id, paid=doing == "paid")
            read = payments.match_bank_reply(read_payments(shelf.deeds)[payment_id], [row], name="r", on=by().on)
            for one_line, one_row in read.booked:
                shelf.add(stream, payments.book(record, one_line, one_row, by()))
                state = LineState.PAID if one_row.paid else LineState.REFUSED
                shelf.add(
                    f"payment:{payment_id}",
                    [payments.replied({one_line.line_id: state}, {one_line.line_id: claim_id}, (), b"reply", by())],
                )
    else:
        new = {
            "tick": lambda: steps.tick(record, "roll", True, by()),
            "untick": lambda: steps.tick(record, "roll", False, by()),
            "approve-a": lambda: steps.approve(record, by("a")),
            "approve-b": lambda: steps.approve(record, by("b")),
            "back": lambda: steps.take_back(record, "退回", by()),
            "withdraw": lambda: steps.withdraw(record, "撤回", by()),
            "again": lambda: steps.propose(claim_id, record, told, by(), again=True),
        }[doing]()
        shelf.add(stream, new)
