"""Uploads of rosters as a program sends them, for the tests of imports over HTTP."""

from __future__ import annotations

import io

import county
import msgspec

from api.v1 import attendant
from matcher.records import Kind
from matcher.services.rosters.run_imports import run_imports

API = "/api/v1"
PROBLEM = "application/problem+json"
HEADER = "vacancy_id,title,channel,place_code,headcount\n"
WAIT_S = 60


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


def queued(app, client, headers, body, monkeypatch, **fields):
    """An upload that waits: nobody attends to it."""
    with monkeypatch.context() as patch:
        patch.setattr(attendant.Attendant, "wake", lambda self: None)
        answer = upload(client, headers, body, **fields)
    assert answer.status_code == 202
    return answer.json["job_id"]


def attend(app):
    run = county.application_of(app)
    run_imports(run.access, run.store, run.means, run.settings.home, clock=run.clock.now)
