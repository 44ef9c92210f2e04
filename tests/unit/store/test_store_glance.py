"""What changed last is read again after a commit of anybody, and not before."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from matcher.store.glance import Glance


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a %3f county.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (n INTEGER)")
        connection.commit()
    return path


@pytest.fixture
def glance(path):
    glance = Glance(str(path))
    yield glance
    glance.close()


class Read:
    def __init__(self) -> None:
        self.n = 0

    def __call__(self) -> int:
        self.n += 1
        return self.n


def write(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO t VALUES (1)")
        connection.commit()


def test_an_answer_holds_until_somebody_commits(path, glance):
    read = Read()
    assert [glance.unless_written("a", read) for _ in range(3)] == [1, 1, 1]
    write(path)
    assert [glance.unless_written("a", read) for _ in range(2)] == [2, 2]


def test_a_commit_while_the_answer_is_read_is_not_missed(path, glance):
    def read_and_written_meanwhile() -> str:
        write(path)
        return "before"

    assert glance.unless_written("a", read_and_written_meanwhile) == "before"
    assert glance.unless_written("a", lambda: "after") == "after"


def test_each_question_has_its_own_answer(glance):
    assert glance.unless_written("a", lambda: 1) == 1
    assert glance.unless_written("b", lambda: 2) == 2
    assert glance.unless_written("a", lambda: 3) == 1


def test_what_raises_is_asked_again(glance):
    with pytest.raises(ZeroDivisionError):
        glance.unless_written("a", lambda: 1 // 0)
    assert glance.unless_written("a", lambda: 1) == 1


def test_no_file_is_made_by_a_look_and_nothing_is_kept(tmp_path):
    for path in ("", str(tmp_path / "none.db")):
        glance, read = Glance(path), Read()
        assert [glance.unless_written("a", read) for _ in range(2)] == [1, 2]
    assert list(tmp_path.iterdir()) == []


def test_once_closed_it_remembers_nothing(path, glance):
    glance.unless_written("a", lambda: 1)
    glance.close()
    assert glance.unless_written("a", lambda: 2) == 2
