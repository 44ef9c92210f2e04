"""Why somebody is missing: found by name or id inside the region only, masked, with every reason and the way back."""

from __future__ import annotations

import pytest
from broker_county import BAIPENG, SEWERS, asker, case, county_app
from county import application_of, signed_in

from matcher.records.access import Role


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with county_app(tmp_path_factory.mktemp("missing") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def broker(app):
    return asker(app)


def sought(client, asked):
    answer = client.get(f"/broker/orders/{SEWERS}/missing.json", query_string={"q": asked})
    assert answer.status_code == 200
    return answer.get_json()


@pytest.mark.parametrize(
    ("worker_id", "rules", "change"),
    [
        ("busy", ["in_work"], "这份工作结束后再推荐"),
        ("old0", ["age_max"], "岗位年龄上限放宽到58岁"),
        ("both", ["age_max", "skills_required"], "岗位年龄上限放宽到57岁，并且学会缝纫后再推荐"),
        ("dear1", ["wage_floor"], "把最低工资要求降到4000元"),
        ("near", ["travel_range"], "把外出范围放宽到本县"),
        ("away", ["wish"], "本人愿意时再推荐"),
    ],
)
def test_every_reason_is_named_with_the_smallest_change(broker, worker_id, rules, change):
    told = case(broker, worker_id)
    assert [reason["rule_id"] for reason in told["reasons"]] == rules
    assert told["smallest_change"] == change
    assert told["rank"] == 0
    page = broker.get(f"/broker/orders/{SEWERS}/missing", query_string={"worker": worker_id}).get_data(as_text=True)
    assert all(reason["sentence"] in page for reason in told["reasons"])
    assert change in page


def test_the_broker_is_spoken_to_about_the_person_not_as_the_person(broker):
    for worker_id in ("old0", "dear1", "near", "away"):
        told = case(broker, worker_id)
        assert "您" not in "".join(reason["sentence"] for reason in told["reasons"]) + told["smallest_change"]


def test_somebody_listed_has_a_rank_and_the_questions(broker):
    told = case(broker, "unasked")
    assert told["rank"] == 13
    assert told["reasons"] == []
    assert told["questions"] == ["请问您现在想不想找工作？"]
    page = broker.get(f"/broker/orders/{SEWERS}/missing?worker=unasked").get_data(as_text=True)
    assert "在名单里，第13位" in page


def test_an_order_that_is_closed_is_the_reason_for_everybody(broker):
    page = broker.get("/broker/orders/v-full/missing?worker=fit00").get_data(as_text=True)
    assert "今天谁也不派" in page
    assert [reason["rule_id"] for reason in case(broker, "fit00", "v-full")["reasons"]] == ["filled"]
    assert [reason["rule_id"] for reason in case(broker, "fit00", "v-plot")["reasons"]] == ["micro_farm"]


def test_a_name_finds_everybody_of_that_name_masked(broker):
    told = sought(broker, "韦小英")
    assert told["n_found"] == len(told["found"]) > 1
    assert {person["name"] for person in told["found"]} == {"韦*英"}
    assert sought(broker, "小英")["n_found"] == told["n_found"]
    assert sought(broker, " 韦 小英 ")["n_found"] == told["n_found"]


@pytest.mark.parametrize("asked", ["韦", " 英 "])
def test_one_character_would_list_a_clan_and_lists_nobody(broker, asked):
    told = sought(broker, asked)
    assert (told["n_found"], told["too_short"]) == (0, True)


@pytest.mark.parametrize("asked", ["张三丰", "<b>韦小英</b>", "韦%英", "韦_英"])
def test_a_name_nobody_has_finds_nobody(broker, asked):
    assert sought(broker, asked)["found"] == []


def test_an_id_leads_straight_to_the_reasons(broker):
    assert sought(broker, "old1")["case"] == case(broker, "old1")


@pytest.mark.parametrize("query", [{"worker": "fit10"}, {"q": "fit10"}, {"worker": "nobody"}, {"q": "nobody"}])
def test_a_foreign_or_unknown_id_is_not_found(app, query):
    client = asker(app, Role.BROKER, BAIPENG)
    answer = client.get(f"/broker/orders/{SEWERS}/missing.json", query_string=query)
    assert answer.status_code == 404
    assert answer.get_json()["detail"] == "您管的范围里没有这个人"


def test_names_of_other_townships_are_not_found(app, broker):
    own = {person["worker_id"] for person in sought(asker(app, Role.BROKER, BAIPENG), "黄大妹")["found"]}
    every = {person["worker_id"] for person in sought(broker, "黄大妹")["found"]}
    assert own < every
    assert "fit11" in every - own


def test_the_form_sends_the_name_in_the_body_and_needs_its_token(app):
    client = app.test_client()
    token = signed_in(client, Role.BROKER)
    path = f"/broker/orders/{SEWERS}/missing"
    answer = client.post(path, data={"csrf": token, "q": "罗秀兰"})
    assert answer.status_code == 200
    assert "罗*兰" in answer.get_data(as_text=True)
    assert "罗秀兰" not in answer.get_data(as_text=True)
    assert client.post(path, data={"q": "罗秀兰"}).status_code == 403


def test_a_search_is_audited_without_the_name(app, broker):
    told = sought(broker, "蒙春花")
    entry = application_of(app).access.audit(subject=told["found"][0]["worker_id"])[0]
    assert entry.action == "missing"
    assert set(entry.subjects) == {SEWERS, *(person["worker_id"] for person in told["found"])}
    assert "蒙" not in str(entry)
