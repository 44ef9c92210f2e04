"""What changed last is read again after a commit of anybody, and not before."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from matcher.store.glance import Glance, Look


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


def write(path, n=1):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO t VALUES (?)", (n,))
        connection.commit()


def test_an_answer_holds_until_somebody_commits(path, glance):
    read = Read()
    assert [glance.unless_written("a", read) for _ in range(3)] == [1, 1, 1]
    write(path)
    assert [glance.unless_written("a", read) for _ in range(2)] == [2, 2]


LOOK = Look("SELECT count(*) FROM t WHERE n > ?", (1,))


def test_an_answer_with_a_look_holds_while_the_look_gives_the_same(path, glance):
    read = Read()
    assert [glance.unless_written("a", read, LOOK) for _ in range(2)] == [1, 1]
    write(path)
    assert [glance.unless_written("a", read, LOOK) for _ in range(2)] == [1, 1]
    write(path, 2)
    assert [glance.unless_written("a", read, LOOK) for _ in range(2)] == [2, 2]


def test_what_changes_between_the_look_and_the_reading_is_seen_at_the_next_look(path, glance):
    def read_and_written_meanwhile() -> str:
        write(path, 2)
        return "before"

    assert glance.unless_written("a", read_and_written_meanwhile, LOOK) == "before"
    assert glance.unless_written("a", lambda: "after", LOOK) == "after"


def test_a_look_that_cannot_be_had_keeps_nothing_beyond_a_commit(path, glance):
    nowhere = Look("SELECT n FROM nowhere")
    read = Read()
    assert [glance.unless_written("a", read, nowhere) for _ in range(2)] == [1, 1]
    write(path)
    assert glance.unless_written("a", read, nowhere) == 2


def test_answers_do_not_grow_without_end(glance, monkeypatch):
    monkeypatch.setattr("matcher.store.glance.MOST_KEPT", 2)
    read = Read()
    assert [glance.unless_written(name, read) for name in ("a", "b", "b", "c", "c")] == [1, 2, 2, 3, 3]
    assert glance.unless_written("a", read) == 4


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


def test_a_look_is_asked_once_a_commit(path, glance):
    asked: list[str] = []
    glance.unless_written("a", lambda: 1, LOOK)
    glance._connection.set_trace_callback(asked.append)
    for written in (False, True):
        if written:
            write(path)
        assert [glance.unless_written("a", lambda: 2, LOOK) for _ in range(3)] == [1, 1, 1]
        assert sum(sql.startswith("SELECT") for sql in asked) == written
