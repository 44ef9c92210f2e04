"""A refusal outlives a restore from last night's backup, a power cut, a rotation of keys; whoever alters it is seen."""

from __future__ import annotations

import shutil

import pytest
import sqlalchemy as sa
from text_factories import DAY, HOUR, NOW, answer, number

from matcher.errors import StoreError
from matcher.records.texts import Channel
from matcher.store import open_store, open_texts, texts_schema
from matcher.store.refusals_journal import FILE, Journal
from matcher.store.schema import store_mark


def refuse(consent_id, worker_id="w1", **more):
    return answer(
        consent_id, worker_id, agreed=False, at=more.pop("at", NOW), phone=more.pop("phone", number(1)), **more
    )


def test_answers_are_kept_in_their_order_and_each_once(texts):
    first, second = answer("c1", at=NOW), answer("c2", at=NOW - DAY)
    assert texts.add_consents([first, second]) == 2
    assert texts.add_consents([first, refuse("c3", at=NOW + DAY)]) == 1
    assert texts.consents(["w1", "w2"]) == {"w1": (second, first, refuse("c3", at=NOW + DAY))}
    assert texts.consents() == texts.consents(["w1"])
    assert texts.refusals([number(1), number(2)]) == {number(1): NOW + DAY}


def test_a_no_of_a_number_holds_whoever_it_came_from(texts):
    texts.add_consents([refuse("c1", ""), refuse("c2", "w2", at=NOW - HOUR), refuse("c3", "w3", phone="")])
    assert texts.refusals([f"+86 {number(1)}"]) == {f"+86 {number(1)}": NOW}
    assert texts.consents(["w3"])["w3"][0].phone == ""


def test_an_answer_is_never_changed_and_the_last_one_never_deleted(texts):
    texts.add_consents([answer("c1", at=NOW)])
    table = texts_schema.text_consent
    for statement in (sa.update(table).values(words="x"), sa.delete(table)):
        with pytest.raises(StoreError, match="append-only"), texts.database.writing() as connection:
            connection.execute(statement)
    assert texts.consents()["w1"] == (answer("c1", at=NOW),)


def test_a_refusal_outlives_a_restore_from_last_nights_backup(sqlite_engine, tmp_path):
    url = sqlite_engine.copy(tmp_path)
    path = url.removeprefix("sqlite:///")
    texts = open_texts(url, home=tmp_path)
    texts.add_consents([answer("c1"), refuse("c0", "w9", phone=number(9))])
    texts.close()
    store = open_store(url, home=tmp_path)
    store.database.checkpoint()
    store.close()
    shutil.copyfile(path, tmp_path / "last-night.db")
    shutil.copytree(tmp_path / "keys", tmp_path / "last-nights-keys")

    texts = open_texts(url, home=tmp_path)
    store = open_store(url, home=tmp_path)
    store.rotate_keys()
    texts.add_consents([refuse("c2"), refuse("c3", "w3", phone="", channel=Channel.DESK)])
    texts.close()
    store.close()

    for side in ("-wal", "-shm"):
        (tmp_path / f"{path}{side}").unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "last-night.db", path)
    shutil.rmtree(tmp_path / "keys")
    shutil.copytree(tmp_path / "last-nights-keys", tmp_path / "keys")
    texts = open_texts(url, home=tmp_path)
    assert texts.refusals([number(1)]) == {}
    assert texts.restore_refusals() == 2
    assert texts.restore_refusals() == 0
    assert texts.refusals([number(1), number(9)]) == {number(1): NOW, number(9): NOW}
    # The number itself is not in the journal; its hash is, and that is what counts.
    assert [(one.agreed, one.at, one.where, one.phone) for one in texts.consents(["w1"])["w1"]] == [
        (True, NOW - DAY, "百朋镇大厅", ""),
        (False, NOW, "百朋镇大厅", ""),
    ]
    assert texts.consents(["w3"])["w3"][0].agreed is False
    texts.close()


def test_a_refusal_whose_database_row_was_never_written_comes_back(texts, monkeypatch):
    def die(*_args):
        raise OSError("power")

    monkeypatch.setattr("matcher.store.text_consents._append", die)
    with pytest.raises(OSError, match="power"):
        texts.add_consents([refuse("c1")])
    monkeypatch.undo()
    assert texts.refusals([number(1)]) == {}
    # Another refusal meanwhile does not hide the one that is missing.
    texts.add_consents([refuse("c2", "w2", phone=number(2))])
    assert texts.restore_refusals() == 1
    assert texts.refusals([number(1), number(2)]) == {number(1): NOW, number(2): NOW}
    assert texts.restore_refusals() == 0
    texts.add_consents([refuse("c1")])
    assert len(texts.consents()["w1"]) == 1


def test_a_torn_last_line_is_passed_over_and_written_anew(texts, tmp_path):
    texts.add_consents([refuse("c1")])
    path = tmp_path / FILE
    whole = path.read_bytes()
    path.write_bytes(whole + b"aGFsZiBhIGxp")
    assert texts.restore_refusals() == 0
    texts.add_consents([refuse("c2")])
    assert path.read_bytes().startswith(whole)
    assert path.read_bytes().count(b"\n") == 2
    lines = path.read_bytes()
    with texts.database.writing() as connection:
        connection.execute(sa.delete(store_mark).where(store_mark.c.name == "refusals"))
    assert texts.restore_refusals() == 0
    assert path.read_bytes() == lines


@pytest.mark.parametrize("harm", ["altered", "exchanged", "left_out", "foreign"])
def test_an_altered_journal_is_told_before_anything_is_sent(texts, tmp_path, harm):
    texts.add_consents([refuse(f"c{n}") for n in range(3)])
    path = tmp_path / FILE
    first, second, third = path.read_bytes().splitlines()
    path.write_bytes(
        b"".join(
            line + b"\n"
            for line in {
                "altered": [first, second[:-8] + b"AAAAAAA=", third],
                "exchanged": [second, first, third],
                "left_out": [first, third],
                "foreign": [first, second, third, b"c29tZWJvZHkgZWxzZQ=="],
            }[harm]
        )
    )
    with texts.database.writing() as connection:
        connection.execute(sa.delete(store_mark).where(store_mark.c.name == "refusals"))
    with pytest.raises(StoreError, match="altered") as refused:
        texts.restore_refusals()
    assert "Send nothing" in refused.value.remedy
    assert number(1) not in str(refused.value)


def test_the_journal_is_its_owners_and_is_not_read_when_nothing_is_missing(texts, tmp_path, monkeypatch):
    assert texts.restore_refusals() == 0
    texts.add_consents([refuse("c1")])
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    monkeypatch.setattr(Journal, "since", lambda *_: pytest.fail("the whole file was read"))
    assert texts.restore_refusals() == 0
