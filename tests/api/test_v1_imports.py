"""Uploads over HTTP: told, listed, taken back, and kept from those they are not for."""

from __future__ import annotations

import io
import stat

import county
import msgspec
import openpyxl
import pytest
from uploads import API, attend, done, everything, queued, rows, upload, vacancies

from matcher.records.access import Role
from matcher.services.rosters.upload_import import folder_of


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def officer(app):
    return county.bearer(app, Role.OFFICER)


def test_a_file_comes_in_is_told_and_taken_back(app, client, officer):
    before = everything(app)
    answer = upload(client, officer, rows("n1", "n2") + "n3,普工,workshop,nowhere,3\n")
    told = done(app, client, officer, answer)
    assert (told["state"], told["rows"], told["accepted"], told["rejected"]) == ("done", 3, 2, 1)
    assert told["rows_read"] == told["rows"] == sum(
        told[name] for name in ("accepted", "repaired", "rejected", "unchanged")
    )  # fmt: skip
    assert {problem["row"] for problem in told["problems"]} == {4}
    assert told["file"] == "岗位.csv"
    assert {"n1", "n2"} <= vacancies(app)
    assert client.get(f"{API}/imports/{told['batch_id']}", headers=officer).json["job_id"] == told["job_id"]

    refused = client.get(f"{API}/imports/{told['job_id']}/rejects.xlsx", headers=officer)
    sheet = openpyxl.load_workbook(io.BytesIO(refused.data)).worksheets[0]
    assert any("nowhere" in str(cell.value) for row in sheet.iter_rows() for cell in row)

    undone = client.delete(f"{API}/imports/{told['job_id']}", headers=officer)
    assert undone.status_code == 200
    assert everything(app) == before
    assert client.delete(f"{API}/imports/{told['job_id']}", headers=officer).status_code == 409
    assert client.get(f"{API}/imports/{told['job_id']}", headers=officer).json["undone_at"]


def test_problems_come_page_by_page(app, client, officer):
    told = done(app, client, officer, upload(client, officer, rows(*(f"n{n}" for n in range(25)), place="nowhere")))
    seen, path = [], f"{API}/imports/{told['job_id']}?limit=7"
    page = client.get(path, headers=officer).json
    while True:
        seen += page["problems"]
        if page["next_cursor"] is None:
            break
        page = client.get(f"{path}&cursor={page['next_cursor']}", headers=officer).json
    assert len(seen) == told["n_problems"] >= 25
    assert {problem["row"] for problem in seen} == set(range(2, 27))


def test_a_dry_run_writes_nothing_and_has_nothing_to_take_back(app, client, officer):
    before = everything(app)
    told = done(app, client, officer, upload(client, officer, rows("n1", "n2", place="nowhere"), dry_run="true"))
    assert (told["state"], told["dry_run"], told["batch_id"], told["rejected"]) == ("done", True, None, 2)
    assert told["problems"]
    assert everything(app) == before
    assert client.delete(f"{API}/imports/{told['job_id']}", headers=officer).status_code == 409


def test_no_refused_row_no_workbook(app, client, officer):
    told = done(app, client, officer, upload(client, officer, rows("n1")))
    answer = client.get(f"{API}/imports/{told['job_id']}/rejects.xlsx", headers=officer)
    assert (answer.status_code, answer.data) == (204, b"")
    assert not folder_of(county.application_of(app).settings.home, told["job_id"]).exists()


def test_a_look_at_cells_is_logged_and_a_look_at_progress_is_not(app, client, officer, monkeypatch):
    access = county.application_of(app).access
    job_id = queued(app, client, officer, rows("n1", place="nowhere"), monkeypatch)

    def looks():
        return [entry.action for entry in access.audit(subject=job_id)]

    client.get(f"{API}/imports/{job_id}", headers=officer)
    assert looks() == ["import"]
    attend(app)
    client.get(f"{API}/imports/{job_id}", headers=officer)
    assert looks() == ["import_problems", "import"]


def test_refused_rows_are_kept_for_a_day(app, client, officer):
    home = county.application_of(app).settings.home
    told = done(app, client, officer, upload(client, officer, rows("n1", place="nowhere")))
    path = folder_of(home, told["job_id"])
    assert [found.name for found in path.iterdir()] == [".rejects.xlsx"]
    assert stat.S_IMODE((path / ".rejects.xlsx").stat().st_mode) == 0o600
    county.clock(app).advance(hours=23)
    done(app, client, officer, upload(client, officer, rows("n2")))
    assert path.exists()
    county.clock(app).advance(hours=1)
    done(app, client, officer, upload(client, officer, rows("n3")))
    assert not path.exists()
    assert client.get(f"{API}/imports/{told['job_id']}/rejects.xlsx", headers=officer).status_code == 410


def test_who_manages_a_region_imports_no_people_and_sees_no_others_imports(app, client, officer):
    told = done(app, client, officer, upload(client, officer, rows("n1")))
    regional = county.bearer(app, Role.OFFICER, regions=[county.COUNTY])
    for kind in ("workers", "households", "plots", "placements"):
        assert upload(client, regional, "worker_id\nx\n", kind=kind).status_code == 403
    assert client.get(f"{API}/imports/{told['job_id']}", headers=regional).status_code == 404
    assert client.delete(f"{API}/imports/{told['job_id']}", headers=regional).status_code == 404
    assert client.get(f"{API}/imports", headers=regional).json["imports"] == []
    own = done(app, client, regional, upload(client, regional, rows("n2")))
    assert own["accepted"] == 1
    township = county.bearer(app, Role.OFFICER, regions=[county.COUNTY + "102"])
    assert client.get(f"{API}/imports/{own['job_id']}", headers=township).status_code == 404
    whole = [each["job_id"] for each in client.get(f"{API}/imports", headers=officer).json["imports"]]
    assert {own["job_id"], told["job_id"]} <= set(whole)


def test_imports_of_commands_are_listed_too(app, client, officer):
    listed = client.get(f"{API}/imports", headers=officer).json["imports"]
    batches = {batch.batch_id for batch in county.application_of(app).store.batches()}
    assert batches == {each["batch_id"] for each in listed}
    one = client.get(f"{API}/imports/{listed[0]['job_id']}", headers=officer).json
    assert one["state"] == "done"
    assert one["rows"] == listed[0]["rows"] > 0


def test_an_import_that_is_not_there(client, officer):
    for call in (client.get, client.delete):
        assert call(f"{API}/imports/i-none", headers=officer).status_code == 404


def test_who_stands_in_the_header_of_a_sheet_without_one_is_nobodys_to_read(app, client, officer):
    text = "worker_id,place_code,韦小英 450221199001011234\nx1,450206102,黄大妹\n"
    told = done(app, client, officer, upload(client, officer, text, kind="workers"))
    assert told["unread_columns"] == ["韦小英 （号码略）"]
    assert "19900101" not in msgspec.json.encode(told).decode()
    batch = next(each for each in county.application_of(app).store.batches() if each.batch_id == told["batch_id"])
    assert "19900101" not in msgspec.json.encode(batch.summary).decode()
    auditor = county.bearer(app, Role.AUDITOR)
    for path in (f"{API}/imports/{told['job_id']}", f"{API}/imports?limit=1"):
        seen = client.get(path, headers=auditor).get_data(as_text=True)
        assert "（内容略）" in seen
        assert "小英" not in seen
