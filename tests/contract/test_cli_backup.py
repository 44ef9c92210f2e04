"""`matcher backup` and `restore`: the same exports come back; what is damaged, newer or in the way is refused."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import pytest
from command_line import Office, call

from matcher.errors import StoreError
from matcher.store import archive, dumping
from matcher.store.upkeep import HomeUpkeep

AT = datetime(2018, 6, 1, 4, tzinfo=UTC)


@pytest.fixture
def copied(readable_county, tmp_path):
    """A backup of the small county."""
    file = tmp_path / "county.backup"
    told = Office(shutil.copytree(readable_county.home, tmp_path / "home")).ok("backup", file).json
    return file, told


def rewritten(file, change):
    """A copy with its list changed, as another program or a careless hand would write it."""
    out = file.with_suffix(".changed")
    with tarfile.open(file) as read, tarfile.open(out, "w") as write:
        for member in read:
            body = read.extractfile(member).read()
            if member.name == archive.LIST:
                body = msgspec.json.encode(change(msgspec.json.decode(body)))
                member.size = len(body)
            write.addfile(member, io.BytesIO(body))
    return out


def test_what_comes_back_exports_the_same_bytes(readable_county, copied, tmp_path):
    file, told = copied
    home = tmp_path / "elsewhere"
    back = call("--home", home, "restore", file)
    assert back.code == 0, back.err
    assert back.json["revision"] == told["revision"]
    assert Office(home).snapshot() == readable_county.snapshot()
    assert Office(home).ok("verify").json == []
    assert file.stat().st_mode & 0o077 == 0


def test_a_copy_is_of_one_moment_while_somebody_writes(readable_county, tmp_path):
    office = Office(shutil.copytree(readable_county.home, tmp_path / "home"))
    (office.home / "index").mkdir()
    (office.home / "index" / "vacancies.idx").write_bytes(b"made again in a moment")
    with closing(sqlite3.connect(office.home / "matcher.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO mapping VALUES ('half', x'7b7d')")
        told = HomeUpkeep(f"sqlite:///{office.home / 'matcher.db'}", home=office.home).backup(tmp_path, at=AT)
        writer.execute("ROLLBACK")
    assert told.file == str(tmp_path / "matcher-20180601-040000.backup")
    assert call("--home", tmp_path / "b", "restore", told.file).code == 0
    assert not (tmp_path / "b" / "index").exists()
    with closing(sqlite3.connect(tmp_path / "b" / "matcher.db")) as raw:
        assert raw.execute("SELECT count(*) FROM mapping WHERE fingerprint = 'half'").fetchone() == (0,)


def test_keys_kept_apart_are_needed_to_put_it_back(readable_county, tmp_path):
    file, keys = tmp_path / "county.backup", tmp_path / "keys.json"
    office = Office(shutil.copytree(readable_county.home, tmp_path / "home"))
    assert office.ok("backup", file, "--keys-apart", keys).json["keys_in"] == str(keys)
    assert (office.home / "keys" / "keyring.json").read_bytes() not in file.read_bytes()
    alone = call("--home", tmp_path / "b", "restore", file)
    assert (alone.code, (tmp_path / "b").exists()) == (1, False)
    assert "keys" in alone.err
    assert call("--home", tmp_path / "b", "restore", file, "--keys", keys).code == 0
    assert Office(tmp_path / "b").ok("verify").json == []


def test_a_home_that_is_not_empty_is_moved_aside_only_if_asked(copied, tmp_path):
    file, _ = copied
    home = tmp_path / "busy"
    home.mkdir()
    (home / "note.txt").write_text("mine")
    refused = call("--home", home, "restore", file)
    assert refused.code == 2
    assert "--replace" in refused.err
    assert os.listdir(home) == ["note.txt"]
    told = call("--home", home, "restore", file, "--replace").json
    assert (tmp_path / told["moved_aside"] / "note.txt").read_text() == "mine"
    assert Office(home).ok("doctor").code == 0


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda body: body[: len(body) // 2], "damaged"),
        (lambda body: body[:90_000] + bytes([body[90_000] ^ 1]) + body[90_001:], "damaged"),
        (lambda body: b"no backup at all" * 100, "no backup"),
        (lambda body: b"", "no backup"),
    ],
    ids=["cut short", "one bit", "another file", "empty"],
)
def test_a_damaged_copy_leaves_no_home(copied, tmp_path, harm, said):
    file, _ = copied
    file.write_bytes(harm(file.read_bytes()))
    refused = call("--home", tmp_path / "b", "restore", file)
    assert refused.code == 1
    assert said in refused.err
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "9999"}, "schema 9999"),
        ({"format": 2}, "form 2"),
        ({"files": []}, "list lacks"),
    ],
    ids=["schema", "form", "files"],
)
def test_a_newer_copy_or_one_whose_list_is_wrong_is_refused(copied, tmp_path, change, said):
    file, _ = copied
    refused = call("--home", tmp_path / "b", "restore", rewritten(file, lambda told: told | change))
    assert refused.code == 1
    assert said in refused.err
    assert not (tmp_path / "b").exists()


def test_a_copy_does_not_hold_the_copies_before_it(readable_county, tmp_path):
    office = Office(shutil.copytree(readable_county.home, tmp_path / "home"))
    first = office.ok("backup", office.home / "one.backup").json
    second = office.ok("backup", office.home / "two.backup").json
    assert second["n_files"] == first["n_files"]
    assert office("backup", office.home / "two.backup").code == 2


def test_what_postgresqls_program_says_is_told_and_no_copy_is_left(monkeypatch, tmp_path):
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'server version: 18.4; pg_dump version: 15.18' >&2\nexit 1\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(StoreError, match="pg_dump failed: server version") as told:
        dumping.dump("postgresql://nobody:geheim@localhost/none", False, tmp_path / "out")
    assert "of the server's version or a later one" in told.value.remedy
    assert "geheim" not in str(told.value)
    assert not (tmp_path / "out").exists()


def test_postgresql_without_its_programs_says_what_lacks(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="pg_dump is not installed"):
        dumping.dump("postgresql://nobody@localhost/none", False, tmp_path / "out")
