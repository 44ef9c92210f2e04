"""The deadline clock and the comparison as pages: what ends, what happens then, whom it touches; both twins agree."""

from __future__ import annotations

from datetime import date

import pytest
from county import JURISDICTION, application_of
from office_desk import desk

from matcher.policy import standard_packs
from matcher.records import Kind
from matcher.services.documents.deadline_clock import deadline_rows

LIUJIANG = "450206"


@pytest.fixture(scope="module")
def officer(app):
    return desk(app)[0]


def clock(officer, on: str):
    return officer.get(f"/office/policy/deadlines.json?on={on}").get_json()


def test_on_the_last_day_of_a_document_it_ends_today_and_the_day_after_it_is_over(officer):
    last, after = clock(officer, "2025-12-31"), clock(officer, "2026-01-01")
    today = {row["pack_id"]: row for row in last["coming"] if row["kind"] == "document"}
    assert {name: row["days_left"] for name, row in today.items()} == {"qinzhou_2021": 0, "wuyuan_2021": 0}
    ended = {row["pack_id"]: row for row in after["ended"] if row["kind"] == "document"}
    assert {name: row["days_left"] for name, row in ended.items()} == {"qinzhou_2021": -1, "wuyuan_2021": -1}
    assert all("通用规则" in row["now"] and "不付钱" in row["now"] for row in ended.values())
    page = officer.get("/office/policy/deadlines?on=2026-01-01").get_data(as_text=True)
    assert "过了1天" in page
    assert "按通用规则排序，不付钱" in page
    assert "就是今天" in officer.get("/office/policy/deadlines?on=2025-12-31").get_data(as_text=True)


def test_reduced_rates_end_on_their_own_day(officer):
    rates = [row for row in clock(officer, "2022-04-30")["coming"] if row["last_day"] == "2022-04-30"]
    assert {row["id"] for row in rates} >= {"unemployment_insurance_rate_employer", "work_injury_rate_cut"}
    assert all(row["days_left"] == 0 for row in rates)
    assert {rule for row in rates for rule in row["rules"]} >= {"QZ_UNEMPLOYMENT_RATE", "QZ_INJURY_RATE"}
    over = clock(officer, "2022-05-01")
    assert {row["id"] for row in over["past"]} >= {row["id"] for row in rates}


def test_it_counts_who_is_registered_under_a_document(app, officer):
    store = application_of(app).store
    (row,) = [row for row in clock(officer, "2018-06-01")["coming"] if row["id"] == "liujiang_2018"]
    for kind in (Kind.WORKERS, Kind.HOUSEHOLDS, Kind.EMPLOYERS):
        n_there = sum((record.place_code or "").startswith(LIUJIANG) for record in store.records(kind))
        assert row["affects"][kind.value] == n_there
    posts = [v for v in store.records(Kind.VACANCIES) if v.open_on(date(2018, 6, 1))]
    assert row["affects"]["vacancies"] == sum(post.place_code.startswith(LIUJIANG) for post in posts)
    assert row["affects"]["workers"] > 0
    assert row["n_rules"] == len(standard_packs()["liujiang_2018"].rules)
    elsewhere = [row for row in clock(officer, "2022-01-01")["coming"] if row["pack_id"] == "wuyuan_2021"]
    assert {row["affects"]["workers"] for row in elsewhere} == {0}


def test_a_viewer_of_one_town_counts_only_that_town(app):
    town = f"{LIUJIANG}102"
    whole, part = (
        desk(app, regions=regions)[0].get("/office/policy/deadlines.json?on=2018-06-01").get_json()
        for regions in ((), (town,))
    )

    def people(told) -> int:
        return next(row["affects"]["workers"] for row in told["coming"] if row["id"] == "liujiang_2018")

    n_there = sum(w.place_code.startswith(town) for w in application_of(app).store.records(Kind.WORKERS))
    assert people(part) == n_there < people(whole)


def test_the_page_of_all_documents_tells_what_comes_next(officer):
    told = officer.get("/office/policy.json?on=2018-06-20").get_json()
    assert [row["days_left"] for row in told["soonest"]] == sorted(row["days_left"] for row in told["soonest"])
    assert told["soonest"][0]["last_day"] == "2018-06-25"
    assert "还有5天" in officer.get("/office/policy?on=2018-06-20").get_data(as_text=True)


def test_without_counts_nobody_is_counted():
    assert {row["affects"] for row in deadline_rows(standard_packs(), date(2022, 1, 1))} == {None}


def test_two_documents_are_chosen_and_compared(officer):
    bare = officer.get("/office/policy/compare.json").get_json()
    assert bare["found"] is None
    assert {row["pack_id"] for row in bare["choices"]} >= {"liujiang_2018", "qinzhou_2021"}
    address = "/office/policy/compare{}?left=liujiang_2018&right=qinzhou_2021&on=2022-03-01"
    found = officer.get(address.format(".json")).get_json()["found"]
    page = officer.get(address.format("")).get_data(as_text=True)
    reward = next(row for row in found["subjects"] if row["id"] == "workshop_reward")["questions"][0]
    assert reward["verdict"] == "different"
    for cell in (*reward["left"], *reward["right"]):
        assert cell["value"] in page
        assert cell["clause"] in page
    assert "原文未写明" in page


def test_a_document_that_is_none_and_a_wrong_day_are_refused(officer):
    assert officer.get("/office/policy/compare.json?left=atlantis&right=qinzhou_2021").status_code == 404
    assert officer.get("/office/policy/deadlines.json?on=2022-02-30").status_code == 422


@pytest.mark.parametrize("pack_id", sorted(standard_packs().packs))
def test_a_pack_page_tells_how_its_rules_are_covered_and_offers_the_others(officer, pack_id):
    told = officer.get(f"/office/policy/{pack_id}.json").get_json()
    pack = standard_packs()[pack_id]
    assert told["n_cases"] == sum(sum(rule["cases"].values()) for rule in told["rules"])
    assert all(sum(rule["cases"].values()) for rule in told["rules"])
    page = officer.get(f"/office/policy/{pack_id}").get_data(as_text=True)
    assert ("和另一份比" in page) is not pack.document.always
    assert JURISDICTION in {other["pack_id"] for other in told["others"]} | {pack_id, JURISDICTION}
