"""Servers as processes of their own, and what asks them over real sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from matcher.bootstrap import Application
from matcher.records.access import Role
from matcher.services.access.tokens import NewToken, make_token
from matcher.settings import Settings

HERE = Path(__file__).parent
QUIET_ENV = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
HTTP = "/api/slow/0.0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(*command, port, env=None, cwd=HERE, wait_s=60):
    """A server process that listens on the port; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd,
        env=QUIET_ENV | (env or {}),
    )  # fmt: skip
    try:
        wait_for(port, process, wait_s)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(port, process, wait_s):
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        assert process.poll() is None, process.stderr.read()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not listen")


@contextmanager
def slow_server(home, *, drain_s=20.0, **environment):
    """A server with slow routes over tables that are made here once a process; the commands make their own."""
    made = Application(Settings(home=home))
    made.create_store()
    made.close()
    port = free_port()
    with running("slow_server.py", home, port, drain_s, port=port, env=environment) as process:
        assert "listening" in process.stdout.readline()
        yield process, port


def get(port, path, **asked):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(asked.pop("method", "GET"), path, **asked)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def begun(process, number):
    for _ in range(number):
        assert process.stdout.readline().strip() == "begun"


def bearer(home, role=Role.OFFICER, scopes=None):
    """Headers of a new token of the home, whose database is made if need be."""
    application = Application(Settings(home=home))
    try:
        application.create_store()
        call = NewToken(role=role, scopes=scopes, days=1)
        _, given = make_token(application.access, call, now=application.clock.now(), by="test")
    finally:
        application.close()
    return {"Authorization": f"Bearer {given}"}
