"""What a county's files may hold at worst: a list by the index, compiled or by numpy, is that of the whole round."""

from __future__ import annotations

import msgspec
import pytest
from factories import ON, vacancy, worker
from rosters_in_memory import InMemory, Sharing

from matcher import kernels
from matcher.errors import ModelError, UsageError
from matcher.kernels import layout, use
from matcher.policy import standard_packs
from matcher.ports import StoredPlan
from matcher.scoring import hand_card
from matcher.services.ground import many_askers, vacancy_index
from matcher.services.ground.rulebook import Means
from matcher.services.rounds import short_round
from matcher.services.rounds.match_round import law_frame
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.settings import Settings

PACKS = standard_packs()
KEPT = Means(packs=PACKS, settings=Settings(fit_floor_permille=1), model_body=hand_card())
WHOLE = Means(packs=PACKS, settings=Settings(fit_floor_permille=1), model_body=hand_card())


@pytest.fixture(params=["numpy", "compiled"], autouse=True)
def search(request, monkeypatch):
    """Every list is searched in an index, by either means."""
    monkeypatch.setattr(short_round, "FEWEST_INDEXED", 0)
    monkeypatch.setattr(use, "NOW_READY", type(use.NOW_READY)())
    if request.param == "compiled":
        use.NOW_READY.set()
    assert kernels.is_ready() == (request.param == "compiled")


def told(records, worker_id="w1", plan=None, **said):
    """The list, which is the same from an index and without one."""
    call = Recommend(worker_id=worker_id, on=ON, jurisdiction="liujiang_2018", **{"seed": 0, "top": 5} | said)
    answers = [
        answer_recommend(store, means, call, plan=plan, revision=1)
        for store, means in ((Sharing(records), KEPT), (InMemory(records), WHOLE))
    ]
    assert msgspec.json.encode(answers[0]) == msgspec.json.encode(answers[1])
    (listed,) = answers[0][0]["lists"]
    return listed


def ids(listed):
    return [item["vacancy_id"] for item in listed["items"]]


def planned(prices):
    return StoredPlan(
        plan_id="p",
        season="s",
        mode="balanced",
        seed=0,
        model="",
        pack="",
        solved_on=ON,
        created_at=None,
        prices=prices,
    )


def test_no_opening_and_ten_million():
    posts = [vacancy("none", headcount=0), vacancy("full", filled=10), vacancy("vast", headcount=10_000_000)]
    listed = told([worker(), *posts])
    assert ids(listed) == ["vast"]
    assert listed["items"][0]["places_left"] == 10_000_000


def test_all_tied_are_ordered_by_the_seed_alone():
    posts = [vacancy(f"v{n:03}") for n in range(80)]
    first, other = (told([worker(), *posts], seed=seed, top=30) for seed in (0, 1))
    assert len({item["score"] for item in first["items"]}) == 1
    assert ids(first) != ids(other)
    assert ids(told([worker(), *posts[::-1]], top=30)) == ids(first)
    assert ids(told([worker(), *posts], top=3)) == ids(first)[:3]


def test_whoever_may_go_nowhere_is_told_why():
    posts = [vacancy(f"v{n}", age_max=25) for n in range(6)] + [vacancy("shut", valid_to=ON.replace(year=2017))]
    listed = told([worker(), *posts], refused=True, explain=True)
    assert listed["items"] == []
    assert len(listed["refused"]) == 7
    assert all(pair["reasons"] for pair in listed["refused"])
    assert told([worker(wish_to_work=False), *posts])["items"] == []
    assert told([worker()])["items"] == []


def test_a_thousand_skills_on_a_person_and_on_a_post():
    skills = tuple(f"工序{n}" for n in range(1_000))
    posts = [
        vacancy("all", skills_required=skills),
        vacancy("more", skills_required=(*skills, "工序一千零一")),
        vacancy("liked", skills_preferred=skills),
        vacancy("none"),
    ]
    able = told([worker(skills=skills), *posts], refused=True)
    assert {"all", "liked", "none"} == {item["vacancy_id"] for item in able["items"] if item["verdict"] == "yes"}
    assert "all" not in ids(told([worker(skills=()), *posts]))


@pytest.mark.parametrize(
    "names",
    [[str(2**32 + n) for n in range(4)], [str(2**64 + n) for n in range(4)], ["岗" * 200 + str(n) for n in range(4)]],
    ids=["32 bits", "64 bits", "long"],
)
def test_ids_of_any_length_come_back_as_they_are(names):
    person = names[0][::-1]
    listed = told([worker(person), *(vacancy(name) for name in names)], person, explain=True)
    assert listed["worker_id"] == person
    assert sorted(ids(listed)) == sorted(names)


def test_prices_of_posts_that_are_gone_change_nothing():
    posts = [vacancy("a"), vacancy("b")]
    before = told([worker(), *posts], plan=planned({"a": 0.25}))
    assert told([worker(), *posts], plan=planned({"a": 0.25, "of last season": 3.0}))["items"] == before["items"]
    assert [item["slot_price"] for item in sorted(before["items"], key=lambda item: item["vacancy_id"])] == [0.25, 0.0]


def test_a_price_beyond_reckoning_is_refused_by_name():
    with pytest.raises(UsageError, match="slot price"):
        told([worker(), vacancy("a"), vacancy("b")], plan=planned({"a": 1e12}))


def test_a_model_of_another_version_is_refused_by_name(monkeypatch):
    body = hand_card().replace(b'"format": 1', b'"format": 2')
    monkeypatch.setitem(globals(), "KEPT", Means(packs=PACKS, settings=Settings(), model_body=body))
    with pytest.raises(ModelError, match="format 2"):
        told([worker(), vacancy("a")])


@pytest.mark.parametrize("make", [vacancy_index.indexed, many_askers.coded_workers])
def test_a_model_that_cannot_be_indexed_costs_no_encoding(monkeypatch, make):
    monkeypatch.setattr(layout, "SUM_BITS", 3)
    for room in (vacancy_index, many_askers):
        monkeypatch.setattr(room, "encoded_vacancies", None)
        monkeypatch.setattr(room, "encoded_workers", None)
    ground = vacancy_index.Ground(KEPT.model, law_frame(KEPT, ON, public=False), 0)
    with pytest.raises(ModelError, match="at most 3 can be indexed"):
        make([], ground)
