"""The day at the desks: what counts as open, leaving, held, lapsing, due; towns as bars with their sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from rosters_in_memory import InMemory

from matcher.records import Channel, Vacancy
from matcher.records.orders import Call, CallOutcome, FollowUp, LabourOrder, OrderState, Seat, SeatState
from matcher.services.office.desk_day import desk_day, town_bars

AT = datetime(2018, 6, 1, 4, 0, tzinfo=UTC)
POST = Vacancy(vacancy_id="v1", title="缝纫工", channel=Channel.WORKSHOP, place_code="441900", headcount=9)


class Kept:
    """Orders and follow-ups of two towns."""

    def __init__(self, orders, follow_ups=()):
        self._orders, self._follow_ups = orders, follow_ups

    def orders(self, *, broker="", regions=()):
        return [one for one in self._orders if not regions or one.region_code.startswith(tuple(regions))]

    def follow_ups(self, *, due_by=None, order_id=""):
        return [one for one in self._follow_ups if one.due_on <= due_by]


def seat(worker_id, state=SeatState.LISTED, **fields):
    return Seat(worker_id=worker_id, state=state, place=1, changed_at=AT, **fields)


def order(order_id, *people, state=OrderState.OPEN, region="450206102", **fields):
    return LabourOrder(
        order_id=order_id, vacancy_id="v1", region_code=region, n_seats=5, state=state, broker="b", created_at=AT,
        people=people, **fields,
    )  # fmt: skip


def told(*orders, follow_ups=(), regions=(), at=AT):
    return desk_day(InMemory([POST]), Kept(orders, follow_ups), regions, at)


@pytest.mark.parametrize(
    ("hours", "today"),
    [(0, 1), (11.9, 1), (12, 0), (-12, 1), (-12.1, 0)],
)
def test_an_order_leaves_today_by_the_countys_own_day(hours, today):
    """04:00 UTC is noon there: the day ends at 16:00 UTC."""
    found = told(order("o1", departs_at=AT + timedelta(hours=hours)))
    assert found["orders"]["n_leaving_today"] == today


def test_orders_that_are_over_or_not_yet_open_take_no_seats():
    confirmed = seat("w1", SeatState.CONFIRMED)
    found = told(
        order("o1", confirmed), order("o2", confirmed, state=OrderState.DEPARTED),
        order("o3", state=OrderState.CANCELLED), order("o4", state=OrderState.DRAFT),
    )  # fmt: skip
    assert (found["orders"]["n_open"], found["orders"]["n_taken"], found["orders"]["n_seats"]) == (1, 1, 5)
    assert found["answers"]["n_orders_waiting"] == 1


@pytest.mark.parametrize(
    ("minutes", "lapsing", "lapsed"),
    [(12 * 60 + 1, 0, 0), (12 * 60, 1, 0), (1, 1, 0), (0, 0, 1), (-60, 0, 1), (None, 0, 0)],
)
def test_a_hold_lapses_within_twelve_hours_and_is_over_at_its_end(minutes, lapsing, lapsed):
    until = None if minutes is None else AT + timedelta(minutes=minutes)
    found = told(order("o1", seat("w1", SeatState.HELD, held_until=until)))["seats"]
    assert found == {"n_held": 1, "n_lapsing": lapsing, "n_lapsed": lapsed}


def test_who_said_later_waits_for_a_call_until_something_else_came_of_it():
    later, go = (Call(at=AT, by="b", outcome=outcome) for outcome in (CallOutcome.LATER, CallOutcome.GO))
    found = told(
        order(
            "o1", seat("w1", calls=(later,)), seat("w2", calls=(later, go)), seat("w3"),
            seat("w4", SeatState.CONFIRMED, calls=(later,)), seat("w5", SeatState.WAITING, calls=(go, later)),
        )
    )  # fmt: skip
    assert found["answers"]["n_call_back"] == 2


def test_follow_ups_count_with_their_order_and_a_town_sees_its_own():
    ups = [
        FollowUp(follow_up_id=name, order_id=of, worker_id="w", vacancy_id="v1", day=7, due_on=due)
        for name, of, due in (
            ("a", "o1", date(2018, 6, 1)), ("b", "o1", date(2018, 5, 31)), ("c", "o2", date(2018, 6, 1)),
            ("d", "o1", date(2018, 6, 2)),
        )
    ]  # fmt: skip
    orders = (order("o1"), order("o2", region="450206110"))
    whole, town = (told(*orders, follow_ups=ups, regions=regions) for regions in ((), ("450206102",)))
    assert (whole["answers"]["n_follow_ups"], whole["answers"]["n_late"], whole["orders"]["n_open"]) == (3, 1, 2)
    assert (town["answers"]["n_follow_ups"], town["orders"]["n_open"]) == (2, 1)


def test_the_next_to_leave_come_first_and_name_nobody():
    rows = told(*(order(f"o{n}", seat("w1"), departs_at=AT + timedelta(days=9 - n)) for n in range(6)))["orders"][
        "next"
    ]
    assert [row["order_id"] for row in rows] == ["o5", "o4", "o3", "o2"]
    assert "w1" not in str(rows)


def town(name, people, places):
    return {"code": name, "name": name, "n_people": people, "n_places": places}


def test_a_few_towns_stand_as_they_are_and_many_are_gathered():
    rows = [town(f"t{n}", n, 0) for n in range(9, 0, -1)]
    assert town_bars(rows[:4], 4)["rows"] == [{k: r[k] for k in ("name", "n_people", "n_places")} for r in rows[:4]]
    told = town_bars([*rows, {"code": "", "name": "县外的岗", "n_people": 0, "n_places": 99}], 4)["rows"]
    assert [row["name"] for row in told] == ["t9", "t8", "t7", "其他6个镇"]
    assert sum(row["n_people"] for row in told) == 45


def test_the_sentence_says_what_the_bars_show():
    assert town_bars([town("甲镇", 5, 2), town("乙镇", 1, 1)], 4)["sentence"] == (
        "想找活的人最多的是甲镇：5人，2个名额；1个镇的名额比人少。"
    )
    assert town_bars([town("甲镇", 1, 2)], 4)["sentence"].endswith("各镇的名额都不比人少。")
    assert town_bars([], 4) == {"rows": [], "sentence": "还没有各镇的数。"}
