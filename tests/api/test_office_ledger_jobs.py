"""Ledgers that are none, that wait in the line of the imports, that were broken off, and who finds them."""

from __future__ import annotations

import io

import msgspec
import pytest
from county import application_of
from office_desk import desk
from reconcile_push import OURS, push, sheet, turn_of

from matcher.records.access import Role
from matcher.services.reconcile.push_job import LEDGERS
from matcher.services.rosters.run_imports import run_imports
from matcher.services.rosters.upload_import import folder_of


@pytest.fixture
def run(officer):
    answer = push(*officer)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def test_files_that_are_none_are_refused_with_what_to_do(officer):
    client, csrf = officer
    assert push(client, csrf, theirs=OURS).status_code == 422
    no_people = {
        "left": (io.BytesIO("温度,湿度\n1,2\n".encode()), "a.csv"),
        "right": (io.BytesIO(sheet(OURS)), "b.csv"),
    }
    answer = client.post("/office/reconcile", data={"csrf": csrf, **no_people}, content_type="multipart/form-data")
    seen = client.get(f"{turn_of(client, answer)}.json").get_json()["told"]
    assert (seen["state"], seen["waiting"], seen["run_id"]) == ("failed", False, "")
    assert "表头" in seen["error"] + seen["remedy"]
    assert client.post("/office/reconcile", data={"csrf": csrf}).status_code == 422


def test_ledgers_wait_in_the_line_of_the_imports_and_are_none(county, officer, run):
    client, _ = officer
    access = application_of(county).access
    (job,) = [one for one in access.jobs() if one.kind == LEDGERS]
    assert (job.state, job.rows_read, job.summary["run_id"]) == ("done", 6, run.rpartition("/")[2])
    assert not folder_of(application_of(county).settings.home, job.job_id).exists()
    assert client.get(f"/office/imports/{job.job_id}").status_code == 404
    assert job.job_id not in client.get("/office/imports").get_data(as_text=True)
    assert client.get(f"/office/reconcile/jobs/{job.job_id}").location == run
    again = client.get(f"/office/reconcile/jobs/{job.job_id}", headers={"HX-Request": "true"})
    assert (again.status_code, again.headers["HX-Redirect"], again.get_data(as_text=True)) == (200, run, "")
    (other,) = [one for one in access.jobs() if one.kind != LEDGERS][:1] or [None]
    unknown = "nothing" if other is None else other.job_id
    assert client.get(f"/office/reconcile/jobs/{unknown}").status_code == 404


def test_ledgers_whose_comparison_the_system_broke_off_are_told_in_their_own_words(county, officer, run):
    client, application = officer[0], application_of(county)
    (job,) = [one for one in application.access.jobs() if one.kind == LEDGERS]
    folder_of(application.settings.home, job.job_id).mkdir()
    names = {side: job.summary[side] for side in ("left", "right")}
    application.access.put_job(msgspec.structs.replace(job, state="running", summary=names))
    run_imports(
        application.access,
        application.store,
        application.means,
        application.settings.home,
        clock=application.clock.now,
        errands={},
    )
    page = client.get(f"/office/reconcile/jobs/{job.job_id}").get_data(as_text=True)
    assert "核对途中停了" in page
    assert "核对列表" in page
    assert "人社.csv" in page
    assert "导入途中" not in page
    assert "导入" not in application.access.job(job.job_id).error


def test_who_has_a_part_of_the_county_finds_no_ledgers(county, officer, run):
    part, csrf = desk(county, Role.OFFICER, regions=("450206103",))
    assert part.get("/office/reconcile.json").get_json()["runs"] == []
    assert part.get(run).status_code == 404
    assert push(part, csrf).status_code == 403
    broker, _ = desk(county, Role.BROKER)
    assert broker.get("/office/reconcile").status_code == 403
