"""Uploads one after the other: read in the order of arrival, whatever stops on the way."""

from __future__ import annotations

import os
import stat
import threading

import county
import msgspec
import pytest
from uploads import API, WAIT_S, attend, done, queued, rows, upload, vacancies

from api.v1 import attendant
from matcher.records.access import Role
from matcher.services.rosters import run_imports as running
from matcher.services.rosters.run_imports import run_imports
from matcher.services.rosters.upload_import import folder_of, spool


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def officer(app):
    return county.bearer(app, Role.OFFICER)


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


def test_a_waiting_file_is_its_owners_alone(app, client, officer, monkeypatch):
    job_id = queued(app, client, officer, rows("n1"), monkeypatch)
    home = county.application_of(app).settings.home
    (file,) = folder_of(home, job_id).iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (spool(home), file.parent, file)] == [0o700, 0o700, 0o600]
    assert client.get(f"{API}/imports/{job_id}", headers=officer).json["state"] == "queued"
    assert client.delete(f"{API}/imports/{job_id}", headers=officer).status_code == 409
    assert client.get(f"{API}/imports/{job_id}/rejects.xlsx", headers=officer).status_code == 409


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
