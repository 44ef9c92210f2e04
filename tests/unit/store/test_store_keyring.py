"""Keys are made once, kept from others, and never half-written."""

from __future__ import annotations

import os
import threading

import pytest

from matcher.errors import StoreError
from matcher.store import keyring

posix = pytest.mark.skipif(os.name != "posix", reason="file rights are POSIX")


def test_keys_are_made_once(tmp_path):
    made = keyring.create(tmp_path)
    assert keyring.create(tmp_path) == made == keyring.load(tmp_path)
    assert set(made.keys) == {made.active} == {1}
    assert len({*made.keys.values(), made.index_key}) == 2
    assert os.listdir(tmp_path / "keys") == ["keyring.json"]


@posix
def test_only_the_owner_reads_them(tmp_path):
    keyring.create(tmp_path)
    path = keyring.keyring_path(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        keyring.load(tmp_path)


def test_many_at_once_agree_on_one_keyring(tmp_path):
    made = []
    threads = [threading.Thread(target=lambda: made.append(keyring.create(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(made) == 8
    assert all(one == made[0] for one in made)


def test_rotation_adds_a_key_and_keeps_the_rest(tmp_path):
    first = keyring.create(tmp_path)
    second = keyring.rotate(tmp_path)
    assert second == keyring.load(tmp_path)
    assert (second.active, second.index_key) == (2, first.index_key)
    assert second.keys[1] == first.keys[1] != second.keys[2]


def test_a_keyring_never_prints_its_keys(tmp_path):
    made = keyring.create(tmp_path)
    assert repr(made) == str(made) == "Keyring(active=1, keys=[1])"


def test_missing_keys_say_what_to_do(tmp_path):
    with pytest.raises(StoreError, match="missing") as refused:
        keyring.load(tmp_path)
    assert "backup" in refused.value.remedy
    with pytest.raises(StoreError, match="missing"):
        keyring.rotate(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "nonsense",
        '{"active": 1, "keys": {"1": "AAAA"}, "index_key": "AAAA"}',
        '{"active": 2, "keys": {"1": "' + "A" * 43 + '="}, "index_key": "' + "A" * 43 + '="}',
        '{"active": 1, "keys": {"1": "' + "A" * 43 + '="}, "index_key": "' + "A" * 43 + '=", "more": 1}',
    ],
)
def test_a_damaged_key_file_is_refused_and_left_alone(tmp_path, text):
    path = keyring.keyring_path(tmp_path)
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    for call in (keyring.load, keyring.create, keyring.rotate):
        with pytest.raises(StoreError, match="damaged"):
            call(tmp_path)
    assert path.read_text(encoding="utf-8") == text


def test_a_home_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "keys").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be"):
        keyring.create(tmp_path)
