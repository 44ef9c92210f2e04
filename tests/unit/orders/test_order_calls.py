"""Whom to call and in which order, what a bus's history suggests, how a group is divided, what is asked later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.orders import boarding, book
from matcher.orders.calling import (
    Hurdle,
    Known,
    Limits,
    counted,
    hurdle,
    last_calls,
    out_of_reach,
    side_by_side,
    to_call,
    without_call,
)
from matcher.orders.follow_ups import DAYS, follow_ups_of, placement_id
from matcher.orders.groups import divided
from matcher.orders.seats import Rule
from matcher.orders.turnout import LEAST_PEOPLE, Turnout, standby, turnout
from matcher.records.orders import Call, CallOutcome, ContactUnlock, LabourOrder, OrderState, Seat

NOON = datetime(2018, 6, 1, 4, tzinfo=UTC)
AT = Rule(NOON, timedelta(hours=48))
LIMITS = Limits(NOON, 3, timedelta(days=7))
WEEK = timedelta(days=7)


def order_of(*worker_ids: str, n_seats: int = 2) -> LabourOrder:
    empty = LabourOrder(
        order_id="o1", vacancy_id="v1", region_code="450206", n_seats=n_seats, state=OrderState.OPEN, broker="b",
        created_at=NOON,
    )  # fmt: skip
    return book.listed(empty, worker_ids, list_id="d-1", rule=AT)


def said(order: LabourOrder, worker_id: str, outcome: CallOutcome, by: str = "b") -> LabourOrder:
    return book.answered(order, worker_id, Call(at=NOON, by=by, outcome=outcome), AT)


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (Known(agreed=True), None),
        (Known(agreed=False), Hurdle.REFUSED),
        (Known(agreed=None), Hurdle.NOT_ASKED),
        (Known(agreed=True, has_phone=False), Hurdle.NO_PHONE),
        (Known(agreed=True, n_orders=2), None),
        (Known(agreed=True, n_orders=3), Hurdle.BUSY),
        (Known(agreed=True, called_at=NOON - WEEK), None),
        (Known(agreed=True, called_at=NOON - WEEK + timedelta(minutes=1)), Hurdle.RESTING),
        (Known(agreed=False, bound=True, n_orders=9), Hurdle.BOUND),
    ],
)
def test_each_hurdle_on_both_sides_of_its_bound(known, found):
    assert hurdle(order_of("w1"), "w2", known, LIMITS) is found


def test_who_stands_in_the_order_is_listed_or_out():
    order = said(order_of("w1", "w2"), "w2", CallOutcome.NO)
    assert hurdle(order, "w1", Known(agreed=False), LIMITS) is Hurdle.LISTED
    assert hurdle(order, "w2", Known(agreed=True), LIMITS) is Hurdle.OUT
    assert counted([None, Hurdle.OUT, Hurdle.LISTED, Hurdle.OUT]) == {Hurdle.LISTED: 1, Hurdle.OUT: 2}
    assert all(one.label for one in Hurdle)


def test_a_household_stands_where_its_first_member_stands():
    homes = {"w1": "h1", "w4": "h1", "w2": "h2"}
    assert side_by_side(["w3", "w1", "w2", "w4", "w5"], homes) == ["w3", "w1", "w4", "w2", "w5"]


def test_offered_seats_are_called_first_then_the_new_then_the_rest():
    order = order_of("w1", "w2", "w3", "w4", "w5", n_seats=1)
    order = said(order, "w1", CallOutcome.NO_ANSWER)
    order = said(order, "w2", CallOutcome.GO)
    order = said(order, "w3", CallOutcome.GO)
    assert [seat.worker_id for seat in to_call(order)] == ["w4", "w5", "w1"]
    order = book.left(order, "w2", "withdrawn", AT)
    assert [seat.worker_id for seat in to_call(order)] == ["w3", "w4", "w5", "w1"]
    thinking = said(order_of("w1", "w2"), "w1", CallOutcome.LATER)
    assert [seat.worker_id for seat in to_call(thinking)] == ["w2", "w1"]


def test_a_look_without_a_call_of_the_same_broker_is_counted():
    order = said(order_of("w1", "w2", "w3"), "w1", CallOutcome.NO_ANSWER)
    order = said(order, "w2", CallOutcome.NO_ANSWER, by="another")

    def look(worker_id: str, minutes: int) -> ContactUnlock:
        at = NOON + timedelta(minutes=minutes)
        return ContactUnlock(at=at, actor="b", worker_id=worker_id, order_id="o1", reason="offer")

    looks = [look("w3", -1), look("w2", -2), look("w1", -3), look("w3", -90)]
    assert without_call(looks, [order], NOON - timedelta(hours=1)) == ["w3", "w2"]
    assert without_call([look("w1", 1)], [order], NOON - timedelta(hours=1)) == ["w1"]
    assert last_calls([order]) == {"w1": NOON, "w2": NOON}


def test_a_wrong_number_is_told_with_its_day():
    order = said(order_of("w1", "w2"), "w2", CallOutcome.WRONG_NUMBER)
    assert out_of_reach([order]) == [("w2", NOON, "o1")]


def departed(n_came: int, n_missing: int) -> LabourOrder:
    people = [f"w{n}" for n in range(n_came + n_missing)]
    order = order_of(*people, n_seats=len(people))
    for n, worker_id in enumerate(people):
        order = said(order, worker_id, CallOutcome.GO)
        if n < n_came:
            order = boarding.checked_in(order, worker_id, "b", AT)
    return boarding.departed(order, AT)


def test_the_next_bus_is_told_from_the_ones_before():
    history = turnout([departed(20, 4), departed(30, 6), order_of("w1")])
    assert history == Turnout(n_orders=2, n_promised=60, n_missing=10, most_missing=6)
    assert standby(history, 40) == 8
    assert standby(turnout([departed(LEAST_PEOPLE, 0)]), 40) == 0


@pytest.mark.parametrize(("n", "told"), [(LEAST_PEOPLE - 1, False), (LEAST_PEOPLE, True)])
def test_too_short_a_history_suggests_nothing(n, told):
    assert (standby(Turnout(1, n, 1, 1), 40) is not None) is told


def test_follow_ups_are_for_those_on_the_bus_and_always_the_same():
    order = departed(2, 1)
    asked = follow_ups_of(order, date(2018, 6, 1))
    assert [(one.worker_id, one.day, one.due_on) for one in asked[:3]] == [
        ("w0", 7, date(2018, 6, 8)), ("w0", 30, date(2018, 7, 1)), ("w0", 90, date(2018, 8, 30)),
    ]  # fmt: skip
    assert {one.worker_id for one in asked} == {"w0", "w1"}
    assert len({one.follow_up_id for one in asked}) == 2 * len(DAYS)
    assert follow_ups_of(order, date(2018, 6, 1)) == asked
    assert placement_id("o1", "w0") != placement_id("o1", "w1")


@given(st.integers(1, 120), st.sets(st.integers(0, 118)), st.integers(3, 50))
def test_a_group_is_divided_whole_and_couples_stay_together(n, pairs, most):
    seats = [Seat(worker_id=f"w{i}", place=i + 1, changed_at=NOON) for i in range(n)]
    for ix in sorted(pairs):
        if ix + 1 < n and not seats[ix].partner and not seats[ix + 1].partner:
            seats[ix] = msgspec.structs.replace(seats[ix], partner=f"w{ix + 1}")
            seats[ix + 1] = msgspec.structs.replace(seats[ix + 1], partner=f"w{ix}")
    units = divided(seats, most)
    assert sorted(one.worker_id for unit in units for one in unit) == sorted(one.worker_id for one in seats)
    assert all(1 <= len(unit) <= most for unit in units)
    for unit in units:
        here = {one.worker_id for one in unit}
        assert all(not one.partner or one.partner in here for one in unit)
    if n <= most:
        assert len(units) == 1
