"""The README's API section is run against a server, and its output compared."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
START_S = 60
MARK = "-- next --"


def steps() -> list[tuple[str, list[str]]]:
    """Commands of the section, each with the output shown below it."""
    section = README.split("## The API")[1].split("\n## ")[0]
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


@pytest.fixture
def served(demo_home, tmp_path):
    """A copy of the seeded county behind `matcher serve` on a free port."""
    shutil.copytree(demo_home, tmp_path / "var")
    environ = {**os.environ, "PATH": PATH, "MATCHER_HOME": "var", "NO_PROXY": "127.0.0.1"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        ["matcher", "serve", "--port", str(port)], cwd=tmp_path, env=environ, stderr=subprocess.DEVNULL
    ) as server:
        try:
            await_sound(server, port)
            yield tmp_path, environ, port
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0


def await_sound(server, port):
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=START_S)
            connection.request("GET", "/api/v1/healthz")
            assert connection.getresponse().status == 200
            connection.close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="the section is written with curl")
def test_the_api_section_runs_as_written(served):
    folder, environ, port = served
    commands = steps()
    assert len(commands) >= 15
    script = "set -e -o pipefail\n" + "\n".join(
        [f"{command}\necho '{MARK}'" for command, _ in commands]
    ).replace("127.0.0.1:8000", f"127.0.0.1:{port}")  # fmt: skip
    ran = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for (command, shown), printed in zip(commands, ran.stdout.split(MARK), strict=False):
        assert '"status":' not in printed, f"{command}\n{printed}"
        for line in shown:
            assert line in printed, f"{command}: {line} is not in\n{printed}"
