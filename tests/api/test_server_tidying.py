"""What is kept for a day is gone after it although nobody asks for anything."""

from __future__ import annotations

import io
import os
import threading
from datetime import datetime, time

import county

from api.tidying import keep_tidy
from api.v1 import attendant
from matcher.records.access import KeptAnswer, Role
from matcher.records.local_time import CHINA
from matcher.services.messages.keeping import months_before
from matcher.services.rosters.upload_import import folder_of

HEADER = "vacancy_id,title,channel,place_code,headcount\n"


def tidied(app):
    stopped = threading.Event()
    stopped.set()
    keep_tidy(app, stopped)


def test_refused_rows_answers_and_sessions_go_when_their_time_is_over(make_app):
    app = make_app()
    run, client = county.application_of(app), app.test_client()
    headers = county.bearer(app, Role.OFFICER) | {"Idempotency-Key": "k"}
    form = {"kind": "vacancies", "file": (io.BytesIO((HEADER + "n1,普工,workshop,nowhere,3").encode()), "a.csv")}
    job_id = client.post("/api/v1/imports", headers=headers, data=form).json["job_id"]
    assert attendant.attendant_of(app).rest(60)
    county.signed_in(client, Role.OFFICER)
    rows = folder_of(run.settings.home, job_id)
    actor = run.access.job(job_id).actor
    claim = KeptAnswer(key="k", actor=actor, request_sha256="", created_at=county.clock(app).now())

    county.clock(app).advance(hours=24, seconds=-1)
    tidied(app)
    assert rows.exists()
    assert run.access.begin_once(claim) is not None

    county.clock(app).advance(seconds=2)
    tidied(app)
    assert not rows.exists()
    assert run.access.begin_once(claim) is None
    assert run.access.end_sessions(expired_at=county.clock(app).now()) == 0


def test_what_a_match_told_of_people_goes_after_its_time(make_app):
    app = make_app()
    run, client = county.application_of(app), app.test_client()
    headers = county.bearer(app, Role.OFFICER)
    person = {"worker_id": "x1", "place_code": "450206102201", "birth_date": "1961-04-03"}
    call = {"on": "2018-06-01", "workers": [person], "vacancies": []}
    where = f"/api/v1/decisions/{client.post('/api/v1/match', headers=headers, json=call).json['decision_id']}"
    county.clock(app).advance(days=run.settings.match_days)
    tidied(app)
    headers = county.bearer(app, Role.OFFICER)
    assert client.get(where, headers=headers).status_code == 200
    county.clock(app).advance(seconds=1)
    tidied(app)
    gone = client.get(where, headers=headers)
    assert (gone.status_code, gone.json["type"]) == (410, "urn:matcher:problem:gone")


def test_what_cannot_be_tidied_now_stops_nothing(make_app, monkeypatch, capsys):
    app = make_app()
    monkeypatch.setattr("api.tidying.tidy", lambda *_, **__: (_ for _ in ()).throw(PermissionError("/var/private")))
    tidied(app)
    told = capsys.readouterr().err
    assert "not tidied" in told
    assert "private" not in told


def test_old_texts_go_by_the_countys_day_while_no_worker_runs(make_app):
    app = make_app()
    run = county.application_of(app)
    done = run.settings.home / "inbox" / "done"
    done.mkdir(parents=True)
    months = run.message_desk.rules.keeping.text_months
    here = datetime.combine(run.today(), time(12), CHINA)
    for name, at in (("old", months_before(here, months + 1)), ("young", months_before(here, months - 1))):
        (done / f"{name}.jsonl").write_text("13800000001", encoding="utf-8")
        os.utime(done / f"{name}.jsonl", (at.timestamp(), at.timestamp()))
    tidied(app)
    assert [path.name for path in done.iterdir()] == ["young.jsonl"]
