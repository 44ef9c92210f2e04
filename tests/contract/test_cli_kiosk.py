"""`matcher kiosk` from both sides: an office invites and packs, a machine enrols, loads, runs without a network."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import ProxyHandler, build_opener

import pytest
from command_line import Office, call
from live_server import served_app

from api import create_app
from matcher.bootstrap import Application
from matcher.settings import from_environment

TOWNSHIP = "450206102"


@contextmanager
def served(home):
    """The pages of a home on a port of this machine."""
    application = Application(from_environment({}, home=home))
    try:
        with served_app(create_app(application)) as address:
            yield address
    finally:
        application.close()


@pytest.fixture
def machine(county, tmp_path):
    """An office whose server ran while this machine enrolled, the machine, and the kiosk's id."""
    invited = county.ok("kiosk", "invite", "大厅", "--region", TOWNSHIP).json
    kiosk = Office(tmp_path / "kiosk")
    with served(county.home) as url:
        told = kiosk.ok("kiosk", "enrol", "--server", url, "--code", invited["code"]).json
    assert told == {"kiosk_id": invited["kiosk_id"], "name": "大厅", "region_code": TOWNSHIP}
    return county, kiosk, told["kiosk_id"]


def test_an_invitation_shows_its_code_once(county):
    made = county.ok("kiosk", "invite", "大厅", "--region", TOWNSHIP)
    assert len(made.json["code"]) == 6
    listed = county.ok("kiosk", "list")
    (row,) = [row for row in listed.json if row["kiosk_id"] == made.json["kiosk_id"]]
    assert (row["state"], row["state_label"]) == ("invited", "等着登记")
    assert made.json["code"] not in listed.text
    assert not {"code_sha256", "key_sha256", "pack_key"} & set(made.json)


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("invite", "大厅", "--region", "450206"), 1, "450206"),
        (("invite", " ", "--region", TOWNSHIP), 1, "name"),
        (("pack", "--kiosk", "k-none", "--out", "x.pack"), 1, "k-none"),
        (("wipe", "k-none"), 1, "k-none"),
        (("revoke", "k-none"), 1, "k-none"),
        (("run",), 2, "matcher kiosk enrol"),
        (("enrol", "--server", "http://jobs.example.org", "--code", "123456"), 2, "--plain-http"),
        (("enrol", "--server", "ftp://jobs", "--code", "123456"), 2, "https://"),
        (("enrol", "--server", "http://127.0.0.1:9", "--code", "123456"), 1, "127.0.0.1:9"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_said(blank, arguments, code, named):
    refused = blank("kiosk", *arguments)
    assert (refused.code, refused.out) == (code, b"")
    assert named in refused.err
    assert "Traceback" not in refused.err


def test_a_pack_is_carried_to_the_machine(machine, tmp_path):
    county, kiosk, kiosk_id = machine
    out = tmp_path / "fair.pack"
    made = county.ok("kiosk", "pack", "--kiosk", kiosk_id, "--out", out).json
    assert made["bytes"] == out.stat().st_size
    assert made["n_people"] > 0
    loaded = kiosk.ok("kiosk", "load", out).json
    assert loaded["pack_id"] == made["pack_id"]
    status = kiosk.ok("kiosk", "status").json
    assert (status["enrolled"], status["news"], status["waiting"]) == (True, "fresh", 0)
    assert status["pack"]["n_people"] == made["n_people"]


def test_a_pack_that_is_torn_or_foreign_is_refused_by_name(machine, tmp_path):
    county, kiosk, kiosk_id = machine
    out = tmp_path / "fair.pack"
    county.ok("kiosk", "pack", "--kiosk", kiosk_id, "--out", out)
    torn = tmp_path / "torn.pack"
    torn.write_bytes(out.read_bytes()[:-7])
    refused = kiosk("kiosk", "load", torn)
    assert refused.code == 1
    assert "不完整" in refused.err
    other = Office(tmp_path / "other")
    code = county.ok("kiosk", "invite", "别处", "--region", TOWNSHIP).json["code"]
    with served(county.home) as url:
        other.ok("kiosk", "enrol", "--server", url, "--code", code)
    foreign = other("kiosk", "load", out)
    assert foreign.code == 1
    assert "另一台机器" in foreign.err
    assert kiosk_id in foreign.err


def test_a_revoked_kiosk_gets_no_pack(machine, tmp_path):
    county, _, kiosk_id = machine
    assert county.ok("kiosk", "revoke", kiosk_id).json["state"] == "revoked"
    refused = county("kiosk", "pack", "--kiosk", kiosk_id, "--out", tmp_path / "x.pack")
    assert refused.code == 1
    assert not (tmp_path / "x.pack").exists()


def test_a_machine_enrols_once_unless_told_otherwise(machine, tmp_path):
    county, kiosk, _ = machine
    refused = kiosk("kiosk", "enrol", "--server", "http://127.0.0.1:9", "--code", "123456")
    assert (refused.code, "--anew" in refused.err) == (2, True)
    code = county.ok("kiosk", "invite", "大厅", "--region", TOWNSHIP).json["code"]
    with served(county.home) as url:
        wrong = Office(tmp_path / "wrong")("kiosk", "enrol", "--server", url, "--code", "000000")
        assert wrong.code == 1
        kiosk.ok("kiosk", "enrol", "--server", url, "--code", code, "--anew")


def test_the_machine_runs_with_no_server_at_all(machine, tmp_path):
    """A process of its own, from its folder alone: it serves the screens, and ends well when it is told to."""
    county, kiosk, kiosk_id = machine
    out = tmp_path / "fair.pack"
    county.ok("kiosk", "pack", "--kiosk", kiosk_id, "--out", out)
    kiosk.ok("kiosk", "load", out)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "matcher", "--home", str(kiosk.home), "kiosk", "run", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip
    opener = build_opener(ProxyHandler({}))
    try:
        until = time.monotonic() + 60
        page = b""
        while not page and time.monotonic() < until:
            try:
                page = opener.open(f"http://127.0.0.1:{port}/kiosk/all.json", timeout=10).read()
            except OSError:
                time.sleep(0.2)
        assert b'"total"' in page
    finally:
        process.send_signal(signal.SIGTERM)
        told = process.stderr.read().decode()
        process.stderr.close()
        assert process.wait(timeout=30) == 0, told
    assert "offline" in told
    assert "Traceback" not in told


def test_help_says_what_a_kiosk_is():
    assert "touch screens" in call("kiosk", "--help").text.lower()
