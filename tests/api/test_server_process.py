"""The server as a process: it finishes what is in flight, stands slow clients, survives being killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint
from urllib.parse import urlencode

import msgspec
import pytest
from processes import HTTP, QUIET_ENV, begun, free_port, get, running, slow_server
from served import blank_app, log_lines
from slow_server import LARGE_BYTES

from api.serve import serve
from api.state import state_of
from matcher.bootstrap import Application
from matcher.cli import run
from matcher.cli import serve as serving
from matcher.cli.serve import pages
from matcher.errors import MissingExtra, UsageError
from matcher.records import Kind
from matcher.settings import Settings

pytestmark = pytest.mark.timeout(90)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_is_finished_and_the_exit_is_0(tmp_path, number):
    with slow_server(tmp_path) as (process, port), ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(get, port, "/api/slow/1.5") for _ in range(4)]
        begun(process, 4)
        process.send_signal(number)
        assert [answer.result(timeout=30)[0] for answer in answers] == [200] * 4
        _, told = process.communicate(timeout=30)
        assert process.returncode == 0, told
        assert [line["cut_off"] for line in log_lines(told) if "cut_off" in line] == [0]


def test_no_connection_is_taken_while_draining(tmp_path):
    with slow_server(tmp_path) as (process, port), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(get, port, "/api/slow/2.0")
        begun(process, 1)
        process.terminate()
        refused = False
        while not answer.done() and not refused:
            try:
                get(port, HTTP)
            except ConnectionError:
                refused = True
            time.sleep(0.05)
        assert refused
        assert answer.result()[0] == 200
        assert process.wait(30) == 0


def test_a_large_answer_reaches_a_slow_reader_whole(tmp_path):
    with slow_server(tmp_path) as (process, port):
        with socket.create_connection(("127.0.0.1", port)) as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
            reader.sendall(b"GET /api/large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            begun(process, 1)
            process.terminate()
            time.sleep(1.0)
            assert process.poll() is None
            received = b"".join(iter(lambda: reader.recv(1 << 16), b""))
        assert received.endswith(b"x" * LARGE_BYTES)
        assert process.wait(30) == 0


def test_what_takes_too_long_is_cut_off_and_told(tmp_path):
    with slow_server(tmp_path, drain_s=0.5) as (process, port), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(get, port, "/api/slow/30.0")
        begun(process, 1)
        began = time.monotonic()
        process.terminate()
        _, told = process.communicate(timeout=20)
        assert time.monotonic() - began < 10
        assert process.returncode == 1
        # What was warmed meanwhile may be told after it.
        assert [line["cut_off"] for line in log_lines(told) if "cut_off" in line] == [1]
        assert answer.exception() is not None


def test_clients_that_dribble_block_nobody(tmp_path):
    with slow_server(tmp_path, MATCHER_HTTP_THREADS="2") as (process, port):
        dribbling = [socket.create_connection(("127.0.0.1", port)) for _ in range(120)]
        try:
            for number, client in enumerate(dribbling):
                client.sendall(
                    b"POST /api/take HTTP/1.1\r\nHost: a\r\n" + b"Content-Length: 1000\r\n\r\nx" * (number % 2)
                )
            began = time.monotonic()
            assert get(port, HTTP)[0] == 200
            assert time.monotonic() - began < 5
            # A stalled upload is in nobody's way at the end either.
            process.terminate()
            assert process.wait(10) == 0
        finally:
            for client in dribbling:
                client.close()


def test_killed_in_the_middle_of_an_import_nothing_of_it_stays_and_it_starts_again(tmp_path):
    home, roster = tmp_path / "home", tmp_path / "w.jsonl"
    rows = ({"worker_id": f"w{number}", "place_code": "450206"} for number in range(1000))
    roster.write_bytes(b"\n".join(msgspec.json.encode(row) for row in rows))
    with slow_server(home) as (process, port), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(get, port, f"/api/stuck-import?{urlencode({'path': roster})}", method="POST")
        begun(process, 1)
        process.kill()
        assert isinstance(answer.exception(), OSError)
    with slow_server(home) as (process, port):
        assert get(port, HTTP)[0] == 200
        process.terminate()
        assert process.wait(30) == 0
    left = Application(Settings(home=home))
    try:
        assert left.store.records(Kind.WORKERS) == []
        assert left.store.batches() == []
    finally:
        left.close()


def test_the_command_serves_and_stops(tmp_path):
    home, port = tmp_path / "home", free_port()
    with blank_app(home):
        pass
    with running("-m", "matcher", "--home", home, "serve", "--port", port, port=port) as process:
        assert get(port, "/metrics")[0] == 200
        process.terminate()
        out, told = process.communicate(timeout=30)
        assert (process.returncode, out) == (0, "")
        assert f"listening on http://127.0.0.1:{port}" in told


def test_several_processes_count_together_and_stop(tmp_path):
    home, port = tmp_path / "home", free_port()
    with blank_app(home):
        pass
    command = ("-m", "matcher", "--home", home, "serve", "--port", port, "--workers", 2)
    with running(*command, port=port) as process:
        for _ in range(20):
            assert get(port, "/metrics")[0] == 200
        counted = get(port, "/metrics")[1].decode()
        assert 'matcher_requests_total{method="GET",rule="/metrics",status="200"} 20.0' in counted
        process.terminate()
        process.communicate(timeout=40)
        assert process.returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_that_is_taken_is_told_with_another(tmp_path, workers):
    with blank_app(tmp_path):
        pass
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "matcher", "--home", tmp_path, "serve", "--port", str(port), "--workers",
             str(workers)], capture_output=True, text=True, check=False, env=QUIET_ENV, timeout=60,
        )  # fmt: skip
    assert refused.returncode == 2
    assert f"port {port} is taken" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_that_is_taken_is_told_before_the_pages_are_made(tmp_path, monkeypatch):
    monkeypatch.setattr("api.serve.create_app", lambda *_: pytest.fail("made the pages first"))
    with blank_app(tmp_path) as app, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is taken"):
            serve(state_of(app).application, host="127.0.0.1", port=port, tell=print)


@pytest.mark.parametrize("host", ["203.0.113.1", "no.such.host.invalid"])
def test_an_address_that_cannot_be_had_is_told(tmp_path, host):
    with blank_app(tmp_path):
        pass
    refused = subprocess.run(
        [sys.executable, "-m", "matcher", "--home", tmp_path, "serve", "--host", host, "--port", str(free_port())],
        capture_output=True, text=True, check=False, env=QUIET_ENV, timeout=60,
    )  # fmt: skip
    assert refused.returncode == 2
    assert "cannot be had" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_a_database_it_does_not_start(tmp_path):
    refused = subprocess.run(
        [sys.executable, "-m", "matcher", "--home", tmp_path / "none", "serve"],
        capture_output=True, text=True, check=False, env=QUIET_ENV, timeout=60,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "matcher init" in refused.stderr


def test_the_pages_are_found_by_entry_point():
    assert {name: point.value for name, point in pages().items()} == {
        "http": "api:create_app", "serve": "api.serve:serve", "require_address": "api.serve:require_address",
    }  # fmt: skip


def test_threads_share_one_application(tmp_path):
    with blank_app(tmp_path) as app:
        found = []
        threads = [threading.Thread(target=lambda: found.append(id(state_of(app).records))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(found)) == 1


def test_several_processes_without_granian_name_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "granian.server", None)
    monkeypatch.setitem(sys.modules, "granian.constants", None)
    with blank_app(tmp_path) as app, pytest.raises(MissingExtra, match=r"pip install 'rural-job-matcher\[server\]'"):
        serve(state_of(app).application, host="127.0.0.1", port=free_port(), workers=2, tell=print)


@pytest.mark.parametrize("found", [(), (EntryPoint("serve", "no_such_module:serve", "matcher.pages"),)])
def test_an_installation_without_pages_says_what_to_install(tmp_path, monkeypatch, found):
    monkeypatch.setattr(serving, "entry_points", lambda group: found)
    with pytest.raises(MissingExtra, match="pip install"):
        serving.part("serve")


def test_the_doctor_misses_pages_that_are_not_there(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(serving, "entry_points", lambda group: ())
    with blank_app(tmp_path):
        pass
    assert run(["--home", str(tmp_path), "doctor", "--format", "json"]) == 1
    rows = {row["part"]: row for row in msgspec.json.decode(capsys.readouterr().out)}
    assert rows["pages"]["state"] == "fault"
    assert rows["users"]["state"] == "warning"
    assert {rows[part]["state"] for part in ("disk", "imports", "database", "packs", "model")} == {"ok"}
