"""A season obeys its rules: nobody holds two jobs, no post more people than it has openings, and luck is shared."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from training_data.market.observe import Records, observe
from training_data.market.policies import HAND, POLICIES
from training_data.market.season import NOWHERE, Lists, RoundLog, Season, View, examination, run_season
from training_data.market.spec import Spec, load_spec, resized, variants
from training_data.market.truth import Truth
from training_data.market.world import World, draw_world

NAMES = (HAND, "hand + balanced", "random")


def lists(worker_ix: list[int], vacancy_ix: list[int], slot: list[int]) -> Lists:
    zeros = np.zeros(len(slot))
    at = [np.array(column, dtype=np.int64) for column in (worker_ix, vacancy_ix, slot)]
    return Lists(at[0], at[1], at[2], zeros.astype(np.int64), zeros, zeros, zeros, zeros, zeros, zeros + 1, zeros > 0)


def everything_at(slot: int):
    """A policy that lists one vacancy to everybody present, at a slot."""

    def policy(view: View) -> Lists:
        n, at = view.worker_ix.size, int(view.vacancy_ix[0])
        return lists(view.worker_ix.tolist(), [at] * n, [slot] * n)

    return policy


@pytest.mark.parametrize("name", NAMES)
def test_openings_are_respected(seasons: dict[str, Season], name: str):
    season = seasons[name]
    placed = season.post[season.post != NOWHERE]
    hired = np.bincount(placed, minlength=season.world.posts.size)
    assert placed.size > 30
    assert np.all(hired + season.outsiders <= season.world.posts.headcount)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_holds_two_jobs(seasons: dict[str, Season], name: str):
    season = seasons[name]
    starts = np.concatenate([log.lists.worker_ix[log.started] for log in season.rounds])
    assert np.unique(starts).size == starts.size == (season.post != NOWHERE).sum()
    for round_ix, log in enumerate(season.rounds):
        assert not np.any((season.started_in[log.lists.worker_ix] < round_ix) & placed(season, log))


def placed(season: Season, log: RoundLog) -> np.ndarray:
    return season.post[log.lists.worker_ix] != NOWHERE


@pytest.mark.parametrize("name", NAMES)
def test_each_step_follows_from_the_one_before(seasons: dict[str, Season], name: str):
    for log in seasons[name].rounds:
        for later, earlier in ((log.applied, log.looked), (log.offered, log.applied & log.fit),
                               (log.best, log.offered), (log.started, log.best)):  # fmt: skip
            assert not np.any(later & ~earlier)
        assert np.all(np.bincount(log.lists.worker_ix, log.applied) <= 2)
        assert np.all(np.bincount(log.lists.worker_ix, log.best) <= 1)


def test_lists_hold_what_is_there_and_nothing_twice(hand: Season):
    seen: set[tuple[int, int]] = set()
    for round_ix, log in enumerate(hand.rounds):
        world = hand.world
        assert np.all(world.people.arrival[log.lists.worker_ix] <= round_ix)
        assert np.all(world.posts.opens[log.lists.vacancy_ix] <= round_ix)
        assert np.all(log.left[log.lists.vacancy_ix] > 0)
        assert log.lists.slot.max() <= world.spec.season.list_length
        pairs = set(zip(log.lists.worker_ix.tolist(), log.lists.vacancy_ix.tolist(), strict=True))
        assert len(pairs) == len(log.lists)
        assert not pairs & seen
        seen |= pairs


def test_no_list_goes_beyond_what_the_record_allows(hand: Season):
    """C1 and C3 of QUALITY: the recorded range and the age limit, whatever is true of the person."""
    rank = hand.truth._rank
    for round_ix, log in enumerate(hand.rounds):
        for w, v in zip(log.lists.worker_ix.tolist(), log.lists.vacancy_ix.tolist(), strict=True):
            told = hand.records.worker(w, round_ix)
            assert rank[w, v] <= (0 if told.travel_range is None else told.travel_range.rank)
            limit = int(hand.world.posts.age_max[v])
            assert limit == -1 or hand.world.people.age[w] < limit + 1


def test_the_same_season_twice(world: World, truth: Truth, records: Records, hand: Season):
    again = draw_world(world.spec)
    season = run_season(again, Truth(again), observe(again), POLICIES[HAND](again))
    assert np.array_equal(season.post, hand.post)
    assert np.array_equal(season.kept, hand.kept)


def test_luck_is_the_pair_s_own(seasons: dict[str, Season]):
    """A pair that two policies list in any slot and round applies, fits and lasts alike."""
    outcomes: dict[tuple[int, int], set[bool]] = {}
    for season in seasons.values():
        for log in season.rounds:
            for w, v, fit in zip(log.lists.worker_ix.tolist(), log.lists.vacancy_ix.tolist(), log.fit, strict=True):
                outcomes.setdefault((w, v), set()).add(bool(fit))
    assert len(outcomes) > 500
    assert all(len(told) == 1 for told in outcomes.values())


def test_a_line_further_down_is_read_by_fewer_and_never_by_others(world: World, truth: Truth, records: Records):
    looked = [run_season(world, truth, records, everything_at(slot)).rounds[0].looked for slot in (1, 2, 3, 4, 5, 9)]
    assert looked[0].all()
    for upper, lower in pairwise(looked):
        assert not np.any(lower & ~upper)
    assert [log.sum() for log in looked[:5]] == sorted((log.sum() for log in looked[:5]), reverse=True)
    assert looked[4].sum() < 0.6 * looked[0].sum()
    # Beyond the last measured slot it is read as the last.
    assert np.array_equal(looked[4], looked[5])
    assert np.all(np.diff(examination(world, np.arange(1, 9))) <= 0)


def test_a_post_takes_the_best_of_its_applicants(world: World, truth: Truth, records: Records):
    season = run_season(world, truth, records, everything_at(1))
    log = season.rounds[0]
    v = int(log.lists.vacancy_ix[0])
    applicants = log.lists.worker_ix[log.applied & log.fit]
    places = int(log.left[v])
    assert applicants.size > places
    wanted = applicants[np.argsort(-truth.hire_gain[applicants, v])][:places]
    assert set(log.lists.worker_ix[log.offered].tolist()) == set(wanted.tolist())


def test_a_family_that_is_all_away_keeps_less(spec: Spec, world: World, truth: Truth, records: Records):
    from training_data.market.season import _lasting

    people = world.people
    size = np.bincount(people.household)
    far_post = int(np.flatnonzero(truth.far.all(axis=0))[0])
    pair = np.flatnonzero(size[people.household] == 2)
    both = np.full(people.size, NOWHERE)
    both[pair] = far_post
    one = both.copy()
    one[pair[1::2]] = NOWHERE
    kept_both, _ = _lasting(world, truth, both)
    kept_one, _ = _lasting(world, truth, one)
    first = pair[::2]
    assert not np.any(kept_both[first] & ~kept_one[first])
    assert kept_both[first].sum() < kept_one[first].sum()


def test_months_say_who_kept_the_job(hand: Season):
    most = hand.world.spec.follow_up.months_kept
    assert np.array_equal(hand.months == most, hand.kept)
    assert not np.any(hand.months[hand.post == NOWHERE])
    assert not np.any(hand.kept & (hand.post == NOWHERE))


def test_the_desk_hears_answers_and_never_forgets_them(records: Records, world: World):
    gaps = [ix for ix, told in enumerate(records.gaps) if told != records.full[ix]]
    assert len(gaps) > 20
    for ix in gaps:
        known = [records.worker(ix, round_ix) == records.full[ix] for round_ix in range(30)]
        assert known == sorted(known)
        assert known[-1]


@pytest.mark.parametrize("name", [name for name in variants() if name != "base"])
def test_every_variant_plays_by_the_rules(name: str):
    world = draw_world(resized(load_spec(name), workers=120, vacancies=14), county_ix=1, season_ix=2)
    season = run_season(world, Truth(world), observe(world), POLICIES[HAND](world))
    hired = np.bincount(season.post[season.post != NOWHERE], minlength=world.posts.size)
    assert np.all(hired + season.outsiders <= world.posts.headcount)
    assert len(season.rounds) == world.spec.season.rounds
    assert max(log.lists.slot.max(initial=0) for log in season.rounds) <= world.spec.season.list_length


def test_nobody_to_list_is_a_season_too(world: World, truth: Truth, records: Records):
    season = run_season(world, truth, records, lambda view: lists([], [], []))
    assert not season.kept.any()
    assert sum(len(log.lists) for log in season.rounds) == 0
