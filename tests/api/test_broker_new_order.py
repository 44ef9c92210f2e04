"""A new order: line and form, checks at once, what blocks, what waits for an officer, what is kept."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import county
import msgspec
import pytest
from broker_county import BAIPENG, ON, SEWERS, county_app, identity
from county import application_of
from order_desk import Desk, write

from matcher.records import Employer, Kind, Vacancy
from matcher.records.access import Role
from matcher.records.orders import MAX_SEATS, Arrear, OrderState

FIRM = "东莞样例制衣厂"
LINE = f"{FIRM} 缝纫工 40人 周五7点 5500起 包住"
GOOD = {
    "employer": FIRM, "place": "东莞", "trade": "缝纫工", "headcount": "40", "departs_on": "2018-06-08",
    "departs_time": "07:00", "wage": "5500起", "lodging": "yes", "board": "no", "pickup": "百朋街口",
}  # fmt: skip


@pytest.fixture
def app(tmp_path):
    with county_app(tmp_path / "home") as made:
        firms = [
            Employer(employer_id="e-sew", name=FIRM, vetted_on=date(2018, 1, 10), credit_code="91350100M000100Y43"),
            Employer(employer_id="e-old", name="样例木器厂", vetted_on=date(2016, 1, 10)),
            Employer(employer_id="e-owes", name="样例五金厂", vetted_on=date(2018, 1, 10), arrears_until=ON),
        ]
        write(made, Kind.EMPLOYERS, "employer_id", firms)
        yield made


def orders_of(app):
    return application_of(app).orders.orders()


def post_of(app, vacancy_id: str) -> Vacancy | None:
    return next(iter(application_of(app).store.records(Kind.VACANCIES, ids=[vacancy_id])), None)


def weights(form: dict[str, Any]) -> dict[str, str]:
    return {check["code"]: check["weight"] for check in form["checks"]}


def test_a_line_becomes_an_open_order_in_two_clicks(app):
    desk = Desk(app)
    form = desk.write("read", line=LINE)
    assert form["fields"] | {"lodging": "yes"} == form["fields"]
    assert (form["fields"]["trade"], form["fields"]["headcount"]) == ("缝纫工", "40人")
    assert form["faults"] == []
    assert form["can_open"]
    assert weights(form) == {"law": "good", "papers": "good", "arrears": "good"}
    answer = desk.post("/broker/orders/new", do="open", line=LINE, order_id=form["order_id"], **form["fields"])
    assert answer.status_code == 303
    (order,) = orders_of(app)
    assert answer.location.endswith(f"/broker/orders/{order.order_id}/calls")
    assert (order.state, order.n_seats, order.broker, order.said) == (OrderState.OPEN, 40, desk.name, LINE)
    assert order.departs_at is not None
    assert order.departs_at.isoformat() == "2018-06-08T07:00:00+08:00"
    post = post_of(app, order.vacancy_id)
    assert post is not None
    assert (post.title, post.headcount, post.employer_id, post.place_code) == ("缝纫工", 40, "e-sew", "441900")
    assert (post.wage_low_yuan_month, post.lodging, post.occupations) == (5500, True, ("6-05-01-03",))
    assert desk.client.get(answer.location).status_code == 200


def test_an_order_opens_by_the_countys_own_day_whenever_it_is_shown(app):
    county.clock(app).advance(days=3000)
    desk = Desk(app)
    form = desk.write("read", line=LINE)
    desk.post("/broker/orders/new", do="open", line=LINE, order_id=form["order_id"], **form["fields"])
    (order,) = orders_of(app)
    assert order.created_at.date() == ON


def test_line_and_form_give_the_same_order(app):
    one, other = Desk(app), Desk(app)
    said = one.write("read", line=LINE)
    typed = other.write(**{name: text for name, text in said["fields"].items() if text})
    same = ("fields", "told", "faults", "checks", "can_open")
    assert {name: said[name] for name in same} == {name: typed[name] for name in same}


@pytest.mark.parametrize(
    ("changes", "code", "article"),
    [
        ({"terms": "女工优先"}, "sex", "就业促进法》第二十七条"),
        ({"terms": "汉族优先"}, "ethnicity", "就业促进法》第二十八条"),
        ({"terms": "不要信教的"}, "religion", "就业促进法》第三条"),
        ({"terms": "未婚未育"}, "marital", "就业促进法》第二十七条"),
        ({"terms": "无乙肝"}, "health", "就业促进法》第三十条"),
        ({"terms": "外地人不要"}, "residence", "就业促进法》第三十一条"),
        ({"terms": "押金300"}, "deposit", "劳动合同法》第九条"),
        ({"terms": "身份证放厂里保管"}, "document_holding", "劳动合同法》第九条"),
        ({"trade": "女缝纫工"}, "sex", "就业促进法》第二十七条"),
        ({"ages": "14-20岁"}, "under_age", "劳动法》第十五条"),
    ],
)
def test_what_the_law_forbids_blocks_with_its_article(app, changes, code, article):
    desk = Desk(app)
    form = desk.write(**GOOD | changes)
    found = next(check for check in form["checks"] if check["code"] == code)
    assert (found["weight"], form["can_open"]) == ("halt", False)
    assert article in found["article"]
    assert found["found"]
    page = desk.client.get("/broker/orders/new").get_data(as_text=True)
    assert found["sentence"] in page
    assert 'value="open"' not in page
    assert desk.open(**GOOD | changes).location.endswith("/broker/orders/new?tried=1")
    assert orders_of(app) == []


def test_one_tap_takes_an_illegal_phrase_out(app):
    desk = Desk(app)
    desk.write(**GOOD | {"terms": "押金300；要熟手；汉族优先", "ages": "18-35岁"})
    form = desk.write("drop-deposit", **desk.form()["fields"])
    assert form["fields"]["terms"] == "要熟手；汉族优先"
    form = desk.write("drop-ethnicity", **form["fields"])
    form = desk.write("drop-age", **form["fields"])
    assert (form["fields"]["terms"], form["fields"]["ages"]) == ("要熟手", "")
    assert form["can_open"]


def test_an_age_condition_says_whom_it_shuts_out_and_waits_for_an_officer(app):
    desk, officer = Desk(app, Role.BROKER, BAIPENG), Desk(app, Role.OFFICER)
    form = desk.write(**GOOD | {"ages": "18-35岁"})
    age = next(check for check in form["checks"] if check["code"] == "age")
    assert age["weight"] == "officer"
    n_shut_out = int(re.search(r"会少掉(\d+)人", age["sentence"])[1])
    born = [w.birth_date for w in application_of(app).store.records(Kind.WORKERS) if w.wish_to_work]
    town = [w for w in application_of(app).store.records(Kind.WORKERS) if w.place_code.startswith(BAIPENG)]
    willing = [w for w in town if w.wish_to_work]
    assert len(born) >= len(willing)
    assert n_shut_out == sum(not date(1982, 6, 1) <= w.birth_date <= date(2000, 6, 1) for w in willing)
    answer = desk.open(**GOOD | {"ages": "18-35岁"})
    assert answer.location.endswith("/broker/orders/mine")
    (order,) = orders_of(app)
    assert order.state is OrderState.DRAFT
    assert post_of(app, order.vacancy_id) is None
    mine = desk.client.get("/broker/orders/mine.json").get_json()["orders"]
    assert [(row["title"], row["state_label"]) for row in mine] == [("缝纫工", "等县就业局同意")]
    waiting = officer.client.get("/office/orders.json").get_json()["waiting"]
    assert [row["order_id"] for row in waiting] == [order.order_id]
    agreed = officer.post(f"/office/orders/{order.order_id}/agree")
    assert agreed.status_code == 303
    (order,) = orders_of(app)
    assert (order.state, order.agreed_by) == (OrderState.OPEN, officer.name)
    post = post_of(app, order.vacancy_id)
    assert post is not None
    assert (post.age_min, post.age_max) == (18, 35)
    assert officer.post(f"/office/orders/{order.order_id}/agree").status_code == 303
    assert officer.client.get("/office/orders.json").get_json()["waiting"] == []


def test_an_officer_who_says_no_says_why(app):
    desk, officer = Desk(app), Desk(app, Role.OFFICER)
    desk.open(**GOOD | {"ages": "18-35岁"})
    (order,) = orders_of(app)
    assert officer.post(f"/office/orders/{order.order_id}/refuse", why=" ").status_code == 422
    assert officer.post(f"/office/orders/{order.order_id}/refuse", why="年龄放宽到50").status_code == 303
    (row,) = desk.client.get("/broker/orders/mine.json").get_json()["orders"]
    assert (row["state_label"], row["refused_why"]) == ("县就业局没同意", "年龄放宽到50")
    assert officer.post(f"/office/orders/{order.order_id}/agree").status_code == 409
    assert orders_of(app)[0].state is OrderState.CANCELLED


def test_only_an_officer_agrees(app):
    desk = Desk(app)
    desk.open(**GOOD | {"ages": "18-35岁"})
    (order,) = orders_of(app)
    assert desk.post(f"/office/orders/{order.order_id}/agree").status_code == 403
    assert Desk(app, Role.AUDITOR).post(f"/office/orders/{order.order_id}/agree").status_code == 403
    assert Desk(app, Role.OFFICER, "450207").post(f"/office/orders/{order.order_id}/agree").status_code == 404
    assert orders_of(app)[0].state is OrderState.DRAFT


def test_an_officer_opens_at_once_what_an_officer_may_agree_to(app):
    officer = Desk(app, Role.OFFICER)
    officer.open(**GOOD | {"ages": "18-35岁"})
    (order,) = orders_of(app)
    assert (order.state, order.agreed_by) == (OrderState.OPEN, officer.name)


@pytest.mark.parametrize(
    ("employer", "code", "weight"),
    [
        (FIRM, "papers", "good"),
        ("样例木器厂", "papers", "officer"),
        ("从没听过的样例厂", "papers", "officer"),
        ("样例五金厂", "arrears", "halt"),
    ],
)
def test_the_employers_papers_are_looked_at(app, employer, code, weight):
    assert weights(Desk(app).write(**GOOD | {"employer": employer}))[code] == weight


def test_an_employer_on_a_list_of_arrears_gets_no_order_until_taken_off(app):
    desk, keep = Desk(app), application_of(app).orders
    entry = Arrear(arrear_id="a1", employer_name=FIRM, listed_on=ON, source="样例名单", author="t")
    keep.put_arrears([entry])
    form = desk.write(**GOOD)
    halt = next(check for check in form["checks"] if check["code"] == "arrears")
    assert (halt["weight"], form["can_open"]) == ("halt", False)
    assert "2018年6月1日列入" in halt["sentence"]
    desk.open(**GOOD)
    assert orders_of(app) == []
    keep.put_arrears([msgspec.structs.replace(entry, removed_on=ON)])
    assert desk.write(**GOOD)["can_open"]


def test_a_listed_employers_running_order_stops(app):
    desk, keep = Desk(app), application_of(app).orders
    answer = desk.post(f"/broker/orders/{SEWERS}/open")
    assert answer.status_code == 303
    keep.put_arrears([Arrear(arrear_id="a1", employer_name="样例制衣厂", listed_on=ON, source="样例", author="t")])
    told = desk.client.get(f"/broker/orders/{SEWERS}.json").get_json()
    assert told["people"] is None
    assert told["order"]["barred"][0]["code"] == "arrears"
    assert "拖欠工资" in desk.client.get(f"/broker/orders/{SEWERS}").get_data(as_text=True)
    other = Desk(app)
    assert other.post(f"/broker/orders/{SEWERS}/open").status_code == 409


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"headcount": "10000人"}, "请分成几张"),
        ({"headcount": str(MAX_SEATS + 1)}, "请分成几张"),
        ({"headcount": "0"}, "看不出要几个人"),
        ({"trade": "<script>alert(1)</script>"}, "网页代码"),
        ({"employer": "=cmd|'/c calc'!A1"}, "表格公式"),
        ({"terms": "+1+1"}, None),
        ({"departs_on": "2018-05-31"}, "已经过了"),
        (dict.fromkeys(GOOD, ""), "空的"),
    ],
)
def test_a_bad_order_is_told_what_to_mend_and_opens_nothing(app, changes, words):
    desk = Desk(app)
    answer = desk.open(**GOOD | changes)
    assert answer.status_code == 303
    page = desk.client.get("/broker/orders/new").get_data(as_text=True)
    assert "<script>alert" not in page
    if words is not None:
        assert words in page
        assert orders_of(app) == []


def test_a_draft_is_kept_over_an_expired_session(app):
    desk = Desk(app)
    desk.write(**GOOD, line="东莞 缝纫")
    county.clock(app).advance(hours=5)
    assert desk.client.get("/broker/orders/new").status_code == 401
    county.session_of(desk.client, desk.name)
    form = desk.form()
    assert {name: form["fields"][name] for name in GOOD} == GOOD
    assert (form["line"], form["kept_at"]) == ("东莞 缝纫", "6月1日（周五）12:00")
    other = Desk(app)
    assert other.form()["fields"]["employer"] == ""


def test_the_draft_goes_when_the_order_is_open_or_thrown_away(app):
    desk = Desk(app)
    desk.open(**GOOD)
    assert desk.form()["fields"]["employer"] == ""
    desk.write(**GOOD)
    assert desk.write("clear")["fields"]["employer"] == ""


@pytest.mark.parametrize("button", ["read", "clear", "open"])
def test_what_a_page_sent_while_typing_does_not_undo_its_button(app, button):
    """A click ends the field typed in: the page sends the form by itself and by the button, and either may be first."""
    desk = Desk(app)
    page = desk.form()["page"]
    line = {"line": "样例新制衣厂 柳州市柳江区 缝纫 40人 5500起 包住"}
    fields = line if button == "read" else GOOD | {"order_id": desk.form()["order_id"]}
    assert desk.post("/broker/orders/new", do=button, page=page, **fields).status_code == 303
    after = desk.form()["fields"]
    assert bool(after["trade"]) is (button == "read")
    typed = {"csrf": desk.csrf, "page": page, "employer": "还在写", **line}
    desk.client.post("/broker/orders/new", data=typed, headers={"HX-Request": "true"})
    assert desk.form()["fields"] == after
    desk.client.post("/broker/orders/new", data=typed | {"page": desk.form()["page"]}, headers={"HX-Request": "true"})
    assert desk.form()["fields"]["employer"] == "还在写"


def test_the_same_form_twice_opens_one_order(app):
    desk = Desk(app)
    desk.write(**GOOD)
    order_id = desk.form()["order_id"]
    places = {desk.post("/broker/orders/new", do="open", order_id=order_id, **GOOD).location for _ in range(3)}
    assert len(places) == 1
    assert len(orders_of(app)) == 1
    other = Desk(app)
    assert other.post("/broker/orders/new", do="open", order_id=order_id, **GOOD).status_code == 422


def test_an_order_for_a_post_that_is_there_takes_one_click(app):
    desk = Desk(app)
    page = desk.client.get(f"/broker/orders/{SEWERS}")
    assert f"/broker/orders/{SEWERS}/open" in page.get_data(as_text=True)
    answer = desk.post(f"/broker/orders/{SEWERS}/open")
    (order,) = orders_of(app)
    assert answer.location.endswith(f"/broker/orders/{order.order_id}/calls")
    assert (order.vacancy_id, order.n_seats, order.state) == (SEWERS, 40, OrderState.OPEN)
    assert desk.post(f"/broker/orders/{SEWERS}/open").location == answer.location
    assert len(orders_of(app)) == 1
    assert Desk(app).post(f"/broker/orders/{SEWERS}/open").status_code == 409
    told = desk.client.get(f"/broker/orders/{SEWERS}.json").get_json()
    assert [row["order_id"] for row in told["running"]] == [order.order_id]


@pytest.mark.parametrize("vacancy_id", ["v-deposit", "v-full", "v-late", "v-plot"])
def test_no_order_for_a_post_that_is_not_open(app, vacancy_id):
    assert Desk(app).post(f"/broker/orders/{vacancy_id}/open").status_code == 409
    assert orders_of(app) == []


def test_orders_show_no_names(app):
    desk = Desk(app)
    desk.open(**GOOD)
    for path in ("/broker/orders/mine", "/broker/orders/mine.json", "/broker/orders/new"):
        body = desk.client.get(path).get_data(as_text=True)
        assert not any(identity(row)["name"] in body or identity(row)["phone"] in body for row in range(2, 20))


def test_who_may_and_who_may_not(app):
    auditor = Desk(app, Role.AUDITOR)
    assert auditor.client.get("/broker/orders/new").status_code == 403
    assert auditor.post(f"/broker/orders/{SEWERS}/open").status_code == 403
    assert auditor.client.get("/broker/orders/mine").status_code == 200
    unregistered = app.test_client()
    csrf = county.session_of(unregistered, county.new_user(app, Role.BROKER, licensed=False))
    assert unregistered.post(f"/broker/orders/{SEWERS}/open", data={"csrf": csrf}).status_code == 403
    assert unregistered.get("/broker/orders/mine").status_code == 200
    assert orders_of(app) == []


def test_every_look_and_deed_is_in_the_audit(app):
    desk: Desk = Desk(app)
    desk.open(**GOOD)
    (order,) = orders_of(app)
    assert "order_opened" in [entry.action for entry in application_of(app).access.audit(subject=order.order_id)]
