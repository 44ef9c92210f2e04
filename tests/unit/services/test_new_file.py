"""A file appears whole or not at all, and says where it could not be written."""

from __future__ import annotations

import errno
import resource
from contextlib import contextmanager

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


@pytest.mark.parametrize("fault", [OSError(errno.EAGAIN, "no process can be had"), KeyboardInterrupt()])
def test_a_fault_inside_the_block_goes_on_as_it_is_and_leaves_no_part(tmp_path, fault):
    path = tmp_path / "out.json"
    path.write_bytes(b"old")
    with pytest.raises(type(fault)) as caught:
        half_written(path, fault)
    assert caught.value is fault
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["out.json"]


def half_written(path, fault):
    with new_file(path) as stream:
        stream.write(b"ne")
        raise fault


@contextmanager
def room_for(n_bytes):
    """The system refuses longer files meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("n_bytes", [5, 100_000])
def test_a_refused_write_names_the_file_and_leaves_the_old_one(tmp_path, n_bytes):
    """Of few bytes the write comes as late as the end of the block."""
    path = tmp_path / "out.json"
    path.write_bytes(b"old")
    with pytest.raises(UsageError, match="cannot write: File too large") as caught, room_for(4):
        written(path, n_bytes)
    assert caught.value.where == str(path)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["out.json"]


def written(path, n_bytes):
    with new_file(path) as stream:
        stream.write(b"x" * n_bytes)


def test_a_name_that_became_a_folder_is_told(tmp_path):
    path = tmp_path / "out.json"
    with pytest.raises(UsageError, match="cannot write"), new_file(path):
        path.mkdir()
    assert [found.name for found in tmp_path.iterdir()] == ["out.json"]


def test_two_that_write_one_name_leave_each_other_alone(tmp_path):
    path = tmp_path / "out.json"
    with new_file(path) as stream:
        stream.write(b"first")
        with pytest.raises(KeyError):
            half_written(path, KeyError())
        with new_file(path) as other:
            other.write(b"other")
        assert path.read_bytes() == b"other"
    assert path.read_bytes() == b"first"


def test_a_place_that_cannot_be_written_is_told_before_the_block_runs(tmp_path):
    with pytest.raises(UsageError, match="cannot write"), new_file(tmp_path / "no" / "out.json"):
        pytest.fail("the block ran")
