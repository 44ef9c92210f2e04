"""A crowd's plan in parts is one plan, to the byte: by any engine, with deaths, stopped, killed and begun again."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from functools import partial
from multiprocessing import get_context

import msgspec
import numpy as np
import pytest
from test_plan_parts import RECORDS, Mortal, Planned, Stopped, call, means, planned

from matcher.engine import LocalEngine, keeping
from matcher.engine.dask import dask_engine
from matcher.ports import InTurn
from matcher.services.ground.packed_arrays import unpacked
from matcher.services.rounds import plan_crowd
from matcher.services.rounds.plan_choice import OF_ASKERS, choose
from matcher.services.rounds.plan_parts import shares
from matcher.services.rounds.plan_season import shared_out
from matcher.services.rounds.season import asked

MOST = 20
"""People of a part."""


@pytest.fixture(autouse=True)
def every_roster_is_a_crowd(monkeypatch):
    monkeypatch.setattr(plan_crowd, "MANY", 1)


def n_parts(records=RECORDS) -> int:
    return len(shares(asked(Planned(records), means(), call()).rosters.workers, MOST))


@pytest.fixture(scope="module")
def whole() -> dict[str, list[bytes]]:
    """The plan of a crowd that is one part, of each mode."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_crowd, "MANY", 1)
        return {mode: planned(plan_mode=mode) for mode in ("balanced", "priced")}


@pytest.mark.parametrize("mode", ["balanced", "priced"])
def test_the_same_bytes_by_any_engine(whole, mode):
    told = []
    how = {"plan_mode": mode, "plan_part_workers": MOST}
    assert planned(engine=InTurn(), progress=lambda *now: told.append(now), **how) == whole[mode]
    # Candidates at the first prices, once more at those solved since, and the lists.
    assert told == [(done, 3 * n_parts()) for done in range(1, 3 * n_parts() + 1)]
    assert planned(engine=LocalEngine(2), **how) == whole[mode]
    assert planned(engine=LocalEngine(3), plan_mode=mode, plan_part_workers=11) == whole[mode]
    with dask_engine(2, in_threads=True) as dask:
        assert planned(engine=dask, **how) == whole[mode]


def test_the_same_bytes_by_workers_of_a_cluster_in_processes_of_their_own(whole):
    with dask_engine(2) as dask:
        assert planned(engine=dask, plan_part_workers=MOST) == whole["balanced"]


def test_from_the_plan_before_all_parts_choose_once(whole):
    store = Planned()
    planned(store)
    before, told = store.left[0][0], []
    from_it = call(from_current=True)
    made = [
        [msgspec.json.encode(line) for line in lines]
        for lines in (
            planned_from(before, from_it, means(), InTurn(), lambda *_: None),
            planned_from(before, from_it, means(plan_part_workers=MOST), LocalEngine(2), lambda *now: told.append(now)),
        )
    ]
    assert made[0] == made[1] != whole["balanced"]
    assert told[-1] == (2 * n_parts(), 2 * n_parts())


def planned_from(before, from_it, how, engine, progress):
    from test_plan_parts import AT, plan_season

    return list(plan_season(Planned(current=before), how, from_it, at=AT, engine=engine, progress=progress))


@pytest.mark.parametrize("mode", ["balanced", "priced"])
def test_a_killed_process_changes_nothing(whole, mode, tmp_path):
    store = Planned()
    assert planned(store, Mortal(tmp_path), plan_mode=mode, plan_part_workers=MOST) == whole[mode]
    assert {path.name for path in tmp_path.iterdir()} == {"choose", "tell"}
    assert len(store.left) == 1


@pytest.mark.parametrize("stage", [0, 1, 2], ids=["first choice", "second choice", "lists"])
def test_a_plan_that_was_stopped_goes_on_where_it_was(whole, stage, tmp_path):
    after = stage * n_parts() + 2
    store = Planned()
    with pytest.raises(KeyboardInterrupt), keeping(Stopped(after), tmp_path / "parts") as engine:
        planned(store, engine, plan_part_workers=MOST)
    assert store.left == []
    assert len(list((tmp_path / "parts").iterdir())) == after
    counting = Stopped(10_000)
    with keeping(counting, tmp_path / "parts") as engine:
        assert planned(store, engine, plan_part_workers=MOST) == whole["balanced"]
    assert counting.done == 3 * n_parts() - after
    assert not (tmp_path / "parts").exists()


class Endless:
    """Parts in processes, of which one after so many is never done: who waits for it can only be killed."""

    def __init__(self, folder, n_done: int) -> None:
        self.folder, self.n_done = folder, n_done

    def run(self, work):
        stage = partial(_endless, self.folder, self.n_done, work.stage)
        return LocalEngine(2).run(replace(work, stage=stage))


def _endless(folder, n_done, stage, scope, people):
    result = stage(scope, people)
    if len(list(folder.glob("*.part"))) >= n_done:
        time.sleep(600)
    return result


def _plan_for_ever(folder, n_done):
    with keeping(Endless(folder, n_done), folder) as engine:
        planned(engine=engine, plan_part_workers=MOST)


@pytest.mark.parametrize("stage", [0, 1, 2], ids=["first choice", "second choice", "lists"])
def test_a_plan_whose_whole_run_was_killed_goes_on_where_it_was(whole, stage, tmp_path):
    parts = tmp_path / "parts"
    after = stage * n_parts() + 1
    run = get_context("fork").Process(target=_plan_for_ever, args=(parts, after))
    run.start()
    until = time.monotonic() + 60
    while len(list(parts.glob("*.part"))) < after:
        assert time.monotonic() < until
        assert run.is_alive()
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL)
    run.join()
    kept = len(list(parts.glob("*.part")))
    counting = Stopped(10_000)
    with keeping(counting, parts) as engine:
        assert planned(engine=engine, plan_part_workers=MOST) == whole["balanced"]
    assert after <= kept < 3 * n_parts()
    assert counting.done == 3 * n_parts() - kept


def test_other_prices_or_another_person_take_no_candidates_over(tmp_path):
    parts = tmp_path / "parts"

    def done_anew(records=RECORDS, **changed) -> int:
        with pytest.raises(KeyboardInterrupt), keeping(Stopped(2 * n_parts()), parts) as engine:
            planned(engine=engine, plan_part_workers=MOST)
        counting = Stopped(10_000)
        with keeping(counting, parts) as engine:
            planned(Planned(records), engine, plan_part_workers=MOST, **changed)
        return counting.done

    assert done_anew() == n_parts()
    assert done_anew(candidates_per_worker=41) == 3 * n_parts()
    assert done_anew(plan_mode="priced") == 3 * n_parts()
    one = asked(Planned(), means(), call()).rosters.workers[0]
    changed = list(RECORDS)
    changed[changed.index(one)] = msgspec.structs.replace(one, wage_floor_yuan_month=90_000)
    # The prices of the sample follow from everybody in it, so candidates at them are chosen anew.
    assert done_anew(changed) == 3 * n_parts()


def test_the_second_choice_keeps_the_first_and_tells_nobody_in_codes_again(monkeypatch):
    season = asked(Planned(), means(plan_part_workers=MOST), call())
    parts = shared_out(season, InTurn())
    prices = np.zeros(len(season.rosters.vacancies), dtype=np.int64)
    scope, part = replace(parts.scope, prices=prices, top=3), parts.people[0]
    first = choose(scope, part)
    monkeypatch.setattr("matcher.services.rounds.plan_choice.askers_of", None)
    prices[np.unique(unpacked(first)["vacancy_ix"])[::2]] = 1 << 28
    again = choose(replace(scope, prices=prices), part.told(first, None, parts.at[0]))
    pairs = [
        set(zip(*(unpacked(body)[name].tolist() for name in ("worker_ix", "vacancy_ix")), strict=True))
        for body in (first, again)
    ]
    assert pairs[0] < pairs[1]
    assert set(OF_ASKERS) <= unpacked(first).keys()
    assert not set(OF_ASKERS) & unpacked(again).keys()
