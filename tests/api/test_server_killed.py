"""A server that is killed outright in the middle of an upload's import, and the one that starts after it."""

from __future__ import annotations

import time

import msgspec
import pytest
from processes import bearer, get, slow_server

from matcher.bootstrap import Application
from matcher.records import Kind
from matcher.services.rosters.run_imports import AGAIN
from matcher.services.rosters.upload_import import spool
from matcher.settings import Settings

pytestmark = pytest.mark.timeout(120)
API = "/api/v1"
WAIT_S = 60


def roster(letter):
    rows = ({"worker_id": f"{letter}{number}", "place_code": "450206"} for number in range(1000))
    return b"\n".join(msgspec.json.encode(row) for row in rows)


def upload(port, headers, body, key):
    form = (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nworkers\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="w.jsonl"\r\n\r\n' + body + b"\r\n--x--\r\n"
    )
    given = headers | {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": key}
    status, told = get(port, f"{API}/imports", method="POST", body=form, headers=given)
    assert status == 202
    return msgspec.json.decode(told)["job_id"]


def ended(port, headers, job_id):
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        told = msgspec.json.decode(get(port, f"{API}/imports/{job_id}", headers=headers)[1])
        if told["state"] not in ("queued", "running"):
            return told
        time.sleep(0.1)
    raise AssertionError("the import does not end")


def kept(home):
    """Ids of workers and the number of batches in the database of a home, and what lies in its spool."""
    application = Application(Settings(home=home))
    try:
        workers = {worker.worker_id for worker in application.store.records(Kind.WORKERS)}
        return workers, len(application.store.batches()), [path for path in spool(home).iterdir() if path.is_dir()]
    finally:
        application.close()


def test_killed_in_the_middle_of_an_upload_it_starts_again_and_says_so(tmp_path):
    headers = bearer(tmp_path)
    with slow_server(tmp_path, STUCK="1") as (process, port):
        stopped = upload(port, headers, roster("a"), "a")
        assert process.stdout.readline().strip() == "begun"
        told = msgspec.json.decode(get(port, f"{API}/imports/{stopped}", headers=headers)[1])
        assert told["state"] == "running"
        process.kill()
        process.wait(10)
    workers, n_batches, _ = kept(tmp_path)
    assert (workers, n_batches) == (set(), 0)

    with slow_server(tmp_path) as (process, port):
        told = ended(port, headers, stopped)
        assert (told["state"], told["batch_id"], told["remedy"]) == ("interrupted", None, AGAIN)
        # The key stands for the upload that was stopped; another try is another call.
        assert upload(port, headers, roster("a"), "a") == stopped
        assert ended(port, headers, upload(port, headers, roster("a"), "again"))["accepted"] == 1000
        process.terminate()
        assert process.wait(30) == 0
    workers, n_batches, spooled = kept(tmp_path)
    assert (len(workers), n_batches, spooled) == (1000, 1, [])
