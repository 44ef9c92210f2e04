"""What waits for an officer: every count is of the records, and every count that names things leads to them."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from county import COUNTY, application_of
from office_desk import ON, desk

from matcher.records import Kind, Vacancy, Worker
from matcher.records.access import Role
from matcher.services.ground.answering import working_ids


def told(app, role=Role.OFFICER, regions=()):
    client, _ = desk(app, role, regions)
    return client, client.get("/office.json").get_json()


def test_people_who_seek_work_are_counted_per_town_and_lead_to_their_names(app):
    client, page = told(app)
    store = application_of(app).store
    busy = working_ids(store, ON, None)
    seeking = [w for w in store.records(Kind.WORKERS) if w.wish_to_work and w.worker_id not in busy]
    assert page["n_seekers"] == len(seeking) == sum(town["n_people"] for town in page["towns"])
    towns = Counter(worker.place_code[:9] for worker in seeking)
    assert {town["code"]: town["n_people"] for town in page["towns"] if town["n_people"]} == dict(towns)
    code, n = towns.most_common(1)[0]
    assert client.get(f"/office/people.json?town={code}").get_json()["n_found"] == n
    assert f'href="/office/people?town={code}"' in client.get("/office").get_data(as_text=True)


def test_open_places_are_counted_once_and_those_of_other_counties_stand_apart(app):
    client, page = told(app)
    assert sum(town["n_places"] for town in page["towns"]) == page["n_places"]
    assert [town["name"] for town in page["towns"] if not town["code"]] == ["县外的岗"]
    for town in page["towns"]:
        if town["code"] and town["n_places"]:
            listed = client.get(f"/office/adverts.json?town={town['code']}").get_json()
            assert listed["n_places"] == town["n_places"]


def test_adverts_that_cannot_be_published_are_counted_by_reason_and_listed_with_the_article(app):
    client, page = told(app)
    vacancies = [v for v in application_of(app).store.records(Kind.VACANCIES) if isinstance(v, Vacancy)]
    wanted = Counter(code for v in vacancies for code in {bar.code for bar in v.unlawful})
    found = {row["reason"]: row["n"] for row in page["adverts"] if row["barred"] and row["reason"] != "expired"}
    assert found == dict(wanted)
    assert wanted
    for reason, n in wanted.items():
        listed = client.get(f"/office/adverts.json?reason={reason}").get_json()
        assert listed["n_found"] == n
        assert all(any(bar["code"] == reason and bar["article"] for bar in row["bars"]) for row in listed["adverts"])
        assert f"reason={reason}" in client.get("/office").get_data(as_text=True)


def test_an_expired_advert_is_told_apart_from_an_unlawful_one(app):
    client, page = told(app)
    late = [v for v in application_of(app).store.records(Kind.VACANCIES) if v.valid_to and v.valid_to < ON]
    assert next(row["n"] for row in page["adverts"] if row["reason"] == "expired") == len(late) > 0
    assert all(row["expired"] for row in client.get("/office/adverts.json?reason=expired").get_json()["adverts"])


def test_the_plan_is_told_in_people_and_words(app):
    client, page = told(app)
    plan = application_of(app).store.current_plan(ON)
    assert page["plan"]["n_with_list"] + page["plan"]["n_without"] == page["n_seekers"]
    assert page["plan"]["n_priced"] == sum(price > 0 for price in plan.prices.values())
    assert f"{page['plan']['n_with_list']}人有名单" in client.get("/office").get_data(as_text=True)


def test_an_import_with_rows_sent_back_waits_until_it_is_taken_back(app):
    _, page = told(app)
    batches = [b for b in application_of(app).store.batches() if b.summary.get("rejected")]
    assert {row["batch_id"] for row in page["imports"]} == {batch.batch_id for batch in batches}


def test_figures_needed_are_those_of_the_countys_own_document(app):
    client, page = told(app)
    figures = client.get("/office/figures.json").get_json()
    (ours,) = [document for document in figures["documents"] if document["ours"]]
    assert page["packs"]["n_figures_needed"] == ours["n_open"] == figures["n_open"] > 0
    assert ours["pack_id"] == "liujiang_2018"


def test_a_town_officer_counts_the_own_town_alone(app):
    town = next(
        worker.place_code[:9]
        for worker in application_of(app).store.records(Kind.WORKERS)
        if isinstance(worker, Worker) and worker.wish_to_work and len(worker.place_code) > 9
    )
    _, page = told(app, regions=(town,))
    _, whole = told(app)
    assert {row["code"] for row in page["towns"] if row["n_people"]} == {town}
    assert 0 < page["n_seekers"] < whole["n_seekers"]
    assert page["imports"] == []


@pytest.mark.parametrize("role", [Role.KIOSK, Role.HELPER, Role.BROKER, Role.EMPLOYER])
def test_nobody_but_the_office_opens_any_of_its_pages(app, role):
    client, _ = desk(app, role, (COUNTY,) if role is Role.BROKER else ())
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("office.")]
    assert len(rules) > 20
    for rule in rules:
        path = re.sub("<[^>]+>", "x", rule.rule)
        answer = client.get(path) if "GET" in rule.methods else client.post(path, data={"csrf": ""})
        assert answer.status_code == 403, path


def test_without_signing_in_every_page_asks_for_it(app):
    client = app.test_client()
    for path in ("/office", "/office/people/x", "/office/decisions/x.json", "/office/templates/workers.xlsx"):
        assert client.get(path).status_code == 401


def test_a_row_number_that_is_none_is_refused(app):
    client, _ = desk(app)
    for skip in ("-1", "1e9", "٣", "9" * 30, "x"):
        assert client.get("/office/adverts.json", query_string={"skip": skip}).status_code == 422


def test_the_day_at_the_desks_is_told_with_kiosks_and_deadlines(app):
    client, page = told(app)
    assert set(page["desk"]) == {"orders", "seats", "answers"}
    assert set(page["fleet"]) == {"n_at_work", "n_faulty"}
    assert {row["pack_id"] for row in page["deadlines"]} == {"liujiang_2018"}
    assert [row["days_left"] for row in page["deadlines"]] == sorted(row["days_left"] for row in page["deadlines"])
    html = client.get("/office").get_data(as_text=True)
    assert page["chart"]["sentence"] in html
    assert "style=" not in html
    for row in page["chart"]["rows"]:
        assert row["name"] in html
    assert sum(row["n_people"] for row in page["chart"]["rows"]) == page["n_seekers"]


def test_audit_has_no_way_to_the_kiosks_it_may_not_open(app):
    client, _ = told(app, Role.AUDITOR)
    assert 'href="/office/kiosks"><b>' not in client.get("/office").get_data(as_text=True)
    assert client.get("/office/kiosks").status_code == 403
