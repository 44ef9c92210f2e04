"""Killed, full, crowded: an import is whole or it never was, and the same import then succeeds."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys

import pytest
from command_line import COUNTY, ON, Answer, id_number, process, xlsx

DAY = ("--on", ON, "--jurisdiction", COUNTY)
N_ROWS = 1200

KILL = """
import os, signal
def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
"""
POINTS = {
    # while rows are being written
    "writing": """
import matcher.store.log as log
keep, calls = log._row, []
def row(*args, **more):
    calls.append(1)
    return keep(*args, **more) if len(calls) < 800 else die()
log._row = row
""",
    # everything is written and nothing is committed
    "before the commit": """
import sqlalchemy as sa
from sqlalchemy import event
@event.listens_for(sa.engine.Engine, "before_cursor_execute")
def watch(connection, cursor, statement, *rest):
    if statement.startswith("INSERT INTO batch_problem"):
        event.listen(connection, "commit", die)
""",
    # while the file is being read
    "reading": """
import matcher.services.rosters.import_roster as service
service.read_rows = die
""",
}


@pytest.fixture
def roster(tmp_path):
    """A list of 1,200 people, one of them with a wrong number, so that there is a problem to write as well."""
    rows = [
        [f"韦{n}", id_number(f"19{60 + n % 40}{1 + n % 12:02d}{1 + n % 28:02d}", n % 100), "", "基隆村"]
        for n in range(N_ROWS)
    ]
    rows[7][1] = "1"
    return xlsx(tmp_path / "roster.xlsx", ["姓名", "身份证号", "联系电话", "村"], *rows)


def import_call(office, roster):
    return ("--home", office.home, "import", "workers", roster, *DAY)


def assert_untouched(office, before):
    assert office.ok("import", "list").json == []
    assert office.snapshot() == before
    with sqlite3.connect(office.home / "matcher.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for table in ("event", "batch", "assertion", "worker", "identity", "person_key", "batch_problem"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # noqa: S608 - own names
    database.close()


def assert_the_same_import_then_succeeds(office, roster):
    summary = office.load("workers", roster)
    assert (summary["rows"], summary["rejected"]) == (N_ROWS, 1)
    assert len(office.objects("workers")) == N_ROWS - 1


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_in_the_middle_of_an_import(blank, roster, point):
    before = blank.snapshot()
    killed = process(*import_call(blank, roster), setup=KILL + POINTS[point])
    assert killed.code == -signal.SIGKILL, killed.err
    assert killed.out == b""
    assert_untouched(blank, before)
    assert_the_same_import_then_succeeds(blank, roster)


def test_the_disk_is_full(blank, roster):
    """The largest file a process may write stands for the end of the disk."""
    before = blank.snapshot()
    room = (blank.home / "matcher.db").stat().st_size + 100_000
    full = limited(room, *import_call(blank, roster))
    assert full.code == 1
    assert full.out == b"", "no summary of what was not kept"
    assert "disk is full" in full.err
    assert "Traceback" not in full.err
    assert_untouched(blank, before)
    assert_the_same_import_then_succeeds(blank, roster)


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_the_disk_fills_up_under_an_export(county, tmp_path, form):
    """A part of an export is worse than none."""
    path = tmp_path / f"out.{form}"
    path.write_bytes(b"the export of yesterday")
    full = limited(4096, "--home", county.home, "export", "workers", path)
    assert full.code in (1, 2)
    assert "Traceback" not in full.err
    assert [entry.name for entry in tmp_path.glob("*out*")] == [path.name]
    assert path.read_bytes() == b"the export of yesterday"


def test_a_file_that_is_no_database(blank):
    (blank.home / "matcher.db").write_bytes(b"not a database" * 1000)
    for arguments in (("import", "list"), ("doctor",), ("init",)):
        refused = blank(*arguments)
        assert refused.code == 1
        assert "Traceback" not in refused.err
        assert "damaged" in refused.err + refused.text


def limited(n_bytes, *arguments):
    """A command in a process that may write no file beyond `n_bytes`."""
    done = subprocess.run(
        [sys.executable, "-m", "matcher", *(str(argument) for argument in arguments)],
        capture_output=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes)),
    )
    return Answer(done.returncode, done.stdout, done.stderr.decode("utf-8"))
