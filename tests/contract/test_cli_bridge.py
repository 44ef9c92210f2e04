"""`matcher bridge` as a process: a reader's lines in, name and number out on the loopback, nothing in any log."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from command_line import call

NUMBER = "450206196601010028"
CARD = {"event": "laid", "name": "韦样例", "id_number": NUMBER, "address": "样例村1号", "ethnicity": "壮"}


def test_a_readers_lines_come_out_at_the_loopback_and_in_no_log(tmp_path: Path):
    bridge = subprocess.Popen(
        [sys.executable, "-m", "matcher", "--home", str(tmp_path), "bridge", "card", "--port", "0", "--lines", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")},
    )  # fmt: skip
    try:
        said = bridge.stderr.readline().decode()
        port = int(re.search(r"127\.0\.0\.1:(\d+)", said)[1])
        bridge.stdin.write(json.dumps(CARD).encode() + b"\n")
        bridge.stdin.flush()
        secret = (tmp_path / "bridge.secret").read_text().strip()
        line = HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {"Origin": "http://127.0.0.1:8000", "Authorization": f"Bearer {secret}"}
        seq, told = -1, {"event": ""}
        while told["event"] != "laid":
            line.request("GET", f"/events?after={seq}", headers=headers)
            told = json.loads(line.getresponse().read())
            seq = told["seq"]
        line.close()
        assert told.pop("seq") > 0
        assert told == {"event": "laid", "name": "韦样例", "id_number": NUMBER}
        bridge.send_signal(signal.SIGTERM)
        out, err = bridge.communicate(timeout=10)
        assert bridge.returncode == 0
        for log in (said, out.decode(), err.decode()):
            assert not any(word in log for word in (NUMBER, "韦样例", "壮", secret))
    finally:
        bridge.kill()
        bridge.wait()


@pytest.mark.parametrize(
    "arguments",
    [
        ("card",),
        ("printer",),
        ("card", "--simulate", "--port", "99999"),
        ("card", "--simulate", "--port", "0", "--origin", "*"),
        ("printer", "--simulate", "--port", "0", "--origin", "http://127.0.0.1:8000/kiosk"),
        ("printer", "--simulate", "--columns", "3"),
    ],
)
def test_a_bridge_without_a_device_or_with_a_wrong_origin_is_wrong_usage(arguments, tmp_path):
    answer = call("--home", tmp_path, "bridge", *arguments)
    assert answer.code == 2
    assert "--" in answer.err
