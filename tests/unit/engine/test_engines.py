"""Every engine gives what parts done one after the other give: with dying processes, stopped, begun again."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from part_stages import die, die_once, endless, refuse, said, work

from matcher.engine import Kept, LocalEngine, keeping
from matcher.engine.dask import dask_engine
from matcher.errors import EngineError, Unreachable
from matcher.ports import InTurn

TOLD = {ix: f"part {ix}".encode() for ix in range(5)}


@pytest.fixture(scope="module")
def dask():
    with dask_engine(2, in_threads=True) as engine:
        yield engine


def engines(dask):
    return [InTurn(), LocalEngine(1), LocalEngine(2), LocalEngine(3), dask]


def test_all_give_each_part_once(dask, tmp_path):
    for n in (0, 1, 5):
        for ix, engine in enumerate(engines(dask)):
            folder = tmp_path / f"{n}-{ix}"
            folder.mkdir()
            results = list(engine.run(work(folder / "said", n=n)))
            assert sorted(results) == sorted(TOLD.items())[:n]
            assert said(folder / "said") == list(range(n))


def test_local_parts_are_done_in_other_processes(tmp_path):
    list(LocalEngine(2).run(work(tmp_path)))
    doers = {path.name.rpartition("-")[2] for path in tmp_path.glob("*-*")}
    assert str(os.getpid()) not in doers


def test_parts_of_a_killed_process_are_done_again(tmp_path):
    assert dict(LocalEngine(2).run(work(tmp_path, die_once))) == TOLD
    assert (tmp_path / "dead").exists()


def test_parts_of_a_killed_dask_worker_are_done_again(tmp_path):
    """Real processes of a cluster: one is killed in the middle of a part, with what all parts share in its memory."""
    with dask_engine(2) as cluster:
        assert dict(cluster.run(work(tmp_path, die_once))) == TOLD
    assert (tmp_path / "dead").exists()


def test_a_part_that_always_kills_ends_in_an_error_with_all_others_done(tmp_path):
    done = []
    with pytest.raises(EngineError) as refused:
        done.extend(LocalEngine(2).run(work(tmp_path, die)))
    assert sorted(done) == [(ix, told) for ix, told in TOLD.items() if ix != 2]
    assert "plan_part_workers" in refused.value.remedy


def test_what_a_stage_raises_is_raised(dask, tmp_path):
    for engine in engines(dask):
        with pytest.raises(KeyError):
            list(engine.run(work(tmp_path, refuse)))


def test_a_stopped_run_goes_on_with_what_is_left(tmp_path):
    folder, home = tmp_path / "said", tmp_path / "parts"

    def stop_after(n):
        for done, _ in enumerate(engine.run(work(folder)), 1):
            if done == n:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), keeping(InTurn(), home) as engine:
        stop_after(3)
    assert len(list(home.glob("*.part"))) == 3
    assert [path.name for path in home.iterdir() if path.suffix != ".part"] == []
    with keeping(LocalEngine(2), home) as engine:
        assert dict(engine.run(work(folder))) == TOLD
    assert said(folder) == [0, 1, 2, 3, 4]
    assert not home.exists()


def test_a_run_is_stopped_between_local_parts_and_nothing_is_lost(tmp_path):
    kept = Kept(LocalEngine(2), tmp_path / "parts")
    results = kept.run(work(tmp_path / "said"))
    first = dict([next(results), next(results)])
    results.close()
    assert len(list(kept.folder.glob("*.part"))) == 2
    assert {**first, **dict(kept.run(work(tmp_path / "said")))} == TOLD


def living(folder):
    """Processes that do parts and are not gone; one that has ended and is not collected yet is gone."""
    doers = {int(path.name.rpartition("-")[2]) for path in folder.glob("*-*")}
    return {
        pid for pid in doers if Path(f"/proc/{pid}").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    }


def wait_for(told, seconds=20.0):
    until = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_who_stops_listening_waits_for_no_part(tmp_path):
    results = LocalEngine(2).run(work(tmp_path / "said", endless))
    assert next(results) == (0, TOLD[0])
    wait_for(lambda: len(said(tmp_path / "said")) > 1)
    results.close()
    assert not living(tmp_path / "said")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes as Linux shows them")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_processes_end_with_the_one_they_work_for(tmp_path, number):
    folder = tmp_path / "said"
    pid = os.fork()
    if not pid:
        try:
            list(LocalEngine(2).run(work(folder, endless)))
        finally:
            os._exit(0)
    wait_for(lambda: len(said(folder)) > 2)
    assert living(folder)
    os.kill(pid, number)
    os.waitpid(pid, 0)
    wait_for(lambda: not living(folder))


def test_other_input_takes_nothing_over(tmp_path):
    kept = Kept(InTurn(), tmp_path / "parts")
    list(kept.run(work(tmp_path / "said")))
    again = dict(kept.run(work(tmp_path / "said", word="other")))
    assert again == {ix: f"other {ix}".encode() for ix in range(5)}
    assert said(tmp_path / "said") == sorted([*range(5), *range(5)])


def test_a_torn_file_is_done_again(tmp_path, caplog):
    kept = Kept(InTurn(), tmp_path / "parts")
    list(kept.run(work(tmp_path / "said")))
    torn, empty = kept.folder / "part-1.part", kept.folder / "part-3.part"
    torn.write_bytes(torn.read_bytes()[:-1])
    empty.write_bytes(b"")
    assert dict(kept.run(work(tmp_path / "said"))) == TOLD
    assert said(tmp_path / "said") == [0, 1, 1, 2, 3, 3, 4]
    lines = [f"{path}: a finished part is torn; it is done anew" for path in (torn, empty)]
    assert caplog.messages == lines


def test_a_file_that_cannot_be_read_is_told_and_done_again(tmp_path, caplog):
    kept = Kept(InTurn(), tmp_path / "parts")
    kept.folder.joinpath("part-1.part").mkdir(parents=True)
    assert dict(kept.run(work(tmp_path / "said"))) == TOLD
    first, second = caplog.messages
    assert first.endswith("part-1.part: a finished part cannot be read (Is a directory); it is done anew")
    assert "cannot be kept" in second


def test_what_is_kept_is_for_the_owner_alone(tmp_path):
    kept = Kept(InTurn(), tmp_path / "parts")
    list(kept.run(work(tmp_path / "said")))
    assert kept.folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept.folder.iterdir())


def test_a_folder_that_cannot_be_made_keeps_nothing_and_stops_nobody(tmp_path, caplog):
    tmp_path.joinpath("file").touch()
    kept = Kept(InTurn(), tmp_path / "file" / "parts")
    assert dict(kept.run(work(tmp_path / "said"))) == TOLD
    (told,) = caplog.messages
    assert told.startswith(f"{kept.folder}: finished parts cannot be kept (")
    kept.clear()


def test_a_single_part_is_not_kept(tmp_path):
    kept = Kept(InTurn(), tmp_path / "parts")
    assert dict(kept.run(work(tmp_path / "said", n=1))) == {0: TOLD[0]}
    assert not kept.folder.exists()


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr("matcher.engine.dask.START_S", 0.2)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"), dask_engine(1, "tcp://127.0.0.1:9"):
        pass
