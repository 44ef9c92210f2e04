"""Seats over HTTP: fifty hands at once, the waiting list, the manifest and its readers."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import county
import msgspec
import pytest
from broker_county import asker
from call_county import call_app, csrf_of, kept, on_bus_day, open_order, phone, post, say, states, tap
from openpyxl import load_workbook

from matcher.records.access import Role
from matcher.records.orders import SeatState

BASE = "/broker/orders/o-1"


@pytest.fixture
def app(tmp_path):
    with call_app(tmp_path / "home") as made:
        yield made


def state(app, worker_id):
    return next(seat.state for seat in kept(app).people if seat.worker_id == worker_id)


def names(app, ids):
    return {one.worker_id: one.name for one in county.application_of(app).store.identities(ids).values()}


def test_fifty_yeses_at_once_never_take_more_than_forty_seats(app):
    open_order(app, listed=50)
    clients = [asker(app) for _ in range(4)]
    tokens = [csrf_of(client) for client in clients]
    cookies = [client.get_cookie("matcher_session").value for client in clients]

    def one(n):
        client = app.test_client()
        client.set_cookie("matcher_session", cookies[n % 4])
        data = {"outcome": "go", "csrf": tokens[n % 4]}
        return client.post(f"{BASE}/calls/w{n:02d}/outcome", data=data).status_code

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(one, range(50)))
    assert told == [303] * 50
    found = states(app)
    assert (found.count(SeatState.CONFIRMED), found.count(SeatState.WAITING)) == (40, 10)
    assert all(len(seat.calls) == 1 for seat in kept(app).people)


def test_one_worker_confirmed_by_two_brokers_at_once_is_bound_once(app):
    open_order(app, listed=1)
    open_order(app, "o-2", listed=1)
    clients = [asker(app), asker(app)]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda n: say(clients[n], "w00", "go", ("o-1", "o-2")[n]).status_code, range(2)))
    assert sorted(told) == [303, 409]
    bound = [states(app, order_id)[0] for order_id in ("o-1", "o-2")]
    assert sorted(bound) == [SeatState.CONFIRMED, SeatState.LISTED]


def test_the_board_counts_as_people_say_it(app):
    open_order(app, n_seats=3, listed=6)
    client = asker(app)
    for worker_id, outcome in (("w00", "go"), ("w01", "go"), ("w02", "later"), ("w03", "go"), ("w04", "go")):
        say(client, worker_id, outcome)
    page = client.get(f"{BASE}/seats")
    told = client.get(f"{BASE}/seats.json").json
    assert [seat["seat"] for seat in told["seats"]] == ["confirmed", "confirmed", "held"]
    assert [person["worker_id"] for person in told["waiting"]] == ["w03", "w04"]
    assert {name: told["desk"][name] for name in ("n_confirmed", "n_held", "n_free", "n_waiting")} == {
        "n_confirmed": 2, "n_held": 1, "n_free": 0, "n_waiting": 2,
    }  # fmt: skip
    assert "3座" in page.text
    assert "2 确认" in page.text


def test_a_cancelled_seat_is_offered_to_the_next_and_lapses_after_two_days(app):
    open_order(app, n_seats=1, listed=3)
    client = asker(app)
    for worker_id in ("w00", "w01", "w02"):
        say(client, worker_id, "go")
    assert tap(client, "w00", "leave", why="withdrawn").status_code == 303
    assert state(app, "w01") is SeatState.HELD
    first = client.get(f"{BASE}/calls.json").json["to_call"][0]
    assert first["worker_id"] == "w01"
    county.clock(app).advance(hours=49)
    told = asker(app).get(f"{BASE}/seats.json").json
    assert [seat["worker_id"] for seat in told["seats"]] == ["w02"]


def test_a_seat_that_went_between_the_page_and_the_tap_is_refused(app):
    open_order(app, n_seats=1, listed=3)
    client = asker(app)
    say(client, "w00", "go")
    say(client, "w01", "go")
    refused = tap(client, "w01", "call_up")
    assert refused.status_code == 409
    assert "座位刚刚满了" in refused.text
    assert state(app, "w01") is SeatState.WAITING


def test_deeds_that_are_none_and_people_who_are_not_there(app):
    open_order(app, listed=1)
    client = asker(app)
    assert tap(client, "w00", "promote").status_code == 422
    assert tap(client, "w00", "leave", why="sex").status_code == 422
    assert tap(client, "w09", "check_in").status_code == 404
    assert client.post(f"{BASE}/seats/w00", data={"deed": "check_in"}).status_code in (400, 403)
    assert tap(asker(app, Role.AUDITOR), "w00", "check_in").status_code == 403
    assert states(app) == [SeatState.LISTED]


def test_an_order_whose_seats_are_taken_is_full_and_no_longer_filled(app):
    open_order(app, n_seats=2, listed=2)
    broker = asker(app, Role.OFFICER)
    for taken, label, n_open in ((1, "正在招", 1), (2, "招满了", 0)):
        confirm(app, taken)
        told = broker.get("/broker/orders/mine.json").json
        (row,) = told["orders"]
        assert (row["state_label"], row["n_taken"], told["n_open"]) == (label, taken, n_open)
    assert "0张正在招，一共1张" in broker.get("/broker/orders/mine").text


@pytest.mark.parametrize(("n", "unit"), [(10, "组"), (11, "班"), (50, "班")])
def test_a_county_whose_document_is_silent_borrows_sizes_and_no_leader(app, n, unit):
    open_order(app, n_seats=60, listed=n)
    confirm(app, n)
    told = asker(app).get(f"{BASE}/manifest.json").json
    assert [(one["unit"], one["leader_label"], one["n"]) for one in told["units"]] == [(unit, "由县里定带队人", n)]
    assert told["source"] == "参照河政办发〔2018〕6号三(二)3，本县的文件没有写"
    assert told["divided"] is False


def test_above_fifty_the_group_is_divided_and_said_to_be_reviewed(app):
    open_order(app, n_seats=60, listed=60)
    confirm(app, 60)
    answer = asker(app).get(f"{BASE}/manifest")
    told = asker(app).get(f"{BASE}/manifest.json").json
    assert [one["n"] for one in told["units"]] == [30, 30]
    assert "一个班带不下" in answer.text


def confirm(app, n):
    """As if so many had said yes, without sixty calls over HTTP."""

    def change(order, _):
        people = tuple(
            msgspec.structs.replace(seat, state=SeatState.CONFIRMED) if ix < n else seat
            for ix, seat in enumerate(order.people)
        )
        return msgspec.structs.replace(order, people=people)

    county.application_of(app).orders.change_order("o-1", change)


READERS = (Role.HELPER, Role.BROKER, Role.EMPLOYER, Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


def test_who_reads_what_of_the_manifest(app):
    open_order(app, n_seats=62, listed=62)
    confirm(app, 62)
    whole = names(app, ["w00", "w60"])
    told = {role: asker(app, role).get(f"{BASE}/manifest.json").get_data(as_text=True) for role in READERS}
    assert [role for role in READERS if phone("w00") in told[role]] == [Role.OFFICER, Role.ADMINISTRATOR]
    assert not [role for role in READERS if phone("w60") in told[role]]
    assert [role for role in READERS if whole["w00"] in told[role]] == [Role.BROKER, Role.OFFICER, Role.ADMINISTRATOR]
    firm = asker(app).get(f"{BASE}/manifest.json", query_string={"for": "firm"}).json
    people = [person for one in firm["units"] for person in one["people"]]
    assert firm["n"] == 62
    assert len(people) == 60
    assert {name for person in people for name in person} == {"number", "place", "name"}


@pytest.mark.parametrize("for_firm", [False, True])
def test_the_workbook_holds_what_the_page_says_and_no_formula(app, for_firm):
    order = open_order(app, n_seats=62, listed=12)
    confirm(app, 12)
    client = asker(app)
    post(client, f"{BASE}/leader", leader="=HYPERLINK(1) 陈样例")
    query = {"for": "firm"} if for_firm else {}
    answer = client.get(f"{BASE}/manifest.xlsx", query_string=query)
    (sheet,) = load_workbook(io.BytesIO(answer.data)).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    page = client.get(f"{BASE}/manifest.json", query_string=query).json
    assert list(rows[2]) == [column["label"] for column in page["columns"]]
    assert [list(row)[1] for row in rows[3:]] == [person["name"] for person in page["units"][0]["people"]]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert not any(phone(seat.worker_id) in str(rows) for seat in order.people)
    assert asker(app, Role.EMPLOYER).get(f"{BASE}/manifest.xlsx").status_code == 403


def test_an_officer_signs_and_a_change_of_people_takes_the_signature_off(app):
    open_order(app, n_seats=3, listed=3)
    client, officer = asker(app), asker(app, Role.OFFICER)
    assert post(officer, f"{BASE}/sign").status_code == 409
    say(client, "w00", "go")
    assert post(client, f"{BASE}/sign").status_code == 403
    assert "，复签</button>" in officer.get(f"{BASE}/manifest").text
    for _ in range(2):
        assert post(officer, f"{BASE}/sign").status_code == 303
    signed = kept(app)
    assert (bool(signed.countersigned_by), signed.countersigned_at) == (True, county.NOON)
    page = officer.get(f"{BASE}/manifest").text
    assert f"{signed.countersigned_by}，6月1日（周五）签的" in page
    assert "，复签</button>" not in page
    assert "6月1日（周五）签的" in client.get(f"{BASE}/seats").text
    on_bus_day(app)
    client = asker(app)
    tap(client, "w00", "check_in")
    assert state(app, "w00") is SeatState.CHECKED_IN
    assert kept(app).countersigned_by
    assert "，复签</button>" in asker(app, Role.OFFICER).get(f"{BASE}/manifest").text
    say(client, "w01", "go")
    assert (kept(app).countersigned_by, kept(app).countersigned_at) == ("", None)


def test_a_full_order_still_has_its_list_and_its_reasons(app):
    open_order(app, n_seats=1, vacancy_id="v-one")
    client = asker(app)
    post(client, f"{BASE}/calls")
    first, second = (seat.worker_id for seat in kept(app).people[:2])
    say(client, first, "go")
    say(client, second, "go")
    card = client.get(f"{BASE}/calls/{second}.json").json
    assert len(card["points"]) == 3
    assert client.get(f"{BASE}/calls.json").json["ahead"] is not None
