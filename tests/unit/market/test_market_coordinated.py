"""Priced policies are the product's priced plans; look-ahead waits for who will come; the flow gives one job each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from matcher.scoring import FIT_BITS
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest
from matcher.shortlist import SCORE_BITS, PlanMode
from training_data.market.coordinated import coordinated, expected, nobody, one_job_flow
from training_data.market.observe import Records
from training_data.market.oracle import oracle
from training_data.market.policies import HAND, POLICIES, open_desk, part
from training_data.market.season import Lists, View, run_season
from training_data.market.truth import Truth
from training_data.market.world import World, draw_world


@pytest.fixture(scope="module")
def views(world: World, truth: Truth, records: Records) -> list[View]:
    """What is seen at each round after lists by hand weights."""
    seen: list[View] = []
    inner = POLICIES[HAND](world)

    def policy(view: View) -> Lists:
        seen.append(view)
        return inner(view)

    run_season(world, truth, records, policy)
    return seen


def told(view: View, lists: Lists) -> list[tuple[str, str, int]]:
    worker = dict(zip(view.worker_ix.tolist(), (w.worker_id for w in view.workers), strict=True))
    vacancy = dict(zip(view.vacancy_ix.tolist(), (v.vacancy_id for v in view.vacancies), strict=True))
    columns = (lists.worker_ix.tolist(), lists.vacancy_ix.tolist(), lists.slot.tolist())
    return [(worker[w], vacancy[v], slot) for w, v, slot in zip(*columns, strict=True)]


def test_priced_lists_are_those_of_a_priced_match(world: World, views: list[View]):
    view = views[1]
    request = MatchRequest(
        on=world.day(1), jurisdiction=world.county.pack, top=view.top, seed=view.world_seed, workers=view.workers,
        households=tuple(view.households.values()), vacancies=view.vacancies, mode=PlanMode.PRICED,
        shown={worker_id: tuple(sorted(ids)) for worker_id, ids in view.shown.items()},
    )  # fmt: skip
    wanted = [
        (entry["worker_id"], item["vacancy_id"], item["rank"])
        for entry in match(request, open_desk(world).means)["lists"]
        for item in entry["items"]
        if item["verdict"] == "yes"
    ]
    lists = coordinated(look_ahead=False)(world)(view)
    assert told(view, lists) == wanted
    assert lists.slot_price.max() > 0


def test_look_ahead_waits_for_the_share_that_came_later_last_season(world: World):
    """The second season reads the first, whose arrivals are known here."""
    season = draw_world(world.spec, season_ix=1)
    to_come = expected(season)
    for round_ix in range(4):
        so_far = int((season.people.arrival <= round_ix).sum())
        earlier, later = ((world.people.arrival <= round_ix).sum(), (world.people.arrival > round_ix).sum())
        view = View(round_ix, 0, (), np.zeros(0, np.int64), (), np.zeros(0, np.int64), {}, {}, 5, so_far)
        assert to_come(view) == pytest.approx(so_far * later / earlier, abs=10)
    assert nobody(view) == 0


def test_a_tenth_of_the_people_waits_for_a_tenth(world: World, views: list[View]):
    """Look-ahead must not count people who will not come: those of others are not one's own (QUALITY section 12)."""
    view, to_come = views[0], expected(world)
    chosen = np.arange(view.worker_ix.size) % 10 == 0
    assert to_come(part(view, chosen)) == pytest.approx(to_come(view) / 10, rel=0.1)


def test_look_ahead_makes_openings_dearer(world: World, views: list[View]):
    now, ahead = (coordinated(look_ahead=how)(world)(views[0]) for how in (False, True))
    assert ahead.slot_price.sum() > now.slot_price.sum()


def test_the_calendar_is_last_seasons_and_not_this_ones(world: World, views: list[View]):
    """Whoever moves this season's own arrivals moves nothing: only those of the season before are read."""
    other = replace(world, people=replace(world.people, arrival=np.zeros_like(world.people.arrival)))
    assert expected(other)(views[0]) == expected(world)(views[0])
    assert expected(draw_world(world.spec, season_ix=1))(views[0]) != expected(world)(views[0])


def test_the_oracle_in_either_mode_tells_its_own_score(truth: Truth, views: list[View]):
    view = views[0]
    for mode in PlanMode:
        lists = oracle(truth, priced=True, mode=mode, look_ahead=True)(view)
        q, v = lists.p_apply * lists.p_hire, lists.p_keep
        wanted = q * v - lists.slot_price if mode is PlanMode.BALANCED else q * (v - lists.slot_price)
        assert lists.score == pytest.approx(wanted, abs=1e-9)


def test_the_flow_gives_one_job_each_and_the_most_fit_there_is(world: World, views: list[View]):
    view = views[0]
    solved = open_desk(world).round(view, priced=False)
    pairs, fit = solved.pairs, solved.pairs["fit"] / (1 << FIT_BITS)
    lists = one_job_flow()(world)(view)
    first = lists.slot == 1
    given = lists.score[first] * 2.0 ** (SCORE_BITS - FIT_BITS) >= 2
    post = lists.vacancy_ix[first][given]
    left = np.array([vacancy.places_left for vacancy in view.vacancies])
    assert np.all(np.bincount(np.searchsorted(view.vacancy_ix, post), minlength=left.size) <= left)
    rows = np.concatenate([pairs.worker_ix, len(view.workers) + pairs.vacancy_ix])
    table = np.zeros((len(view.workers) + left.size, len(pairs)))
    table[rows, np.tile(np.arange(len(pairs)), 2)] = 1
    best = linprog(-fit, A_ub=table, b_ub=np.concatenate([np.ones(len(view.workers)), left]), bounds=(0, 1))
    own = lists.p_apply * lists.p_hire * lists.p_keep
    assert own[first][given].sum() == pytest.approx(-best.fun, rel=1e-6)
