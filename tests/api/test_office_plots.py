"""/office/plots: the queue as the office reads it; regions, names by role, audit; nobody else gets in."""

from __future__ import annotations

import pytest
from county import application_of
from office_desk import ON, desk, entries

from matcher.records import Kind, Plot, PlotState, Worker
from matcher.records.access import Role
from matcher.services.office.plot_day import plot_day, plot_rows

TOWN = ("450206102",)
OTHERS = sorted(set(Role) - {Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.WORKER})


@pytest.fixture
def officer(app):
    return desk(app)[0]


def told(client, **asked):
    answer = client.get("/office/plots.json", query_string=asked)
    assert answer.status_code == 200
    return answer.get_json()


def part(page, line):
    (found,) = [one for one in page["lists"] if one["line"] == line]
    return found


def day_of(app):
    run = application_of(app)
    return plot_day(run.store, run.means, on=ON, jurisdiction="liujiang_2018")


def test_the_page_tells_the_queue_with_reason_and_clause_beside_each_entry(app, officer):
    page, day = told(officer), day_of(app)
    assert [one["n"] for one in page["lists"][:5]] == [
        len(day.queue.offers), len(day.queue.waiting), len(day.queue.ask), len(day.queue.judge), len(day.queue.review),
    ]  # fmt: skip
    assert (page["poor_mu"], page["other_mu"], page["free_years"]) == ("0.3", "0.2", 3)
    offers = part(page, "offer")["rows"]
    assert offers
    html = officer.get("/office/plots").get_data(as_text=True)
    for row in offers:
        assert row["notes"]
        assert row["clause"] == "三(二)4(2)"
        assert row["plot_id"] in html
        assert all(note in html for note in row["notes"])
    assert html.count("江政办发〔2018〕97号 三(二)4(2)") >= len(offers)


def test_no_list_holds_a_refusal_or_a_second_of_a_household(app, officer):
    workers = {w.worker_id: w for w in application_of(app).store.records(Kind.WORKERS) if isinstance(w, Worker)}
    rows = [row for row in plot_rows(day_of(app)) if row["line"] in ("offer", "wait", "ask", "judge", "review")]
    named = [row["worker_id"] for row in rows]
    assert len(named) == len(set(named))
    assert not any(workers[name].consent and workers[name].consent.plot is False for name in named)
    homes = [row["household_id"] for row in rows if row["line"] in ("offer", "wait") and row["household_id"]]
    assert len(homes) == len(set(homes))


def test_a_list_is_paged_to_its_end(officer):
    whole, seen, skip = part(told(officer), "wait")["n"], [], 0
    while True:
        page = told(officer, line="wait", skip=skip)
        assert len(page["lists"]) == 1
        seen += [row["worker_id"] for row in part(page, "wait")["rows"]]
        skip = part(page, "wait")["next"]
        if not skip:
            break
    assert len(seen) == len(set(seen)) == whole


@pytest.mark.parametrize("asked", [{"line": "everybody"}, {"skip": "-1"}, {"line": "wait", "skip": "x"}])
def test_an_address_nobody_wrote_is_refused(officer, asked):
    assert officer.get("/office/plots", query_string=asked).status_code in (400, 422)


def test_a_township_sees_its_own_people_and_sites(app):
    page = told(desk(app, regions=TOWN)[0])
    store = application_of(app).store
    homes = {w.worker_id: w.place_code for w in store.records(Kind.WORKERS) if isinstance(w, Worker)}
    assert {site["site_code"][:9] for site in page["sites"]} == set(TOWN)
    named = {row["worker_id"] for one in page["lists"] for row in one["rows"]}
    assert named
    assert all(homes[name].startswith(TOWN) for name in named)


def test_audit_reads_masked_names_and_every_look_is_written_down(app):
    offered = part(told(desk(app)[0]), "offer")["rows"][0]
    auditor, _ = desk(app, Role.AUDITOR)
    masked = part(told(auditor), "offer")["rows"][0]["person"]["name"]
    assert "*" in masked
    assert masked != offered["person"]["name"]
    looks = [entry for entry in entries(app, offered["worker_id"]) if entry.action == "plots"]
    assert {entry.role for entry in looks} >= {"officer", "auditor"}


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_gets_in(app, role):
    client, _ = desk(app, role)
    assert client.get("/office/plots").status_code == 403
    assert client.get("/office/plots.json").status_code == 403


def test_the_land_adds_up_to_the_ledger(app, officer):
    plots = [p for p in application_of(app).store.records(Kind.PLOTS) if isinstance(p, Plot)]
    sites = told(officer)["sites"]
    assert sum(site["n_free"] for site in sites) == sum(p.state is PlotState.FREE for p in plots)
    assert sum(site["n_held"] for site in sites) == sum(p.state is PlotState.HELD for p in plots)


def test_the_page_is_linked_and_explained(officer):
    assert 'href="/office/plots"' in officer.get("/office/villages").get_data(as_text=True)
    help_page = officer.get("/help/plots").get_data(as_text=True)
    assert "一户一块" in help_page
    assert 'href="/help/plots"' in officer.get("/office/plots").get_data(as_text=True)
