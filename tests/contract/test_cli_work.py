"""`matcher work` as a process: it sends to the file, ends after its turn, and is the only one of its database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from delivering import Office, list_text, phone
from msgspec.structs import replace

from matcher.records.texts import Queue, TextState


@pytest.fixture
def home(tmp_path):
    made = Office(tmp_path)
    made.people(1)
    now = datetime.now(UTC)
    # An answer to somebody who has just written goes at any hour of any day.
    made.texts.add_text(
        replace(
            list_text(0, "a1", purpose="answer", reply_id="r1"),
            created_at=now,
            next_at=now - timedelta(minutes=1),
            not_after=now + timedelta(days=1),
        )
    )
    yield made
    made.close()


def command(home: Path, *more: str, name: tuple[str, ...] = ("work",)) -> list[str]:
    return [sys.executable, "-m", "matcher", "--home", str(home), *name, *more]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}


def run(
    home: Path, *more: str, name: tuple[str, ...] = ("work",), **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(home, *more, name=name), capture_output=True, text=True, timeout=120, check=False,
        env={**environment(), **variables},
    )  # fmt: skip


def test_in_a_demonstration_the_worker_stands_on_its_day(home):
    day = datetime(2018, 6, 1, 4, tzinfo=UTC)
    home.texts.change_text("a1", lambda text: replace(text, next_at=day, not_after=day + timedelta(days=2)))
    late = json.loads(run(home.folder, "--once").stdout)
    assert (late["n_leased"], late["n_expired"]) == (0, 1)
    home.texts.change_text("a1", lambda text: replace(text, queue=Queue.QUEUED, ended_at=None, why=""))
    told = run(home.folder, "--once", MATCHER_TODAY="2018-06-02")
    assert json.loads(told.stdout)["at"].startswith(("2018-06-01T", "2018-06-02T"))
    assert json.loads(told.stdout)["n_accepted"] == 1


def test_one_turn_writes_to_the_file_and_tells_figures_alone(home):
    done = run(home.folder, "--once")
    assert done.returncode == 0, done.stderr
    turn = json.loads(done.stdout)
    assert (turn["n_leased"], turn["n_accepted"]) == (1, 1)
    assert phone(0) not in done.stdout + done.stderr
    (outbox,) = (home.folder / "outbox").glob("*.jsonl")
    assert json.loads(outbox.read_text(encoding="utf-8"))["text_id"] == "a1"
    assert home.texts.texts()[0].state is TextState.ACCEPTED
    assert json.loads(run(home.folder, "--once").stdout)["n_leased"] == 0


def test_the_worker_takes_old_files_away(home):
    old = home.folder / "inbox" / "done" / "replies.jsonl"
    old.parent.mkdir(parents=True)
    old.write_text(phone(0), encoding="utf-8")
    then = (datetime.now(UTC) - timedelta(days=4 * 366)).timestamp()
    os.utime(old, (then, then))
    assert run(home.folder, "--once").returncode == 0
    assert not old.exists()


@pytest.mark.parametrize("name", [("work", "--once"), ("sms", "send")], ids=" ".join)
def test_a_second_worker_says_so_and_leaves(home, name):
    with home.texts.working():
        refused = run(home.folder, name=name)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "another worker" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_sigterm_ends_it_after_the_turn(home):
    with subprocess.Popen(
        command(home.folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as worker:
        assert worker.stdout is not None
        assert json.loads(worker.stdout.readline())["n_accepted"] == 1
        worker.send_signal(signal.SIGTERM)
        _, told = worker.communicate(timeout=60)
    assert worker.returncode == 0, told
    with home.texts.working():
        assert home.texts.n_queued() == 0
