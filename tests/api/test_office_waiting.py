"""Every figure of the page of the day is the figure of the page it opens, for the county and for a town."""

from __future__ import annotations

import json

import pytest
from county import application_of, bearer
from office_desk import ON, desk
from uploads import done, upload

from matcher.records import Channel, Kind
from matcher.records.access import Role


@pytest.fixture(scope="module")
def client(app):
    return desk(app)[0]


def asked(client, path, **query):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, path
    return answer.get_json()


def test_each_figure_is_that_of_its_page(client):
    day = asked(client, "/office.json")
    waiting = day["waiting"]
    villages = asked(client, "/office/villages.json")
    assert waiting["villages"]["n_below"] == villages["n_below"] == sum(row["below"] for row in villages["villages"])
    assert waiting["villages"]["n_short"] == sum(row["short"] for row in villages["villages"] if row["below"])
    assert waiting["villages"]["n_unknown"] == villages["n_unknown"]
    assert waiting["households"]["n_missing"] == asked(client, "/office/households.json", list="missing")["n"] > 0
    visits = asked(client, "/office/visits.json")
    assert (waiting["visits"]["n_open"], waiting["visits"]["n_late"]) == (visits["n_open"], visits["n_late"])
    returnees = asked(client, "/office/returnees.json")
    assert day["returnees"]["n_open"] == returnees["n_open"]
    runs = asked(client, "/office/reconcile.json")["runs"]
    assert waiting["pairs"]["n_open"] == sum(run["n_open"] for run in runs)
    ending = asked(client, "/office/ending.json")["kinds"]
    assert {one["kind"]: one["n"] for one in waiting["ending"]} == {one["kind"]: one["n"] for one in ending if one["n"]}
    reports = asked(client, "/office/reports.json")["rows"]
    assert len(waiting["reports"]["next"]) == sum(not row["frozen"] and bool(row["due"]) for row in reports)


def test_claims_are_counted_by_what_somebody_has_to_do(make_app):
    app = make_app()
    client, csrf = desk(app)
    client.post("/office/claims/propose", data={"csrf": csrf})
    claims = asked(client, "/office.json")["waiting"]["claims"]
    states = {row["state"]: row["n"] for row in asked(client, "/office/claims.json")["states"]}
    assert claims["n_lacking"] == states.get("lacking", 0) > 0
    assert claims["n_first"] == states.get("ready", 0)
    html = client.get("/office").get_data(as_text=True)
    assert 'href="/office/claims?state=lacking"' in html


def test_a_meter_that_is_closing_and_a_contract_that_is_over_stand_on_the_page_of_the_day(make_app):
    app = make_app()
    client, _ = desk(app)
    told = asked(client, "/office/measures.json")
    before = {row["state"]: row["n"] for row in told["workshop_states"]}.get("closing", 0)
    assert asked(client, "/office.json")["waiting"]["measures"]["n_closing"] == before
    store = application_of(app).store
    workers = [one.worker_id for one in store.records(Kind.WORKERS)][:2]
    shop = next(one for one in store.records(Kind.EMPLOYERS) if one.kind is Channel.WORKSHOP)
    started = ON.replace(year=ON.year - 1, month=ON.month + 3)
    # Three months worked of the window, three more needed, three left of it: none may be idle.
    rolls = [{"kind": "wage_roll", "on": started.replace(month=started.month + n).isoformat()} for n in range(3)]
    sews = {"placement_id": "x-sews", "worker_id": workers[0], "employer_id": shop.employer_id, "evidence": rolls}
    post = next(one for one in store.records(Kind.VACANCIES) if one.channel is Channel.WELFARE_POST)
    over = {"placement_id": "x-over", "worker_id": workers[1], "vacancy_id": post.vacancy_id}
    over |= {"contract_start": "2017-05-31", "contract_end": "2018-05-31"}
    lines = [one | {"start": started.isoformat(), "wage_yuan_month": 2000} for one in (sews, over)]
    headers = bearer(app, Role.OFFICER)
    api = app.test_client()
    sent = upload(api, headers, "\n".join(map(json.dumps, lines)), kind="placements", name="x.jsonl")
    assert done(app, api, headers, sent)["state"] == "done"
    waiting = asked(client, "/office.json")["waiting"]["measures"]
    states = {row["state"]: row["n"] for row in asked(client, "/office/measures.json")["workshop_states"]}
    assert waiting == {"n_closing": before + 1, "n_exits": 1}
    assert states["closing"] == before + 1
    html = client.get("/office").get_data(as_text=True)
    for of, n in (("workshops/closing", before + 1), ("audit/over", 1)):
        assert f"/office/measures/names?of={of}" in html
        assert asked(client, "/office/measures/names.json", of=of)["n"] == n


def test_a_part_of_the_county_is_told_its_own_and_nothing_of_the_whole(app):
    worker = next(w for w in application_of(app).store.records(Kind.WORKERS) if len(w.place_code) > 9)
    client, _ = desk(app, Role.OFFICER, (worker.place_code[:9],))
    waiting = asked(client, "/office.json")["waiting"]
    assert waiting["pairs"] is None
    assert waiting["reports"] is None
    assert waiting["households"]["n_missing"] == asked(client, "/office/households.json")["n"]


def test_the_page_follows_what_was_done_since(make_app):
    app = make_app()
    client, csrf = desk(app)
    before = asked(client, "/office.json")["waiting"]["visits"]
    row = asked(client, "/office/visits.json")["rows"][0]
    form = {"csrf": csrf, "placement_id": row["placement_id"], "months": row["check"]["months"]}
    form |= {"status": "employed", "kind": "visit", "on": ON.isoformat()}
    findings = asked(client, "/office/visits.json")["findings"]
    form["status"] = findings[0]["code"]
    assert client.post("/office/visits", data=form).status_code == 303
    assert asked(client, "/office.json")["waiting"]["visits"]["n_open"] == before["n_open"] - 1


@pytest.mark.parametrize("path", ["/office/two-lists", "/office/doubles", "/office/measures", "/office/ending"])
def test_the_menu_says_the_group_and_the_page_one_is_in(client, path):
    html = client.get(path).get_data(as_text=True)
    assert html.count('aria-current="true"') == 1
    assert f'<a href="{path}" aria-current="page">' in html


def test_every_place_of_the_menu_opens_and_an_auditor_is_offered_none_that_is_closed(app):
    client, _ = desk(app, Role.AUDITOR)
    seen, left = set(), ["/office"]
    while left:
        path = left.pop()
        html = client.get(path)
        assert html.status_code == 200, path
        seen.add(path)
        menu = html.get_data(as_text=True).split("<main", 1)[0]
        found = {part.split('"', 1)[0] for part in menu.split('<a href="')[1:]}
        left += [one for one in found if one.startswith("/office") and one not in seen and one not in left]
    assert len(seen) > 20
    assert "/office/kiosks" not in seen
