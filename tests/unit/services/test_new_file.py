"""A file appears whole or not at all, and says where it could not be written."""

from __future__ import annotations

import errno

import pytest

from matcher.errors import UsageError
from matcher.services.rosters.new_file import new_file


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "out.json"
    path.write_bytes(b"old")
    with new_file(path) as stream:
        stream.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [found.name for found in tmp_path.iterdir()] == ["out.json"]


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), UsageError),
        (OSError("odd"), UsageError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_fault_inside_the_block_leaves_the_old_file_and_no_part(tmp_path, fault, raised):
    path = tmp_path / "out.json"
    path.write_bytes(b"old")
    with pytest.raises(raised) as caught:
        half_written(path, fault)
    if raised is UsageError:
        assert str(fault.strerror or fault) in caught.value.what
        assert caught.value.where == str(path)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["out.json"]


def half_written(path, fault):
    with new_file(path) as stream:
        stream.write(b"ne")
        raise fault


def test_a_place_that_cannot_be_written_is_told_before_the_block_runs(tmp_path):
    with pytest.raises(UsageError, match="cannot write"), new_file(tmp_path / "no" / "out.json"):
        pytest.fail("the block ran")
