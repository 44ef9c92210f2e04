"""What a county's files may hold at worst: a worker's list by the index is that of the whole round."""

from __future__ import annotations

import msgspec
import pytest
from factories import ON, vacancy, worker
from rosters_in_memory import InMemory, Sharing

from matcher import kernels
from matcher.errors import ModelError, UsageError
from matcher.kernels import use
from matcher.policy import standard_packs
from matcher.ports import StoredPlan
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds import short_round
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.settings import Settings
from matcher.shortlist import PlanMode

PACKS = standard_packs()
SKILLS = tuple(f"工序{n}" for n in range(1_000))
LONG_IDS = [str(2**32 + 1), str(2**64 + 1), "岗" * 200]


@pytest.fixture(params=["twin", "compiled"], autouse=True)
def way(request, monkeypatch):
    """Every list is indexed, and searched by either means."""
    monkeypatch.setattr(short_round, "FEWEST_INDEXED", 1)
    monkeypatch.setattr(use, "is_worth_it", lambda _: request.param == "compiled")
    if request.param == "compiled":
        assert kernels.make_ready()


def answer(store, call, *, plan, body=None):
    means = Means(packs=PACKS, settings=Settings(fit_floor_permille=1), model_body=body or hand_card())
    return answer_recommend(store, means, call, plan=plan, revision=1)


def told(records, *, worker_id="w1", plan=None, **said):
    """Ids and scores of the list, which are the same from an index and without one."""
    given = {"top": 5, "seed": 0, "explain": True, "refused": True, "stretch": True}
    call = Recommend(worker_id=worker_id, on=ON, jurisdiction="liujiang_2018", **given | said)
    answers = [answer(store(records), call, plan=plan) for store in (Sharing, InMemory)]
    assert msgspec.json.encode(answers[0]) == msgspec.json.encode(answers[1])
    items = answers[0][0]["lists"][0]["items"]
    return [item["vacancy_id"] for item in items], [item["score"] for item in items]


def plan_of(mode, prices):
    return StoredPlan(
        plan_id="p", season="s", mode=mode, seed=0, model="", pack="", solved_on=ON, created_at=None, prices=prices
    )


def test_no_opening_and_ten_million():
    posts = [vacancy("none", headcount=0), vacancy("full", filled=10), vacancy("vast", headcount=10_000_000)]
    assert told([worker(), *posts])[0] == ["vast"]
    assert told([worker(), *posts[:2]])[0] == []


def test_where_all_are_tied_the_seed_orders():
    posts = [vacancy(f"v{n:03}") for n in range(200)]
    first, scores = told([worker(), *posts])
    assert len(set(scores)) == 1
    assert told([worker(), *posts], top=150)[0][:5] == first
    assert told([worker(), *posts[::-1]])[0] == first
    assert told([worker(), *posts], seed=1)[0] != first


def test_whoever_may_go_nowhere_has_an_empty_list():
    assert told([worker(), *(vacancy(f"v{n}", age_max=25) for n in range(5))])[0] == []
    assert told([worker(wish_to_work=False), vacancy("v1")])[0] == []


def test_a_thousand_skills_on_a_person_and_on_a_post():
    posts = [vacancy("all", skills_required=SKILLS), vacancy("liked", skills_preferred=SKILLS), vacancy("none")]
    assert sorted(told([worker(skills=SKILLS), *posts])[0]) == ["all", "liked", "none"]
    assert sorted(told([worker(skills=SKILLS[1:]), *posts])[0]) == ["liked", "none"]


@pytest.mark.parametrize("name", LONG_IDS, ids=["32 bits", "64 bits", "long"])
def test_ids_of_any_length_come_back_as_they_are(name):
    records = [worker(name), worker(f"{name}0"), vacancy(name), vacancy(f"{name}0")]
    for worker_id in (name, f"{name}0"):
        assert sorted(told(records, worker_id=worker_id)[0]) == [name, f"{name}0"]


@pytest.mark.parametrize("mode", PlanMode)
def test_prices_of_posts_that_are_gone_change_nothing(mode):
    records = [worker(), vacancy("v1"), vacancy("v2")]
    dear = told(records, plan=plan_of(mode, {"v1": 0.25}))
    assert told(records, plan=plan_of(mode, {"v1": 0.25, "of last season": 3.0})) == dear
    assert dear[0] == ["v2", "v1"]


@pytest.mark.parametrize("price", [4.0, -4.0, float("nan"), float("inf")])
@pytest.mark.parametrize("mode", PlanMode)
def test_a_price_beyond_reckoning_is_named_and_no_list_is_given(mode, price):
    with pytest.raises(UsageError, match="slot price"):
        told([worker(), vacancy("v1")], plan=plan_of(mode, {"v1": price}))


def test_a_model_of_another_version_is_refused_by_name():
    body = hand_card().replace(b'"format": 1', b'"format": 2')
    call = Recommend(worker_id="w1", on=ON, jurisdiction="liujiang_2018", top=5, seed=0)
    for store in (Sharing, InMemory):
        with pytest.raises(ModelError, match="format 2"):
            answer(store([worker(), vacancy("v1")]), call, plan=None, body=body)
