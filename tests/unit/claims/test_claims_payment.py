"""The file of a payment and its reply: matched by line, nothing more of a person than a bank needs."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import pytest
from claim_hands import approved, overtaken, proposed, reply
from claims_office import POOR, as_
from openpyxl import load_workbook

from matcher.errors import Conflict, Erased, InvalidInput, MatcherError, NotFound
from matcher.office.claims.payments import LineState
from matcher.office.claims.record import ClaimState
from matcher.services.claims.bank_replies import book_bank_reply
from matcher.services.claims.decide import (
    approve_claim,
    take_back_approval,
)
from matcher.services.claims.desk import find_claim
from matcher.services.claims.keeping import drop_old_payments
from matcher.services.claims.pay import all_payments, make_payment, payment_row, payment_told
from matcher.services.claims.payment_file import form_of, sent_file, written
from matcher.services.claims.propose import propose_placements


def test_a_reply_is_matched_by_line_and_a_line_sent_back_gets_a_new_one(desk):
    claim_id = proposed(desk)[0].claim_id
    approved(desk, claim_id)
    payment = make_payment(desk)
    booked = book_bank_reply(desk, payment.payment_id, reply(payment, "退回"), "回单.csv")
    assert (booked.n_refused, booked.problems) == (1, ())
    assert find_claim(desk, claim_id).state is ClaimState.BANK_REFUSED
    second = make_payment(desk, [claim_id])
    assert second.payment_id != payment.payment_id
    late = book_bank_reply(desk, payment.payment_id, reply(payment, "成功"), "回单二.csv")
    assert (late.n_paid, len(late.problems)) == (0, 1)
    assert book_bank_reply(desk, second.payment_id, reply(second, "交易成功"), "回单三.csv").n_paid == 1
    assert find_claim(desk, claim_id).state is ClaimState.PAID
    again = book_bank_reply(desk, second.payment_id, reply(second, "交易成功"), "回单三.csv")
    assert (again.n_paid, again.n_repeated) == (0, 1)
    told = payment_row(all_payments(desk)[second.payment_id])
    assert (told["paid_fen"], told["n_paid"], told["n_sent"]) == (30_000, 1, 0)
    with pytest.raises(InvalidInput):
        make_payment(desk)
    with pytest.raises(Conflict):
        make_payment(desk, [claim_id])


@pytest.mark.parametrize("said", ["2018-02-30", "上个月底", "20189999"])
def test_a_day_that_cannot_be_read_books_nothing(desk, said):
    claim_id = proposed(desk)[0].claim_id
    approved(desk, claim_id)
    payment = make_payment(desk)
    body = f"行号,结果,到账日期\n{payment.lines[0].line_id},成功,{said}\n"
    booked = book_bank_reply(desk, payment.payment_id, body.encode(), "回单.csv")
    problem = booked.problems[0]
    assert (booked.n_paid, problem.row, problem.column, problem.found) == (0, 2, "on", said)
    assert "没有入账" in problem.fix
    assert find_claim(desk, claim_id).state is ClaimState.IN_PAYMENT
    body = f"行号,结果,到账日期\n{payment.lines[0].line_id},成功,{desk.on}\n"
    assert book_bank_reply(desk, payment.payment_id, body.encode(), "回单.csv").n_paid == 1


def test_unknown_lines_are_kept_and_reported_once(desk):
    approved(desk, proposed(desk)[0].claim_id)
    payment = make_payment(desk)
    body = "银行回单\n行号,结果\np-strange-0001,成功\n,成功\n" + f"{payment.lines[0].line_id},处理中\n"
    booked = book_bank_reply(desk, payment.payment_id, body.encode(), "回单.csv")
    assert [one.row for one in booked.problems] == [3, 4, 5]
    assert booked.problems[0].found == "p-strange-0001"
    book_bank_reply(desk, payment.payment_id, body.encode(), "回单.csv")
    kept = all_payments(desk)[payment.payment_id]
    assert (len(kept.problems), kept.n_replies) == (3, 1)
    assert kept.fen_of(LineState.SENT) == kept.total_fen
    with pytest.raises(InvalidInput, match="no lines"):
        book_bank_reply(desk, payment.payment_id, "甲,乙\n1,2\n".encode(), "别的.csv")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_file_holds_no_more_of_a_person_than_a_bank_needs(desk, form):
    approved(desk, proposed(desk)[0].claim_id)
    propose_placements(desk, benefit_id="A-WS")
    payment = make_payment(desk)
    body = sent_file(desk, payment, form)
    if form == "csv":
        rows = [row.split(",") for row in body.decode("utf-8-sig").splitlines()]
    else:
        sheet = load_workbook(io.BytesIO(body)).active
        rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ["行号", "收款人", "收款账号", "金额(元)", "用途"]
    assert rows[1] == [payment.lines[0].line_id, "b-1", "", "300.00", "成功推荐就业的服务补助"]
    text = json.dumps(rows, ensure_ascii=False)
    assert not [word for word in ("450221199001010011", "13800000001", "贫困", POOR.place_code) if word in text]
    with pytest.raises(MatcherError):
        form_of("payment.pdf")


def test_a_reader_with_another_region_finds_neither_claim_nor_file(desk):
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


def test_a_line_never_says_what_its_claim_no_longer_says(desk):
    claim_id = proposed(desk)[0].claim_id
    approved(desk, claim_id)

    def back_and_again():
        take_back_approval(desk, claim_id, "重新看过")
        approve_claim(as_(desk, "a"), claim_id)
        approve_claim(as_(desk, "b"), claim_id)

    with pytest.raises(Conflict):
        make_payment(overtaken(desk, back_and_again))
    assert find_claim(desk, claim_id).state is ClaimState.APPROVED


def test_a_name_is_never_a_formula_of_the_file(desk):
    approved(desk, proposed(desk)[0].claim_id)
    payment = make_payment(desk)
    body = written(payment.lines, {"b-1": "=cmd|'/C calc'!A0"}).decode("utf-8-sig")
    assert next(csv.reader([body.splitlines()[1]]))[1] == "'=cmd|'/C calc'!A0"


def cells_of(desk, payment):
    """Rows under the header, of the table and of the workbook."""
    table = csv.reader(io.StringIO(sent_file(desk, payment, "csv").decode("utf-8-sig")))
    sheet = load_workbook(io.BytesIO(sent_file(desk, payment, "xlsx"))).active
    return list(table)[1:], [[cell or "" for cell in row] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_the_file_stays_as_it_was_sent_and_a_payee_renamed_since_is_flagged(desk):
    approved(desk, proposed(desk)[0].claim_id)
    before = dataclasses.replace(desk, brokers=lambda: {"b-1": "韦样例甲"})
    payment = make_payment(before)
    told = payment_told(before, payment.payment_id)
    assert (told["n_renamed"], told["lines"][0]["renamed"], told["file_kept"]) == (0, False, True)
    sent = {form: sent_file(before, payment, form) for form in ("csv", "xlsx")}
    after = dataclasses.replace(desk, brokers=lambda: {"b-1": "韦样例乙"})
    assert {form: sent_file(after, payment, form) for form in ("csv", "xlsx")} == sent
    table, workbook = cells_of(after, payment)
    assert table == workbook
    assert table[0][1] == "韦样例甲"
    told = payment_told(after, payment.payment_id)
    assert (told["n_renamed"], told["lines"][0]["renamed"]) == (1, True)
    assert "韦样例" not in json.dumps(told, ensure_ascii=False)


def test_a_file_past_its_years_is_said_to_be_gone(desk):
    approved(desk, proposed(desk)[0].claim_id)
    payment = make_payment(desk)
    late = desk.on.replace(year=desk.on.year + 40)
    drop_old_payments(desk.deeds, by="keeping", on=late, at=desk.by.at)
    told = payment_told(desk, payment.payment_id)
    assert (told["file_kept"], told["n_renamed"], told["n_lines"]) == (False, 0, 1)
    with pytest.raises(Erased):
        sent_file(desk, payment, "xlsx")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e999999", "三百", "-300", "300.01"])
def test_an_amount_that_is_none_is_a_problem_of_its_line(desk, amount):
    claim_id = proposed(desk)[0].claim_id
    approved(desk, claim_id)
    payment = make_payment(desk)
    body = f"行号,结果,金额\n{payment.lines[0].line_id},成功,{amount}\n".encode()
    told = book_bank_reply(desk, payment.payment_id, body, "回单.csv")
    assert (told.n_paid, [one.column for one in told.problems]) == (0, ["amount"])
    [problem] = told.problems
    assert (problem.found, problem.expected) == ("300.01元" if amount == "300.01" else "不是金额", "300.00元")
    assert find_claim(desk, claim_id).state is ClaimState.IN_PAYMENT
