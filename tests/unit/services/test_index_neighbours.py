"""Two live processes on one index folder: each finds what the other leaves, and neither believes what it should not."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from factories import vacancy
from index_history import History
from index_neighbour import FIRST_NUMBER

import matcher
from matcher.records import Kind
from matcher.services.rounds import posts_at_once as room
from matcher.services.rounds.posts_at_once import Asked
from matcher.store import IndexFiles

NAME = "vacancies.idx"
N_TURNS = 20
HERE = Path(__file__).parent


@pytest.fixture
def history(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(room, "FEWEST_ON_DISK", 1)
    caplog.set_level(logging.INFO, logger=room.LOG.name)
    made = History(tmp_path)
    made.write(Kind.VACANCIES, [vacancy(f"v{n:02}", title=("缝纫工", "保安")[n % 2]) for n in range(30)])
    yield made
    made.store.close()


def neighbour(history):
    """The other process, which writes and lists on its own, and dies while it writes a file; see `index_neighbour`."""
    # Of this very program: an index of another one is never gone on with.
    program = str(Path(matcher.__file__).parents[1])
    path = os.pathsep.join((str(HERE), str(HERE.parents[1]), program, os.environ.get("PYTHONPATH", "")))
    command = [sys.executable, str(HERE / "index_neighbour.py"), str(history.home), str(N_TURNS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})


def posts_of(history):
    asked = Asked(on=history.on, seed=0, public=False, plan=None, revision=history.store.revision())
    return room.posts_at_once(history.folder, history.store, history.means, asked)


def listed_right(history):
    """Whether the list by the file is that of the whole round, at the revision of this moment."""
    revision, call = history.store.revision(), history.call("w2")
    return history.told(call, "disk", revision=revision) == history.told(call, "whole", revision=revision)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_both_list_right_while_either_writes_the_file_and_when_one_dies_half_way(history, caplog):
    own = []
    with neighbour(history) as other:
        said = [other.stdout.readline()]
        while other.poll() is None:
            own.append(listed_right(history))
            if len(own) % 5 == 0:
                history.write(Kind.VACANCIES, [vacancy(f"v{len(own) % 30:02}", title="养殖")])
        said += other.stdout.readlines()
    assert said == ["same\n"] * N_TURNS
    # It is killed when half of a file is written, and nowhere else.
    assert other.returncode == -signal.SIGKILL
    assert len(own) > 1
    assert all(own)
    assert any("carried on by" in message for message in caplog.messages)
    assert not [message for message in caplog.messages if "another database" in message or "damaged" in message]
    history.write(Kind.VACANCIES, [vacancy("v99")])
    history.restart()
    assert listed_right(history)
    assert [file.name for file in (history.home / "index").iterdir()] == [NAME]


def test_a_file_of_a_moment_later_is_neither_believed_nor_written_over(history, monkeypatch, caplog):
    """Between the look at the database and the look at the file the process beside writes both."""
    assert listed_right(history)
    beside, load = History.joined(history.home, FIRST_NUMBER), IndexFiles.load
    later = []

    def overtaken(folder, name):
        if not later:
            later.append(None)
            beside.write(Kind.VACANCIES, [vacancy("v99", title="电焊工")])
            assert "v99" in posts_of(beside).shelved.numbers
            later[0] = load(folder, name)
        return load(folder, name)

    monkeypatch.setattr(IndexFiles, "load", overtaken)
    before = history.store.revision()
    found = posts_of(history)
    assert history.store.revision() == before + 1
    assert "v99" not in found.shelved.numbers
    assert load(history.folder, NAME) == later[0]
    assert not [message for message in caplog.messages if "another database" in message]
    assert "v99" in posts_of(history).shelved.numbers
    beside.store.close()
