"""Callers of one moment share a write; each is told of what it gave, or of what went wrong with it."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from audit_chain import broken_audit

from matcher.errors import StoreError
from matcher.ports import Decision
from matcher.records.access import AuditEntry
from matcher.store import open_access, open_store
from matcher.store.group_commit import GroupCommit
from matcher.store.logbook import Lines, given

N = 8
NOON = datetime(2018, 6, 1, 4, tzinfo=UTC)


class Writer:
    """Writes when it is let; notes every batch."""

    def __init__(self) -> None:
        self.batches, self.may, self.began = [], Event(), Event()

    def __call__(self, items):
        self.batches.append(list(items))
        self.began.set()
        self.may.wait(10)
        return [item * 10 for item in items]


def waiting(commit) -> int:
    return len(commit._waiting)


@contextmanager
def together(writer, commit, put, items):
    """The first one's write has begun and all others wait, in their order; it may go on when the block ends."""
    threads = [Thread(target=put, args=(item,)) for item in items]
    threads[0].start()
    assert writer.began.wait(10)
    for n, thread in enumerate(threads[1:], 1):
        thread.start()
        while waiting(commit) < n:
            pass
    yield
    writer.may.set()
    for thread in threads:
        thread.join(10)


def test_who_is_alone_writes_alone():
    commit = GroupCommit(lambda items: [item + 1 for item in items])
    assert [commit.put(n) for n in (1, 2)] == [2, 3]


def test_whoever_comes_during_a_write_shares_the_next_one_in_the_order_of_coming():
    writer = Writer()
    commit = GroupCommit(writer)
    told = {}
    with together(writer, commit, lambda n: told.update({n: commit.put(n)}), range(N)):
        assert told == {}, "nobody is told before the write is done"
    assert writer.batches == [[0], list(range(1, N))]
    assert told == {n: n * 10 for n in range(N)}


def test_a_write_that_fails_fails_for_whom_it_is_due_to_and_for_nobody_beside():
    writer = Writer()

    def write(items):
        if "bad" in items:
            raise OSError("the disk is full")
        return writer(items)

    commit = GroupCommit(write)
    told = {}

    def put(item):
        try:
            told[item] = commit.put(item)
        except OSError as error:
            told[item] = str(error)

    with together(writer, commit, put, (1, 2, "bad", 3)):
        pass
    assert told == {1: 10, 2: 20, 3: 30, "bad": "the disk is full"}
    assert writer.batches == [[1], [2], [3]]


def test_an_interrupt_is_for_its_own_thread_and_the_others_are_written():
    writer = Writer()
    interrupted = []

    def write(items):
        if len(items) > 1 and not interrupted:
            interrupted.append(list(items))
            raise KeyboardInterrupt
        return writer(items)

    commit = GroupCommit(write)
    told = {}

    def put(item):
        try:
            told[item] = commit.put(item)
        except KeyboardInterrupt:
            told[item] = "interrupted"

    with together(writer, commit, put, range(4)):
        pass
    assert interrupted == [[1, 2, 3]]
    (alone,) = [item for item, answer in told.items() if answer == "interrupted"]
    written = [item for item in range(4) if item != alone]
    assert {item: told[item] for item in written} == {item: item * 10 for item in written}
    assert [item for batch in writer.batches for item in batch] == written


def test_everything_is_written_once():
    written = []

    def write(items):
        written.extend(items)
        return items

    commit = GroupCommit(write)
    with ThreadPoolExecutor(N) as pool:
        assert list(pool.map(commit.put, range(500))) == list(range(500))
    assert sorted(written) == list(range(500))


def test_while_another_writer_holds_the_database_each_is_tried_once(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/matcher.db", home=tmp_path, busy_timeout_s=0.3)
    store.migrate()
    book, tried = store._log, []
    write = book._commits._write

    def counted(batch):
        tried.extend(batch)
        return write(batch)

    book._commits._write = counted
    other = sqlite3.connect(tmp_path / "matcher.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def put(n):
        with pytest.raises(StoreError, match="busy"):
            book.add(Lines(entry=AuditEntry(at=NOON, actor="", role="", action=str(n))))

    with ThreadPoolExecutor(N) as pool:
        list(pool.map(put, range(N)))
    other.execute("ROLLBACK")
    assert len(tried) == N
    assert book.add(Lines(entry=AuditEntry(at=NOON, actor="", role="", action="after"))).seq == 1
    other.close()
    store.close()


def test_a_batch_of_many_statements_leaves_each_subject_with_its_own_decision(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/matcher.db", home=tmp_path)
    store.migrate()
    batch = [Lines((said(n),), look(n) if n % 3 else None) for n in range(150)]
    batch.insert(70, Lines((said(150), said(151))))
    batch.insert(71, Lines())
    entered = store._log._write([given(lines) for lines in batch])
    assert [entry and entry.action for entry in entered] == [lines.entry and lines.entry.action for lines in batch]
    assert [entry.seq for entry in entered if entry] == list(range(1, 101))
    assert all([one.decision_id for one in store.decisions_of(f"w{n}")] == [f"d{n}"] for n in range(152))
    said_ids = [one.decision_id for lines in batch for one in lines.decisions]
    assert [one.decision_id for one in store.decisions()] == said_ids
    access = open_access(f"sqlite:///{tmp_path}/matcher.db", home=tmp_path)
    assert broken_audit(access) == []
    access.close()
    store.close()


def said(n):
    return Decision(
        decision_id=f"d{n}", kind="recommend", made_at=NOON, revision=0, request={"worker_id": f"w{n}"}, input_hash="",
        model="", pack="", plan_id="", seed=0, answer_hash="",
    )  # fmt: skip


def look(n):
    return AuditEntry(at=NOON, actor="", role="", action=f"look {n}", subjects=(f"w{n}", "all"))
