"""The annex of tasks: a step is in time or late by the document's rule, noted with its day, taken back, asked once."""

from __future__ import annotations

from datetime import date

import pytest
from county import JURISDICTION, application_of
from office_desk import ON, desk

from matcher.office.reports.tasks import judged, tasks_of
from matcher.policy import standard_packs
from matcher.records.access import Role
from matcher.services.reports.tasks import tasks_told

FARM, MARKET, FAIR, GAMES = (
    "task05_farm_done_deadline",
    "task06_market_plan_deadline",
    "task12_job_fair_deadline",
    "task14_basketball_plan_deadline",
)


@pytest.fixture
def officer(make_app):
    return desk(make_app())


def rows(client):
    return {row["task"]: row for row in client.get("/office/policy/tasks.json").get_json()["rows"]}


def note(client, csrf, row, **more):
    data = {"csrf": csrf, "task": row["task"], "seen": row["seen"], **more}
    return client.post("/office/policy/tasks", data=data)


def test_every_last_day_of_the_annex_is_a_row_and_what_is_over_is_told(officer):
    client, _ = officer
    told = client.get("/office/policy/tasks.json").get_json()
    pack = standard_packs()["liujiang_2018"]
    annex = {row.id for row in pack.parameters if row.id.startswith("task") and row.id.endswith("_deadline")}
    assert {row["task"] for row in told["rows"]} == annex
    assert told["n_overdue"] == sum(row["overdue"] for row in told["rows"]) > 0
    for row in told["rows"]:
        assert row["last_day"] == pack.parameter(row["task"]).value.isoformat()
        # A day before the document was signed is held against nobody.
        assert row["overdue"] is (row["last_day"] < ON.isoformat() and row["task"] != GAMES)
    page = client.get("/office/policy/tasks").get_data(as_text=True)
    assert "过了期限，没记" in page
    assert "/office/policy/tasks" in client.get("/office/policy/deadlines").get_data(as_text=True)


def test_a_day_noted_is_judged_by_annex_and_body_and_can_be_taken_back(officer):
    client, csrf = officer
    before = rows(client)
    assert note(client, csrf, before[FARM], done_on="2018-06-01").status_code == 303
    note(client, csrf, before[FAIR], done_on="2018-03-11")
    told = rows(client)
    assert (told[FARM]["done_on"], told[FARM]["annex"], told[FARM]["body"]) == ("2018-06-01", "按时", "按时")
    assert (told[FAIR]["annex"], told[FAIR]["body"], told[FAIR]["overdue"]) == ("晚了", "", False)
    assert note(client, csrf, before[FARM], done_on="2018-05-01").status_code == 409
    assert note(client, csrf, told[FARM], do="undo").status_code == 303
    again = rows(client)[FARM]
    assert (again["done_on"], again["annex"], again["seen"]) == ("", "", 2)
    assert note(client, csrf, again, do="undo").status_code == 409


def test_days_to_come_no_days_unknown_tasks_and_other_roles_note_nothing(make_app):
    app = make_app()
    client, csrf = desk(app)
    row = rows(client)[MARKET]
    assert note(client, csrf, row, done_on="2018-06-02").status_code == 422
    assert note(client, csrf, row, done_on="soon").status_code == 422
    assert note(client, csrf, {"task": "task99", "seen": 0}, done_on="2018-06-01").status_code == 404
    part, part_csrf = desk(app, Role.OFFICER, regions=("450206103",))
    assert note(part, part_csrf, row, done_on="2018-06-01").status_code == 403
    auditor, auditor_csrf = desk(app, Role.AUDITOR)
    assert note(auditor, auditor_csrf, row, done_on="2018-06-01").status_code == 403
    assert "<form" not in auditor.get("/office/policy/tasks").get_data(as_text=True).split("<main")[1]
    assert rows(client)[MARKET]["done_on"] == ""


def test_a_county_under_another_document_has_no_annex(app):
    run = application_of(app)
    assert tasks_told(run.deeds, run.means, "hekou_2018", ON)["rows"] == []
    assert tasks_told(run.deeds, run.means, JURISDICTION, ON)["binds"] is True


def test_a_step_is_asked_of_the_rule_as_the_worked_examples_ask_it():
    packs = standard_packs()
    farm = next(task for task in tasks_of(packs) if task.id == FARM)
    assert (farm.number, farm.step) == (5, "完成")
    assert judged(farm, date(2018, 10, 1), packs)["annex"] == "late"
    assert judged(farm, date(2018, 7, 1), packs) == {
        "annex": "on_time", "annex_deadline": "2018-09-30", "body": "late",
    }  # fmt: skip
