"""Why was this shown: the list as it was, the sum that comes out to the last bit, and who may ask."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
import sqlalchemy as sa
from county import JURISDICTION, NOON, application_of, clock
from office_desk import candidates_of, desk, entries, imported, seeker, shown_to

from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.broker.list_sums import price_sentence
from matcher.services.rounds.log_match import log_match
from matcher.services.rounds.requests import read_request


@pytest.fixture(scope="module")
def officer(app):
    return desk(app)[0]


def told(client, decision_id, rank=1, status=200):
    answer = client.get(f"/office/decisions/{decision_id}.json?rank={rank}")
    assert answer.status_code == status
    return answer.get_json()


def popular(app):
    """The open post with most people listed."""
    store = application_of(app).store
    counts = store.exposure_counts("2018-02-01/2018-07-31")
    return max(counts, key=lambda name: (counts[name], name))


@pytest.mark.parametrize("public", [False, True])
def test_the_list_comes_out_the_same_and_each_line_adds_up(app, officer, public):
    decision = shown_to(app, seeker(app).worker_id, public=public)
    answer = told(officer, decision)
    assert answer["same"] is True
    assert answer["public"] is public
    for line in answer["answer"]["items"]:
        shown = told(officer, decision, line["rank"])["answer"]["shown"]
        assert shown["adds_up"] is True
        value = Fraction(shown["p_apply"]) * Fraction(shown["p_hire"])
        for name in ("p_keep", "household_factor", "priority_factor", "group_factor"):
            value *= Fraction(shown[name])
        assert float(value - Fraction(shown["slot_price"])) == shown["score"] == line["score"]
        for stage in shown["stages"]:
            assert stage["start"] + sum(step["units"] for step in stage["steps"]) == stage["end"]


def test_a_page_says_the_sum_the_clause_and_every_rule(app, officer):
    decision = shown_to(app, seeker(app).worker_id)
    shown = told(officer, decision)["answer"]["shown"]
    page = officer.get(f"/office/decisions/{decision}").get_data(as_text=True)
    assert "一字不差" in page
    assert all(row["text"] in page for row in shown["sum"])
    assert shown["tier_rule"]["document"] in page
    assert shown["price_sentence"] in page
    assert len(shown["rules"]) == 19
    assert all(rule["sentence"] in page for rule in shown["rules"])
    assert shown["drawback"] in page


def test_refused_adverts_stand_with_the_smallest_change(app, officer):
    answer = told(officer, shown_to(app, seeker(app).worker_id))["answer"]
    assert answer["n_refused"] > 0
    assert all(row["reasons"] for row in answer["refused"])
    assert any(row["smallest_change"] for row in answer["refused"])


def test_the_list_of_a_post_names_its_people_and_each_of_them_can_be_asked_about(app, officer):
    decision = candidates_of(app, popular(app))
    answer = told(officer, decision)
    assert answer["same"] is True
    items = answer["answer"]["items"]
    assert answer["answer"]["vacancy"]["vacancy_id"] == popular(app)
    second = told(officer, decision, 2)["answer"]["shown"]
    assert second["worker_id"] == items[1]["person"]["worker_id"]
    assert second["adds_up"] is True
    assert {items[0]["person"]["worker_id"], decision} <= set(
        application_of(app).access.audit(subject=decision)[0].subjects
    )


def test_a_post_nobody_may_be_offered_says_why(app, officer):
    barred = next(v for v in application_of(app).store.records(Kind.VACANCIES) if v.unlawful)
    decision = candidates_of(app, barred.vacancy_id)
    answer = told(officer, decision)["answer"]
    assert answer["n_items"] == 0
    page = officer.get(f"/office/decisions/{decision}").get_data(as_text=True)
    assert "为什么没有候选人" in page
    assert all(finding["sentence"] in page for finding in answer["not_offered"])
    assert answer["not_offered"]


def test_who_has_no_list_sees_what_was_refused_at_once(app, officer):
    store = application_of(app).store
    listed = store.exposures("2018-02-01/2018-07-31")
    lonely = next(w for w in store.records(Kind.WORKERS) if w.wish_to_work and w.worker_id not in listed)
    decision = shown_to(app, lonely.worker_id)
    answer = told(officer, decision)["answer"]
    page = officer.get(f"/office/decisions/{decision}").get_data(as_text=True)
    assert answer["n_refused"] > 0
    assert ("<details open><summary>没有给看的" in page) is (answer["n_items"] == 0)


def test_audit_reads_masked_names_in_lists(app):
    worker = seeker(app)
    name = application_of(app).store.identities([worker.worker_id])[worker.worker_id].name
    auditor, _ = desk(app, Role.AUDITOR)
    for decision in (shown_to(app, worker.worker_id), candidates_of(app, popular(app))):
        assert name not in auditor.get(f"/office/decisions/{decision}").get_data(as_text=True)
        assert name not in auditor.get(f"/office/decisions/{decision}.json").get_data(as_text=True)


def test_a_later_import_changes_nothing_of_what_was_shown(make_app):
    app = make_app()
    client, csrf = desk(app)
    worker = seeker(app)
    decision = shown_to(app, worker.worker_id)
    before = told(client, decision)["answer"]
    known = application_of(app).store.identities([worker.worker_id])[worker.worker_id]
    imported(
        client, csrf, f"姓名,身份证号,居住地区划代码,就业意愿\n{known.name},{known.id_number},{worker.place_code},否"
    )
    after = told(client, decision)
    assert after["same"] is True
    assert after["answer"]["items"] == before["items"]
    assert after["answer"]["shown"]["rules"] == before["shown"]["rules"]
    today = client.get(f"/office/lists/{worker.worker_id}.json").get_json()
    assert today["answer"]["items"] == []
    assert today["answer"]["note"]


def test_todays_list_stands_beside_the_last_and_is_not_logged(app, officer):
    worker = seeker(app, 1)
    decision = shown_to(app, worker.worker_id)
    n = len(application_of(app).store.decisions_of(worker.worker_id))
    answer = officer.get(f"/office/lists/{worker.worker_id}.json").get_json()
    assert answer["last"]["decision_id"] == decision
    assert {line["vacancy"]["vacancy_id"]: line["rank"] for line in answer["answer"]["items"]}.items() <= (
        answer["ranks_then"].items()
    )
    assert len(application_of(app).store.decisions_of(worker.worker_id)) == n
    assert entries(app, worker.worker_id)[0].action == "today_list"
    assert "上次排第几" in officer.get(f"/office/lists/{worker.worker_id}").get_data(as_text=True)


def test_a_list_of_somebody_erased_is_gone(make_app):
    app = make_app()
    worker = seeker(app)
    decision = shown_to(app, worker.worker_id)
    application_of(app).store.erase_worker(worker.worker_id, at=clock(app).now(), by="test")
    client, _ = desk(app)
    answer = client.get(f"/office/decisions/{decision}")
    assert answer.status_code == 410
    assert "已按要求删除" in answer.get_data(as_text=True)
    assert client.get(f"/office/decisions/{decision}.json").status_code == 410


def test_a_log_somebody_tampered_with_is_told_not_shown(make_app):
    app = make_app()
    decision = shown_to(app, seeker(app).worker_id)
    store = application_of(app).store
    with store.database.writing() as connection:
        connection.execute(sa.text("UPDATE artifact SET body = X'7b7d' WHERE kind = 'rulebook'"))
    client, _ = desk(app)
    answer = told(client, decision)
    assert (answer["same"], answer["answer"]) == (False, None)
    assert "重放不出" in client.get(f"/office/decisions/{decision}").get_data(as_text=True)


def test_outside_the_region_no_list_is_there(app):
    worker = seeker(app)
    decision = shown_to(app, worker.worker_id)
    other = next(
        w.place_code[:9]
        for w in application_of(app).store.records(Kind.WORKERS)
        if w.place_code[:9] != worker.place_code[:9]
    )
    stranger, _ = desk(app, regions=(other,))
    for path in (f"/office/decisions/{decision}", f"/office/decisions/{decision}.json"):
        assert stranger.get(path).status_code == 404
    assert stranger.get(f"/office/decisions/{candidates_of(app, popular(app))}").status_code == 404
    neighbour, _ = desk(app, regions=(worker.place_code[:9],))
    assert neighbour.get(f"/office/decisions/{decision}").status_code == 200


def test_a_match_of_people_who_were_never_kept_is_explained_too(app, officer):
    people = [
        {"worker_id": f"x{n}", "place_code": "450206102201", "wish_to_work": True, "birth_date": "1975-01-01",
         "travel_range": "county"}
        for n in range(2)
    ]  # fmt: skip
    post = {"vacancy_id": "y1", "title": "缝纫工", "channel": "workshop", "place_code": "450206102", "headcount": 3}
    call = {"on": "2018-06-01", "jurisdiction": JURISDICTION, "explain": True, "workers": people, "vacancies": [post]}
    run = application_of(app)
    answer = log_match(run.store, run.means, read_request(msgspec.json.encode(call)), at=NOON)
    decision = answer["decision_id"]
    for number, status in ((1, 200), (2, 200), (3, 404)):
        page = officer.get(f"/office/decisions/{decision}?list={number}")
        assert page.status_code == status
        assert "/office/people/x" not in page.get_data(as_text=True)
    assert told(officer, decision)["answer"]["shown"]["adds_up"] is True
    neighbour, stranger = (desk(app, regions=(town,))[0] for town in ("450206102", "450206103"))
    assert neighbour.get(f"/office/decisions/{decision}").status_code == 200
    assert stranger.get(f"/office/decisions/{decision}").status_code == 404


@pytest.mark.parametrize("rank", ["0", "11", "-1", "x"])
def test_a_line_that_is_none_is_refused(app, officer, rank):
    decision = shown_to(app, seeker(app).worker_id)
    assert officer.get(f"/office/decisions/{decision}.json?rank={rank}").status_code in (404, 422)


def test_an_unknown_list_is_not_found(officer):
    assert officer.get("/office/decisions/d-nope").status_code == 404
    assert officer.get("/office/lists/nobody").status_code == 404


@pytest.mark.parametrize(
    ("price", "listed", "said"),
    [
        (0.0, None, "还没有排过计划"),
        (0.0, 3, "名额够，不加不减"),
        (0.25, 23, "所以减0.25000"),
        (-0.5, 0, "所以加0.50000"),
    ],
)
def test_the_price_of_a_place_is_a_sentence(price, listed, said):
    sentence = price_sentence(price, 5, listed)
    assert said in sentence
    assert sentence.startswith("还有5个名额")


def test_a_post_that_is_gone_is_named_by_its_id(make_app):
    app = make_app()
    worker = seeker(app)
    decision = shown_to(app, worker.worker_id)
    client, csrf = desk(app)
    posts = [batch.batch_id for batch in application_of(app).store.batches() if batch.kind is Kind.VACANCIES]
    for batch_id in reversed(posts):
        assert client.post(f"/office/imports/{batch_id}/undo", data={"csrf": csrf, "sure": "yes"}).status_code == 303
    answer = told(client, decision)
    assert answer["same"] is True
    assert {line["vacancy"]["title"] for line in answer["answer"]["items"]} == {""}
    assert "这个岗位的登记已经不在" in client.get(f"/office/decisions/{decision}").get_data(as_text=True)
