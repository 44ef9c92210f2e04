"""A remembering store answers what the store answers, from memory, at every revision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from store_factories import NOON, change, plan, worker, write

from matcher.errors import NotFound, StoreError
from matcher.records import Kind
from matcher.store import last_changes, remembering

ON = date(2018, 6, 1)
SEASON = "2018-02-01/2018-07-31"


class Counting:
    """Counts the readings that reach the store."""

    def __init__(self, store):
        self._store = store
        self.n_read = 0

    def __getattr__(self, name):
        return getattr(self._store, name)

    def records(self, *arguments, **options):
        self.n_read += 1
        self.asked = options.get("ids")
        return self._store.records(*arguments, **options)

    def current_plan(self, on):
        self.n_read += 1
        return self._store.current_plan(on)


@pytest.fixture
def counting(store):
    write(store, "b1", [worker("w2"), worker("w1"), worker("w3")])
    return Counting(store)


@pytest.mark.parametrize("ids", [None, [], ["w3", "w1", "w3"], ["w9"], ["w1", "w9"]])
def test_the_same_records_in_the_same_order(counting, store, ids):
    remembered = remembering(counting)
    assert remembered.records(Kind.WORKERS, ids=ids) == store.records(Kind.WORKERS, ids=ids)
    assert remembered.records(Kind.EMPLOYERS, ids=ids) == []


def test_records_are_read_once_a_revision_and_shared(counting):
    remembered = remembering(counting)
    first = remembered.records(Kind.WORKERS)
    assert remembered.records(Kind.WORKERS) is first
    assert remembered.records(Kind.WORKERS, revision=counting.revision()) is first
    assert remembered.records(Kind.WORKERS, ids=["w1"]) == [first[0]]
    assert counting.n_read == 1
    for change_it in (lambda: first.append(first[0]), first.sort, first.clear):
        with pytest.raises(TypeError, match="shared"):
            change_it()
    with pytest.raises(TypeError, match="shared"):
        first[0] = first[1]


def test_what_was_written_since_and_all_there_is_tell_the_same(store):
    known = []
    for number, kind in enumerate(("b1", "b2", "b3")):
        write(store, kind, [worker(f"w{number}")])
        if number == 1:
            store.save_plan(plan(SEASON), [])
        with store.database.reading() as connection:
            whole = last_changes.read(connection)
            assert [last_changes.read(connection, earlier) for earlier in known] == [whole] * len(known)
        assert whole == store.changes()
        assert (whole.of[Kind.WORKERS], whole.of[Kind.PLOTS]) == (whole.revision, 0)
        known.append(whole)
    later = known[-1]._replace(revision=99, of=dict.fromkeys(Kind, 99))
    with store.database.reading() as connection:
        assert last_changes.read(connection, later) == known[-1]


def test_a_database_put_back_from_a_copy_has_the_plan_it_had(counting, store):
    for season in (SEASON, "2018-06-01/2018-12-31"):
        store.save_plan(plan(season), [])
    remembered = remembering(counting)
    last = remembered.current_plan(ON).plan_id
    first = store.plan(plan(SEASON).plan_id)
    counting.changes = lambda: store.changes()._replace(n_plans=1)
    counting.current_plan = lambda on: first
    assert remembered.current_plan(ON).plan_id == first.plan_id != last


def test_an_import_and_an_undo_are_seen_at_once(counting, store):
    remembered = remembering(counting)
    assert len(remembered.records(Kind.WORKERS)) == 3
    write(store, "b2", [worker("w4")])
    assert len(remembered.records(Kind.WORKERS)) == 4
    store.undo_batch("b2", at=NOON)
    assert len(remembered.records(Kind.WORKERS)) == 3


def test_of_many_only_those_touched_are_read_again(counting, store):
    write(store, "many", [worker(f"m{ix:02}") for ix in range(40)])
    write(store, "some", [worker("m07", place_code="450206103"), worker("z1")])
    remembered = remembering(counting)
    before = remembered.records(Kind.WORKERS)
    steps = [
        (lambda: write(store, "b2", [worker("m03", place_code="450206103")]), {"m03"}),
        (lambda: write(store, "b3", [worker("a0"), worker("m20", place_code="450206103")]), {"a0", "m20"}),
        (lambda: store.undo_batch("some", at=NOON), {"m07", "z1"}),
        (lambda: store.erase_worker("m11", at=NOON), {"m11"}),
    ]
    for step, touched in steps:
        step()
        assert remembered.records(Kind.WORKERS) == store.records(Kind.WORKERS)
        assert set(counting.asked) == touched
        assert [one.worker_id for one in remembered.records(Kind.WORKERS, ids=touched)] == [
            one.worker_id for one in store.records(Kind.WORKERS, ids=touched)
        ]
    assert remembered.records(Kind.WORKERS, ids=["m39"])[0] is next(one for one in before if one.worker_id == "m39")
    write(store, "half", [worker(f"m{ix:02}", place_code="450206103") for ix in range(20)])
    assert remembered.records(Kind.WORKERS) == store.records(Kind.WORKERS)
    assert counting.asked is None


def test_an_import_of_another_kind_costs_no_reading(counting, store):
    remembered = remembering(counting)
    workers = remembered.records(Kind.WORKERS)
    write(store, "b2", [change("e1", name="示例公司", kind="workshop")], Kind.EMPLOYERS)
    assert remembered.records(Kind.WORKERS) is workers
    assert remembered.records(Kind.WORKERS, revision=2) is workers
    assert counting.n_read == 1


def test_older_revisions_come_from_the_log_and_later_ones_are_refused(counting, store):
    remembered = remembering(counting)
    write(store, "b2", [worker("w1", place_code="450206103")])
    assert remembered.records(Kind.WORKERS, ids=["w1"])[0].place_code == "450206103"
    assert remembered.records(Kind.WORKERS, ids=["w1"], revision=1)[0].place_code == "450206102"
    assert remembered.records(Kind.WORKERS, revision=0) == []
    with pytest.raises(StoreError, match="no revision 3"):
        remembered.records(Kind.WORKERS, revision=3)


def test_an_erased_worker_is_forgotten(counting, store):
    write(store, "b2", [worker("w4", identity={"name": "韦小英"})])
    remembered = remembering(counting)
    assert remembered.records(Kind.WORKERS, ids=["w4"])
    store.erase_worker("w4", at=NOON)
    assert remembered.records(Kind.WORKERS, ids=["w4"]) == []
    assert remembered.identities(["w4"]) == {}


def test_a_new_plan_is_seen_and_an_old_one_not_read_twice(counting, store):
    remembered = remembering(counting)
    assert remembered.current_plan(ON) is None
    assert remembered.current_plan(ON) is None
    assert counting.n_read == 1
    store.save_plan(plan("p1"), [("w1", "v1")])
    assert remembered.current_plan(ON).plan_id == "p1"
    assert remembered.exposures(SEASON) == {"w1": {"v1"}}
    remembered.exposures(SEASON).clear()
    store.save_plan(plan("p2"), [("w1", "v2")])
    assert remembered.current_plan(ON).plan_id == "p2"
    assert remembered.exposures(SEASON) == {"w1": {"v1", "v2"}}
    assert remembered.exposure_counts(SEASON) == {"v1": 1, "v2": 1}


def test_a_plan_is_one_object_by_its_id_and_by_its_day(counting, store):
    remembered = remembering(counting)
    store.save_plan(plan("p1"), [])
    store.save_plan(plan("p2"), [])
    assert remembered.plan("p2") is remembered.current_plan(ON) is remembered.plan("p2")
    assert remembered.plan("p1") is remembered.plan("p1")
    assert remembered.plan("p1") == store.plan("p1")
    with pytest.raises(NotFound):
        remembered.plan("p9")


def test_a_store_that_stands_still_asks_once_and_its_source_goes_on(counting, store):
    store.save_plan(plan("p1"), [])
    remembered = remembering(counting)
    still = remembered.still()
    before = still.records(Kind.WORKERS, revision=still.revision())
    assert still.current_plan(ON).plan_id == "p1"
    write(store, "b2", [worker("w4")])
    store.save_plan(plan("p2"), [])
    assert still.revision() == still.last_change(Kind.WORKERS) == 1
    assert still.records(Kind.WORKERS, revision=1) is before
    assert still.current_plan(ON).plan_id == "p1"
    assert remembered.revision() == 2
    assert len(remembered.records(Kind.WORKERS)) == 4
    assert remembered.current_plan(ON).plan_id == "p2"
    assert [one.worker_id for one in still.records(Kind.WORKERS, revision=1)] == ["w1", "w2", "w3"]
    assert len(still.records(Kind.WORKERS)) == 4
    assert still.still().revision() == 1
    assert remembered.current_plan(ON) is remembered.still().current_plan(ON)


def test_whoever_is_erased_is_not_in_what_stands_still_after_it(counting, store):
    remembered = remembering(counting)
    remembered.records(Kind.WORKERS)
    store.erase_worker("w1", at=NOON)
    still = remembered.still()
    assert [one.worker_id for one in still.records(Kind.WORKERS, revision=still.revision())] == ["w2", "w3"]


def test_many_threads_read_once(counting):
    remembered = remembering(counting)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: remembered.records(Kind.WORKERS), range(32)))
    assert counting.n_read == 1
    assert all(records is found[0] for records in found)


def test_what_is_not_remembered_is_passed_on(counting):
    remembered = remembering(counting)
    assert remembered.row_key() == counting.row_key()
    assert remembered.revision() == 1
    with pytest.raises(NotFound):
        remembered.plan("none")


def test_what_every_answer_rests_on_is_written_once(counting, store):
    written = []
    counting.put_artifact = lambda kind, body, **_: written.append((kind, body)) or store.put_artifact(kind, body)
    remembered = remembering(counting)
    for kind, body in (("model", b"m"), ("rulebook", b"r"), ("rulebook", b"other"), ("request", b"q")) * 2:
        assert store.artifact(remembered.put_artifact(kind, body)) == body
    once = [("model", b"m"), ("rulebook", b"r"), ("rulebook", b"other")]
    assert written == [*once, ("request", b"q"), ("request", b"q")]
