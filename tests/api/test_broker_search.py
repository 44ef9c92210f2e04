"""One query for people: typed, taken away, counted, widened, kept; names found and never shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import broker_county
import county
import msgspec
import pytest
from broker_county import BAIPENG, CHENGTUAN, SEWERS, asker, county_app, listed, query
from county import application_of
from factories import vacancy, worker
from flask.testing import FlaskClient

import api.broker.orders as order_pages
from matcher.ports import Batch, Change
from matcher.records import Channel, Kind, Record
from matcher.records.access import Role
from matcher.records.orders import Call, CallOutcome, LabourOrder, OrderState, Seat
from matcher.services.broker.saved_searches import MOST_SAVED
from matcher.services.broker.widenings import FEW
from matcher.services.rounds.replay_decision import replay_decision

NAME = "韦小英"
FREE = {f"fit{n:02d}" for n in range(12)} | {f"old{n}" for n in range(5)} | {f"new{n}" for n in range(3)}
FREE |= {"both", "dear1", "dear2", "unasked", "near"}
COURSE = "缝纫工培训班"


def imported(app, kind: Kind, number: int, *records: Record) -> None:
    """What an import of some records leaves, each person of the name 陆新."""
    changes = [
        Change(
            record_id=getattr(record, kind.value.removesuffix("s").replace("vacancie", "vacancy") + "_id"),
            sheet="",
            row=row,
            fields={
                name: value
                for name, value in msgspec.to_builtins(record).items()
                if not name.endswith(("worker_id", "vacancy_id")) and value is not None
            },
            identity={"name": "陆新", "phone": f"1390000{number}{row:02d}"} if kind is Kind.WORKERS else None,
        )
        for row, record in enumerate(records)
    ]
    batch = Batch(
        batch_id=f"more-{kind.value}-{number}", kind=kind, file="f", file_sha256="0" * 64, imported_at=broker_county.AT
    )
    application_of(app).store.write_batch(batch, changes)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with county_app(tmp_path_factory.mktemp("search") / "home") as made:
        imported(
            made,
            Kind.VACANCIES,
            1,
            vacancy("v-course", title=COURSE, channel=Channel.TRAINING, place_code="450206100", headcount=40, filled=3),
        )
        yield made


@pytest.fixture
def broker(app) -> FlaskClient:
    return asker(app)


def found(client: FlaskClient, **narrowing: Any) -> dict[str, Any]:
    answer = client.get("/broker/people.json", query_string=query(**narrowing))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["found"]


def ids(told: dict[str, Any]) -> list[str]:
    return [person["worker_id"] for person in told["people"]]


def csrf(client: FlaskClient) -> str:
    page = client.get("/broker/people").get_data(as_text=True)
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def typed(client: FlaskClient, line: str, path: str = "/broker/people", **chips: Any) -> dict[str, list[str]]:
    """The arguments of the address that a line leads to."""
    answer = client.post(path, data={"csrf": csrf(client), "q": line, **query(**chips)})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return parse_qs(urlsplit(answer.location).query)


def test_a_line_becomes_chips_of_the_address_and_the_name_stands_there_sealed(broker):
    asked = typed(broker, f"缝纫 百朋 不要夫妻 {NAME}", township=CHENGTUAN)
    sealed, *rest = sorted(asked["is"])
    assert rest == ["skill:缝纫", f"township:{BAIPENG}", f"township:{CHENGTUAN}"]
    assert sealed.startswith("name:")
    assert asked["not"] == ["together:pair"]
    assert NAME not in str(asked)
    page = broker.get("/broker/people", query_string=asked).get_data(as_text=True)
    assert NAME not in page
    assert "名字韦*英（同音也算）" in page
    assert "会缝纫（含" in page
    assert "不要：一户有两人能走" in page
    assert typed(broker, NAME) == typed(broker, f" {NAME} ")


def test_each_chip_leads_to_the_query_without_it(broker):
    asked = typed(broker, f"缝纫 百朋 {NAME}")
    chips = found(broker, **asked)["chips"]
    assert [chip["about"] for chip in chips] == ["skill", "name", "township"]
    for chip in chips:
        assert [c["about"] for c in found(broker, **chip["without"])["chips"]] == [
            c["about"] for c in chips if c is not chip
        ]


def test_everybody_free_and_not_unwilling_is_found_and_nobody_else(broker):
    told = found(broker)
    assert set(ids(told)) == FREE
    assert told["n_all"] == told["n_shown"] == len(FREE)
    assert told["next"] == ""


def test_who_registered_first_stands_first(broker):
    people = found(broker, skill="缝纫", township=[BAIPENG, CHENGTUAN])
    assert [person for person in ids(people) if person.startswith("fit")][:3] == ["fit11", "fit10", "fit09"]
    assert [person["rank"] for person in people["people"]] == list(range(1, people["n_shown"] + 1))


def test_pages_of_people_follow_each_other_without_gap(broker):
    first = found(broker, rows=20)
    second = found(broker, rows=20, after=first["next"])
    assert set(ids(first)) | set(ids(second)) == FREE
    assert len(ids(first)) == 20
    assert second["people"][0]["rank"] == 21
    assert broker.get("/broker/people", query_string={"after": "busy"}).status_code == 400


@pytest.mark.parametrize("line", [NAME, "魏晓颖", "weixiaoying", "wxy", "Wei Xiaoying"])
def test_a_name_finds_by_characters_sound_and_letters_and_stays_masked(broker, line):
    told = found(broker, **typed(broker, line))
    assert told["n_shown"] > 3
    assert {person["name"] for person in told["people"]} == {"韦*英"}
    assert all(person["phone"].startswith("138****") for person in told["people"])


def test_one_character_is_a_surname_and_no_character_of_a_name(broker):
    assert {person["name"][0] for person in found(broker, **typed(broker, "韦"))["people"]} == {"韦"}
    assert "is" not in typed(broker, "小")


def test_an_order_is_narrowed_and_keeps_its_ranks(broker):
    everybody = {person["worker_id"]: person["rank"] for person in listed(broker)["people"]}
    path = f"/broker/orders/{SEWERS}/search"
    narrowed = listed(broker, **typed(broker, "缝纫 成团 可联系", path))["people"]
    assert narrowed
    assert {person["township"] for person in narrowed} == {CHENGTUAN}
    assert {person["worker_id"]: person["rank"] for person in narrowed}.items() <= everybody.items()
    left = listed(broker, **typed(broker, "不要 成团", path))["people"]
    assert {person["township"] for person in left} == {BAIPENG}
    assert len(left) + len(listed(broker, township=CHENGTUAN)["people"]) == len(everybody)


def test_a_facet_of_an_order_counts_the_whole_list(broker):
    people = listed(broker, township=CHENGTUAN)
    by_name = {facet["name"]: facet for facet in people["facets"]}
    assert sum(choice["n"] for choice in by_name["township"]["choices"]) == people["n_listed"]
    for name, facet in by_name.items():
        for choice in facet["choices"]:
            chosen = {"township": CHENGTUAN, name: choice["value"]}
            assert listed(broker, **chosen)["n_shown"] == choice["n"], (name, choice)


def test_a_broker_finds_nobody_outside_the_regions(app):
    client = asker(app, Role.BROKER, CHENGTUAN)
    assert {person["township"] for person in found(client)["people"]} == {CHENGTUAN}
    assert found(client, **typed(client, "百朋"))["n_shown"] == 0
    assert {choice["value"] for choice in found(client)["facets"][0]["choices"]} == {CHENGTUAN}


def test_what_nobody_could_read_is_told(broker):
    asked = typed(broker, "缝纫 呜哩哇啦")
    page = broker.get("/broker/people", query_string=asked).get_data(as_text=True)
    assert "没看懂" in page
    assert "<b>呜*啦</b>" in page
    assert "呜哩" not in str(asked) + page


def test_a_search_is_audited_by_what_it_was_about_and_by_whom_it_showed(app, broker):
    told = found(broker, **typed(broker, f"缝纫 {NAME}"))
    entry = application_of(app).access.audit(subject=ids(told)[0])[0]
    assert entry.action == "people"
    assert entry.subjects == tuple(ids(told))
    assert entry.detail == {"asked": ["skill", "name"]}


def test_few_hits_say_what_would_bring_more_and_the_counts_hold(broker):
    told = found(broker, **typed(broker, "养猪 成团"))
    assert told["n_shown"] < FEW
    assert {way["instead"] for way in told["wider"]} == {"不限会什么", "不限乡镇"}
    for way in told["wider"]:
        assert found(broker, **way["to"])["n_shown"] == told["n_shown"] + way["adds"]
    page = broker.get("/broker/people", query_string={"is": "township:999"}).get_data(as_text=True)
    assert "只找到0人" in page
    assert found(broker)["wider"] is None


def test_a_later_day_and_a_taken_back_no_are_ways_to_more(broker):
    without = {way["instead"]: way["adds"] for way in found(broker, **{"not": "skill:缝纫"})["wider"]}
    (said, adds), *_ = without.items()
    assert said.startswith("不再排除“会缝纫")
    assert adds == found(broker)["n_all"] - found(broker, **{"not": "skill:缝纫"})["n_shown"]
    later = {way["instead"]: way["adds"] for way in found(broker, departs="2018-06-20")["wider"]}
    assert later["晚7天走也行"] == 6


def test_a_course_that_closes_the_gap_is_named_with_its_places(broker):
    sentence = f"差缝纫：拉堡镇{COURSE}还有37个名额"
    assert found(broker, **typed(broker, "缝纫 成团"))["gap"]["courses"][0]["sentence"] == sentence
    assert sentence in broker.get(f"/broker/orders/{SEWERS}").get_data(as_text=True)
    assert found(broker, **typed(broker, "养猪"))["gap"] is None


def test_who_was_called_can_be_left_out(app, broker):
    called = Call(at=county.NOON - timedelta(days=2), by="x", outcome=CallOutcome.NO_ANSWER)
    seat = Seat(worker_id="fit03", place=1, calls=(called,), changed_at=county.NOON)
    order = LabourOrder(
        order_id="o-called", vacancy_id=SEWERS, region_code=BAIPENG, n_seats=2, state=OrderState.OPEN, broker="x",
        created_at=county.NOON, people=(seat,),
    )  # fmt: skip
    application_of(app).orders.add_order(order)
    assert ids(found(broker, contacted="week")) == ["fit03"]
    assert found(broker, contacted="week")["people"][0]["called"] == "2天前联系过"
    assert "fit03" not in ids(found(broker, **typed(broker, "7天没打过")))


def test_a_kept_search_tells_who_is_new_and_opening_it_makes_them_seen(app):
    client = asker(app)
    token = csrf(client)
    asked = typed(client, "砌砖 百朋")
    saved = client.post("/broker/searches", data={"csrf": token, "called": " 百朋 泥水 ", **asked})
    assert saved.status_code == 303

    def kept() -> dict[str, Any]:
        (row,) = client.get("/broker/searches.json").get_json()["searches"]
        return row

    before = kept()
    assert (before["name"], before["n_now"], before["n_new"]) == ("百朋 泥水", 0, 0)
    imported(app, Kind.WORKERS, 1, worker("w-new", skills=("砌砖",), trades=None, place_code=f"{BAIPENG}201"))
    assert (kept()["n_now"], kept()["n_new"]) == (1, 1)
    assert "新来1人" in client.get("/broker/searches").get_data(as_text=True)
    opened = client.post(f"/broker/searches/{before['search_id']}/open", data={"csrf": token})
    page = client.get(opened.location).get_data(as_text=True)
    assert "新来1人" in page
    assert '<span class="tag good">新</span>' in page
    assert ids(found(client, **parse_qs(urlsplit(opened.location).query), fresh="new")) == ["w-new"]
    assert (kept()["n_now"], kept()["n_new"]) == (1, 0)
    application = application_of(app)
    application.orders.forget_person("w-new")
    assert "w-new" not in str(
        [(s.seen_ids, s.new_ids) for s in application.orders.searches(application.access.users()[-1].name)]
    )
    other = asker(app)
    assert other.get("/broker/searches.json").get_json()["searches"] == []
    for deed in ("open", "end"):
        refused = other.post(f"/broker/searches/{before['search_id']}/{deed}", data={"csrf": csrf(other)})
        assert refused.status_code == 404
    assert other.get("/broker/people", query_string={"saved": before["search_id"]}).status_code == 404
    assert client.post(f"/broker/searches/{before['search_id']}/end", data={"csrf": token}).status_code == 303
    assert client.get("/broker/searches.json").get_json()["searches"] == []


def test_only_so_many_searches_are_kept_and_none_without_a_condition(app):
    client = asker(app)
    token = csrf(client)
    empty = client.post("/broker/searches", data={"csrf": token, "called": "空"})
    assert empty.status_code == 422
    answers = [
        client.post("/broker/searches", data={"csrf": token, "is": f"skill:手艺{n}"}).status_code
        for n in range(MOST_SAVED + 1)
    ]
    assert answers == [303] * MOST_SAVED + [422]


def test_people_behind_the_end_of_the_logged_list_are_logged_before_they_are_shown(app, monkeypatch):
    client = asker(app)
    whole = {person["worker_id"]: person for person in listed(client, "v-heavy")["people"]}
    monkeypatch.setattr(order_pages, "LONGEST_LIST", 3)
    application_of(app).means.remembered.get("lists of orders", (), dict, by="another", n_kept=0)
    # Another region, so that the list is not one that was asked for before.
    narrow = asker(app, Role.BROKER, BAIPENG[:6])
    people = listed(narrow, "v-heavy")
    assert people["n_listed"] == len(people["people"]) == len(whole)
    assert {p["worker_id"]: (p["rank"], p["reason"], p["drawback"], p["questions"]) for p in people["people"]} == {
        worker_id: (p["rank"], p["reason"], p["drawback"], p["questions"]) for worker_id, p in whole.items()
    }
    application = application_of(app)
    behind = people["people"][5]["worker_id"]
    detail = application.access.audit(subject=behind)[0].detail
    decision = application.store.decision(detail["further"])
    assert behind in decision.request["among"]
    assert len(decision.request["among"]) == len(whole) - 3
    assert replay_decision(application.store, application.settings, detail["further"])


@pytest.mark.parametrize(
    "asked",
    [{"is": "name:abc"}, {"is": f"name:{NAME}"}, {"not": f"name:{NAME}"}, {"unread": "x"}, {"is": "name:" + "A" * 500}],
)
def test_a_name_that_was_not_sealed_here_is_refused(broker, asked):
    answer = broker.get("/broker/people", query_string=asked)
    assert answer.status_code == 422
    assert NAME not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "asked",
    [{"skill": "<script>"}, {"going": "９９"}, {"departs": "2018-02-30"}, {"not": "nothing:x"}, {"verdict": "yes"},
     {"township": ["x"] * 200}, {"contact": "maybe"}, {"village": "x" * 5000}, {"skill": "~"},
     {"is": ["", "skill", ":", "nothing:x"]}],
)  # fmt: skip
def test_no_address_breaks_the_page(broker, asked):
    answer = broker.get("/broker/people", query_string=query(**asked))
    assert answer.status_code == 200
    assert "<script>" not in answer.get_data(as_text=True).replace("<script src=", "")


def test_who_is_not_registered_or_sends_no_token_searches_nobody(app, broker):
    nobody = app.test_client()
    county.session_of(nobody, county.new_user(app, Role.BROKER, licensed=False))
    for path in ("/broker/people", "/broker/people.json", "/broker/searches"):
        assert nobody.get(path).status_code == 403
    assert broker.post("/broker/people", data={"q": "缝纫"}).status_code == 403
    assert asker(app, Role.EMPLOYER).get("/broker/people").status_code == 403
