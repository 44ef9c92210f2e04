"""What numba keeps on disk may be cut off, and the disk full: a loop is then made anew, and says the same."""

from __future__ import annotations

import errno
import logging
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import numpy as np
import pytest

from matcher import machine_code
from matcher.allocation import sweeps
from matcher.scoring.adding_loop import add

SPREAD = (np.ones(3), np.zeros(3, dtype=np.int32), np.array([0, 1]), np.ones(1), sweeps.Run(0, 2, 0, 3))
"""One worker with one pair and one with two, all of one post, at weight 1 beside 1 for staying where they are."""
ASKED_FOR = 1 / 2 + 2 / 3


@pytest.mark.parametrize(("n_cores", "n_threads"), [(1, 1), (2, 2), (8, 8), (9, 8), (64, 8)])
def test_a_thread_for_each_core_up_to_the_runs_of_a_sum(monkeypatch, n_cores, n_threads):
    monkeypatch.setattr(machine_code, "usable_cores", lambda: n_cores)
    assert machine_code.n_threads() == n_threads <= sweeps.N_BLOCKS


def test_only_cores_this_process_may_use_count(monkeypatch):
    monkeypatch.setattr(machine_code.os, "sched_getaffinity", lambda _process: {3, 5, 6}, raising=False)
    assert machine_code.usable_cores() == 3
    monkeypatch.delattr(machine_code.os, "sched_getaffinity")
    monkeypatch.setattr(machine_code.os, "cpu_count", lambda: None)
    assert machine_code.usable_cores() == 1


def loop():
    return machine_code.compiled(sweeps._loads_loop)


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv(machine_code.CACHE, str(tmp_path))
    return tmp_path


def kept(cache, ending):
    return sorted(cache.rglob(f"*.{ending}"))


@pytest.mark.parametrize(("ending", "n_left"), [("nbi", 0), ("nbc", 20)])
def test_a_file_that_was_cut_off_is_made_anew_and_said(cache, caplog, ending, n_left):
    assert loop()(*SPREAD) == pytest.approx(ASKED_FOR)
    (file,) = kept(cache, ending)
    whole = file.read_bytes()
    file.write_bytes(whole[:n_left])
    assert loop()(*SPREAD) == pytest.approx(ASKED_FOR)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "it is made anew" in caplog.text
    again = loop()
    assert again(*SPREAD) == pytest.approx(ASKED_FOR)
    assert sum(again.stats.cache_hits.values()) == 1


def test_on_a_full_disk_the_loop_stays_in_memory(cache, caplog, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    made = loop()
    monkeypatch.setattr(made._cache._files, "save_overload", full)
    assert made(*SPREAD) == pytest.approx(ASKED_FOR)
    assert kept(cache, "nbc") == []
    assert "No space left" in caplog.text


def test_threads_that_make_loops_of_two_packages_keep_each_in_its_own_folder(cache, monkeypatch):
    """numba reads the folder when a function is handed over; another thread may tell another one meanwhile."""
    import numba

    made_by_numba, both, kept_in = numba.njit, Barrier(2), {}

    def slowly(**options):
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.3)
        return made_by_numba(**options)

    def make(loop):
        kept_in[loop.__module__.rpartition(".")[0]] = Path(machine_code.compiled(loop)._cache.cache_path)

    monkeypatch.setattr(numba, "njit", slowly)
    loops = [sweeps._loads_loop, add.py_func]
    threads = [Thread(target=make, args=(loop,)) for loop in loops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(kept_in) == {"matcher.allocation", "matcher.scoring"}
    assert all(machine_code._of_package(package) in path.parents for package, path in kept_in.items())


def test_what_the_loop_itself_raises_is_not_forgiven(cache):
    with pytest.raises(TypeError):
        loop()()
