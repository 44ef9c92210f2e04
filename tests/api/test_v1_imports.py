"""Uploads over HTTP: queued, read in the order of arrival, told, taken back; and files that are no rosters."""

from __future__ import annotations

import io
import os
import stat
import threading
import zipfile

import county
import msgspec
import openpyxl
import pytest

from api.v1 import attendant
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.rosters import run_imports as running
from matcher.services.rosters.run_imports import run_imports
from matcher.services.rosters.upload_import import folder_of, plain_name, spool

API = "/api/v1"
PROBLEM = "application/problem+json"
HEADER = "vacancy_id,title,channel,place_code,headcount\n"
WAIT_S = 60


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def officer(app):
    return county.bearer(app, Role.OFFICER)


def rows(*ids, place="450206102"):
    return HEADER + "".join(f"{each},普工,workshop,{place},3\n" for each in ids)


def upload(client, headers, body, *, kind="vacancies", name="岗位.csv", **fields):
    if isinstance(body, str):
        body = body.encode()
    return client.post(
        f"{API}/imports", headers=headers, data={"kind": kind, "file": (io.BytesIO(body), name), **fields}
    )


def done(app, client, headers, answer):
    """The state of an upload after the attendant has gone to rest."""
    assert answer.status_code == 202, answer.get_data(as_text=True)
    assert attendant.attendant_of(app).rest(WAIT_S)
    return client.get(answer.headers["Location"], headers=headers).json


def vacancies(app):
    return {found.vacancy_id for found in county.application_of(app).store.records(Kind.VACANCIES)}


def everything(app):
    store = county.application_of(app).store
    return msgspec.json.encode([store.records(kind) for kind in Kind])


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


def test_two_uploads_at_once_are_read_one_after_the_other(app, client, officer, monkeypatch):
    inside, most = [], []
    real = running.import_roster

    def watched(store, means, call, **more):
        inside.append(call.path)
        most.append(len(inside))
        try:
            return real(store, means, call, **more)
        finally:
            inside.remove(call.path)

    monkeypatch.setattr(running, "import_roster", watched)
    answers = {}

    def send(name):
        answers[name] = upload(app.test_client(), officer, rows(f"from-{name}"), name=f"{name}.csv")

    threads = [threading.Thread(target=send, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [done(app, client, officer, answer) for answer in answers.values()]
    assert [each["state"] for each in told] == ["done", "done"]
    assert most == [1, 1]
    assert {"from-a", "from-b"} <= vacancies(app)


def queued(app, client, headers, body, monkeypatch, **fields):
    """An upload that waits: nobody attends to it."""
    with monkeypatch.context() as patch:
        patch.setattr(attendant.Attendant, "wake", lambda self: None)
        answer = upload(client, headers, body, **fields)
    assert answer.status_code == 202
    return answer.json["job_id"]


def test_a_waiting_file_is_its_owners_alone(app, client, officer, monkeypatch):
    job_id = queued(app, client, officer, rows("n1"), monkeypatch)
    home = county.application_of(app).settings.home
    (file,) = folder_of(home, job_id).iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (spool(home), file.parent, file)] == [0o700, 0o700, 0o600]
    assert client.get(f"{API}/imports/{job_id}", headers=officer).json["state"] == "queued"
    assert client.delete(f"{API}/imports/{job_id}", headers=officer).status_code == 409
    assert client.get(f"{API}/imports/{job_id}/rejects.xlsx", headers=officer).status_code == 409


def attend(app):
    run = county.application_of(app)
    run_imports(run.access, run.store, run.means, run.settings.home, clock=run.clock.now)


def test_files_are_read_in_the_order_of_arrival(app, client, officer, monkeypatch):
    names = [f"{letter}.csv" for letter in "dbeacf"]
    for name in names:
        queued(app, client, officer, rows(f"from-{name}"), monkeypatch, name=name)
    attend(app)
    batches = county.application_of(app).store.batches()
    assert [batch.file for batch in batches][-len(names) :] == names


def test_what_waited_when_the_server_stopped_is_read_by_the_next(app, client, officer, monkeypatch):
    job_id = queued(app, client, officer, rows("n1"), monkeypatch)
    attendant.attendant_of(app).has_begun = False
    client.get(f"{API}/healthz")
    assert attendant.attendant_of(app).rest(WAIT_S)
    assert client.get(f"{API}/imports/{job_id}", headers=officer).json["state"] == "done"
    assert "n1" in vacancies(app)


def test_an_import_stopped_on_the_way_is_told_as_such(app, client, officer, monkeypatch):
    job_id = queued(app, client, officer, rows("n1"), monkeypatch)
    run = county.application_of(app)
    job = run.access.job(job_id)
    run.access.put_job(msgspec.structs.replace(job, state="running", started_at=run.clock.now()))
    attend(app)
    told = client.get(f"{API}/imports/{job_id}", headers=officer).json
    assert (told["state"], told["remedy"]) == ("interrupted", running.AGAIN)
    assert "n1" not in vacancies(app)
    assert not folder_of(run.settings.home, job_id).exists()


def test_an_import_stopped_after_its_write_is_done(app, client, officer, monkeypatch):
    job_id = queued(app, client, officer, rows("n1"), monkeypatch)
    run = county.application_of(app)
    finish = run.access.put_job

    def stopped(job):
        if job.state == "done":
            raise KeyboardInterrupt
        finish(job)

    with monkeypatch.context() as patch:
        patch.setattr(run.access, "put_job", stopped)
        with pytest.raises(KeyboardInterrupt):
            attend(app)
    assert run.access.job(job_id).state == "running"
    folder_of(run.settings.home, job_id).mkdir(exist_ok=True)
    attend(app)
    told = client.get(f"{API}/imports/{job_id}", headers=officer).json
    assert (told["state"], told["accepted"]) == ("done", 1)
    assert client.delete(f"{API}/imports/{job_id}", headers=officer).status_code == 200


def test_an_upload_that_is_coming_in_is_not_swept_away(app, client, officer):
    home = county.application_of(app).settings.home
    coming, left = spool(home) / "i-coming", spool(home) / "i-left"
    coming.mkdir()
    left.mkdir()
    os.utime(left, (0, 0))
    attend(app)
    assert coming.exists()
    assert not left.exists()


def test_uploads_of_another_machine_are_left_alone(app, client, officer, monkeypatch, tmp_path):
    job_id = queued(app, client, officer, rows("n1"), monkeypatch)
    run = county.application_of(app)
    run_imports(run.access, run.store, run.means, tmp_path, clock=run.clock.now)
    assert run.access.job(job_id).state == "queued"


def bomb():
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(40):
                part.write(b"\0" * (1 << 20))
    return body.getvalue()


def locked():
    plain, sealed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    from msoffcrypto.format.ooxml import OOXMLFile

    OOXMLFile(plain).encrypt("geheim", sealed)
    return sealed.getvalue()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "空"), (b"\x7fELF\x02\x01\x01\0\0\0", "认不出"), (b"MZ\x90\0\x03\0\0\0", "认不出"),
        (b"%PDF-1.7 ...", "PDF"), (b"\x89PNG\r\n\x1a\n", "图片"), (bomb, "解压后"), (locked, "密码"),
        (b"PK\x03\x04 cut off", "损坏"), (b"<html><table></table></html>", "网页"),
    ],
    ids=["empty", "elf", "exe", "pdf", "png", "bomb", "locked", "cut off", "html"],
)  # fmt: skip
def test_what_is_no_table_is_refused_at_once(make_app, body, says):
    app = make_app(import_max_unpacked_bytes=32 << 20)
    client, headers = app.test_client(), county.bearer(app, Role.OFFICER)
    answer = upload(client, headers, body() if callable(body) else body, name="a.xlsx")
    assert (answer.status_code, answer.mimetype) == (422, PROBLEM)
    assert says in answer.json["detail"]
    assert answer.json["remedy"]
    assert client.get(f"{API}/imports", headers=headers).json["imports"][0]["file"] != "a.xlsx"
    assert [path for path in spool(county.application_of(app).settings.home).iterdir() if path.is_dir()] == []


def test_a_table_of_another_kind_fails_with_its_problems(app, client, officer):
    before = everything(app)
    told = done(app, client, officer, upload(client, officer, "天气,风\n晴,3\n雨,4\n", kind="workers"))
    assert told["state"] == "failed" or told["rejected"] == told["rows"]
    assert told["n_problems"] >= 1
    assert everything(app) == before


class Unread(io.RawIOBase):
    """A body of which nothing may be read."""

    def readable(self):
        return True

    def readinto(self, _):
        raise AssertionError("read before its size was looked at")


def test_200_megabytes_are_refused_before_they_are_read(client, officer):
    answer = client.post(
        f"{API}/imports", headers=officer, content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 10**6)},
    )  # fmt: skip
    assert (answer.status_code, answer.mimetype) == (413, PROBLEM)


def test_an_upload_may_be_larger_than_other_bodies(make_app):
    app = make_app(http_max_bytes=2048)
    client, headers = app.test_client(), county.bearer(app, Role.OFFICER)
    body = rows(*(f"n{n}" for n in range(200)))
    assert len(body) > 2048
    assert done(app, client, headers, upload(client, headers, body))["accepted"] == 200


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "wishes"}, "kind"), ({"channel": "postal"}, "channel"), ({"dry_run": "maybe"}, "dry_run"),
        ({"jurisdiction": "../etc"}, "jurisdiction"), ({"colour": "red"}, "colour"),
        ({"kind": ["workers"] * 2}, "kind"),
    ],
)  # fmt: skip
def test_fields_that_do_not_fit_are_named(client, officer, fields, named):
    data = {"kind": "vacancies", **fields, "file": (io.BytesIO(rows("n1").encode()), "a.csv")}
    answer = client.post(f"{API}/imports", headers=officer, data=data)
    assert answer.status_code == 422
    assert [fault["where"].split(".")[0] for fault in answer.json["errors"]] == [named]


def test_a_file_must_be_there_and_a_form_around_it(client, officer):
    assert client.post(f"{API}/imports", headers=officer, data={"kind": "vacancies", "file": "text"}).status_code == 415
    answer = client.post(
        f"{API}/imports", headers=officer, data={"kind": "vacancies", "file": "text"},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 422
    answer = client.post(f"{API}/imports", headers=officer, data={"file": (io.BytesIO(b"a"), "a.csv")})
    assert answer.status_code == 422
    assert client.post(f"{API}/imports", headers=officer, json={"kind": "vacancies"}).status_code == 415


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


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\x\\花名册.xlsx", "花名册.xlsx"), ("..", "upload"), ("", "upload"),
        ("a\0b\n.csv", "a_b_.csv"), ("<b>.csv", "_b_.csv"), ("表" * 200 + ".csv", "表" * 56 + ".csv"),
    ],
)  # fmt: skip
def test_names_of_files_are_made_plain(name, plain):
    assert plain_name(name) == plain
    assert len(plain.encode()) <= 255
