"""What the tests of the office's pages share: an officer at the desk, a file to import, a list that was shown."""

from __future__ import annotations

import io
from datetime import date

from county import JURISDICTION, NOON, application_of, signed_in
from flask import Flask
from flask.testing import FlaskClient

from api.v1.attendant import attendant_of
from matcher.records import Kind, Worker
from matcher.records.access import AuditEntry, Role
from matcher.records.id_numbers import check_digit
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.services.rounds.recommend import Recommend, recommend

ON = date(2018, 6, 1)
GOOD = "45020619730101002" + check_digit("45020619730101002")
WRONG = GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2")
HEADERS = "姓名,身份证号,联系电话,居住地区划代码"
ROSTER = "\n".join((
    HEADERS, f"韦样例,{GOOD},13800000001,450206102201", f"覃样例,{WRONG},13800000002,450206102201",
    "莫样例,,１３８０００００００３,450206102202",
))  # fmt: skip
SCRIPT = "<script>alert(1)</script>"


def desk(app: Flask, role: Role = Role.OFFICER, regions=()) -> tuple[FlaskClient, str]:
    """A browser in which somebody of the office has signed in, and the token of its forms."""
    client = app.test_client()
    return client, signed_in(client, role, regions)


def preview(client: FlaskClient, csrf: str, text: str = ROSTER, name: str = "名册.csv", kind: str = "workers"):
    """The answer to an upload, and where it leads once its turn has come."""
    form = {"csrf": csrf, "kind": kind, "file": (io.BytesIO(text.encode("utf-8-sig")), name)}
    answer = client.post("/office/imports", data=form, content_type="multipart/form-data")
    assert attendant_of(client.application).rest(60)
    return answer


def imported(client: FlaskClient, csrf: str, text: str = ROSTER) -> str:
    """Address of an import that was previewed and then written."""
    seen = preview(client, csrf, text).location
    answer = client.post(f"{seen}/confirm", data={"csrf": csrf})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert attendant_of(client.application).rest(60)
    return str(answer.location)


def seeker(app: Flask, nth: int = 0) -> Worker:
    """Somebody of the synthetic county whose list has items."""
    store = application_of(app).store
    plan = store.current_plan(ON)
    listed = store.exposures(plan.season)
    found = [w for w in store.records(Kind.WORKERS) if isinstance(w, Worker) and len(listed.get(w.worker_id, ())) > 1]
    return found[nth]


def shown_to(app: Flask, worker_id: str, **more) -> str:
    """Id of the list that was given to somebody."""
    run = application_of(app)
    call = Recommend(worker_id=worker_id, on=ON, jurisdiction=JURISDICTION, top=10, seed=0, **more)
    return recommend(run.store, run.means, call, at=NOON)["decision_id"]


def candidates_of(app: Flask, vacancy_id: str) -> str:
    """Id of the list that was given of a vacancy."""
    run = application_of(app)
    call = ListCandidates(vacancy_id=vacancy_id, on=ON, jurisdiction=JURISDICTION, top=1000, seed=0)
    return list_candidates(run.store, run.means, call, at=NOON)["decision_id"]


def entries(app: Flask, subject: str) -> list[AuditEntry]:
    """Audit entries about a subject, newest first."""
    return application_of(app).access.audit(subject=subject)
