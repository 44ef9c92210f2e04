"""A candidate list by a crowd is the list of the whole round to the last byte, whatever was written before."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import numpy as np
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rosters_in_memory import InMemory, Sharing

from matcher.kernels import everybody
from matcher.policy import standard_packs
from matcher.policy.weights import CountyWeights, FlagWeight
from matcher.ports import StoredPlan
from matcher.records import Channel, Household, Placement
from matcher.scoring import hand_card
from matcher.services.broker.order_round import AboutOrder
from matcher.services.broker.relaxations import relaxations
from matcher.services.ground import crowd
from matcher.services.ground.rulebook import Means
from matcher.services.rounds import whole_order
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates, order_people
from matcher.settings import Settings

MODEL, PACKS = hand_card(), standard_packs()
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PEOPLE = st.lists(workers(), min_size=1, max_size=7)
WAYS = {"twin": everybody.interpreted, "compiled": everybody.compiled}
PLAN = StoredPlan(
    plan_id="p", season="s", mode="priced", seed=0, model="", pack="", solved_on=ON, created_at=None,
    prices={"v0": 0.25},
)  # fmt: skip
OWN = CountyWeights(
    jurisdiction="450206", service="general", from_=date(2018, 3, 1), author="a", source="s",
    of=(FlagWeight(flag="registered_poor", permille=120),),
)  # fmt: skip


@pytest.fixture(autouse=True)
def every_list_has_a_crowd(monkeypatch):
    monkeypatch.setattr(whole_order, "FEWEST_INDEXED", 1)
    monkeypatch.setattr("matcher.services.ground.carried.MOST_CHANGED", 1)


def means(*, own=()):
    return Means(packs=PACKS, settings=Settings(fit_floor_permille=300), model_body=MODEL, weights=own)


def named(people, first=0):
    return [
        msgspec.structs.replace(one, worker_id=f"w{ix}", household_id=f"h{ix % 3}")
        for ix, one in enumerate(people, first)
    ]


def homes(working):
    return [Household(household_id=f"h{ix}", employed_members=n) for ix, n in enumerate(working)]


def told(store, use, call, revision):
    """The answer and what went into it, as bytes."""
    answer, body = answer_candidates(store, use, call, plan=PLAN, revision=revision)
    return msgspec.json.encode(answer), body


@pytest.mark.parametrize("way", WAYS)
@SLOW
@given(st.data())
def test_the_answers_are_those_of_the_whole_round(way, data):
    posts = [data.draw(vacancies(vacancy_id="v0")), vacancy("plot", channel=Channel.MICRO_FARM)]
    first, second = named(data.draw(PEOPLE)), named(data.draw(PEOPLE), first=data.draw(st.integers(0, 5)))
    in_work = [Placement(placement_id="p1", worker_id="w1", start=ON - timedelta(3))]
    stores = [cls([*first, *posts, *homes([0, 1, 2])]) for cls in (Sharing, InMemory)]
    for store in stores:
        present = {one.worker_id: one for one in (*first, *second)}
        store.replace([*present.values(), *posts, *homes([1, 0]), *in_work])
    own = data.draw(st.sampled_from([(), (OWN,)]))
    regions = data.draw(st.sampled_from([(), ("450206",), ("99",)]))
    calls = [
        ListCandidates(
            vacancy_id=vacancy_id, on=ON, jurisdiction=data.draw(st.sampled_from(["liujiang_2018", ""])), seed=3,
            top=data.draw(st.integers(1, 4)), explain=True, public=public, regions=regions, among=among,
        )
        for vacancy_id, public, among in (
            ("v0", True, ()), ("v0", False, ()), ("v0", True, ("w1", "w3", "nobody")), ("plot", False, ()),
        )
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowd, "everybody", WAYS[way])
        kept = means(own=own)
        for revision in (1, 2, 1):
            for call in calls:
                assert told(stores[0], kept, call, revision) == told(stores[1], means(own=own), call, revision)


@SLOW
@given(PEOPLE, vacancies(vacancy_id="v0"), st.booleans())
def test_the_whole_ranking_is_that_of_the_round(people, post, public):
    call = ListCandidates(vacancy_id="v0", on=ON, jurisdiction="liujiang_2018", seed=3, top=2, public=public)
    records = [*named(people), post, *homes([0, 1])]
    by_crowd, by_round = (
        order_people(store, means(), call, plan=PLAN, revision=1) for store in (Sharing(records), InMemory(records))
    )
    assert (by_crowd.solved, by_round.solved is None) == (None, False)
    assert by_crowd.people_at.tolist() == by_round.people_at.tolist()
    assert by_crowd.ranking.tolist() == by_round.ranking.tolist()
    # A ranking that stands already is cut off, not made again.
    assert by_crowd.first(2).tolist() == by_round.first(2).tolist()
    for name in ("verdict", "fit", "fit_band", "tier", "sub_tier", "waiting_days"):
        assert by_crowd.pairs[name].tolist() == by_round.pairs[name].tolist()
        assert by_crowd.pairs[name].dtype == by_round.pairs[name].dtype


def test_conditions_let_go_bring_as_many_by_a_crowd_as_by_rounds():
    people = [worker(f"w{n}", wage_floor_yuan_month=2800 + 300 * n, birth_date=date(1970 + n, 1, 2)) for n in range(9)]
    post = vacancy("v0", age_max=45, wage_low_yuan_month=3000, wage_high_yuan_month=3500, skills_required=("缝纫",))
    call = AboutOrder(vacancy_id="v0", on=ON, jurisdiction="liujiang_2018", seed=3)
    by_crowd, by_round = (relaxations(store([*people, post]), means(), call) for store in (Sharing, InMemory))
    assert by_crowd == by_round
    assert any(way["adds"] for way in by_crowd)


def test_a_crowd_that_differs_from_the_stages_is_refused(monkeypatch):
    told = everybody.Everybody(np.array([2], dtype=np.int8), np.array([1 << 41], dtype=np.int64))
    monkeypatch.setattr(crowd.Crowd, "asked", lambda *_: told)
    call = ListCandidates(vacancy_id="v0", on=ON, jurisdiction="liujiang_2018", seed=3, top=2)
    with pytest.raises(ValueError, match="v0"):
        answer_candidates(Sharing([worker("w0"), vacancy("v0")]), means(), call, plan=None, revision=1)
