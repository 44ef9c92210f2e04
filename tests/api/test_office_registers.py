"""The pages of the registers: figures open their names, a state is frozen, villages are given out, regions hold."""

from __future__ import annotations

import io
import re
from datetime import date

import county
import openpyxl
import pytest
from county import application_of
from office_desk import desk

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


def test_the_worklist_says_what_is_short_who_is_willing_and_which_posts_suit(officer):
    page = told(officer, "villages")
    assert page["base_year"] == 2017
    assert not page["base_is_set"]
    assert {one["parameter_id"] for one in page["needed"]} >= {"work_time_in_county_min_months"}
    below = [row for row in page["villages"] if row["below"]]
    assert below
    assert page["n_short"] == sum(row["n"]["base"] - row["n"]["now"] for row in below)
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
