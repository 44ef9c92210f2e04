"""A workshop's worker where the document pays each year again, and claims that rest on several placements."""

from __future__ import annotations

import dataclasses
from datetime import date

import msgspec
import pytest
from claim_hands import proposed
from claims_office import CONTRACT, POOR, SEWS, WORKSHOP, as_, office, rolls
from test_claims_refuted import look

from matcher.errors import Conflict
from matcher.office.claims.record import ClaimState
from matcher.office.claims.workshop import WorkshopMonth, month_number, month_text, target_of, years_of
from matcher.office.tracking.sample import FALSE, REAL
from matcher.policy import standard_packs
from matcher.services.claims.bank_replies import book_bank_reply
from matcher.services.claims.decide import approve_claim
from matcher.services.claims.desk import find_claim
from matcher.services.claims.measures import measures_told
from matcher.services.claims.pay import make_payment, payable_claims
from matcher.services.claims.show import claim_told, worklist

OUT = msgspec.structs.replace(POOR, out_of_poverty=True, registered_poor=None)
ON = date(2023, 12, 1)
STAYS = msgspec.structs.replace(
    SEWS,
    start=date(2021, 9, 1),
    contract_start=date(2021, 9, 1),
    contract_end=None,
    evidence=(
        msgspec.structs.replace(CONTRACT, on=date(2021, 9, 1)),
        *rolls(9, 10, 11, 12, year=2021),
        *rolls(1, 2, 9, 10, 11, 12, year=2022),
        *rolls(1, 2, 10, 11, year=2023),
    ),
)


@pytest.fixture
def qinzhou(tmp_path):
    with office(tmp_path, OUT, WORKSHOP, STAYS) as opened:
        yield as_(dataclasses.replace(opened, jurisdiction="qinzhou_2021"), "officer-a", ON)


def both(desk, claim_id):
    for actor in ("a", "b"):
        approve_claim(as_(desk, actor, desk.on), claim_id)


def test_each_year_is_a_claim_of_its_own_paid_once(qinzhou):
    first, second, third = sorted(proposed(qinzhou, "D-WS"), key=lambda one: one.proposal.claim.on)
    assert [one.proposal.claim.on for one in (first, second, third)] == [
        date(2021, 9, 1), date(2022, 9, 1), date(2023, 10, 1),
    ]  # fmt: skip
    assert [one.proposal.outcome for one in (first, second, third)] == ["eligible", "eligible", "not_eligible"]
    assert [one.proposal.amount_fen for one in (first, second)] == [200_000, 200_000]
    for one in (first, second):
        both(qinzhou, one.claim_id)
    file = make_payment(qinzhou)
    assert file.total_fen == 400_000
    assert not any(one.written for one in proposed(qinzhou, "D-WS"))
    # Of the third year months are still gathered: the meter tells of this one.
    [row] = measures_told(qinzhou)["workshops"]
    assert (row["months"], row["state"], row["until"]) == (2, "under_way", "2024-09")


def test_where_it_is_paid_once_there_is_one_claim(tmp_path):
    with office(tmp_path, POOR, WORKSHOP, msgspec.structs.replace(STAYS, start=date(2016, 9, 1))) as desk:
        later = as_(desk, "officer-a", date(2018, 6, 1))
        assert len(list(proposed(later, "A-WS"))) == 1


@pytest.mark.parametrize(
    ("months", "calendar", "starts"),
    [
        (("2021-09", "2022-08", "2022-09"), False, ["2021-09", "2022-09"]),
        (("2021-09", "2022-12", "2023-11"), False, ["2021-09", "2022-12"]),
        (("2021-09", "2022-08", "2022-09"), True, ["2021-01", "2022-01"]),
        ((), False, []),
    ],
)
def test_years_follow_each_other_and_share_no_month(months, calendar, starts):
    target = target_of(standard_packs()["qinzhou_2021"])
    listed = [WorkshopMonth(month=month_number(date.fromisoformat(f"{one}-01")), pay_yuan=None) for one in months]
    assert [month_text(one) for one in years_of(listed, target, calendar_year=calendar)] == starts


HALF = msgspec.structs.replace(SEWS, evidence=(CONTRACT, *rolls(12, year=2017), *rolls(1, 2)))
REST = msgspec.structs.replace(SEWS, placement_id="p:4", start=date(2018, 3, 1), evidence=rolls(3, 4, 5))


def approved_together(tmp_path, *records):
    with office(tmp_path, POOR, WORKSHOP, *records) as desk:
        [found] = proposed(desk, "A-WS")
        both(desk, found.claim_id)
        yield desk, found.claim_id


@pytest.fixture
def two(tmp_path):
    yield from approved_together(tmp_path, HALF, REST)


@pytest.fixture
def enough(tmp_path):
    yield from approved_together(tmp_path, SEWS, msgspec.structs.replace(REST, evidence=rolls(5)))


def test_a_claim_is_not_paid_where_the_placement_beside_is_found_false(two):
    desk, claim_id = two
    assert find_claim(desk, claim_id).state is ClaimState.APPROVED
    look(desk, "p:4", FALSE)
    assert (payable_claims(desk), worklist(desk)["n_payable"]) == ([], 0)
    with pytest.raises(Conflict, match="抽查查明"):
        make_payment(desk, [claim_id])
    assert claim_told(desk, claim_id)["refuted"]["sample_id"] == "s-1"
    look(desk, "p:4", REAL, sample="s-2")
    assert len(make_payment(desk).lines) == 1


def test_money_paid_for_it_is_asked_back(two):
    desk, claim_id = two
    file = make_payment(desk)
    book_bank_reply(desk, file.payment_id, f"行号,结果\n{file.lines[0].line_id},成功".encode(), "回单.csv")
    look(desk, "p:4", FALSE)
    assert [row["claim_id"] for row in worklist(desk, state="recover")["rows"]] == [claim_id]


def test_it_is_paid_where_the_others_alone_are_enough(enough):
    desk, claim_id = enough
    look(desk, "p:4", FALSE)
    assert [one.claim_id for one in payable_claims(desk)] == [claim_id]
    assert claim_told(desk, claim_id)["refuted"] is None


def test_a_placement_with_a_colon_in_its_id_is_agreed_to(tmp_path):
    with office(tmp_path, POOR, WORKSHOP, msgspec.structs.replace(SEWS, placement_id="户:7:3")) as desk:
        [found] = proposed(desk, "A-WS")
        both(desk, found.claim_id)
        assert find_claim(desk, found.claim_id).state is ClaimState.APPROVED


def test_a_claim_nobody_agreed_to_is_named_and_not_paid_under_a_sum(tmp_path):
    with office(tmp_path, POOR, WORKSHOP, SEWS) as desk:
        [found] = proposed(desk, "A-WS")
        with pytest.raises(Conflict, match="等初审"):
            make_payment(desk, [found.claim_id], most_fen=500_000)
