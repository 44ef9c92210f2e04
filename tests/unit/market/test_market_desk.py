"""The desk in process is the product: its lists are those of `match`; policies differ in order, not in what may be."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest
from training_data.market.desk import Weighting
from training_data.market.metrics import season_metrics
from training_data.market.observe import Records
from training_data.market.oracle import fluid_bound, offerable, oracle
from training_data.market.policies import HAND, POLICIES, joined, open_desk, part, served
from training_data.market.season import Lists, Season, View, run_season
from training_data.market.truth import Truth
from training_data.market.world import World


@pytest.fixture(scope="module")
def view(world: World, truth: Truth, records: Records) -> View:
    """What is seen at the second round after the product's own lists."""
    seen: list[View] = []
    inner = POLICIES[HAND](world)

    def policy(view: View) -> Lists:
        seen.append(view)
        return inner(view)

    run_season(world, truth, records, policy)
    return seen[1]


def told(view: View, lists: Lists) -> list[tuple[str, str, int]]:
    worker = dict(zip(view.worker_ix.tolist(), (w.worker_id for w in view.workers), strict=True))
    vacancy = dict(zip(view.vacancy_ix.tolist(), (v.vacancy_id for v in view.vacancies), strict=True))
    columns = (lists.worker_ix.tolist(), lists.vacancy_ix.tolist(), lists.slot.tolist())
    return [(worker[w], vacancy[v], slot) for w, v, slot in zip(*columns, strict=True)]


@pytest.mark.parametrize("weighting", [Weighting(), Weighting.of_settings()])
def test_lists_are_those_of_the_product(world: World, view: View, weighting: Weighting):
    desk = open_desk(world, weighting)
    request = MatchRequest(
        on=world.day(1),
        jurisdiction=world.county.pack,
        top=view.top,
        seed=view.world_seed,
        workers=view.workers,
        households=tuple(view.households.values()),
        vacancies=view.vacancies,
        shown={worker_id: tuple(sorted(ids)) for worker_id, ids in view.shown.items()},
    )
    answer = match(request, desk.means)
    wanted = [
        (entry["worker_id"], item["vacancy_id"], item["rank"])
        for entry in answer["lists"]
        for item in entry["items"]
        if item["verdict"] == "yes"
    ]
    lists = desk.lists(view, desk.round(view, priced=True))
    assert len(lists) > 100
    assert told(view, lists) == wanted


def test_every_policy_lists_the_same_pairs_where_nothing_is_left_out(world: World, view: View):
    wide = View(**{name: getattr(view, name) for name in View.__dataclass_fields__} | {"top": 1000})
    sets = {name: {line[:2] for line in told(wide, maker(world)(wide))} for name, maker in POLICIES.items()}
    assert all(pairs == sets[HAND] for pairs in sets.values())


def test_orders_are_what_they_are_called(world: World, view: View):
    first = POLICIES["wage first"](world)(view)
    wages = world.posts.wage[first.vacancy_ix]
    for worker in np.unique(first.worker_ix):
        mine = wages[first.worker_ix == worker]
        assert np.all(np.diff(mine) <= 0)
    again = POLICIES["random"](world)(view)
    assert told(view, POLICIES["random"](world)(view)) == told(view, again)
    assert told(view, again) != told(view, first)


def test_part_of_a_view_and_both_parts_again(world: World, view: View):
    chosen = np.arange(view.worker_ix.size) % 3 == 0
    inside, outside = part(view, chosen), part(view, ~chosen)
    assert inside.worker_ix.tolist() == view.worker_ix[chosen].tolist()
    assert {worker.worker_id for worker in inside.workers} == set(inside.shown)
    policy = POLICIES[HAND](world)
    whole = policy(view)
    assert told(view, joined(policy(inside), policy(outside))) == told(view, whole)
    everybody = np.ones(world.people.size, dtype=np.bool_)
    assert told(view, served(policy, POLICIES["random"](world), everybody)(view)) == told(view, whole)


def test_knowing_the_truth_helps_and_no_policy_passes_the_bound(
    world: World, truth: Truth, records: Records, seasons: dict[str, Season]
):
    known = run_season(world, truth, records, oracle(truth, priced=True))
    probabilities = [log.lists.p_keep for log in known.rounds]
    expected = [truth.probability("keep")[log.lists.worker_ix, log.lists.vacancy_ix] for log in known.rounds]
    assert np.allclose(np.concatenate(probabilities), np.concatenate(expected), atol=1e-4)
    bound = fluid_bound(truth, offerable(world, records), steps=20)
    assert bound < fluid_bound(truth, offerable(world, records), steps=1)
    assert max(season.kept.sum() for season in [known, *seasons.values()]) < bound
    # What is well calibrated by construction comes out so: the oracle's own probabilities of a start that lasts.
    assert season_metrics(known)["ece_keep"] < season_metrics(seasons[HAND])["ece_keep"]


def test_what_is_offered_may_be_offered(world: World, records: Records, seasons: dict[str, Season]):
    allowed = offerable(world, records)
    for season in seasons.values():
        for log in season.rounds:
            assert allowed[log.lists.worker_ix, log.lists.vacancy_ix].all()
    assert 0.05 < allowed.mean() < 0.9
