"""A plan in parts is the round over everybody at once, to the byte: by any engine, with deaths, stopped and resumed."""

from __future__ import annotations

import os
import pickle
import signal
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import msgspec
import numpy as np
import pytest
from factories import worker
from hypothesis import given, settings
from hypothesis import strategies as st
from rosters_in_memory import InMemory
from solved_prices import slot_prices

from matcher.demo import clean_records
from matcher.engine import LocalEngine, keeping
from matcher.engine.dask import dask_engine
from matcher.errors import Conflict
from matcher.policy import standard_packs
from matcher.ports import InTurn, Shared, Work
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds import plan_parts, pricing
from matcher.services.rounds.match import lists
from matcher.services.rounds.match_round import Rosters, prepare
from matcher.services.rounds.plan_parts import shares
from matcher.services.rounds.plan_season import only_yes, plan_season, shared_out
from matcher.services.rounds.season import PlanSeason, asked
from matcher.settings import Settings

AT = datetime(2018, 6, 1, tzinfo=UTC)
COUNTY = clean_records("liujiang_2018", 3, 130, 60)
RECORDS = (*COUNTY.workers, *COUNTY.vacancies, *COUNTY.households, *COUNTY.placements)


class Planned(InMemory):
    """The records with what earlier plans listed, and what this one left."""

    def __init__(self, records=RECORDS, shown=(), current=None) -> None:
        super().__init__(records)
        self._shown = dict(shown)
        self._current = current
        self.left = []

    def current_plan(self, _on):
        return self._current

    def exposures(self, _season):
        return self._shown

    def save_plan(self, plan, exposures):
        self.left.append((plan, list(exposures)))


def means(**changed) -> Means:
    return Means(packs=standard_packs(), settings=Settings(**changed), model_body=hand_card())


def call(**changed) -> PlanSeason:
    base = PlanSeason(season="2018-02-01/2018-07-31", on=AT.date(), jurisdiction="liujiang_2018", top=3, seed=5)
    return msgspec.structs.replace(base, **changed)


def planned(store=None, engine=None, how=None, progress=None, **changed) -> list[bytes]:
    """The lines of a plan's file."""
    more = {} if progress is None else {"progress": progress}
    made = plan_season(store or Planned(), how or means(**changed), call(), at=AT, engine=engine, **more)
    return [msgspec.json.encode(line) for line in made]


def at_once(store, how, asked_for) -> list[bytes]:
    """The plan as one round over everybody, without its id."""
    season = asked(store, how, asked_for)
    rosters = Rosters(season.rosters.workers, list(season.rosters.vacancies), season.rosters.households)
    brief = replace(season.brief, jurisdiction=asked_for.jurisdiction, shown=season.shown)
    solved = only_yes(prepare(rosters, how, brief))
    told = lists(solved, top=asked_for.top, explain=asked_for.explain)
    gap = {} if solved.gap is None else {"gap": solved.gap}
    first = {
        "season": asked_for.season,
        "mode": solved.mode.value,
        "seed": asked_for.seed,
        "model": how.model.label,
        "pack": solved.pack_label,
        "warnings": list(solved.bound.warnings),
        **gap,
        "prices": slot_prices(solved),
    }
    return [msgspec.json.encode(line) for line in (first, *told)]


def shown_once() -> dict[str, frozenset[str]]:
    """What a first plan listed."""
    store = Planned()
    planned(store)
    listed: dict[str, set[str]] = {}
    for worker_id, vacancy_id in store.left[0][1]:
        listed.setdefault(worker_id, set()).add(vacancy_id)
    return {worker_id: frozenset(ids) for worker_id, ids in listed.items()}


@pytest.fixture(scope="module")
def whole() -> list[bytes]:
    """The plan of a roster that is one part."""
    return planned()


@pytest.mark.parametrize(
    ("mode", "jurisdiction"), [("balanced", "liujiang_2018"), ("priced", "450206"), ("priced", "")]
)
def test_parts_make_the_plan_of_one_round(mode, jurisdiction, monkeypatch):
    monkeypatch.setattr("matcher.services.rounds.plan_parts.SLICE_PAIRS", 60 * 17)
    monkeypatch.setattr(pricing, "LARGE", 500)
    shown = shown_once() if mode == "balanced" else {}
    asked_for = call(jurisdiction=jurisdiction, explain=not jurisdiction)
    for most in (20, 10_000):
        how = means(plan_mode=mode, plan_part_workers=most)
        head, *told = plan_season(Planned(shown=shown), how, asked_for, at=AT)
        assert head.pop("plan_id")
        assert [msgspec.json.encode(line) for line in (head, *told)] == at_once(Planned(shown=shown), how, asked_for)
    assert any(entry["items"] for entry in told)


def test_the_same_bytes_by_any_engine(whole):
    told = []
    assert planned(plan_part_workers=40, engine=LocalEngine(2), progress=lambda *now: told.append(now)) == whole
    n_parts = told[-1][1] // 2
    assert n_parts >= 3
    assert told == [(done, 2 * n_parts) for done in range(1, 2 * n_parts + 1)]
    assert planned(plan_part_workers=30, engine=LocalEngine(3)) == whole
    with dask_engine(1, in_threads=True) as dask:
        assert planned(plan_part_workers=40, engine=dask) == whole


def test_a_call_without_a_length_takes_that_of_the_settings():
    """In the prices and in the lists; one of them alone would price lists of three and list nothing."""
    short = means(top=2, plan_mode="priced")
    assert list(plan_season(Planned(), short, call(top=0), at=AT)) == list(
        plan_season(Planned(), short, call(top=2), at=AT)
    )


def from_current(store) -> list[bytes]:
    made = plan_season(store, means(), call(from_current=True), at=AT)
    return [msgspec.json.encode(line) for line in made]


def test_only_who_asks_for_it_starts_from_the_plan_before(whole):
    """And only from one whose prices are prices of this season and mode; which one it was stands in the plan."""
    store = Planned()
    planned(store)
    before = store.left[0][0]
    assert planned(Planned(current=before)) == whole
    for other in ({"season": "2018-02-01/2018-12-31"}, {"mode": "priced"}, {"prices": {}}):
        odd = msgspec.structs.replace(before, **other)
        assert from_current(Planned(current=odd)) == from_current(Planned()) == whole
    started = from_current(Planned(current=before))
    head = msgspec.json.decode(started[0])
    assert head["started_from"] == before.plan_id != head["plan_id"]
    assert head["prices"] == pytest.approx(before.prices, abs=2e-2)
    assert from_current(Planned(current=before)) == started
    # Another name of the same prices is another plan: what it began with is part of it.
    renamed = from_current(Planned(current=msgspec.structs.replace(before, plan_id="p-other")))
    assert msgspec.json.decode(renamed[0])["plan_id"] != head["plan_id"]
    assert renamed[1:] == started[1:]


class Mortal:
    """Two processes of which one is killed in the middle of each stage."""

    def __init__(self, folder) -> None:
        self.folder = folder

    def run(self, work: Work):
        stage = partial(_killed_once, self.folder / work.stage.__name__, work.stage)
        return LocalEngine(2).run(replace(work, stage=stage))


def _killed_once(mark, stage, scope, people):
    result = stage(scope, people)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return result


def test_a_killed_process_changes_nothing(whole, tmp_path):
    store = Planned()
    assert planned(store, Mortal(tmp_path), plan_part_workers=40) == whole
    assert {path.name for path in tmp_path.iterdir()} == {"assess", "tell"}
    assert len(store.left) == 1


class Stopped:
    """An engine that is interrupted after so many parts in all."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.done = 0

    def run(self, work: Work):
        for told in InTurn().run(work):
            if self.done == self.left:
                raise KeyboardInterrupt
            self.done += 1
            yield told


@pytest.mark.parametrize("after", [2, 4])
def test_a_plan_that_was_stopped_goes_on_and_leaves_nothing_half_done(after, whole, tmp_path):
    store = Planned()
    with pytest.raises(KeyboardInterrupt), keeping(Stopped(after), tmp_path / "parts") as engine:
        planned(store, engine, plan_part_workers=40)
    assert store.left == []
    kept = len(list((tmp_path / "parts").iterdir()))
    assert kept == after
    counting = Stopped(10_000)
    with keeping(counting, tmp_path / "parts") as engine:
        n_parts = len(shares(asked(store, means(), call()).rosters.workers, 40))
        assert planned(store, engine, plan_part_workers=40) == whole
    assert counting.done == 2 * n_parts - after
    assert len(store.left) == 1


def test_only_parts_that_changed_are_done_again(tmp_path):
    parts, changed = tmp_path / "parts", list(RECORDS)
    with pytest.raises(KeyboardInterrupt), keeping(Stopped(4), parts) as engine:
        planned(engine=engine, plan_part_workers=40)
    one = asked(Planned(), means(), call()).rosters.workers[0]
    changed[changed.index(one)] = msgspec.structs.replace(one, skills=("焊工",))
    counting = Stopped(10_000)
    with keeping(counting, parts) as engine:
        assert planned(Planned(changed), engine, plan_part_workers=40)
    n_parts = len(shares(asked(Planned(changed), means(), call()).rosters.workers, 40))
    # Everybody's prices follow from everybody: lists are made anew, pairs only of the part that changed.
    assert counting.done == 1 + n_parts
    # Another setting that an answer depends on takes nothing over.
    with pytest.raises(KeyboardInterrupt), keeping(Stopped(4), parts) as engine:
        planned(engine=engine, plan_part_workers=40)
    other = Stopped(10_000)
    with keeping(other, parts) as engine:
        planned(engine=engine, plan_part_workers=40, band_width_permille=50)
    assert other.done == 2 * n_parts


def test_another_program_takes_no_part_over(tmp_path, monkeypatch):
    """A rule mended or a place added changes pairs; those that the program before left are not mixed with its own."""
    n_parts = len(shares(asked(Planned(), means(), call()).rosters.workers, 40))
    with pytest.raises(KeyboardInterrupt), keeping(Stopped(4), tmp_path / "parts") as engine:
        planned(engine=engine, plan_part_workers=40)
    monkeypatch.setattr(plan_parts, "program_stamp", lambda: "next version")
    counting = Stopped(10_000)
    with keeping(counting, tmp_path / "parts") as engine:
        planned(engine=engine, plan_part_workers=40)
    assert counting.done == 2 * n_parts


def test_nobody_who_wishes_to_work_is_a_plan_without_lists():
    nobody = [replace_wish(record) for record in RECORDS if not hasattr(record, "started_on")]
    (line,) = planned(Planned(nobody), LocalEngine(2), plan_part_workers=1)
    assert msgspec.json.decode(line)["prices"] == {}


def test_the_same_plan_made_twice_at_once_is_told_twice(whole):
    class Quicker(Planned):
        def save_plan(self, plan, _exposures):
            raise Conflict("kept already", where=plan.plan_id)

    assert planned(Quicker()) == whole


def replace_wish(record):
    return msgspec.structs.replace(record, wish_to_work=False) if hasattr(record, "wish_to_work") else record


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(["a", "b", "c", None])), max_size=12),
    st.integers(1, 6),
)
def test_parts_hold_everybody_once_and_households_whole(people, most):
    workers = [
        worker(worker_id=f"w{ix}", place_code=f"45020{county}100000", household_id=home)
        for ix, (county, home) in enumerate(people)
    ]
    at = shares(workers, most)
    assert sorted(np.concatenate(at).tolist()) == list(range(len(workers)))
    homes = [{workers[ix].household_id for ix in share.tolist()} - {None} for share in at]
    assert sum(map(len, homes)) == len(set().union(*homes))
    for share, home in zip(at, homes, strict=True):
        assert share.tolist() == sorted(share.tolist())
        assert len(share) <= most or len(home) == 1


def test_a_part_arrives_as_it_was_sent():
    season = asked(Planned(shown=shown_once()), means(), call())
    for part in shared_out(season, InTurn()).people:
        sent = part.told(b"pairs", np.arange(len(part.workers)), np.arange(len(part.workers)))
        came = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
        assert (came.workers, came.households, came.shown) == (sent.workers, sent.households, sent.shown)
        assert came.assessed == b"pairs"
        assert came.household.tolist() == sent.household.tolist()


def test_the_next_stage_finds_what_the_one_before_has_worked_out():
    """Of the same means and posts; another model or another post finds nothing."""
    scope = shared_out(asked(Planned(), means(), call()), InTurn()).scope

    def sent(scope):
        return pickle.loads(pickle.dumps(scope))  # noqa: S301 - our own bytes

    first = sent(replace(scope, top=1))
    again = sent(replace(scope, prices=np.arange(3), each=2, explain=True))
    assert again.means is first.means
    assert again.vacancies is first.vacancies
    assert (again.vacancies, again.means.digest) == (scope.vacancies, scope.means.digest)
    assert type(again.vacancies) is Shared
    assert (again.brief, again.prices.tolist(), again.top, again.each, again.explain) == (
        scope.brief, [0, 1, 2], scope.top, 2, True,
    )  # fmt: skip
    fewer = sent(replace(scope, vacancies=Shared(scope.vacancies[1:])))
    assert len(fewer.vacancies) == len(scope.vacancies) - 1
    assert sent(replace(scope, means=means(band_width_permille=50))).means.settings.band_width_permille == 50
    assert sent(replace(scope, means=means(plan_part_workers=50))).means.settings.plan_part_workers == 50


def test_what_all_parts_share_travels_without_what_was_worked_out():
    sent = means()
    assert sent.model
    assert sent.remembered
    made = pickle.loads(pickle.dumps((sent, Shared([1, 2]))))  # noqa: S301 - our own bytes
    assert made[0].digest == sent.digest
    assert "remembered" not in made[0].__dict__
    assert made[1] == [1, 2]
    assert type(made[1]) is Shared
