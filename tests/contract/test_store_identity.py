"""Identities are sealed, found through blind indexes, unique by number, and can be erased for good."""

from __future__ import annotations

import os
import pkgutil
import shutil
from importlib import import_module

import pytest
import sqlalchemy as sa
from store_factories import (
    NOON,
    batch,
    change,
    claim,
    decision,
    export,
    id_number,
    job,
    session,
    token,
    user,
    worker,
    write,
)

import matcher.store
from matcher.errors import InvalidInput, NotFound, Problem, StoreError, UndoRefused
from matcher.records import Identity, Kind
from matcher.store import keyring, open_store, schema
from matcher.store.rotation import SHELVES
from matcher.store.sealing import Vault
from matcher.store.shelf import Shelf

OLD_FORM = "450206730101003"
NEW_FORM = "45020619730101003X"
NAME, PHONE = "韦测试", "13812345678"


def known(store, *numbers):
    return store.workers_by_id_number(numbers)


def raw_values(store):
    """Every value of every table as bytes."""
    with store.database.reading() as connection:
        for table in schema.METADATA.sorted_tables:
            for row in connection.execute(table.select()):
                for value in row:
                    yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def test_identity_opens_as_given_and_stands_nowhere_in_the_clear(store):
    given = {"name": NAME, "id_number": NEW_FORM, "phone": PHONE, "ethnicity": "壮族"}
    write(store, "b1", [worker("w1", identity=given), worker("w2")])
    assert store.identities(["w1", "w2", "w3"]) == {
        "w1": Identity(worker_id="w1", **given),
        "w2": Identity(worker_id="w2"),
    }
    stored = list(raw_values(store))
    assert not [value for value in stored for secret in given.values() if secret.encode() in value]


def test_an_identity_is_read_as_of_a_revision_and_not_at_all_once_the_person_is_erased(store):
    write(store, "b1", [worker("w1", identity={"name": NAME}), worker("w2")])
    write(store, "b2", [worker("w1", identity={"id_number": NEW_FORM}), worker("w2", identity={"name": "莫样例"})])
    first = {"w1": Identity(worker_id="w1", name=NAME), "w2": Identity(worker_id="w2")}
    assert store.identities(["w1", "w2"], revision=1) == first
    assert store.identities(["w1", "w2"], revision=2) == store.identities(["w1", "w2"])
    store.undo_batch("b2", at=NOON)
    assert store.identities(["w1"], revision=2)["w1"].id_number == NEW_FORM
    assert store.identities(["w1", "w2"]) == store.identities(["w1", "w2"], revision=3) == first
    store.erase_worker("w1", at=NOON)
    assert store.identities(["w1", "w2"], revision=2).keys() == {"w2"}


@pytest.mark.parametrize(
    "asked", [NEW_FORM, OLD_FORM, NEW_FORM.lower(), "４５０２０６１９７３０１０１００３Ｘ", f" {OLD_FORM} "]
)
@pytest.mark.parametrize("given", [NEW_FORM, OLD_FORM])
def test_a_number_is_found_however_it_is_written(store, given, asked):
    write(store, "b1", [worker("w1", identity={"id_number": given})])
    assert known(store, asked, id_number(5)) == {NEW_FORM: "w1"}


def test_a_phone_is_not_a_person(store):
    write(store, "b1", [worker(w, identity={"phone": p}) for w, p in [("w2", PHONE), ("w1", "+86 138-1234-5678")]])
    assert store.workers_by_phone(["8613812345678", "10086"]) == {PHONE: ("w1", "w2")}


@pytest.mark.parametrize("second", [NEW_FORM, OLD_FORM])
def test_two_workers_never_share_a_number(store, second):
    write(store, "b1", [worker("w1", identity={"id_number": NEW_FORM})])
    with pytest.raises(InvalidInput, match="worker w1") as refused:
        write(store, "b2", [worker("w0"), worker("w2", identity={"id_number": second})])
    assert NEW_FORM not in str(refused.value)
    with pytest.raises(InvalidInput, match="worker w3"):
        write(store, "b3", [worker(w, identity={"id_number": id_number(1)}) for w in ("w3", "w4")])
    assert [w.worker_id for w in store.records(Kind.WORKERS)] == ["w1"]


def test_two_workers_may_exchange_their_numbers_in_one_batch(store):
    one, two = id_number(1), id_number(2)
    write(store, "b1", [worker("w1", identity={"id_number": one}), worker("w2", identity={"id_number": two})])
    write(store, "b2", [change("w1", identity={"id_number": two}), change("w2", identity={"id_number": one})])
    assert known(store, one, two) == {one: "w2", two: "w1"}
    store.undo_batch("b2", at=NOON)
    assert known(store, one, two) == {one: "w1", two: "w2"}


def test_the_first_batch_may_give_a_number_to_another_further_down(store):
    one, two = id_number(1), id_number(2)
    first = worker("w1", identity={"id_number": one})
    write(store, "b1", [first, worker("w2", identity={"id_number": one}), change("w1", identity={"id_number": two})])
    assert known(store, one, two) == {one: "w2", two: "w1"}
    assert [w.worker_id for w in store.records(Kind.WORKERS)] == ["w1", "w2"]


def test_a_number_is_free_again_when_its_batch_is_taken_back(store):
    write(store, "b1", [worker("w1", identity={"id_number": NEW_FORM})])
    store.undo_batch("b1", at=NOON)
    assert known(store, NEW_FORM) == {}
    write(store, "b2", [worker("w2", identity={"id_number": NEW_FORM})])
    assert known(store, NEW_FORM) == {NEW_FORM: "w2"}


def test_undo_that_would_give_one_number_to_two_is_refused(store):
    write(store, "b1", [worker("w1", identity={"id_number": NEW_FORM})])
    write(store, "b2", [change("w1", identity={"id_number": id_number(9)})])
    write(store, "b3", [worker("w2", identity={"id_number": NEW_FORM})])
    before, revision = export(store), store.revision()
    with pytest.raises(UndoRefused, match="w2"):
        store.undo_batch("b2", at=NOON)
    assert (export(store), store.revision()) == (before, revision)
    store.undo_batch("b3", at=NOON)
    store.undo_batch("b2", at=NOON)
    assert known(store, NEW_FORM) == {NEW_FORM: "w1"}


def test_a_sealed_value_moved_to_another_row_does_not_open(store):
    write(store, "b1", [worker(w, identity={"name": w, "phone": PHONE}) for w in ("w1", "w2")])
    table = schema.identity
    with store.database.writing() as connection:
        taken = connection.execute(table.select().where(table.c.worker_id == "w1")).one()
        connection.execute(table.update().where(table.c.worker_id == "w2").values(name=taken.name))
    with pytest.raises(StoreError, match="does not open"):
        store.identities(["w2"])
    with store.database.writing() as connection:
        connection.execute(table.update().where(table.c.worker_id == "w1").values(name=taken.phone))
    with pytest.raises(StoreError, match="does not open"):
        store.identities(["w1"])


def test_erasing_destroys_record_identity_and_past(store):
    write(store, "b1", [worker("w1", identity={"name": NAME, "id_number": NEW_FORM}), worker("w2")])
    write(store, "b2", [change("w1", education="senior"), change("w2", education="senior")])
    store.erase_worker("w1", at=NOON, by="officer")
    assert [w.worker_id for w in store.records(Kind.WORKERS)] == ["w2"]
    assert [w.worker_id for w in store.records(Kind.WORKERS, revision=1)] == ["w2"]
    assert store.identities(["w1"]) == {}
    assert known(store, NEW_FORM) == {}
    assert store.history(Kind.WORKERS, "w1") == []
    assert store.erased(["w1", "w2", "w3"]) == {"w1"}
    assert store.revision() == 3
    assert store.erased_since(2) == {"w1"}
    assert store.erased_since(3) == frozenset()
    with pytest.raises(NotFound):
        store.erase_worker("w1", at=NOON)


def test_undo_after_erasing_brings_nobody_back(store):
    write(store, "b1", [worker("w1"), worker("w2")])
    write(store, "b2", [change("w1", education="senior"), change("w2", education="senior")])
    store.erase_worker("w1", at=NOON)
    store.undo_batch("b2", at=NOON)
    (left,) = store.records(Kind.WORKERS)
    assert (left.worker_id, left.education) == ("w2", None)


def test_who_comes_back_after_erasing_starts_anew(store):
    write(store, "b1", [worker("w1", education="senior", identity={"id_number": NEW_FORM})])
    store.erase_worker("w1", at=NOON)
    write(store, "b2", [worker("w1", identity={"id_number": NEW_FORM})])
    (back,) = store.records(Kind.WORKERS)
    assert back.education is None
    assert store.erased(["w1"]) == frozenset()
    assert store.erased_since(1) == {"w1"}
    assert store.records(Kind.WORKERS, revision=1) == []
    store.undo_batch("b1", at=NOON)
    assert store.records(Kind.WORKERS) == [back]


def test_erased_text_leaves_the_sqlite_file(sqlite_engine, tmp_path):
    url = sqlite_engine.copy(tmp_path)
    store = open_store(url, home=tmp_path)
    write(store, "b1", [worker("w1", relocation_site="某某安置点")])
    store.erase_worker("w1", at=NOON)
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.glob("matcher*.db*"))
    assert left
    assert "某某安置点".encode() not in left


def test_keys_rotate_and_everything_still_opens(store, tmp_path):
    write(store, "b1", [worker(f"w{n}", identity={"id_number": id_number(n)}) for n in range(5)])
    write(store, "b2", [change("w1", education="senior")])
    problem = Problem(found=NEW_FORM)
    store.write_batch(batch("b3"), [], [problem])
    store.append_decision(decision("d1"))
    kept = store.put_artifact("request", b'{"workers":[]}')
    before = export(store)
    assert store.rotate_keys() == 5 + 1 + 1
    assert store.rotate_keys() == 5 + 1 + 1
    assert keyring.load(tmp_path).active == 3
    assert export(store) == before
    assert known(store, id_number(3)) == {id_number(3): "w3"}
    assert store.problems("b3") == [problem]
    assert store.artifact(kept) == b'{"workers":[]}'
    assert store.decision("d1") == decision("d1")
    store.undo_batch("b2", at=NOON)
    assert store.records(Kind.WORKERS, ids=["w1"])[0].education is None


def test_rotation_reaches_every_sealed_table_and_whoever_is_at_work(store, access, tmp_path):
    """`access` holds the old keys, as a server does that runs while somebody rotates them."""
    access.add_user(user("zhou"))
    access.add_token(token("t1"))
    access.put_job(job("i1"))
    access.put_session(session("s1"))
    assert access.begin_once(claim("k1")) is None
    before = [access.users(), access.tokens(), access.jobs(), access.session("s1")]
    assert store.rotate_keys() == 5
    with store.database.reading() as connection:
        vault = Vault(keyring.load(tmp_path))
        for shelf in SHELVES:
            bodies = connection.execute(sa.select(shelf.table.c.body)).scalars().all()
            assert all(vault.is_current(body) for body in bodies)
    assert [access.users(), access.tokens(), access.jobs(), access.session("s1")] == before
    access.add_user(user("huang"))
    assert store.rotate_keys() == 6


def test_no_shelf_is_left_out_of_a_rotation():
    modules = [import_module(f"matcher.store.{found.name}") for found in pkgutil.iter_modules(matcher.store.__path__)]
    shelves = {id(value) for module in modules for value in vars(module).values() if isinstance(value, Shelf)}
    assert shelves == {id(shelf) for shelf in SHELVES}


def test_the_key_of_row_ids_stays_for_the_life_of_the_database(make_store):
    store = make_store()
    key = store.row_key()
    store.rotate_keys()
    assert store.row_key() == key
    assert len(key) == 32


def test_missing_keys_are_told_with_what_to_do(database):
    url, home = database
    shutil.rmtree(home / "keys")
    store = open_store(url, home=home)
    with pytest.raises(StoreError, match=r"keys .* missing") as refused:
        write(store, "b1", [worker("w1")])
    assert "backup" in refused.value.remedy
    with pytest.raises(StoreError, match=r"keys .* missing"):
        store.migrate()
    assert store.records(Kind.WORKERS) == []
    store.close()


def test_keys_of_another_database_are_refused(database):
    url, home = database
    shutil.rmtree(home / "keys")
    keyring.create(home)
    store = open_store(url, home=home)
    with pytest.raises(StoreError, match="another database"):
        write(store, "b1", [worker("w1")])
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="file rights are POSIX")
def test_keys_that_others_may_read_are_refused(database):
    url, home = database
    keyring.keyring_path(home).chmod(0o644)
    store = open_store(url, home=home)
    with pytest.raises(StoreError, match="chmod 600"):
        store.identities(["w1"])
    store.close()
