"""The list of orders: open and lawful ones only, most places left first, sought, narrowed and turned over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from broker_county import AT, SEWERS, asker, county_app
from county import application_of

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with county_app(tmp_path_factory.mktemp("orders") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def broker(app):
    return asker(app)


def page_of(client, **query):
    answer = client.get("/broker.json", query_string=query)
    assert answer.status_code == 200
    return answer.get_json()


def every_order(client, **query):
    found, after = [], ""
    while True:
        told = page_of(client, **query, **({"after": after} if after else {}))
        found += told["orders"]
        after = told["next"]
        if not after:
            return found


def test_open_orders_stand_with_most_places_left_first(broker):
    found = every_order(broker)
    assert found[0]["vacancy_id"] == SEWERS
    places = [order["places_left"] for order in found]
    assert places == sorted(places, reverse=True)
    assert min(places) > 0


def test_what_may_not_be_published_is_full_over_or_land_is_no_order(broker):
    ids = {order["vacancy_id"] for order in every_order(broker)}
    assert ids & {"v-deposit", "v-full", "v-late", "v-plot"} == set()
    assert {"v-reserved", "v-heavy", "v-far", SEWERS} <= ids


def test_every_order_stands_on_exactly_one_page(broker):
    ids = [order["vacancy_id"] for order in every_order(broker)]
    assert len(ids) == len(set(ids)) == page_of(broker)["n_orders"] == 29
    assert len(page_of(broker)["orders"]) == 20


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("缝纫", {SEWERS}),
        ("样例制衣", {SEWERS}),
        ("东莞 电子", {"v-far"}),
        ("东莞 缝纫", set()),
        ("% OR 1=1 --", set()),
    ],
)
def test_all_words_must_stand_in_title_firm_or_place(broker, words, expected):
    assert {order["vacancy_id"] for order in every_order(broker, q=words)} == expected


def test_a_channel_narrows_and_the_facet_counts_what_the_words_leave(broker):
    told = page_of(broker, channel="guangdong_partner")
    assert [order["vacancy_id"] for order in told["orders"]] == ["v-far"]
    counts = {choice["value"]: choice["n"] for choice in told["channels"]}
    assert counts == {"workshop": 28, "guangdong_partner": 1}
    assert {choice["value"]: choice["n"] for choice in page_of(broker, q="普工")["channels"]} == {
        "workshop": 25, "guangdong_partner": 1,
    }  # fmt: skip


def test_an_unstated_wage_is_said_to_be_unstated(broker):
    (order,) = page_of(broker, q="电子")["orders"]
    assert order["wage"] == "没有写明"
    assert "工资没有写明" in broker.get("/broker", query_string={"q": "电子"}).get_data(as_text=True)


def test_an_order_that_comes_between_two_pages_moves_no_other(tmp_path):
    with county_app(tmp_path / "home") as app:
        broker = asker(app)
        before = page_of(broker)
        fields = {"title": "新来的", "channel": "workshop", "place_code": "450206", "headcount": 50}
        late = Change(record_id="z-new", sheet="S", row=2, fields=fields)
        batch = Batch(
            batch_id="late", kind=Kind.VACANCIES, file="f", file_sha256="0" * 64,
            imported_at=datetime(2018, 6, 1, 5, tzinfo=UTC),
        )  # fmt: skip
        application_of(app).store.write_batch(batch, [late])
        after = page_of(broker, after=before["next"])
        ids = [order["vacancy_id"] for order in (*before["orders"], *after["orders"])]
        assert len(ids) == len(set(ids)) == 29
        assert page_of(broker)["orders"][0]["vacancy_id"] == "z-new"
    assert AT.year == 2018


@pytest.mark.parametrize("cursor", ["x", "!!!", "bm9uc2Vuc2U", "W10", "WyJhIiwxXQ", "é"])
def test_a_cursor_nobody_gave_is_refused(broker, cursor):
    answer = broker.get("/broker.json", query_string={"after": cursor})
    assert answer.status_code == 400
    assert answer.get_json()["type"].endswith("stale-cursor")


@pytest.mark.parametrize("other", [{"q": "普工"}, {"channel": "workshop"}])
def test_a_cursor_of_another_search_is_refused(broker, other):
    cursor = page_of(broker)["next"]
    assert broker.get("/broker.json", query_string={"after": cursor}).status_code == 200
    assert broker.get("/broker.json", query_string={"after": cursor, **other}).status_code == 400


@pytest.mark.parametrize("path", ["/broker", "/broker/orders/v-sew", "/broker/orders/v-sew/missing"])
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.BROKER, 200), (Role.OFFICER, 200), (Role.AUDITOR, 200), (Role.EMPLOYER, 403), (Role.HELPER, 403)],
)
def test_brokers_and_the_office_may_look(app, path, role, status):
    client = asker(app, role)
    assert client.get(path).status_code == status
    assert client.get(f"{path}.json").status_code == status


def test_somebody_nameless_has_to_sign_in(app):
    assert app.test_client().get("/broker.json").status_code == 401


def test_markup_in_the_search_is_text(broker):
    text = broker.get("/broker", query_string={"q": "<script>alert(1)</script>"}).get_data(as_text=True)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
