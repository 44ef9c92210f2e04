"""Prometheus reads how many requests, how long and how they ended; and nobody else does."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from served import blank_app

import matcher
from api.state import state_of
from matcher.ports import Decision
from matcher.records.access import ImportJob, Role, Scope, Token

NOW = datetime.now(UTC).replace(microsecond=0)
REMOTE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def app(tmp_path):
    with blank_app(tmp_path) as app:
        app.add_url_rule("/api/quiet/<who>", view_func=lambda who: {"who": who})
        yield app


def samples(app, **asked):
    answer = app.test_client().get("/metrics", **asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "text/plain"
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def token(app, *scopes):
    state_of(app).application.access.add_token(
        Token(
            token_id="t1", secret_sha256=hashlib.sha256(b"s3cret").hexdigest(), label="prometheus",
            role=Role.ADMINISTRATOR, scopes=scopes, created_at=NOW, expires_at=NOW + timedelta(days=1),
        )
    )  # fmt: skip
    return {"Authorization": "Bearer mt_t1_s3cret"}


def test_requests_are_counted_by_rule_method_and_status(app):
    client = app.test_client()
    for who in ("13800000001", "b", "c"):
        client.get(f"/api/quiet/{who}")
    client.get("/api/nowhere/13800000001")
    client.open("/api/nowhere", method="CALL13800000001")
    found = samples(app)
    rule = ("rule", "/api/quiet/<who>")
    assert found["matcher_requests_total", ("method", "GET"), rule, ("status", "200")] == 3
    assert found["matcher_request_seconds_count", ("method", "GET"), rule] == 3
    assert 0 < found["matcher_request_seconds_sum", ("method", "GET"), rule] < 5
    assert found["matcher_requests_total", ("method", "GET"), ("rule", "unmatched"), ("status", "404")] == 1
    assert found["matcher_requests_total", ("method", "other"), ("rule", "unmatched"), ("status", "404")] == 1
    assert not any("138" in str(label) for key in found for label in key)


def test_imports_are_counted_by_state(app):
    access = state_of(app).application.access
    for number, state in enumerate(("done", "done", "failed")):
        access.put_job(
            ImportJob(job_id=f"j{number}", kind="workers", file="a.csv", actor="a", created_at=NOW, state=state)
        )
    found = samples(app)
    counted = {key[1][1]: value for key, value in found.items() if key[0] == "matcher_imports"}
    assert counted == {"queued": 0, "running": 0, "done": 2, "failed": 1, "interrupted": 0}


def test_answers_are_counted_by_kind(app):
    def log(kind, number):
        return Decision(
            decision_id=f"d{number}", kind=kind, made_at=NOW, revision=0, request={}, input_hash="", model="m",
            pack="", plan_id="", seed=0, answer_hash="",
        )  # fmt: skip

    records = state_of(app).records
    for number, kind in enumerate(("recommend", "recommend", "candidates")):
        records.append_decision(log(kind, number))
    found = samples(app)
    assert found["matcher_decisions_total", ("kind", "recommend")] == 2
    assert found["matcher_decisions_total", ("kind", "candidates")] == 1
    assert records.decision("d2").kind == "candidates"


def test_the_version_is_told(app):
    build = next(key for key in samples(app) if key[0] == "matcher_build_info")
    assert ("version", matcher.__version__) in build


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1"])
def test_this_machine_needs_no_token(app, address):
    assert samples(app, environ_base={"REMOTE_ADDR": address})


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_what_a_proxy_passes_on_is_not_from_this_machine(app, header):
    answer = app.test_client().get("/metrics", headers={header: "127.0.0.1"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_is_asked_by_its_own_name(app, host):
    assert samples(app, headers={"Host": host})


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000", "matcher"])
def test_a_site_that_points_its_name_here_reads_nothing(app, host):
    assert app.test_client().get("/metrics", headers={"Host": host}).status_code == 401
    assert samples(app, headers={"Host": host, **token(app, Scope.METRICS)})


def test_another_machine_needs_a_token_with_the_scope(app):
    assert app.test_client().get("/metrics", environ_base=REMOTE).status_code == 401
    assert samples(app, environ_base=REMOTE, headers=token(app, Scope.METRICS))


def test_another_scope_does_not_do(app):
    headers = token(app, Scope.POLICY)
    assert app.test_client().get("/metrics", environ_base=REMOTE, headers=headers).status_code == 403


PROCESS = """
import sys
from pathlib import Path
from served import blank_app
with blank_app(Path(sys.argv[1])) as app:
    client = app.test_client()
    client.get("/api/nowhere")
    print(client.get("/metrics").get_data(as_text=True))
"""


def test_several_processes_are_counted_together(tmp_path):
    (tmp_path / "counts").mkdir()
    told = ""
    for _ in range(2):
        told = subprocess.run(
            [sys.executable, "-c", PROCESS, tmp_path / "home"], capture_output=True, text=True, check=True,
            cwd=os.path.dirname(__file__), env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "counts")},
        ).stdout  # fmt: skip
    found = {
        sample.labels["rule"]: sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if sample.name == "matcher_requests_total" and sample.labels["status"] == "404"
    }
    assert found == {"unmatched": 2}
    assert "matcher_build_info" in told
