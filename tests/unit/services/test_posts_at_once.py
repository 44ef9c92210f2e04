"""A process that begins finds the index of the one before: believed where it fits, else made anew, and said."""

from __future__ import annotations

import logging
import shutil
from datetime import timedelta

import numpy as np
import pytest
from factories import ON, vacancy
from index_history import History

from matcher.errors import MatcherError
from matcher.records import Kind
from matcher.services.ground import kept_index
from matcher.services.ground.shelved_posts import ShelvedPosts
from matcher.services.rounds import posts_at_once as room
from matcher.services.rounds import short_round
from matcher.services.rounds.posts_at_once import Asked, posts_at_once
from matcher.store import Elsewhere, IndexFiles, answers

NAME = "vacancies.idx"


@pytest.fixture
def history(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(room, "FEWEST_ON_DISK", 1)
    caplog.set_level(logging.INFO, logger=room.LOG.name)
    made = History(tmp_path / "home") if (tmp_path / "home").mkdir() is None else None
    posts = [vacancy(f"v{n:02}", title=("缝纫工", "保安")[n % 2], wage_low_yuan_month=2500 + 50 * n) for n in range(30)]
    made.write(Kind.VACANCIES, posts)
    yield made
    made.store.close()


def asked(history, **other):
    plan = history.store.current_plan(history.on)
    told = {"on": history.on, "seed": 0, "public": False, "plan": plan, "revision": history.store.revision()}
    return Asked(**told | other)


def posts(history, **other):
    return posts_at_once(history.folder, history.store, history.means, asked(history, **other))


def the_same_is_told(history):
    call = history.call("w2")
    return history.told(call, "disk") == history.told(call, "whole")


def whole_reads(history, monkeypatch):
    read, seen = history.store.records, []

    def counted(kind, *, ids=None, revision=None):
        seen.append((kind, ids is None))
        return read(kind, ids=ids, revision=revision)

    monkeypatch.setattr(history.store, "records", counted)
    return seen


def test_the_next_process_reads_no_vacancy_but_those_listed(history, monkeypatch, caplog):
    history.plan({"v03": 0.25})
    assert the_same_is_told(history)
    history.restart()
    whole = history.told(history.call("w2"), "whole")
    seen = whole_reads(history, monkeypatch)
    monkeypatch.setattr(answers, "plan_prices", None)
    assert history.told(history.call("w2"), "disk") == whole
    assert (Kind.VACANCIES, True) not in seen
    assert not caplog.messages


def test_what_was_written_since_is_all_that_is_read(history, monkeypatch, caplog):
    assert the_same_is_told(history)
    history.write(Kind.VACANCIES, [vacancy("v05", title="电焊工"), vacancy("v99")])
    history.restart()
    with monkeypatch.context() as patch:
        seen = whole_reads(history, patch)
        found = posts(history)
    assert (Kind.VACANCIES, True) not in seen
    assert caplog.messages == [f"{NAME}: carried on by 2 vacancies"]
    assert (len(found), {"v05", "v99"} <= set(found.shelved.numbers)) == (31, True)
    assert the_same_is_told(history)
    assert len(caplog.messages) == 1


def test_another_day_and_another_plan_are_carried_on(history, caplog):
    short = vacancy("v07", valid_to=ON)
    history.write(Kind.VACANCIES, [short])
    assert the_same_is_told(history)
    history.on += timedelta(days=1)
    history.plan({"v01": 0.5})
    found = posts(history)
    assert caplog.messages == [f"{NAME}: carried on by 1 vacancies"]
    assert "v07" not in found.shelved.numbers
    assert the_same_is_told(history)


def test_what_was_taken_back_is_gone(history):
    batch = history.write(Kind.VACANCIES, [vacancy("v98")])
    assert "v98" in posts(history).shelved.numbers
    history.undo(batch)
    found = posts(history)
    assert (len(found), "v98" in found.shelved.numbers) == (30, False)
    assert the_same_is_told(history)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda body: body[:-7], "damaged or cut off"),
        (lambda body: b"", "damaged or cut off"),
        (lambda body: body[:999] + bytes([body[999] ^ 1]) + body[1000:], "damaged or cut off"),
    ],
)
def test_a_damaged_file_is_made_anew(history, caplog, spoil, said):
    posts(history)
    file = history.home / "index" / NAME
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert the_same_is_told(history)
    assert len(caplog.messages) == 1
    assert said in caplog.text
    assert file.read_bytes() == whole


def test_a_file_of_another_county_is_made_anew(history, tmp_path, caplog):
    (tmp_path / "other").mkdir()
    other = History(tmp_path / "other")
    other.write(Kind.VACANCIES, [vacancy("v00"), vacancy("x")])
    posts(other)
    foreign = (other.home / "index" / NAME).read_bytes()
    other.store.close()
    posts(history)
    (history.home / "index" / NAME).write_bytes(foreign)
    assert the_same_is_told(history)
    assert caplog.messages == [f"{NAME}: the index file is of another database; it is made anew"]


def test_a_file_from_after_a_restored_copy_is_made_anew(history, caplog):
    posts(history)
    history.store.close()
    shutil.copy(history.home / "matcher.db", history.home / "copy.db")
    history.restart()
    history.write(Kind.VACANCIES, [vacancy("v00", title="电焊工")])
    posts(history)
    caplog.clear()
    history.store.close()
    (history.home / "copy.db").replace(history.home / "matcher.db")
    history.restart()
    history.write(Kind.VACANCIES, [vacancy("v01", title="电焊工")])
    assert the_same_is_told(history)
    assert caplog.messages == [f"{NAME}: the index file is of another database; it is made anew"]


@pytest.mark.parametrize(("field", "said"), [("program", "another program"), ("model_body", "another model")])
def test_a_file_of_another_program_or_model_is_made_anew(history, monkeypatch, caplog, field, said):
    posts(history)
    if field == "program":
        monkeypatch.setattr(IndexFiles, "program", lambda _: "next version")
    else:
        other = history.means.model_body.replace(b"hand-card-1", b"hand-card-2")
        history.means = type(history.means)(
            packs=history.means.packs, settings=history.means.settings, model_body=other
        )
    assert isinstance(posts(history), ShelvedPosts)
    assert said in caplog.text
    assert len(caplog.messages) == 1


def test_where_nothing_can_be_written_it_is_said_and_the_list_stands(history, caplog):
    (history.home / "index").write_text("no folder")
    assert the_same_is_told(history)
    assert "cannot be written" in caplog.text


def test_a_file_is_for_its_owner_alone_and_nothing_half_written_stays(history):
    (history.home / "index").mkdir()
    (history.home / "index" / f"{NAME}.killed.part").write_bytes(b"half")
    posts(history)
    file = history.home / "index" / NAME
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == [NAME]


def test_few_vacancies_another_seed_and_an_older_revision_are_read_as_ever(history, monkeypatch):
    assert not isinstance(posts(history, seed=7), ShelvedPosts)
    assert not isinstance(posts(history, revision=1), ShelvedPosts)
    monkeypatch.setattr(room, "FEWEST_ON_DISK", 31)
    assert not isinstance(posts(history), ShelvedPosts)
    assert not (history.home / "index").exists()


def test_a_kiosk_leaves_no_index_and_says_so(caplog):
    caplog.set_level(logging.INFO, logger=room.LOG.name)
    assert room.folder_of(Elsewhere()) is None
    (told,) = caplog.messages
    assert told.startswith("no index is kept or taken over: a kiosk does not keep this: index_folder")


def test_all_vacancies_are_read_only_for_who_looks_at_them(history):
    found = posts(history)
    every = history.store.records(Kind.VACANCIES)
    assert list(found) == every
    assert (found[3], found[-2:]) == (every[3], every[-2:])
    assert [post.vacancy_id for post in found.of(["v09", "v02"])] == ["v09", "v02"]


def test_a_price_beyond_reckoning_is_told_by_the_round(history):
    history.plan({"v03": 1e9})
    assert not isinstance(posts(history), ShelvedPosts)
    with pytest.raises(MatcherError, match="slot price"):
        history.told(history.call("w1"), "disk")


def test_a_plan_of_another_season_prices_nothing(history):
    history.plan({"v03": 0.25}, season="2017-01-01/2017-12-31")
    found = posts(history)
    assert not found.shelved.shelf.rows.price.any()
    history.plan({"v03": 0.25})
    assert np.count_nonzero(posts(history).shelved.shelf.rows.price) == 1
    history.on = ON.replace(year=2017)
    assert the_same_is_told(history)
    history.on = ON.replace(year=2020)
    assert not posts(history).shelved.shelf.rows.price.any()


def test_a_server_goes_on_with_the_index_of_the_process_before(history, monkeypatch, caplog):
    history.plan({"v03": 0.25})
    assert the_same_is_told(history)
    history.write(Kind.VACANCIES, [vacancy("v99", title="电焊工")])
    history.restart()
    monkeypatch.setattr(short_round, "FEWEST_INDEXED", 1)
    for module in (kept_index, room):
        monkeypatch.setattr(module, "indexed", None)
    plan = history.shared.current_plan(ON)
    assert room.take_over_index(history.folder, history.shared, history.means, asked(history, plan=plan))
    assert caplog.messages == [f"{NAME}: carried on by 1 vacancies"]
    call = history.call("w2")
    assert history.told(call, "memory") == history.told(call, "whole")
    assert not room.take_over_index(history.folder, history.store, history.means, asked(history))
    monkeypatch.setattr(room, "FEWEST_ON_DISK", 100)
    assert not room.take_over_index(history.folder, history.shared, history.means, asked(history))
