"""The book of seats: each deed on its own, and any sequence of deeds against what always holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from matcher.errors import Conflict, NotFound
from matcher.orders import boarding, book
from matcher.orders.seats import Rule, as_of, n_free, seat_of, waiting
from matcher.records.orders import Call, CallOutcome, LabourOrder, OrderState, SeatState

NOON = datetime(2018, 6, 1, 4, tzinfo=UTC)
HOLD = timedelta(hours=48)
AT = Rule(NOON, HOLD)
LEGAL = {
    SeatState.LISTED: frozenset(set(SeatState) - {SeatState.NO_SHOW}),
    SeatState.HELD: frozenset(set(SeatState)),
    SeatState.WAITING: frozenset(set(SeatState) - {SeatState.NO_SHOW}),
    SeatState.CONFIRMED: frozenset(set(SeatState) - {SeatState.LISTED}),
    SeatState.CHECKED_IN: frozenset({SeatState.CONFIRMED}),
    SeatState.NO_SHOW: frozenset({SeatState.CONFIRMED, SeatState.CHECKED_IN, SeatState.WAITING}),
    SeatState.DECLINED: frozenset(),
    SeatState.RELEASED: frozenset(),
}
"""From one deed to the next; a moment's lapses and what the deed then does may lie between the two."""
GO, NO, LATER = CallOutcome.GO, CallOutcome.NO, CallOutcome.LATER


def order_of(n_people: int, n_seats: int = 2, **fields) -> LabourOrder:
    empty = LabourOrder(
        order_id="o1", vacancy_id="v1", region_code="450206", n_seats=n_seats, state=OrderState.OPEN, broker="b",
        created_at=NOON, **fields,
    )  # fmt: skip
    return book.listed(empty, [f"w{n}" for n in range(n_people)], list_id="d-1", rule=AT)


def said(order: LabourOrder, worker_id: str, outcome: CallOutcome, at: Rule = AT) -> LabourOrder:
    return book.answered(as_of(order, at), worker_id, Call(at=at.at, by="b", outcome=outcome), at)


def states(order: LabourOrder) -> list[SeatState]:
    return [seat.state for seat in order.people]


def later(**span: float) -> Rule:
    return Rule(NOON + timedelta(**span), HOLD)


def test_a_list_keeps_its_order_and_names_nobody_twice():
    order = order_of(3)
    again = book.listed(order, ["w2", "w9", "w9", "w0"], list_id="d-2", rule=AT)
    assert [(seat.worker_id, seat.place, seat.list_id) for seat in again.people] == [
        ("w0", 1, "d-1"), ("w1", 2, "d-1"), ("w2", 3, "d-1"), ("w9", 4, "d-2"),
    ]  # fmt: skip


def test_yes_takes_a_seat_while_there_is_one_then_a_place_in_line():
    order = order_of(4)
    for worker_id in ("w3", "w1", "w0", "w2"):
        order = said(order, worker_id, GO)
    assert states(order) == [SeatState.WAITING, SeatState.CONFIRMED, SeatState.WAITING, SeatState.CONFIRMED]
    assert [seat.worker_id for seat in waiting(order)] == ["w0", "w2"]


def test_a_seat_given_back_is_offered_to_the_next_in_line_at_once():
    order = order_of(4)
    for worker_id in ("w0", "w1", "w3", "w2"):
        order = said(order, worker_id, GO)
    order = book.left(order, "w0", "withdrawn", AT)
    assert seat_of(order, "w0").left == "withdrawn"
    assert seat_of(order, "w3").state is SeatState.HELD
    assert seat_of(order, "w3").held_until == NOON + HOLD
    assert seat_of(order, "w2").state is SeatState.WAITING


@pytest.mark.parametrize(("hours", "state"), [(47.99, SeatState.HELD), (48, SeatState.LISTED)])
def test_a_hold_ends_by_itself_to_the_minute(hours, state):
    order = said(order_of(2), "w0", LATER)
    assert seat_of(as_of(order, later(hours=hours)), "w0").state is state


def test_a_hold_that_ends_goes_to_the_next_from_that_moment_on():
    order = order_of(3, n_seats=1)
    order = said(order, "w0", LATER)
    order = said(order, "w1", GO)
    assert states(order) == [SeatState.HELD, SeatState.WAITING, SeatState.LISTED]
    late = as_of(order, later(hours=60))
    assert seat_of(late, "w1").state is SeatState.HELD
    assert seat_of(late, "w1").held_until == NOON + 2 * HOLD
    assert as_of(late, later(hours=60)) == as_of(order, later(hours=60))
    assert states(as_of(order, later(hours=97))) == [SeatState.LISTED] * 3


def test_no_hold_outlasts_the_departure():
    order = said(order_of(1, departs_at=NOON + timedelta(hours=5)), "w0", LATER)
    assert seat_of(order, "w0").held_until == NOON + timedelta(hours=5)


def test_two_who_go_together_have_two_seats_or_none():
    order = book.paired(order_of(4, n_seats=3), "w0", "w2", AT)
    order = said(order, "w0", GO)
    assert [seat_of(order, w).state for w in ("w0", "w2")] == [SeatState.HELD, SeatState.HELD]
    order = said(order, "w2", GO)
    assert [seat_of(order, w).state for w in ("w0", "w2")] == [SeatState.CONFIRMED, SeatState.CONFIRMED]
    order = said(order, "w1", GO)
    gone = book.left(order, "w2", "withdrawn", AT)
    assert [seat_of(gone, w).state for w in ("w0", "w2")] == [SeatState.RELEASED, SeatState.RELEASED]
    assert seat_of(gone, "w0").left == "partner"
    assert n_free(gone) == 2


def test_a_couple_is_not_split_over_the_last_seat_and_a_single_behind_takes_it():
    order = book.paired(order_of(4, n_seats=2), "w0", "w1", AT)
    order = said(order, "w2", GO)
    order = said(order, "w0", GO)
    order = said(order, "w1", GO)
    assert [seat_of(order, w).state for w in ("w0", "w1")] == [SeatState.WAITING, SeatState.WAITING]
    order = said(order, "w3", GO)
    assert seat_of(order, "w3").state is SeatState.CONFIRMED
    freed = book.left(book.left(order, "w3", "withdrawn", AT), "w2", "withdrawn", AT)
    assert [seat_of(freed, w).state for w in ("w0", "w1")] == [SeatState.HELD, SeatState.HELD]


def test_who_said_no_is_never_asked_again_for_this_order():
    order = said(order_of(2), "w0", NO)
    with pytest.raises(Conflict):
        said(order, "w0", GO)
    away = said(order, "w1", CallOutcome.AWAY)
    assert (seat_of(away, "w1").state, seat_of(away, "w1").left) == (SeatState.RELEASED, "away")


def test_nobody_waiting_is_called_up_where_there_is_no_seat():
    order = order_of(3, n_seats=1)
    for worker_id in ("w0", "w1"):
        order = said(order, worker_id, GO)
    with pytest.raises(Conflict, match="满"):
        book.called_up(order, "w1", AT)
    with pytest.raises(Conflict):
        book.called_up(order, "w2", AT)
    with pytest.raises(NotFound):
        book.called_up(order, "w9", AT)


def test_at_the_bus_a_tap_twice_is_one_and_who_is_missing_makes_room():
    order = order_of(3, n_seats=1)
    for worker_id in ("w0", "w1"):
        order = said(order, worker_id, GO)
    here = boarding.checked_in(order, "w0", "b", AT)
    assert boarding.checked_in(here, "w0", "another", later(minutes=1)) == here
    assert boarding.undone(here, "w0", AT).people[0].state is SeatState.CONFIRMED
    gone = boarding.not_come(order, "w0", AT)
    assert [seat.state for seat in gone.people[:2]] == [SeatState.NO_SHOW, SeatState.HELD]
    with pytest.raises(Conflict, match="空座"):
        boarding.checked_in(gone, "w0", "b", AT)
    assert seat_of(boarding.undone(gone, "w0", AT), "w0").state is SeatState.WAITING


def test_a_bus_leaves_with_those_checked_in_and_with_nobody_it_does_not():
    order = order_of(4, n_seats=2)
    for worker_id in ("w0", "w1", "w2"):
        order = said(order, worker_id, GO)
    with pytest.raises(Conflict):
        boarding.departed(order, AT)
    left = boarding.departed(boarding.checked_in(order, "w0", "b", AT), AT)
    assert left.state is OrderState.DEPARTED
    assert states(left) == [SeatState.CHECKED_IN, SeatState.NO_SHOW, SeatState.RELEASED, SeatState.LISTED]
    assert seat_of(left, "w2").left == "full"
    assert boarding.departed(left, later(hours=1)) == left


def test_nobody_is_at_a_bus_before_its_day_by_the_clock_on_the_wall():
    """The bus leaves on 9 June at 7:00 in China, which is 8 June in UTC."""
    order = said(order_of(3, departs_at=datetime(2018, 6, 8, 23, tzinfo=UTC)), "w0", GO)
    eve, day = (Rule(datetime(2018, 6, 8, *time, tzinfo=UTC), HOLD) for time in ((15, 59, 59), (16,)))
    for deed in (
        lambda rule: boarding.checked_in(order, "w0", "b", rule),
        lambda rule: boarding.not_come(order, "w0", rule),
        lambda rule: boarding.departed(order, rule),
    ):
        with pytest.raises(Conflict, match="发车日是6月9日（周六），到那天才能"):
            deed(eve)
    here = boarding.checked_in(order, "w0", "b", day)
    assert boarding.not_come(order, "w0", day).people[0].state is SeatState.NO_SHOW
    assert boarding.departed(here, day).state is OrderState.DEPARTED
    assert (boarding.may_board(order, eve), boarding.may_board(order, day)) == (False, True)


def test_a_bus_without_a_day_waits_for_the_first_yes():
    order = order_of(3)
    with pytest.raises(Conflict, match="还没有人确认座位"):
        boarding.checked_in(order, "w0", "b", AT)
    order = said(order, "w1", GO)
    assert boarding.departed(boarding.checked_in(order, "w1", "b", AT), AT).state is OrderState.DEPARTED


def test_a_signature_stands_for_the_people_it_was_put_under():
    order = msgspec.structs.replace(said(order_of(3), "w0", GO), countersigned_by="o")
    assert book.signature_kept(order, said(order, "w1", GO)).countersigned_by == ""
    assert book.signature_kept(order, said(order, "w1", LATER)).countersigned_by == "o"
    assert book.signature_kept(order, boarding.checked_in(order, "w0", "b", AT)).countersigned_by == "o"


def couple_with_one_on_the_bus() -> LabourOrder:
    order = book.paired(order_of(4, n_seats=2, departs_at=NOON + timedelta(hours=9)), "w0", "w1", AT)
    return boarding.checked_in(order, "w0", "b", AT)


def test_who_is_on_the_bus_stays_there_when_the_other_does_not_come():
    order = couple_with_one_on_the_bus()
    gone = book.left(order, "w1", "withdrawn", AT)
    assert [(seat.state, seat.partner) for seat in gone.people[:2]] == [
        (SeatState.CHECKED_IN, ""), (SeatState.RELEASED, ""),
    ]  # fmt: skip
    lapsed = as_of(order, later(hours=49))
    assert [seat.state for seat in lapsed.people[:2]] == [SeatState.CHECKED_IN, SeatState.LISTED]
    off = boarding.departed(order, AT)
    assert [(seat.state, seat.partner) for seat in off.people[:2]] == [
        (SeatState.CHECKED_IN, ""), (SeatState.RELEASED, ""),
    ]  # fmt: skip


def test_a_couple_that_parts_takes_the_single_seat_it_could_not_share():
    order = book.paired(order_of(3, n_seats=2), "w0", "w1", AT)
    order = said(order, "w2", GO)
    order = said(order, "w0", GO)
    assert [seat.state for seat in order.people[:2]] == [SeatState.WAITING, SeatState.WAITING]
    order = book.parted(order, "w0", AT)
    assert [seat.state for seat in order.people[:2]] == [SeatState.HELD, SeatState.WAITING]


class Books(RuleBasedStateMachine):
    """Two orders that share their people, and any deeds of two brokers in any sequence."""

    workers = st.sampled_from([f"w{n}" for n in range(6)])
    which = st.sampled_from([0, 1])

    @initialize(seats=st.tuples(st.integers(1, 3), st.integers(1, 3)))
    def open_two(self, seats):
        self.now = NOON
        departs = NOON + timedelta(days=4)
        self.orders = [order_of(6, n, departs_at=departs) for n in seats]

    def deed(self, ix, change):
        """As the store does it: from the book of now, refused as a whole, nobody bound twice."""
        moment = Rule(self.now, HOLD)
        before = as_of(self.orders[ix], moment)
        try:
            after = change(before, moment)
        except Conflict:
            return
        bound = {seat.worker_id for seat in self.orders[1 - ix].people if seat.state.bound}
        if self.orders[1 - ix].state is OrderState.OPEN and any(
            seat.state.bound and seat.worker_id in bound for seat in after.people
        ):
            return
        for one, other in zip(before.people, after.people, strict=True):
            assert one.state is other.state or other.state in LEGAL[one.state], (one, other)
        self.orders[ix] = after

    @rule(ix=which, worker=workers, outcome=st.sampled_from(CallOutcome))
    def call(self, ix, worker, outcome):
        self.deed(ix, lambda o, m: book.answered(o, worker, Call(at=m.at, by="b", outcome=outcome), m))

    @rule(ix=which, worker=workers, why=st.sampled_from(["withdrawn", "refuse_unfit"]))
    def leave(self, ix, worker, why):
        self.deed(ix, lambda o, m: book.left(o, worker, why, m))

    @rule(ix=which, one=workers, other=workers)
    def pair(self, ix, one, other):
        self.deed(ix, lambda o, m: book.paired(o, one, other, m))

    @rule(ix=which, worker=workers)
    def part(self, ix, worker):
        self.deed(ix, lambda o, m: book.parted(o, worker, m))

    @rule(ix=which, worker=workers)
    def call_up(self, ix, worker):
        self.deed(ix, lambda o, m: book.called_up(o, worker, m))

    @rule(ix=which, worker=workers)
    def check_in(self, ix, worker):
        self.deed(ix, lambda o, m: boarding.checked_in(o, worker, "b", m))

    @rule(ix=which, worker=workers)
    def miss(self, ix, worker):
        self.deed(ix, lambda o, m: boarding.not_come(o, worker, m))

    @rule(ix=which, worker=workers)
    def undo(self, ix, worker):
        self.deed(ix, lambda o, m: boarding.undone(o, worker, m))

    @precondition(lambda self: self.now > NOON + timedelta(days=3))
    @rule(ix=which)
    def depart(self, ix):
        self.deed(ix, boarding.departed)

    @rule(hours=st.sampled_from([1, 25, 49]))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    @invariant()
    def seats_are_enough(self):
        for order in self.orders:
            assert as_of(order, Rule(self.now, HOLD)).n_taken <= order.n_seats

    @invariant()
    def everybody_stands_once_and_couples_together(self):
        for order in (as_of(order, Rule(self.now, HOLD)) for order in self.orders):
            people = {seat.worker_id: seat for seat in order.people}
            assert len(people) == len(order.people)
            for seat in order.people:
                if seat.partner:
                    other = people[seat.partner]
                    assert other.partner == seat.worker_id
                    assert seat.state.takes_seat == other.state.takes_seat

    @invariant()
    def nobody_is_bound_twice(self):
        bound = [s.worker_id for o in self.orders if o.state is OrderState.OPEN for s in o.people if s.state.bound]
        assert len(bound) == len(set(bound))

    @invariant()
    def no_seat_stays_empty_while_somebody_alone_waits(self):
        for order in (as_of(order, Rule(self.now, HOLD)) for order in self.orders):
            if order.state is OrderState.OPEN and self.now < NOON + timedelta(days=4):
                assert not n_free(order) or all(seat.partner for seat in waiting(order))


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
