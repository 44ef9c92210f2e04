"""The office's side of brokers: registrations, lists of arrears, and orders that wait, each inside its regions."""

from __future__ import annotations

import io
import re
from datetime import date

import county
import pytest
from broker_county import BAIPENG, CHENGTUAN, SEWERS, county_app
from county import application_of
from order_desk import Desk

from matcher.records.access import Role
from matcher.services.access.licences import licence_of

LIST = "单位名称,列入日期,移出日期\n样例制衣厂,2018-05-01,\n样例建筑队,2018-01-01,2018-05-01\n"


@pytest.fixture
def app(tmp_path):
    with county_app(tmp_path / "home") as made:
        yield made


def take(desk: Desk, text: str = LIST, name: str = "名单.csv", **fields: str):
    form = {"csrf": desk.csrf, "source": "样例市人社局", **fields, "file": (io.BytesIO(text.encode()), name)}
    return desk.client.post("/office/arrears", data=form, content_type="multipart/form-data")


def test_a_list_taken_in_stops_orders_at_once(app):
    broker, officer = Desk(app), Desk(app, Role.OFFICER)
    broker.post(f"/broker/orders/{SEWERS}/open")
    answer = take(officer)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "收了2条" in page
    assert "正在招的单子，单位在名单上" in page
    told = officer.client.get("/office/arrears.json").get_json()
    assert (told["n_standing"], [row["employer"] for row in told["orders"]]) == (1, ["样例制衣厂"])
    assert Desk(app).post(f"/broker/orders/{SEWERS}/open").status_code == 409
    take(officer, "单位名称,列入日期\n样例建筑队,2018-01-01\n", whole="yes")
    assert officer.client.get("/office/arrears.json").get_json()["n_standing"] == 0
    assert Desk(app).post(f"/broker/orders/{SEWERS}/open").status_code in (303, 409)
    assert broker.client.get(f"/broker/orders/{SEWERS}.json").get_json()["people"]["people"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("姓名,电话\n某某,1\n", "表头里要有"), ("", "空"), ("单位名称,列入日期\n样例厂,某日\n", "退回1行")],
)
def test_a_list_at_fault_says_how_to_mend_it(app, text, words):
    answer = take(Desk(app, Role.OFFICER), text)
    assert answer.status_code in (200, 422)
    assert words in answer.get_data(as_text=True)


def test_markup_in_a_list_stays_text(app):
    answer = take(Desk(app, Role.OFFICER), "单位名称,列入日期\n<script>alert(1)</script>,2018-01-01\n")
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_the_auditor_reads_and_does_nothing(app):
    auditor = Desk(app, Role.AUDITOR)
    for path in ("/office/arrears", "/office/brokers", "/office/orders"):
        page = auditor.client.get(path)
        assert page.status_code == 200
        assert 'method="post"' not in page.get_data(as_text=True).split('id="main"')[1]
    assert take(auditor).status_code == 403
    assert auditor.post("/office/brokers", user="x").status_code == 403


def test_an_officer_registers_a_broker(app):
    officer, orders = Desk(app, Role.OFFICER), application_of(app).orders
    name = county.new_user(app, Role.BROKER, licensed=False)
    days = {"from": "2018-01-01", "to": "2018-12-31"}
    assert officer.post("/office/brokers", user=name, number="备2018-9", **days).status_code == 303
    told = licence_of(orders, name, date(2018, 6, 1))
    assert (told.in_force, told.licence.recorded_by) == (True, officer.name)
    rows = {row["name"]: row for row in officer.client.get("/office/brokers.json").get_json()["brokers"]}
    assert (rows[name]["state_label"], rows[name]["number"]) == ("有效", "备2018-9")
    bad = officer.post("/office/brokers", user=name, number="备2018-9", **days | {"to": "x"})
    assert bad.status_code == 422
    assert re.search("日期", bad.get_data(as_text=True))


def test_a_township_sees_and_registers_its_own_brokers_only(app):
    officer = Desk(app, Role.OFFICER, BAIPENG)
    here = county.new_user(app, Role.BROKER, (f"{BAIPENG}201",), licensed=False)
    there = county.new_user(app, Role.BROKER, (CHENGTUAN,), licensed=False)
    everywhere = county.new_user(app, Role.BROKER, licensed=False)
    names = {row["name"] for row in officer.client.get("/office/brokers.json").get_json()["brokers"]}
    assert here in names
    assert not names & {there, everywhere}
    days = {"from": "2018-01-01", "to": "2018-12-31", "number": "备2018-9"}
    assert officer.post("/office/brokers", user=here, **days).status_code == 303
    for name in (there, everywhere, "nobody-at-all"):
        assert officer.post("/office/brokers", user=name, **days).status_code == 422
        assert application_of(app).orders.licence(name) is None


def test_a_township_sees_the_orders_of_its_own(app):
    here, there = Desk(app, Role.BROKER, BAIPENG), Desk(app, Role.BROKER, CHENGTUAN)
    here.post(f"/broker/orders/{SEWERS}/open")
    there.post("/broker/orders/p03/open")
    seen = Desk(app, Role.OFFICER, BAIPENG).client.get("/office/orders.json").get_json()["orders"]
    assert [row["broker"] for row in seen] == [here.name]
    assert len(Desk(app, Role.OFFICER).client.get("/office/orders.json").get_json()["orders"]) == 2
