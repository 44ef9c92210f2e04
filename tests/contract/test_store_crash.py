"""Killed, full, locked, crowded: either the whole write is there or nothing of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from audit_chain import broken_audit
from sqlalchemy import event
from store_factories import NOON, export, many_workers, worker, write

from matcher.errors import StoreError
from matcher.records import Kind
from matcher.store import open_access, open_store

HERE = Path(__file__).parent
N_BIG = 4500  # more than two chunks

CHILD = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
sys.path.insert(0, {here!r})
from store_factories import NOON, batch, many_workers
from matcher.errors import Problem
from matcher.store import open_store, people

def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

def changes():
    for number, change in enumerate(many_workers({n})):
        if number == {die_at}:
            die()
        yield change

def problems():
    yield Problem(row=1)
    if {point!r} == "problems":
        die()

store = open_store({url!r}, home=Path({home!r}))
if {point!r} == "rebuild":
    keep, calls = people.insert_identities, []
    def insert(connection, rows):
        calls.append(1)
        keep(connection, rows) if len(calls) < 2 else die()
    people.insert_identities = insert
if {point!r} in ("commit", "undo"):
    store.revision()
    event.listen(store.database.engine, "commit", die)
if {point!r} == "undo":
    store.undo_batch("b0", at=NOON)
else:
    store.write_batch(batch("b1"), changes(), problems())
print("survived")
"""


def child(url, home, *, point, die_at=-1):
    code = CHILD.format(here=str(HERE), url=url, home=str(home), point=point, die_at=die_at, n=N_BIG)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
@pytest.mark.parametrize(
    ("point", "die_at"),
    [
        ("changes", 0),
        ("changes", 2500),
        ("changes", N_BIG - 1),
        ("problems", -1),
        ("rebuild", -1),
        ("commit", -1),
        ("undo", -1),
    ],
)
def test_a_killed_process_leaves_nothing_half_done(database, point, die_at):
    url, home = database
    store = open_store(url, home=home)
    write(store, "b0", [worker("w0000001"), worker("w9")])
    before = export(store)
    store.close()
    killed = child(url, home, point=point, die_at=die_at)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    store = open_store(url, home=home)
    assert store.revision() == 1
    assert [b.batch_id for b in store.batches()] == ["b0"]
    assert export(store) == before
    # The next import finds nothing in its way.
    write(store, "b1", many_workers(3))
    assert store.revision() == 2
    store.close()


def test_the_same_child_survives_when_nobody_kills_it(database):
    url, home = database
    done = child(url, home, point="none")
    assert done.stdout == "survived\n", done.stderr
    store = open_store(url, home=home)
    assert len(store.records(Kind.WORKERS)) == N_BIG
    store.close()


def test_a_full_disk_is_told_and_leaves_nothing(sqlite_engine, tmp_path):
    store = open_store(sqlite_engine.copy(tmp_path), home=tmp_path)
    write(store, "b0", [worker("w1")])
    before = export(store)
    with store.database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store.database.engine.dispose()
    event.listen(
        store.database.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages + 20}").close()
    )
    with pytest.raises(StoreError, match="disk is full") as refused:
        write(store, "b1", many_workers(N_BIG))
    assert "nothing of this call was kept" in refused.value.remedy
    assert export(store) == before
    assert store.revision() == 1
    store.close()


FULL_CHILD = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from store_factories import many_workers, write
from matcher.errors import StoreError
from matcher.store import open_store
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
store = open_store({url!r}, home=Path({home!r}))
try:
    write(store, "b1", many_workers({n}))
except StoreError as error:
    print(error.what.split(" (")[0])
"""


@pytest.mark.skipif(os.name != "posix", reason="file-size limits are POSIX")
def test_a_file_that_may_not_grow_is_told_and_leaves_nothing(sqlite_engine, tmp_path):
    url = sqlite_engine.copy(tmp_path)
    code = FULL_CHILD.format(here=str(HERE), url=url, home=str(tmp_path), n=N_BIG)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "the disk is full or refuses to grow the database file\n", done.stderr
    store = open_store(url, home=tmp_path)
    assert store.revision() == 0
    assert store.records(Kind.WORKERS) == []
    store.close()


def test_a_write_waits_for_the_other_writer_and_gives_up_in_words(database):
    url, home = database
    first, hasty = open_store(url, home=home), open_store(url, home=home, busy_timeout_s=0.1)
    with first.database.writing(roster=True) as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(StoreError, match="busy") as refused:
            write(hasty, "b1", [worker("w1")])
    assert "repeat" in refused.value.remedy
    write(hasty, "b1", [worker("w1")])
    assert first.revision() == 1
    first.close()
    hasty.close()


def test_a_patient_write_follows_the_one_before(database):
    url, home = database
    first, patient = open_store(url, home=home), open_store(url, home=home)
    with first.database.writing(roster=True):
        waiting = threading.Thread(target=write, args=(patient, "b2", [worker("w2")]))
        waiting.start()
    waiting.join(timeout=60)
    write(first, "b3", [worker("w3")])
    assert [b.batch_id for b in first.batches()] == ["b2", "b3"]
    first.close()
    patient.close()


def test_writers_at_once_get_revisions_of_their_own(database):
    url, home = database
    stores = [open_store(url, home=home) for _ in range(3)]
    threads = [
        threading.Thread(target=write, args=(store, f"b{n}{turn}", [worker(f"w{n}{turn}")]))
        for turn in range(4)
        for n, store in enumerate(stores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert stores[0].revision() == len(threads)
    assert len(stores[0].batches()) == len(threads)
    assert len(stores[0].records(Kind.WORKERS)) == len(threads)
    for store in stores:
        store.close()


def test_a_reader_sees_one_revision_while_another_writes(store):
    write(store, "b1", many_workers(10))
    with store.database.reading() as connection:
        count = "SELECT count(*) FROM worker"
        seen = connection.exec_driver_sql(count).scalar_one()
        store.undo_batch("b1", at=NOON)
        assert connection.exec_driver_sql(count).scalar_one() == seen == 10
    assert store.records(Kind.WORKERS) == []


ANSWERING = """
import os, sys
from pathlib import Path
from threading import Thread
sys.path.insert(0, {here!r})
from store_factories import decision, entry
from matcher.store import open_store

store = open_store({url!r}, home=Path({home!r}))

def answer(thread):
    for n in range(10_000):
        name = f"d{{thread}}-{{n}}"
        store.append_decision(decision(name), entry("look", subjects=(name,)))
        os.write(1, (name + chr(10)).encode())

for thread in range(4):
    Thread(target=answer, args=(thread,)).start()
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_no_answer_that_left_is_lost_when_the_process_is_killed(database):
    """Several threads log at once; what one was told is written stands there, each with its entry, in one chain."""
    url, home = database
    code = ANSWERING.format(here=str(HERE), url=url, home=str(home))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        left = [process.stdout.readline().strip() for _ in range(60)]
        process.kill()
        left += [line.strip() for line in process.stdout if line.endswith("\n")]
    store, access = open_store(url, home=home), open_access(url, home=home)
    logged = {kept.decision_id for kept in store.decisions()}
    assert set(left) <= logged
    assert {kept.subjects[0] for kept in access.audit(limit=100_000)} == logged
    assert broken_audit(access) == []
    store.close()
    access.close()
