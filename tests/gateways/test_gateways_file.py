"""The gateway of files: torn batches, a full disk, what a person drops into the inbox."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta

import pytest
from gateway_settings import AT, FileSide, text

from matcher.errors import StoreError
from matcher.gateways import files
from matcher.ports.gateways import Fate, Incoming, Receipt
from matcher.records.texts import PartState


@pytest.fixture
def side(tmp_path):
    return FileSide(tmp_path)


def day(side):
    [path] = side.home.glob("outbox/*.jsonl")
    return path


def test_lines_hold_what_a_person_needs_and_nobody_else_may_read_them(side):
    gateway = side.open()
    list(gateway.submit([text("a", "甲" * 80)]))
    [line] = day(side).read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "text_id": "a", "phone": "13800000001", "body": "甲" * 80, "parts": ["甲" * 67, "甲" * 13],
        "at": AT.isoformat(),
    }  # fmt: skip
    for path in side.home.glob("outbox/*.json*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


class Killed(BaseException):
    """The process is gone at this place."""


@pytest.mark.parametrize("kept", [0, 1, 50, 10**6])
def test_a_batch_torn_by_a_crash_is_brought_to_its_end_and_told(side, monkeypatch, kept):
    first = side.open()
    list(first.submit([text("a", "一")]))
    write = files._write_at

    def torn(path, offset, octets):
        write(path, offset, octets[:kept])
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(files, "_write_at", torn)
        with pytest.raises(Killed):
            list(first.submit([text("b", "甲" * 80, "13800000002"), text("c", "三", "13800000003")]))
    again = side.open()
    told = list(again.receive())
    assert [(one.text_id, one.part, one.state) for one in told] == [
        ("b", 0, PartState.ACCEPTED), ("b", 1, PartState.ACCEPTED), ("c", 0, PartState.ACCEPTED),
    ]  # fmt: skip
    assert side.arrived() == [("13800000001", "一"), ("13800000002", "甲" * 80), ("13800000003", "三")]
    assert list(again.receive()) == told
    again.done(told)
    assert list(again.receive()) == []
    assert list(side.open().receive()) == []


def test_a_crash_before_the_note_leaves_nothing(side, monkeypatch):
    first = side.open()

    def killed(*_):
        raise Killed

    monkeypatch.setattr(files.FileGateway, "_note", killed)
    with pytest.raises(Killed):
        list(first.submit([text("a", "一")]))
    monkeypatch.undo()
    again = side.open()
    assert list(again.receive()) == []
    assert side.arrived() == []


def test_a_worker_killed_before_it_settled_hears_of_its_last_batch(side):
    first = side.open()
    list(first.submit([text("a", "一")]))
    list(first.submit([text("b", "二", "13800000002")]))
    again = side.open()
    assert [one.text_id for one in again.receive()] == ["b"]
    list(again.submit([text("c", "三", "13800000003")]))
    assert [one.text_id for one in again.receive()] == ["b"]
    assert [body for _, body in side.arrived()] == ["一", "二", "三"]


def test_a_full_disk_takes_nothing_of_a_batch(side, monkeypatch):
    gateway = side.open()
    list(gateway.submit([text("a", "一")]))
    write = files._write_at

    def full(path, offset, octets):
        write(path, offset, octets[:20])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "_write_at", full)
        told = list(gateway.submit([text("b", "二"), text("c", "三")]))
    assert [one.fate for one in told] == [Fate.DOWN, Fate.DOWN]
    assert [body for _, body in side.arrived()] == ["一"]
    assert list(side.open().receive()) == []
    assert [one.fate for one in gateway.submit([text("b", "二")])] == [Fate.ACCEPTED]


def drop(side, name, octets):
    folder = side.home / "inbox"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(octets)


def test_lines_nobody_can_read_are_kept_aside_and_hold_nothing_up(side):
    good = '{"kind": "reply", "phone": "138-0000-0009", "text": "退订"}'
    lines = [
        good,
        "not json",
        '{"kind": "reply", "text": "1"}',
        '{"kind": "other"}',
        "",
        '{"kind": "receipt", "text_id": "a", "state": "lost"}',
    ]
    drop(side, "a.jsonl", b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    gateway = side.open()
    [told] = gateway.receive()
    assert (told.phone, told.text, told.message_id[:10]) == ("13800000009", "退订", "a.jsonl:1:")
    gateway.done([told])
    assert not (side.home / "inbox" / "a.jsonl").exists()
    assert (side.home / "inbox" / "done" / "a.jsonl").exists()
    left = (side.home / "inbox" / "unread" / "a.jsonl").read_text("utf-8").splitlines()
    assert left == [lines[1], lines[2], lines[3], lines[5]]


def test_a_file_of_a_windows_editor_is_read(side):
    drop(side, "a.jsonl", '{"kind": "reply", "phone": "13800000009", "text": "愿意"}\r\n'.encode("gb18030"))
    assert [one.text for one in side.open().receive()] == ["愿意"]


def test_a_repeat_of_a_file_keeps_its_names(side):
    drop(side, "a.jsonl", b'{"kind": "reply", "phone": "13800000009", "text": "1"}\n' * 2)
    first, again = list(side.open().receive()), list(side.open().receive())
    assert first == again
    assert len({one.message_id for one in first}) == 2


def test_a_file_of_yesterdays_name_is_another_file(side):
    line = b'{"kind": "reply", "phone": "13800000009", "text": "%s"}\n'
    drop(side, "replies.jsonl", line % b"1" + b"not json\n")
    gateway = side.open()
    [choice] = gateway.receive()
    gateway.done([choice])
    drop(side, "replies.jsonl", line % b"T" + b"nor this\n")
    [refusal] = gateway.receive()
    gateway.done([refusal])
    assert refusal.message_id != choice.message_id
    kept = sorted(path.read_bytes().splitlines()[0] for path in (side.home / "inbox" / "done").iterdir())
    assert kept == [(line % b"1").strip(), (line % b"T").strip()]
    assert len(os.listdir(side.home / "inbox" / "unread")) == 2


def test_the_same_words_in_a_later_file_of_the_same_name_are_a_reply_of_their_own(side):
    path = side.home / "inbox" / "replies.jsonl"
    names = []
    for moment in (1_700_000_000, 1_700_086_400):
        drop(side, "replies.jsonl", b'{"kind": "reply", "phone": "13800000009", "text": "T"}\n')
        os.utime(path, (moment, moment))
        gateway = side.open()
        told = list(gateway.receive())
        names += [one.message_id for one in told]
        gateway.done(told)
    assert len(set(names)) == 2


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_a_moment_that_cannot_be_told_holds_nothing_up(side, at):
    odd = b'{"kind": "reply", "phone": "13800000009", "text": "1", "at": "%s"}\n' % at.encode()
    drop(side, "a.jsonl", odd + b'{"kind": "reply", "phone": "13800000008", "text": "T"}\n')
    gateway = side.open()
    told = list(gateway.receive())
    assert [one.text for one in told] == ["T"]
    gateway.done(told)
    assert (side.home / "inbox" / "unread" / "a.jsonl").read_bytes() == odd


def test_a_folder_that_is_named_like_a_file_holds_nothing_up(side):
    (side.home / "inbox" / "a.jsonl").mkdir(parents=True)
    drop(side, "b.jsonl", b'{"kind": "reply", "phone": "13800000008", "text": "T"}\n')
    assert [one.text for one in side.open().receive()] == ["T"]


def test_lines_added_to_a_file_are_told_too(side):
    line = b'{"kind": "reply", "phone": "13800000009", "text": "1", "message_id": "m%d"}\n'
    drop(side, "a.jsonl", line % 1)
    gateway = side.open()
    [first] = gateway.receive()
    drop(side, "a.jsonl", line % 1 + line % 2)
    gateway.done([first])
    assert [one.message_id for one in gateway.receive() if isinstance(one, Incoming)] == ["m1", "m2"]
    gateway.done(list(gateway.receive()))
    assert list(gateway.receive()) == []


def test_other_files_stay_where_they_are(side):
    drop(side, "a.jsonl.part", b"{")
    assert list(side.open().receive()) == []
    assert os.listdir(side.home / "inbox") == ["a.jsonl.part"]


def test_a_receipt_names_our_part(side):
    drop(side, "a.jsonl", b'{"kind": "receipt", "text_id": "a", "part": 1, "state": "failed", "error": "off",'
                          b' "at": "2026-01-20T09:00:00+08:00"}')  # fmt: skip
    assert list(side.open().receive()) == [
        Receipt(gateway="file", text_id="a", part=1, state=PartState.FAILED, at=AT, error="off")
    ]


def named(side):
    """Every file of the two folders, by its place."""
    found = [path for path in side.home.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {str(path.relative_to(side.home)) for path in found}


def dropped(side, name, at, folder="inbox/done"):
    path = side.home / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("13800000001", encoding="utf-8")
    os.utime(path, (at.timestamp(), at.timestamp()))


def test_files_of_before_go_and_the_day_itself_stays(side):
    gateway = side.open()
    list(gateway.submit([text("a", "一")]))
    today = day(side).stem
    before = (AT - timedelta(days=1)).astimezone()
    dropped(side, f"{before:%Y-%m-%d}.jsonl", AT, "outbox")
    dropped(side, "notes.jsonl", AT - timedelta(days=900), "outbox")
    dropped(side, "old.jsonl", AT - timedelta(seconds=1))
    dropped(side, "new.2.jsonl", AT)
    for waits in ("inbox", "inbox/unread"):
        dropped(side, "old.jsonl", AT - timedelta(days=900), waits)
    stays = {"outbox/notes.jsonl", "inbox/old.jsonl", "inbox/unread/old.jsonl"}
    assert gateway.purge(AT) == 2
    assert named(side) == {f"outbox/{today}.jsonl", "outbox/last-batch.json", "inbox/done/new.2.jsonl", *stays}
    assert gateway.purge(AT) == 0
    # The note of the last batch holds its words: it goes with the file of its day.
    assert gateway.purge(AT + timedelta(days=1)) == 3
    assert named(side) == stays
    assert [one.fate for one in gateway.submit([text("b", "二")])] == [Fate.ACCEPTED]
    assert list(side.open().receive()) != []


def test_one_file_that_cannot_go_is_told_and_the_others_go(side):
    list(side.open().submit([text("a", "一")]))
    (side.home / "inbox/done/stuck").mkdir(parents=True)
    dropped(side, "old.jsonl", AT - timedelta(days=1))
    os.utime(side.home / "inbox/done/stuck", (0, 0))
    with pytest.raises(StoreError, match="1个旧的短信文件删不掉"):
        side.open().purge(AT)
    assert not (side.home / "inbox/done/old.jsonl").exists()
