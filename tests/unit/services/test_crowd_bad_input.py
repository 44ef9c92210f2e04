"""What a county's files may hold at worst: candidates and plans by a crowd are those of the whole round."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from factories import ON, vacancy, worker
from rosters_in_memory import InMemory, Sharing
from test_plan_crowd import whole_round
from test_plan_parts import AT, Planned, call, means

from matcher.errors import ModelError
from matcher.kernels import everybody
from matcher.policy import standard_packs
from matcher.ports import InTurn, StoredPlan
from matcher.scoring import hand_card
from matcher.services.ground import crowd
from matcher.services.ground.rulebook import Means
from matcher.services.rounds import plan_crowd, whole_order
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.services.rounds.plan_season import no_progress, plan_season, solve
from matcher.services.rounds.season import asked
from matcher.settings import Settings

PACKS = standard_packs()
WAYS = {"twin": everybody.interpreted, "compiled": everybody.compiled}
SKILLS = tuple(f"工序{n}" for n in range(1_000))
LONG_IDS = [str(2**32 + 1), str(2**64 + 1), "岗" * 200]


@pytest.fixture(params=WAYS, autouse=True)
def way(request, monkeypatch):
    """Every roster has a crowd, asked by either means."""
    monkeypatch.setattr(whole_order, "FEWEST_INDEXED", 1)
    monkeypatch.setattr(plan_crowd, "MANY", 1)
    monkeypatch.setattr(crowd, "everybody", WAYS[request.param])


def new_means(body=None):
    return Means(packs=PACKS, settings=Settings(fit_floor_permille=1), model_body=body or hand_card())


def told(records, vacancy_id="v1", plan=None, **said):
    """The candidates, who are the same from a crowd and without one."""
    asked_for = ListCandidates(
        vacancy_id=vacancy_id, on=ON, jurisdiction="liujiang_2018", **{"seed": 0, "top": 50} | said
    )
    answers = [
        answer_candidates(store(records), new_means(), asked_for, plan=plan, revision=1)
        for store in (Sharing, InMemory)
    ]
    assert msgspec.json.encode(answers[0]) == msgspec.json.encode(answers[1])
    (listed,) = answers[0][0]["lists"]
    return listed["items"]


def planned(records, *, current=None):
    """The plan by a crowd, whose lists are those of the round over every pair at its prices: line, list of each."""
    season = asked(Planned(records, current=current), means(), call(from_current=current is not None))
    line, lists = solve(season, InTurn(), no_progress)
    assert msgspec.json.encode(lists) == msgspec.json.encode(whole_round(season, line))
    return line, {entry["worker_id"]: [item["vacancy_id"] for item in entry["items"]] for entry in lists}


def names(items):
    return [item["worker_id"] for item in items]


def priced(prices):
    return StoredPlan(
        plan_id="p", season="s", mode="balanced", seed=0, model="", pack="", solved_on=ON, created_at=None,
        prices=prices,
    )  # fmt: skip


def test_no_opening_and_ten_million():
    people = [worker(f"w{n}") for n in range(4)]
    posts = [vacancy("none", headcount=0), vacancy("full", filled=10), vacancy("vast", headcount=10_000_000)]
    assert [len(told([*people, *posts], post.vacancy_id)) for post in posts] == [0, 0, 4]
    line, lists = planned([*people, *posts])
    assert list(lists.values()) == [["vast"]] * 4
    assert line["prices"] == {"vast": 0.0}


def test_all_tied_are_ordered_by_the_seed_alone():
    people = [worker(f"w{n:03}") for n in range(60)]
    first, other = (told([*people, vacancy("v1")], seed=seed) for seed in (0, 1))
    assert len({item["fit"] for item in first}) == 1
    assert names(first) != names(other)
    assert names(told([*people[::-1], vacancy("v1")])) == names(first)
    assert names(told([*people, vacancy("v1")], top=7)) == names(first)[:7]
    _, lists = planned([*people, *(vacancy(f"v{n}", headcount=20) for n in range(6))])
    assert {len(ids) for ids in lists.values()} == {3}


def test_whoever_may_go_nowhere_stands_on_no_list():
    people = [worker("w1"), worker("w2", wish_to_work=False)]
    posts = [vacancy(f"v{n}", age_max=25) for n in range(1, 6)]
    assert told([*people, *posts]) == []
    assert planned([*people, *posts])[1] == {"w1": []}


def test_a_thousand_skills_on_a_person_and_on_a_post():
    people = [worker("able", skills=SKILLS), worker("not", skills=())]
    posts = [vacancy("all", skills_required=SKILLS), vacancy("liked", skills_preferred=SKILLS), vacancy("none")]
    assert names(told([*people, *posts], "all")) == ["able"]
    assert sorted(names(told([*people, *posts], "liked"))) == ["able", "not"]
    _, lists = planned([*people, *posts])
    assert (sorted(lists["able"]), sorted(lists["not"])) == (["all", "liked", "none"], ["liked", "none"])


@pytest.mark.parametrize("name", LONG_IDS, ids=["32 bits", "64 bits", "long"])
def test_ids_of_any_length_come_back_as_they_are(name):
    people = [worker(name[::-1]), worker(f"{name}0")]
    records = [*people, vacancy(name), vacancy(f"{name}0")]
    assert sorted(names(told(records, name))) == sorted(one.worker_id for one in people)
    _, lists = planned(records)
    assert {tuple(sorted(ids)) for ids in lists.values()} == {(name, f"{name}0")}


def test_prices_of_posts_that_are_gone_change_nothing():
    records = [worker("w1"), worker("w2"), vacancy("v1")]
    before = told(records, plan=priced({"v1": 0.25}))
    assert told(records, plan=priced({"v1": 0.25, "of last season": 3.0})) == before


def test_a_model_of_another_version_is_refused_by_name():
    body = hand_card().replace(b'"format": 1', b'"format": 2')
    asked_for = ListCandidates(vacancy_id="v1", on=ON, jurisdiction="liujiang_2018", seed=0, top=5)
    with pytest.raises(ModelError, match="format 2"):
        answer_candidates(Sharing([worker(), vacancy("v1")]), new_means(body), asked_for, plan=None, revision=1)


def test_candidates_that_may_not_be_offered_any_more_are_on_no_list_of_the_next_plan():
    """Half of the posts shut and half of the people lose all: the plan that starts from the one before knows."""
    far = [worker(f"w{n:02}", birth_date=ON.replace(year=1970 + n % 20)) for n in range(24)]
    posts = [vacancy(f"v{n}", headcount=2, filled=0) for n in range(8)]
    store = Planned([*far, *posts])
    list(plan_season(store, means(), call(), at=AT))
    before, listed = store.left[0]
    assert {post for _, post in listed} == {post.vacancy_id for post in posts}
    shut = [msgspec.structs.replace(post, filled=2) for post in posts[:4]]
    narrow = [msgspec.structs.replace(post, age_max=38) for post in posts[4:]]
    line, lists = planned([*far, *shut, *narrow], current=before)
    assert line["started_from"] == before.plan_id
    assert {post for ids in lists.values() for post in ids} == {post.vacancy_id for post in narrow}
    old = {one.worker_id for one in far if ON.year - one.birth_date.year > 38}
    assert old == {worker_id for worker_id, ids in lists.items() if not ids}
    assert 0 < len(old) < len(far)
    nobody = planned([*far, *shut], current=before)
    assert not any(nobody[1].values())
    assert not np.any(list(nobody[0]["prices"].values()))
