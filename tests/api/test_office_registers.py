"""The pages of the registers: figures open their names, a state is frozen, villages are given out, regions hold."""

from __future__ import annotations

import io
import re
from datetime import date

import county
import openpyxl
import pytest
from county import application_of
from office_desk import desk, imported

from matcher.office.registers.schedule import stream_of
from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.registers.workbook import BOOKS

TOWN = "450206103"
OTHERS = sorted(set(Role) - {Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.WORKER})
PAGES = ("registers", "two-lists", "villages", "households")


@pytest.fixture
def officer(app):
    return desk(app)[0]


def told(client, path, **asked):
    answer = client.get(f"/office/{path}.json", query_string=asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def named(client, path, n, **asked):
    """Ids behind a figure, page by page; as many as the figure says."""
    ids, skip = [], 0
    while True:
        page = told(client, path, **asked, skip=skip)
        assert page["n"] == n
        ids += [row.get("worker_id") or row["household_id"] for row in page["rows"]]
        skip = page["next"]
        if not skip:
            assert len(ids) == len(set(ids)) == n
            return ids


@pytest.mark.parametrize("path", ["registers", "two-lists"])
def test_every_figure_opens_its_names_and_their_number_is_the_figure(officer, path):
    page = told(officer, path)
    assert sum(page["total"]["n"].values()) > 0
    for figure in page["figures"]:
        name = figure["name"]
        everybody = named(officer, path, page["total"]["n"][name], list=name)
        in_villages = []
        for town in page["towns"]:
            assert town["n"][name] == sum(village["n"][name] for village in town["villages"])
            for village in town["villages"]:
                if village["n"][name]:
                    in_villages += named(officer, path, village["n"][name], list=name, place=village["code"])
        assert sorted(in_villages) == sorted(everybody)


def test_households_open_as_figures_do_and_those_without_work_have_a_next_step(officer):
    page = told(officer, "households")
    for figure in page["figures"]:
        name = figure["name"]
        named(officer, "households", page["total"][name], list=name)
        assert page["total"][name] == sum(town["n"][name] for town in page["towns"])
    assert page["counted"] == page["total"]["reached"] + page["total"]["missing"]
    assert page["total"]["missing"] > 0
    assert all(row["step"]["label"] for row in page["rows"])
    skills = [told(officer, "households", list=name)["rows"] for name in ("skill_short", "skill_open")]
    assert all(row["step"]["label"] for rows in skills for row in rows)


def test_a_household_without_a_place_stands_apart_and_stops_no_page(make_app):
    app = make_app()
    made = Batch(
        batch_id="b-h", kind=Kind.HOUSEHOLDS, file="h.csv", file_sha256="", imported_at=county.NOON, by="a", summary={}
    )
    fields = {"able_members": 1, "poor_status": "registered"}
    application_of(app).store.write_batch(made, [Change(record_id="h-nowhere", sheet="", row=2, fields=fields)])
    client = desk(app)[0]
    page = told(client, "households", list="open", place="x")
    assert ([row["household_id"] for row in page["rows"]], page["place_name"]) == (["h-nowhere"], "没有登记住在哪里")
    assert told(client, "households", list="skill_open", place="x")["rows"][0]["step"]["code"] == "visit"
    for path in ("/office", "/office/households", "/office/registers/households.xlsx"):
        assert client.get(path).status_code == 200


def test_the_worklist_says_what_is_short_who_is_willing_and_which_posts_suit(officer):
    page = told(officer, "villages")
    assert page["base_year"] == 2017
    assert not page["base_is_set"]
    assert {one["parameter_id"] for one in page["needed"]} >= {"work_time_in_county_min_months"}
    below = [row for row in page["villages"] if row["below"]]
    assert below
    assert page["n_short"] == sum(row["then"]["n"] - row["n"]["now"] for row in below)
    row = below[0]
    one = told(officer, f"villages/{row['code']}")
    assert (one["short"], one["n"], one["n_posts"]) == (row["short"], row["n"], row["n_posts"])
    html = officer.get("/office/villages").get_data(as_text=True)
    assert f"差{row['short']}人" in html
    for name, n in row["n"].items():
        (part,) = told(officer, f"villages/{row['code']}", list=name)["lists"]
        assert (part["n"], len(part["rows"])) == (n, n)


def test_what_is_missing_of_a_person_is_named(officer):
    page = told(officer, "registers", list="unclear:employment_status")
    assert page["rows"]
    assert all("就业状态" in [one["label"] for one in row["unclear"]] for row in page["rows"])


def test_a_frozen_state_stays_when_something_is_dated_back(make_app):
    fresh_app = make_app()
    client = desk(fresh_app)[0]
    before = told(client, "two-lists")
    wishing = named(client, "two-lists", before["total"]["n"]["wish_list"], list="wish_list")
    store = application_of(fresh_app).store
    change = Change(record_id=wishing[0], sheet="s", row=1, fields={"wish_to_go_out": False}, since=date(2018, 1, 1))
    batch = Batch(batch_id="b-back", kind=Kind.WORKERS, file="f", file_sha256="0" * 64, imported_at=county.NOON)
    store.write_batch(batch, [change])
    assert told(client, "two-lists", on="2017-12-31")["total"] is not None
    now = told(client, "two-lists")
    # A statement dated back does not undo what was stated for a later day.
    assert now["revision"] == before["revision"] + 1
    frozen = told(client, "two-lists", on=before["on"], revision=before["revision"])
    assert {**frozen, "kept": {}} == before
    first = client.get(f"/office/registers/two-lists.xlsx?on={before['on']}&revision={before['revision']}")
    again = client.get(f"/office/registers/two-lists.xlsx?on={before['on']}&revision={before['revision']}")
    assert first.data == again.data
    assert client.get("/office/two-lists?revision=999").status_code == 422


def test_a_village_is_given_to_a_broker_and_taken_back(make_app):
    fresh_app = make_app()
    client, csrf = desk(fresh_app)
    row = next(row for row in told(client, "villages")["villages"] if row["below"])
    url = f"/office/villages/{row['code']}"
    broker = county.new_user(fresh_app, Role.BROKER, (row["code"][:9],))
    elsewhere = county.new_user(fresh_app, Role.BROKER, ("450206999",))
    offered = [one["name"] for one in told(client, url.removeprefix("/office/"))["brokers"]]
    assert broker in offered
    assert elsewhere not in offered
    assert client.post(f"{url}/assign", data={"csrf": csrf, "broker": elsewhere}).status_code == 422
    given = client.post(
        f"{url}/assign", data={"csrf": csrf, "broker": broker, "note": "先问 13800000001，再问 demo-450206-w000004"}
    )
    assert given.status_code == 303
    one = told(client, url.removeprefix("/office/"))
    assert (one["broker"], one["open"], one["since"]) == (broker, True, "2018-06-01")
    assert not re.search("13800000001|w000004", one["note"])
    assert client.post(f"{url}/close", data={"csrf": csrf}).status_code == 422
    assert client.post(f"{url}/release", data={"csrf": csrf}).status_code == 303
    assert client.post(f"{url}/release", data={"csrf": csrf}).status_code == 409
    one = told(client, url.removeprefix("/office/"))
    assert (one["broker"], one["open"]) == ("", True)
    assert [step["what"] for step in one["history"]] == ["交给了劳务员", "从劳务员那里收回"]
    assert len(application_of(fresh_app).deeds.stream(stream_of(row["code"], 2018))) == 2


def test_workbooks_hold_the_figures_and_the_names_of_the_pages(officer):
    page = told(officer, "two-lists")
    for book in BOOKS:
        answer = officer.get(f"/office/registers/{book}.xlsx")
        assert answer.status_code == 200
        sheets = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
        if book == "two-lists":
            total = list(sheets["汇总"].iter_rows(values_only=True))[-1]
            assert list(total[2:]) == [page["total"]["n"][one["name"]] for one in page["figures"]]
            assert sheets["有意愿未外出"].max_row - 2 == page["total"]["n"]["wish_list"]
    assert officer.get("/office/registers/nothing.xlsx").status_code == 404


def test_an_officer_of_a_town_reads_that_town_alone(app):
    client = desk(app, regions=(TOWN,))[0]
    whole = desk(app)[0]
    for path in ("registers", "two-lists", "households"):
        mine, all_of_it = told(client, path), told(whole, path)
        assert [town["code"] for town in mine["towns"]] == [TOWN]
        assert mine["towns"][0] in all_of_it["towns"]
    codes = [row["code"] for row in told(client, "villages")["villages"]]
    assert codes
    assert all(code.startswith(TOWN) for code in codes)
    other = next(row["code"] for row in told(whole, "villages")["villages"] if not row["code"].startswith(TOWN))
    assert client.get(f"/office/villages/{other}").status_code == 404
    assert client.get("/office/villages/450206999999").status_code == 404


def test_audit_reads_masked_names_and_gives_nothing_to_anybody(app):
    client, csrf = desk(app, role=Role.AUDITOR)
    rows = told(client, "two-lists", list="wish_list")["rows"]
    assert rows
    assert all("*" in row["person"]["name"] for row in rows if row["person"]["name"])
    code = told(client, "villages")["villages"][0]["code"]
    assert told(client, f"villages/{code}")["brokers"] == []
    assert client.post(f"/office/villages/{code}/assign", data={"csrf": csrf, "broker": "b"}).status_code == 403


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_reads_a_register(app, role):
    client = app.test_client()
    county.session_of(client, county.new_user(app, role, ()))
    for path in (*PAGES, "registers/two-lists.xlsx"):
        assert client.get(f"/office/{path}").status_code == 403


def stated(client, csrf, code, **typed):
    form = {"csrf": csrf, "source": "全国系统2017年名单", **typed}
    return client.post(f"/office/villages/{code}/base", data=form)


def test_a_village_without_a_base_year_is_asked_for_it_and_never_above_it(make_app):
    client, csrf = desk(make_app())
    page = told(client, "villages")
    unknown = [row for row in page["villages"] if row["then"]["n"] is None]
    assert page["n_unknown"] == sum(not row["code"].endswith("x") for row in unknown) > 0
    assert not [row for row in unknown if row["below"] or row["target_met"] or row["recovered"] or row["n"]["new"]]
    html = client.get("/office/villages").get_data(as_text=True)
    assert html.count("没有对比年的人数，比不了") == len(unknown) + sum(
        one["then"]["n"] is None for one in page["towns"]
    )
    row = next(one for one in unknown if not one["code"].endswith("x"))
    broker = county.new_user(client.application, Role.BROKER, (row["code"][:9],))
    refused = client.post(f"/office/villages/{row['code']}/assign", data={"csrf": csrf, "broker": broker})
    assert refused.status_code == 422
    assert "没有对比年的人数" in refused.get_data(as_text=True)
    assert stated(client, csrf, row["code"], n="十").status_code == 422
    assert stated(client, csrf, row["code"], n="7", source=" ").status_code == 422
    assert stated(client, csrf, "450206999999", n="7").status_code == 404
    assert stated(client, csrf, row["code"], n="7", source="系统名单 13800000001 w000004").status_code == 303
    one = told(client, f"villages/{row['code']}")
    assert (one["then"]["n"], one["short"], one["below"]) == (7, 7 - one["n"]["now"], True)
    assert not {said for said in ("13800000001", "w000004") if said in str(one["history"] + [one["then"]])}
    assert one["history"][-1]["what"] == "填了对比年的人数"
    assert stated(client, csrf, row["code"], n="").status_code == 303
    assert told(client, f"villages/{row['code']}")["then"]["n"] is None


def test_the_villages_left_over_of_a_whole_list_had_nobody_and_their_towns_can_be_compared(make_app):
    client, csrf = desk(make_app())
    before = told(client, "villages")
    assert client.post("/office/villages/base", data={"csrf": csrf, "source": ""}).status_code == 422
    form = {"csrf": csrf, "source": "全国系统2017年名单"}
    assert client.post("/office/villages/base", data=form).status_code == 303
    after = told(client, "villages")
    zero = [row for row in after["villages"] if row["then"]["basis"] == "stated"]
    assert len(zero) == before["n_unknown"] > 0
    assert after["n_unknown"] == 0
    assert {row["then"]["n"] for row in zero} == {0}
    assert [row for row in after["towns"] if row["then"]["n"] is not None]
    for town in after["towns"]:
        inside = [row for row in after["villages"] if row["code"].startswith(town["code"])]
        if town["then"]["n"] is not None:
            assert town["then"]["n"] == sum(row["then"]["n"] or 0 for row in inside)
        assert town["n"]["now"] == sum(row["n"]["now"] for row in inside)
        (part,) = told(client, f"villages/{town['code']}", list="base")["lists"]
        assert part["n"] == town["n"]["base"]


def test_a_list_of_the_base_year_is_imported_with_the_roster(make_app):
    client, csrf = desk(make_app())
    before = told(client, "villages")
    village = next(row for row in before["villages"] if row["then"]["n"] is None and not row["code"].endswith("x"))
    worker = next(
        one for one in application_of(client.application).store.records(Kind.WORKERS)
        if one.place_code == village["code"] and one.registered_poor
    )  # fmt: skip
    text = f"worker_id,居住地区划代码,系统录入务工年份\n{worker.worker_id},{village['code']},2016、2017\n"
    imported(client, csrf, text)
    one = told(client, f"villages/{village['code']}")
    assert one["then"] == {"n": 1, "basis": "listed", "label": "全国系统名单", "source": "", "by": "", "on": ""}
    assert named_base(client, village["code"]) == [worker.worker_id]


def named_base(client, code):
    (part,) = told(client, f"villages/{code}", list="base")["lists"]
    return [row["worker_id"] for row in part["rows"]]


def test_the_base_years_of_villages_and_towns_are_those_the_county_sets(make_app):
    client, csrf = desk(make_app())
    for name, year in (("headcount_base_year", "2016"), ("township_base_year", "2015")):
        form = {"csrf": csrf, "value": year, "unit": "年", "from": "2018-01-01", "author": "县", "source": "1号文"}
        assert client.post(f"/office/figures/masked_county_2020/{name}", data=form).status_code == 303
    page = told(client, "villages")
    assert (page["base_year"], page["town_base_year"], page["base_is_set"]) == (2016, 2015, True)
    assert not {"headcount_base_year", "township_base_year"} & {one["parameter_id"] for one in page["needed"]}
    town = page["towns"][0]["code"]
    assert stated(client, csrf, town, n="400").status_code == 303
    one = told(client, f"villages/{town}")
    assert (one["base_of_year"], one["then"]["n"], one["below"]) == (2015, 400, True)
    broker = county.new_user(client.application, Role.BROKER, ("450206",))
    assert client.post(f"/office/villages/{town}/assign", data={"csrf": csrf, "broker": broker}).status_code == 303
    assert told(client, f"villages/{town}")["open"] is True
    assert next(row for row in told(client, "villages")["towns"] if row["code"] == town)["broker"] == broker


def test_who_reads_a_part_of_a_town_is_told_nothing_of_the_town(app):
    whole, _ = desk(app)
    village = next(row["code"] for row in told(whole, "villages")["villages"] if not row["code"].endswith("x"))
    client, _ = desk(app, regions=(village,))
    assert told(client, "villages")["towns"] == []
    assert client.get(f"/office/villages/{village[:9]}").status_code == 404
    town, _ = desk(app, regions=(village[:9],))
    assert [row["code"] for row in told(town, "villages")["towns"]] == [village[:9]]


def test_suitable_posts_open_as_many_as_the_figure_says(officer):
    page = told(officer, "villages")
    for row in [*page["towns"][:3], *[row for row in page["villages"] if row["n_posts"]][:4]]:
        found, skip = [], 0
        while True:
            one = told(officer, f"villages/{row['code']}", list="posts", skip=skip)
            found += [post["vacancy_id"] for post in one["posts"]]
            skip = one["posts_next"]
            if not skip:
                break
        assert len(found) == len(set(found)) == row["n_posts"] == one["n_shown"]
    code = next(row["code"] for row in page["villages"] if row["n"]["wish_list"] and row["n_posts"])
    (part,) = told(officer, f"villages/{code}", list="wish_list")["lists"]
    person = max(part["rows"], key=lambda row: row["n_posts"])
    mine = told(officer, f"villages/{code}", list="posts", worker=person["worker_id"])
    assert mine["n_shown"] == person["n_posts"] > 0
    assert officer.get(f"/office/villages/{code}?list=posts&worker=nobody").status_code == 404
    html = officer.get("/office/villages").get_data(as_text=True)
    assert f"/office/villages/{code}?list=posts" in html
