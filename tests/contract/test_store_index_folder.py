"""How a store says whether a file is of it: by its vacancies' last event, which no other database names the same."""

from __future__ import annotations

from store_factories import NOON, batch, change, plan, worker

from matcher.records import Kind


def post(record_id, **more):
    stated = {"title": "缝纫工", "channel": "workshop", "place_code": "450206", "headcount": 3}
    return change(record_id, **stated | more)


def posted(store, name, *ids):
    store.write_batch(batch(name, Kind.VACANCIES), [post(record_id) for record_id in ids])


def test_only_what_touches_vacancies_changes_how_they_stand(store):
    folder = store.index_folder
    before = folder.posts()
    assert before.change == 0
    posted(store, "b1", "v1", "v2")
    first = folder.posts()
    assert (first.change, first.name != before.name) == (1, True)
    store.write_batch(batch("people"), [worker("w1")])
    store.save_plan(plan("p1"), [])
    store.erase_worker("w1", at=NOON)
    assert folder.posts() == first
    posted(store, "b2", "v3")
    assert folder.posts().change == 4
    assert folder.posts(1) == first
    assert folder.posts(0) == before
    assert folder.posts(2) is None


def test_what_was_written_or_taken_back_since_is_named(store):
    posted(store, "b1", "v1", "v2")
    posted(store, "b2", "v2", "v3")
    folder = store.index_folder
    assert folder.touched_since(0) == {"v1", "v2", "v3"}
    assert folder.touched_since(1) == {"v2", "v3"}
    assert folder.touched_since(2) == frozenset()
    store.undo_batch("b1", at=NOON)
    assert folder.touched_since(2) == {"v1", "v2"}


def test_two_databases_with_the_same_history_are_told_apart(make_store, monkeypatch):
    one = make_store()
    posted(one, "b1", "v1")
    mine = one.index_folder.posts()
    monkeypatch.setattr(one, "row_key", lambda: b"another county's")
    assert one.index_folder.posts().name != mine.name


def test_a_file_is_written_whole_or_not_at_all(store, tmp_path, caplog):
    folder, name = store.index_folder, "vacancies.idx"
    assert folder.load(name) is None
    assert caplog.messages == []
    assert folder.save(name, b"whole")
    assert folder.load(name) == b"whole"
    (tmp_path / "index" / name).unlink()
    (tmp_path / "index" / name).mkdir()
    assert not folder.save(name, b"other")
    assert [path.name for path in (tmp_path / "index").iterdir()] == [name]
    assert folder.load(name) is None
    assert caplog.messages[-1].endswith("a kept index cannot be read (Is a directory); it is made anew")
