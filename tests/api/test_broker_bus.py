"""The bus of an order: who is there, what its leaving makes, what is asked after a week, how the next is planned."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import county
import msgspec
import pytest
from broker_county import asker
from call_county import call_app, kept, on_bus_day, open_order, post, say, states, tap

from matcher.orders.follow_ups import placement_id
from matcher.records import EvidenceKind, Kind
from matcher.records.access import Role
from matcher.records.orders import OrderState, Seat, SeatState
from matcher.records.texts import Channel

BASE = "/broker/orders/o-1"


@pytest.fixture
def app(tmp_path):
    with call_app(tmp_path / "home") as made:
        yield made


def test_at_the_bus_every_tap_may_come_twice(app):
    open_order(app, n_seats=2, listed=3)
    on_bus_day(app)
    client = asker(app)
    for worker_id in ("w00", "w01", "w02"):
        say(client, worker_id, "go")
    for _ in range(2):
        assert tap(client, "w00", "check_in").status_code == 303
    for _ in range(2):
        assert tap(client, "w01", "not_come").status_code == 303
    assert states(app) == [SeatState.CHECKED_IN, SeatState.NO_SHOW, SeatState.HELD]
    page = client.get(f"{BASE}/check-in.json").json
    assert [person["worker_id"] for person in page["held"]] == ["w02"]
    assert [person["worker_id"] for person in page["missing"]] == ["w01"]
    entries = county.application_of(app).access.audit(subject="w00", limit=50)
    assert [entry.action for entry in entries].count("seat_check_in") == 1
    tap(client, "w02", "check_in")
    assert tap(client, "w01", "check_in").status_code == 409


def test_a_bus_that_left_makes_placements_and_questions_once(app):
    store, orders = county.application_of(app).store, county.application_of(app).orders
    open_order(app, n_seats=2, listed=3)
    on_bus_day(app)
    client = asker(app)
    assert post(client, f"{BASE}/depart").status_code == 409
    for worker_id in ("w00", "w01"):
        say(client, worker_id, "go")
    tap(client, "w00", "check_in")
    for _ in range(2):
        assert post(client, f"{BASE}/depart").status_code == 303
    assert kept(app).state is OrderState.DEPARTED
    (placement,) = store.records(Kind.PLACEMENTS)
    assert placement.placement_id == placement_id("o-1", "w00")
    assert (placement.worker_id, placement.vacancy_id, placement.broker_id) == ("w00", "v-sew", "huang")
    assert placement.start == date(2018, 6, 9)
    assert [proof.kind for proof in placement.evidence] == [EvidenceKind.CHECK_IN]
    facts = store.history(Kind.PLACEMENTS, placement.placement_id)
    assert {fact.source.file for fact in facts} == {"order:o-1"}
    (vacancy,) = store.records(Kind.VACANCIES, ids=["v-sew"])
    assert vacancy.filled == 1
    assert [(one.worker_id, one.day) for one in orders.follow_ups(order_id="o-1")] == [("w00", n) for n in (7, 30, 90)]
    assert tap(client, "w01", "check_in").status_code == 409
    assert say(client, "w02", "go").status_code == 409


def test_before_its_day_a_bus_makes_no_placement_and_its_buttons_are_not_shown(app):
    store, orders = county.application_of(app).store, county.application_of(app).orders
    open_order(app, n_seats=2, listed=2)
    client = asker(app)
    say(client, "w00", "go")
    page = client.get(f"{BASE}/check-in").text
    assert "发车日是<b>6月9日（周六）</b>，到那天才能点名、发车" in page
    assert not [words for words in ("到了：", "没来：", "发车：") if words in page]
    for refused in (tap(client, "w00", "check_in"), tap(client, "w00", "not_come"), post(client, f"{BASE}/depart")):
        assert refused.status_code == 409
        assert "发车日是6月9日（周六），到那天才能" in refused.text
    assert states(app) == [SeatState.CONFIRMED, SeatState.LISTED]
    assert list(store.records(Kind.PLACEMENTS)) == list(orders.follow_ups(order_id="o-1")) == []
    on_bus_day(app)
    page = asker(app).get(f"{BASE}/check-in").text
    assert "到那天才能" not in page
    assert all(words in page for words in ("到了：", "没来：", "发车："))


def test_buses_of_one_post_that_leave_at_once_fill_it_together(app):
    store, n = county.application_of(app).store, 6
    for bus in range(n):
        worker_id = f"w{bus:02d}"
        open_order(app, f"o-{bus}", n_seats=1)
        county.application_of(app).orders.change_order(
            f"o-{bus}",
            lambda order, _, on=worker_id: msgspec.structs.replace(
                order, people=(Seat(worker_id=on, state=SeatState.CHECKED_IN, place=1, changed_at=order.created_at),)
            ),
        )
    on_bus_day(app)
    clients = [asker(app) for _ in range(n)]
    with ThreadPoolExecutor(n) as pool:
        left = pool.map(lambda bus: post(clients[bus], f"/broker/orders/o-{bus}/depart").status_code, range(n))
        assert list(left) == [303] * n
    (vacancy,) = store.records(Kind.VACANCIES, ids=["v-sew"])
    assert vacancy.filled == n


def test_what_is_asked_after_a_week_is_answered_in_one_tap(tmp_path):
    with call_app(tmp_path / "home", today=date(2018, 7, 9)) as app:
        store, orders = county.application_of(app).store, county.application_of(app).orders
        open_order(app, n_seats=2, listed=2)
        on_bus_day(app)
        client = asker(app)
        for worker_id in ("w00", "w01"):
            say(client, worker_id, "go")
            tap(client, worker_id, "check_in")
        post(client, f"{BASE}/depart")
        due = client.get("/broker/follow-ups.json").json["due"]
        assert [(row["worker_id"], row["day"]) for row in due] == [("w00", 7), ("w01", 7), ("w00", 30), ("w01", 30)]
        where = f"{BASE}/follow-ups/{due[0]['follow_up_id']}"
        assert post(client, where, status="fine").status_code == 422
        for _ in range(2):
            assert post(client, where, status="returned", reason="family").status_code == 303
        assert post(client, where, status="kept").status_code == 409
        # Who has left is asked no more whether the work is kept.
        due = client.get("/broker/follow-ups.json").json["due"]
        assert [(row["worker_id"], row["day"]) for row in due] == [("w01", 7), ("w01", 30)]
        (told,) = [one for one in orders.follow_ups(order_id="o-1") if one.status]
        assert (told.worker_id, told.status, told.reason, told.source) == ("w00", "returned", "family", "broker")
        ends = {one.worker_id: one.end for one in store.records(Kind.PLACEMENTS)}
        assert ends == {"w00": date(2018, 7, 9), "w01": None}
        (home,) = county.application_of(app).texts.returns()
        assert (home.worker_id, home.returned_on, home.channel) == ("w00", date(2018, 7, 9), Channel.CALL)
        (worker,) = store.records(Kind.WORKERS, ids=["w00"])
        assert worker.returned_on == date(2018, 7, 9)
        post(client, f"{BASE}/follow-ups/{due[0]['follow_up_id']}", status="moved")
        ends = {one.worker_id: (one.end, one.end_reason) for one in store.records(Kind.PLACEMENTS)}
        assert ends["w01"] == (date(2018, 7, 9), "7天回访：换了单位")
        assert len(county.application_of(app).texts.returns()) == 1
        assert client.get("/broker/follow-ups.json").json["due"] == []
        assert asker(app, Role.BROKER, "450206999").get("/broker/follow-ups.json").json["due"] == []


def test_the_next_bus_is_planned_by_the_brokers_own_history(app):
    client = asker(app)
    assert client.get(f"{BASE}/seats").status_code == 404
    open_order(app, n_seats=40, listed=3)
    told = client.get(f"{BASE}/seats.json").json["standby"]
    assert (told["n"], told["n_orders"]) == (None, 0)
