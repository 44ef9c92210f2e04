"""Orders in the store: seats under parallel hands, one yes per worker, looks at numbers within their quota."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.ports.orders import Elsewhere
from matcher.records.orders import (
    Arrear,
    ContactUnlock,
    Draft,
    FollowUp,
    LabourOrder,
    OrderState,
    SavedSearch,
    Seat,
    SeatState,
)
from matcher.store import open_store
from matcher.store.orders import Orders, open_orders

NOW = datetime(2018, 6, 1, 8, tzinfo=UTC)


@pytest.fixture
def orders(tmp_path: Path) -> Iterator[Orders]:
    url = f"sqlite:///{tmp_path}/county.db"
    store = open_store(url, home=tmp_path)
    store.migrate()
    opened = open_orders(url, home=tmp_path)
    yield opened
    opened.close()
    store.close()


def an_order(order_id: str, *worker_ids: str, region_code: str = "450206", n_seats: int = 3) -> LabourOrder:
    people = tuple(Seat(worker_id=w, place=n, changed_at=NOW) for n, w in enumerate(worker_ids, 1))
    return LabourOrder(
        order_id=order_id,
        vacancy_id="v1",
        region_code=region_code,
        n_seats=n_seats,
        state=OrderState.OPEN,
        broker="broker",
        created_at=NOW,
        people=people,
    )


def confirm(order: LabourOrder, worker_id: str) -> LabourOrder:
    """A yes if there is a seat, a place on the waiting list if not."""
    state = SeatState.CONFIRMED if order.n_taken < order.n_seats else SeatState.WAITING
    people = tuple(
        msgspec.structs.replace(seat, state=state) if seat.worker_id == worker_id else seat for seat in order.people
    )
    return msgspec.structs.replace(order, people=people)


def test_fifty_hands_confirming_at_once_never_take_more_seats_than_there_are(orders: Orders) -> None:
    workers = [f"w{n:02}" for n in range(50)]
    orders.add_order(an_order("o1", *workers, n_seats=40))

    def one(worker_id: str) -> None:
        orders.change_order("o1", lambda order, elsewhere: confirm(order, worker_id))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, workers))
    states = [seat.state for seat in orders.order("o1").people]
    assert (states.count(SeatState.CONFIRMED), states.count(SeatState.WAITING)) == (40, 10)


def test_who_has_said_yes_cannot_say_yes_to_another_order(orders: Orders) -> None:
    orders.add_order(an_order("o1", "w1"))
    orders.add_order(an_order("o2", "w1"))
    orders.change_order("o1", lambda order, elsewhere: confirm(order, "w1"))
    seen: dict[str, str] = {}

    def look(order: LabourOrder, elsewhere: Elsewhere) -> LabourOrder:
        seen.update(elsewhere(["w1", "w2"]))
        return confirm(order, "w1")

    with pytest.raises(Conflict):
        orders.change_order("o2", look)
    assert seen == {"w1": "o1"}
    assert orders.order("o2").people[0].state is SeatState.LISTED


def test_an_order_that_departed_binds_nobody_any_longer(orders: Orders) -> None:
    orders.add_order(an_order("o1", "w1"))
    orders.add_order(an_order("o2", "w1"))
    orders.change_order("o1", lambda order, elsewhere: confirm(order, "w1"))
    assert orders.orders_of(["w1"]) == {"w1": ("o1", "o2")}
    orders.change_order("o1", lambda order, elsewhere: msgspec.structs.replace(order, state=OrderState.DEPARTED))
    assert orders.orders_of(["w1"]) == {"w1": ("o2",)}
    changed = orders.change_order("o2", lambda order, elsewhere: confirm(order, "w1"))
    assert changed.people[0].state is SeatState.CONFIRMED


def test_orders_are_found_by_broker_and_region_newest_first(orders: Orders) -> None:
    orders.add_order(an_order("o1"))
    later = msgspec.structs.replace(an_order("o2", region_code="450222"), created_at=datetime(2018, 6, 2, tzinfo=UTC))
    orders.add_order(later)
    assert [order.order_id for order in orders.orders()] == ["o2", "o1"]
    assert [order.order_id for order in orders.orders(regions=["450206"])] == ["o1"]
    assert orders.orders(broker="somebody") == []
    with pytest.raises(InvalidInput):
        orders.add_order(an_order("o1"))
    with pytest.raises(NotFound):
        orders.order("o9")


def test_a_quota_counts_people_not_looks(orders: Orders) -> None:
    def look(worker_id: str, actor: str = "broker") -> bool:
        unlock = ContactUnlock(at=NOW, actor=actor, worker_id=worker_id, order_id="o1", reason="约上车时间")
        return orders.unlock(unlock, daily_quota=2, day_start=datetime(2018, 6, 1, tzinfo=UTC))

    assert [look("w1"), look("w1"), look("w2"), look("w3"), look("w2")] == [True, True, True, False, True]
    assert look("w3", actor="another")
    assert [unlock.worker_id for unlock in orders.unlocks(actor="broker")] == ["w2", "w2", "w1", "w1"]


def test_an_erased_person_leaves_orders_searches_and_follow_ups(orders: Orders) -> None:
    order = an_order("o1", "w1", "w2")
    pair = tuple(msgspec.structs.replace(s, partner="w1" if s.worker_id == "w2" else "w2") for s in order.people)
    orders.add_order(msgspec.structs.replace(order, people=pair))
    orders.put_search(
        SavedSearch(
            search_id="s1",
            owner="broker",
            name="缝纫",
            query="缝纫",
            created_at=NOW,
            seen_at=NOW,
            seen_ids=("w1", "w2"),
        )
    )
    due = date(2018, 6, 8)
    orders.put_follow_ups(
        [FollowUp(follow_up_id="f1", order_id="o1", worker_id="w1", vacancy_id="v1", day=7, due_on=due)]
    )
    assert [follow_up.follow_up_id for follow_up in orders.follow_ups(due_by=due)] == ["f1"]
    assert orders.forget_person("w1") == 3
    assert [(seat.worker_id, seat.partner) for seat in orders.order("o1").people] == [("w2", "")]
    assert orders.searches("broker")[0].seen_ids == ("w2",)
    assert orders.follow_ups(order_id="o1") == []
    assert orders.orders_of(["w1"]) == {}


def test_an_answered_follow_up_is_due_no_longer(orders: Orders) -> None:
    due = date(2018, 6, 8)
    asked = FollowUp(follow_up_id="f1", order_id="o1", worker_id="w1", vacancy_id="v1", day=7, due_on=due)
    orders.put_follow_ups([asked])
    assert orders.follow_ups(due_by=date(2018, 6, 7)) == []
    orders.put_follow_ups([msgspec.structs.replace(asked, status="kept")])
    assert orders.follow_ups(due_by=due) == []
    assert orders.follow_ups(order_id="o1")[0].status == "kept"


def test_arrears_count_what_changed_and_honour_a_removal(orders: Orders) -> None:
    entry = Arrear(arrear_id="a1", employer_name="甲厂", listed_on=date(2018, 1, 1), source="名单", author="officer")
    assert orders.put_arrears([entry]) == 1
    assert orders.put_arrears([entry]) == 0
    removed = msgspec.structs.replace(entry, removed_on=date(2018, 5, 1))
    assert orders.put_arrears([removed]) == 1
    assert [orders.arrears()[0].stands_on(day) for day in (date(2018, 4, 30), date(2018, 5, 1))] == [True, False]


def test_a_draft_outlives_a_session_and_ends_once_used(orders: Orders) -> None:
    orders.put_draft(Draft(owner="broker", form="order", kept_at=NOW, fields={"said": "东莞制衣 缝纫 40人"}))
    kept = orders.draft("broker", "order")
    assert kept is not None
    assert kept.fields == {"said": "东莞制衣 缝纫 40人"}
    orders.end_draft("broker", "order")
    assert orders.draft("broker", "order") is None
