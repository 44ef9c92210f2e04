"""The demonstration shows a broker's orders: one under way, one that left, the same however often it is seeded."""

from __future__ import annotations

import county
from broker_county import asker
from call_county import call_app
from factories import vacancy
from order_desk import write

from matcher.records import Channel, Kind
from matcher.records.access import Role
from matcher.records.orders import OrderState, SeatState
from matcher.services.broker.demo_orders import N_GONE, N_SEATS, seed_demo_orders


def test_the_demonstration_has_an_order_under_way_and_one_that_left(tmp_path):
    with call_app(tmp_path / "home") as app:
        check(app)


def test_a_post_nobody_can_be_called_for_is_passed_over(tmp_path):
    with call_app(tmp_path / "home") as app:
        far = vacancy("v-0", channel=Channel.GUANGDONG_PARTNER, headcount=90, age_min=18, age_max=19)
        write(app, Kind.VACANCIES, "vacancy_id", [far])
        check(app)
        assert "v-0" not in {order.vacancy_id for order in county.application_of(app).orders.orders()}


def check(app):
    run = county.application_of(app)
    for _ in range(2):
        seed_demo_orders(run.store, run.orders, run.means, run.settings, run.today())
    orders = {order.state: order for order in run.orders.orders(broker="broker")}
    assert set(orders) == {OrderState.OPEN, OrderState.DEPARTED}
    under_way, gone = orders[OrderState.OPEN], orders[OrderState.DEPARTED]
    states = [seat.state for seat in under_way.people]
    assert under_way.n_taken <= under_way.n_seats <= N_SEATS
    assert SeatState.CONFIRMED in states
    assert sum(seat.state is SeatState.CHECKED_IN for seat in gone.people) == N_GONE
    client = asker(app, Role.BROKER)
    assert len(client.get("/broker/follow-ups.json").json["due"]) == N_GONE
    for page in ("calls", "seats", "manifest", "check-in"):
        assert client.get(f"/broker/orders/{under_way.order_id}/{page}").status_code == 200
