"""One order and its people: terms with what is missing said so, facets that count, the shortage told and counted."""

from __future__ import annotations

import pytest
from broker_county import (
    BAIPENG,
    CHENGTUAN,
    N_FIT,
    N_WANTED,
    ON,
    SEWERS,
    asker,
    county_app,
    listed,
    orders,
    people,
    query,
)
from county import application_of
from msgspec.structs import replace

from matcher import eligibility
from matcher.explanation import Verdict
from matcher.privacy import NEUTRAL_ORDER, RESERVED_ORDER
from matcher.services.rounds.match_round import law_frame


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with county_app(tmp_path_factory.mktemp("candidates") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def broker(app):
    return asker(app)


def order(client, vacancy_id=SEWERS):
    return client.get(f"/broker/orders/{vacancy_id}.json").get_json()


def text(client, vacancy_id=SEWERS, **narrowing):
    return client.get(f"/broker/orders/{vacancy_id}", query_string=query(**narrowing)).get_data(as_text=True)


def n_yes(post, app) -> int:
    """The slow twin: every free person against the post, rule by rule."""
    frame = law_frame(application_of(app).means, ON, public=True)
    free = (worker for worker in people() if worker.worker_id != "busy")
    return sum(eligibility.verdict_of(eligibility.findings(w, post, frame)) is Verdict.YES for w in free)


def test_everybody_who_fits_is_listed_with_reason_and_drawback(broker):
    told = listed(broker)
    assert told["n_yes"] == N_FIT
    assert [person["rank"] for person in told["people"]] == list(range(1, N_FIT + 2))
    assert all(person["reason"] and person["drawback"] for person in told["people"])
    assert [person["worker_id"] for person in told["people"] if person["verdict"] == "unknown"] == ["unasked"]
    assert told["people"][-1]["questions"] == ["请问您现在想不想找工作？"]


def test_forty_wanted_and_twelve_fit_is_said_with_what_each_condition_would_bring(app, broker):
    short = order(broker)["short"]
    assert (short["wanted"], short["able"], short["lacking"]) == (N_WANTED, N_FIT, N_WANTED - N_FIT)
    page = text(broker)
    assert "一共12人合适，要40人" in page
    assert "要40人，只有12人合适，差28人" in page
    post = next(vacancy for vacancy in orders() if vacancy.vacancy_id == SEWERS)
    without = {
        "不限年龄": replace(post, age_max=None),
        "来了再学": replace(post, skills_required=()),
        "涨到4200元": replace(post, wage_low_yuan_month=4200, wage_high_yuan_month=4200),
        "可以晚来": replace(post, valid_to=None),
    }
    counted = {way["instead"]: way["adds"] for way in short["ways"]}
    assert counted == {instead: n_yes(other, app) - n_yes(post, app) for instead, other in without.items()}
    assert [way["adds"] for way in short["ways"]] == [5, 3, 1, 0]


def test_enough_people_need_no_relaxation(broker):
    assert order(broker, "v-far")["short"] is None


def test_a_post_that_asks_everybody_counts_those_one_may_ask(broker):
    heavy = order(broker, "v-heavy")
    assert heavy["people"]["n_yes"] == 0
    assert heavy["short"]["able"] == heavy["people"]["n_listed"] == 22
    assert "22人可以先问，要30人" in text(broker, "v-heavy")


def test_the_order_is_told_in_one_neutral_sentence(broker):
    assert listed(broker)["order_sentence"] == NEUTRAL_ORDER
    assert listed(broker, "v-reserved")["order_sentence"] == RESERVED_ORDER
    assert NEUTRAL_ORDER in text(broker)


def test_facets_count_what_the_other_facets_leave(broker):
    def counts(**query):
        return {f["name"]: {c["value"]: c["n"] for c in f["choices"]} for f in listed(broker, **query)["facets"]}

    everybody = counts()
    assert everybody["township"] == {BAIPENG: 9, CHENGTUAN: 4}
    assert everybody["verdict"] == {"yes": 12, "unknown": 1}
    assert everybody["contact"] == {"agreed": 4, "refused": 4, "not_asked": 5}
    narrowed = counts(township=CHENGTUAN)
    assert narrowed["township"] == everybody["township"]
    assert sum(narrowed["contact"].values()) == 4
    both = listed(broker, township=CHENGTUAN, contact="agreed")
    assert both["n_shown"] == len(both["people"]) == narrowed["contact"]["agreed"]
    assert {person["township"] for person in both["people"]} == {CHENGTUAN}


def test_narrowing_keeps_the_rank_of_the_whole_list(broker):
    ranks = {person["worker_id"]: person["rank"] for person in listed(broker)["people"]}
    narrowed = listed(broker, contact=["agreed", "refused"])["people"]
    assert {person["worker_id"]: person["rank"] for person in narrowed}.items() <= ranks.items()
    assert len(narrowed) == 8


def test_a_choice_nobody_has_lists_nobody(broker):
    assert listed(broker, township="999999999")["people"] == []
    assert listed(broker, township="<b>", verdict="no", contact="maybe")["n_shown"] == 0
    assert "选的条件里没有人" in text(broker, township="999999999")


def test_pages_follow_each_other_without_gap(broker):
    first = listed(broker, "v-heavy", rows=20)
    second = listed(broker, "v-heavy", rows=20, after=first["next"])
    ids = [person["worker_id"] for person in (*first["people"], *second["people"])]
    assert len(first["people"]) == 20
    assert len(ids) == len(set(ids)) == first["n_listed"]
    assert second["next"] == ""


def test_a_page_after_somebody_who_left_the_list_is_refused(broker):
    answer = broker.get(f"/broker/orders/{SEWERS}.json", query_string={"after": "old1"})
    assert answer.status_code == 400


def test_what_bars_an_order_is_told_with_the_article_and_nobody_is_listed(broker):
    told = order(broker, "v-deposit")
    assert told["people"] is None
    (bar,) = told["order"]["barred"]
    assert bar["article"] == "《劳动合同法》第九条"
    page = text(broker, "v-deposit")
    assert "不能发布" in page
    assert "押金300元" in page


@pytest.mark.parametrize(
    ("vacancy_id", "said"),
    [("v-full", "招2人，已经招满"), ("v-late", "岗位已于2018年5月31日截止"), ("v-plot", "微田园")],
)
def test_an_order_that_is_closed_says_why(broker, vacancy_id, said):
    told = order(broker, vacancy_id)
    assert told["people"] is None
    assert said in "".join(told["order"]["closed"])
    assert said in text(broker, vacancy_id)


def test_what_the_advert_leaves_out_is_said_to_be_left_out(broker):
    told = order(broker, "v-far")["order"]
    unstated = {row["label"] for row in (*told["money"], *told["conditions"]) if not row["stated"]}
    assert unstated == {"工资", "吃饭", "住宿", "社保", "合同"}
    assert text(broker, "v-far").count("没有写明</span></dd>") == len(unstated)


def test_a_reserved_post_does_not_name_its_groups(broker):
    page = text(broker, "v-reserved")
    assert "有专门的招用对象" in page
    assert "建档立卡" not in page
    assert "registered_poor" not in broker.get("/broker/orders/v-reserved.json").get_data(as_text=True)


def test_an_unknown_order_is_not_found_in_chinese(broker):
    for path in ("", "/missing", "/why?first=fit00&second=fit01"):
        answer = broker.get(f"/broker/orders/nobody{path}")
        assert answer.status_code == 404
        assert "没有这个订单" in answer.get_data(as_text=True)


def test_the_same_list_is_logged_once_and_each_look_is_audited(app):
    broker, access = asker(app), application_of(app).access
    shown = [person["worker_id"] for person in listed(broker, "p01")["people"]]
    entries = access.audit(subject="p01")
    assert entries[0].action == "candidates"
    assert entries[0].subjects == ("p01", *shown)
    decision = application_of(app).store.decision(entries[0].detail["decision_id"])
    assert decision.request["public"] is True
    listed(broker, "p01", contact="agreed")
    assert len(access.audit(subject="p01")) == len(entries) + 1
    assert access.audit(subject="p01")[0].detail == {**entries[0].detail, "asked": ["contact"]}
