"""A plan by the index lists what the round over every pair lists at the same prices."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from test_plan_parts import AT, COUNTY, Planned, call, means

from matcher import machine_code, shortlist
from matcher.errors import ModelError
from matcher.kernels import layout
from matcher.ports import InTurn
from matcher.services.rounds import plan_crowd, plan_season
from matcher.services.rounds.match import lists
from matcher.services.rounds.match_round import Rosters, prepare
from matcher.services.rounds.plan_choice import best_of_each, crowd_for
from matcher.services.rounds.plan_parts import People
from matcher.services.rounds.plan_season import no_progress, only_yes, shared_out, solve
from matcher.services.rounds.season import asked, scene_of

WILLING = [worker for worker in COUNTY.workers if worker.wish_to_work]

SHOWN = {
    worker.worker_id: {v.vacancy_id for v in COUNTY.vacancies[ix % 7 :: 2]} for ix, worker in enumerate(WILLING[:40])
}


def season_of(shown=(), **changed):
    return asked(Planned(shown=shown), means(**changed), call())


@pytest.fixture
def every_roster_is_a_crowd(monkeypatch):
    monkeypatch.setattr(plan_crowd, "MANY", 1)


def whole_round(season, line):
    """The lists of one round over every pair at the prices of a plan's first line."""
    rosters = Rosters(season.rosters.workers, list(season.rosters.vacancies), season.rosters.households)
    brief = replace(season.brief, shown=season.shown, prices=line["prices"])
    return lists(only_yes(prepare(rosters, season.means, brief)), top=season.call.top, explain=False)


@pytest.mark.usefixtures("every_roster_is_a_crowd")
class TestCrowd:
    @pytest.mark.parametrize("shown", [{}, SHOWN])
    def test_it_lists_the_best_of_every_pair(self, shown):
        season = season_of({worker: frozenset(ids) for worker, ids in shown.items()})
        line, told = solve(season, InTurn(), no_progress)
        assert msgspec.json.encode(told) == msgspec.json.encode(whole_round(season, line))
        assert sum(len(entry["items"]) for entry in told) > len(told)

    def test_parts_change_nothing(self):
        whole, parts = season_of(), season_of(plan_part_workers=11)
        assert solve(whole, InTurn(), no_progress) == solve(parts, InTurn(), no_progress)

    @pytest.mark.parametrize("mode", ["balanced", "priced"])
    def test_a_plan_from_the_current_one_names_it_and_repeats_itself(self, mode):
        store = Planned()
        list(plan_season.plan_season(store, means(plan_mode=mode), call(), at=AT))
        before = store.left[0][0]
        made = [
            solve(asked(Planned(current=before), means(plan_mode=mode), call(from_current=True)), InTurn(), no_progress)
            for _ in range(2)
        ]
        assert made[0] == made[1]
        line, told = made[0]
        assert line["started_from"] == before.plan_id
        assert any(entry["items"] for entry in told)
        assert line["prices"].keys() == before.prices.keys()
        for post, price in line["prices"].items():
            assert price == pytest.approx(before.prices[post], abs=5e-3 if mode == "balanced" else 5e-2)

    def test_cores_change_nothing(self, monkeypatch):
        told = []
        for n_cores in (1, 3):
            monkeypatch.setattr(machine_code, "usable_cores", lambda n_cores=n_cores: n_cores)
            told.append(solve(season_of(SHOWN), InTurn(), no_progress))
        assert told[0] == told[1]

    def test_no_length_is_that_of_the_settings(self):
        short = means(top=2)
        assert solve(asked(Planned(), short, call(top=0)), InTurn(), no_progress) == solve(
            asked(Planned(), short, call(top=2)), InTurn(), no_progress
        )

    def test_a_priced_plan_holds_the_household_factors_of_its_prices(self):
        season = season_of(plan_mode="priced")
        line, told = solve(season, InTurn(), no_progress)
        assert 0 <= line["gap"] < 0.2
        for entry in told:
            for item in entry["items"]:
                value = item["p_keep"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
                score = item["p_apply"] * item["p_hire"] * (value - item["slot_price"])
                assert item["score"] == pytest.approx(score, abs=1e-9)

    def test_prices_are_those_over_every_pair(self, monkeypatch):
        """Sixty posts are all candidates: only the ending differs. By logarithms 500 rounds are 0.025 off, so more."""
        line, _ = solve(season_of(), InTurn(), no_progress)
        monkeypatch.setattr(plan_crowd, "MANY", 1 << 60)
        exact, _ = solve(season_of(plan_iterations=5000), InTurn(), no_progress)
        assert line["prices"].keys() >= {post for post, price in exact["prices"].items() if price}
        for post, price in exact["prices"].items():
            assert line["prices"].get(post, 0.0) == pytest.approx(price, abs=1e-2)

    def test_a_model_that_cannot_be_indexed_is_planned_over_every_pair_and_that_is_said(self, monkeypatch):
        season = season_of()
        with monkeypatch.context() as narrow:
            narrow.setattr(layout, "SUM_BITS", 3)
            line, told = solve(season, InTurn(), no_progress)
        monkeypatch.setattr(plan_crowd, "MANY", 1 << 60)
        silent, whole = solve(season, InTurn(), no_progress)
        assert told == whole
        assert silent["warnings"] == []
        assert line == {**silent, "warnings": [plan_season._NO_INDEX]}

    def test_so_many_that_every_pair_is_hopeless_are_refused_with_what_to_do(self, monkeypatch):
        monkeypatch.setattr(layout, "SUM_BITS", 3)
        monkeypatch.setattr(plan_crowd, "MOST_WHOLE", 1)
        store = Planned()
        with pytest.raises(ModelError, match=r"by an index only.*at most 3 can be indexed") as refused:
            plan_season.plan_season(store, means(), call(), at=AT)
        assert "matcher model use --back" in refused.value.remedy
        assert store.left == []


def at_no_price(season, top, each=0):
    """Candidates of everybody at once where nothing has a price."""
    parts = shared_out(season, InTurn())
    everybody = People(season.rosters.workers, season.rosters.households, season.shown)
    none = np.zeros(len(COUNTY.vacancies), dtype=np.int64)
    return best_of_each(crowd_for(parts.scope, everybody), none, season.brief.mode, top=top, each=each).pairs


def test_candidates_are_wide_and_of_every_channel():
    season = season_of()
    pairs = at_no_price(season, 40, plan_crowd.PER_CHANNEL)
    n_of = np.bincount(pairs.worker_ix, minlength=len(season.rosters.workers))
    offered = at_no_price(season, 1000)
    n_offered = np.bincount(offered.worker_ix, minlength=len(season.rosters.workers))
    assert (n_of >= np.minimum(40, n_offered)).all()
    channel = np.array([post.channel.value for post in COUNTY.vacancies])
    kept = set(zip(pairs.worker_ix.tolist(), channel[pairs.vacancy_ix].tolist(), strict=True))
    assert kept == set(zip(offered.worker_ix.tolist(), channel[offered.vacancy_ix].tolist(), strict=True))


def test_a_start_of_earlier_prices_ends_near_them():
    season = season_of()
    parts, scene = shared_out(season, InTurn()), scene_of(season)
    cold = plan_crowd.crowd_prices(parts, scene).solved
    warm = plan_crowd.crowd_prices(parts, replace(scene, start=cold.prices / (1 << shortlist.PRICE_BITS))).solved
    assert np.abs(warm.prices - cold.prices).max() / (1 << 30) < 5e-3


def test_the_chances_of_a_candidate_are_those_of_the_round():
    season = season_of()
    pairs = at_no_price(season, 1000)
    rosters = Rosters(season.rosters.workers, list(season.rosters.vacancies), season.rosters.households)
    solved = only_yes(prepare(rosters, season.means, replace(season.brief, shown=season.shown, prices={})))

    def told(pairs):
        columns = (pairs.worker_ix, pairs.vacancy_ix, *(pairs[name] for name in ("p_apply", "p_hire", "p_keep")))
        return sorted(zip(*(column.tolist() for column in columns), strict=True))

    assert told(pairs) == told(solved.pairs)


@pytest.mark.parametrize("top", [1, 3])
def test_lists_are_the_best_of_the_candidates(monkeypatch, top):
    """Prices know nothing of who would crowd a post beyond the candidates."""
    monkeypatch.setattr(plan_crowd, "AGAIN", 4)
    monkeypatch.setattr(plan_crowd, "AT_ONCE", 7)
    season = season_of()
    narrow = msgspec.structs.replace(season.means.settings, candidates_per_worker=5)
    parts, scene = shared_out(replace(season, means=replace(season.means, settings=narrow)), InTurn()), scene_of(season)
    priced = plan_crowd.crowd_prices(parts, scene)
    pairs, lists = priced.found.pairs, priced.listed(scene.mode, top=top)
    price, factor = priced.solved.prices[pairs.vacancy_ix], priced.ranked.factor[pairs.worker_ix]
    score = shortlist.score(pairs, factor, price, scene.mode).tolist()
    of_worker = {}
    for worker, vacancy, worth in zip(pairs.worker_ix.tolist(), pairs.vacancy_ix.tolist(), score, strict=True):
        of_worker.setdefault(worker, []).append((worth, vacancy))
    wanted = set()
    for worker, told in of_worker.items():
        last = sorted(told, reverse=True)[:top][-1][0]
        wanted |= {(worker, vacancy) for worth, vacancy in told if worth >= last}
    assert set(zip(lists.pairs.worker_ix.tolist(), lists.pairs.vacancy_ix.tolist(), strict=True)) == wanted
    assert len(pairs) > 2 * len(wanted) / top
