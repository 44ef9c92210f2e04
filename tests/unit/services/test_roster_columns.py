"""Of shared lists columns are kept and everything is encoded; the answers are those of lists made for one call."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rosters_in_memory import InMemory, Sharing

from matcher import eligibility, features, priority
from matcher.errors import MatcherError
from matcher.policy import standard_packs
from matcher.ports import StoredPlan
from matcher.records import Household, Placement
from matcher.scoring import hand_card
from matcher.services.ground.roster_columns import in_use
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.rounds.explain_pair import ExplainPair, explain_pair
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.settings import Settings

MODEL, PACKS = hand_card(), standard_packs()
CALL = {"on": ON, "jurisdiction": "liujiang_2018", "seed": 3, "top": 50, "explain": True}
SLOW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POSTS = st.integers(1, 5).flatmap(lambda n: st.tuples(*(vacancies(vacancy_id=f"v{i}") for i in range(n))))
PEOPLE = st.integers(1, 5).flatmap(lambda n: st.tuples(*(workers(worker_id=f"w{i}") for i in range(n))))


def means():
    return Means(packs=PACKS, settings=Settings(fit_floor_permille=1), model_body=MODEL)


PLAN = StoredPlan(
    plan_id="p", season="s", mode="balanced", seed=0, model="", pack="", solved_on=ON, created_at=None,
    prices={"v0": 0.25, "v1": 0.5},
)  # fmt: skip


def county(people, posts):
    homes = [Household(household_id=f"h{n}", employed_members=n) for n in range(3)]
    people = [msgspec.structs.replace(one, household_id=f"h{n % 4}") for n, one in enumerate(people)]
    return [*people, *posts, *homes, Placement(placement_id="p1", worker_id="w1", start=ON)]


def answers(store, kept, regions=()):
    """Bytes of every answer about a county and of all that went into it."""
    told = []
    for worker_id in ("w0", "w1"):
        call = Recommend(worker_id=worker_id, refused=True, regions=regions, **CALL)
        told.append(attempt(lambda call=call: answer_recommend(store, kept, call, plan=PLAN, revision=1)))
    for public in (True, False):
        call = ListCandidates(vacancy_id="v0", public=public, regions=regions, **CALL)
        told.append(attempt(lambda call=call: answer_candidates(store, kept, call, plan=PLAN, revision=1)))
    pair = ExplainPair(worker_id="w0", vacancy_id="v0", on=ON, jurisdiction="liujiang_2018", seed=3, regions=regions)
    told.append(attempt(lambda: explain_pair(store, kept, pair)))
    return told


def attempt(ask):
    try:
        return msgspec.json.encode(ask())
    except MatcherError as error:
        return repr(error)


@pytest.mark.slow
@SLOW
@given(PEOPLE, POSTS, st.sampled_from([(), ("450206",), ("45",), ("99",)]))
def test_shared_lists_give_the_same_bytes_the_first_time_and_the_second(people, posts, regions):
    records, kept = county(people, posts), means()
    wanted = answers(InMemory(records), means(), regions)
    shared = Sharing(records)
    assert answers(shared, kept, regions) == wanted
    assert answers(shared, kept, regions) == wanted
    assert answers(Scoped(shared, regions), kept) == answers(Scoped(InMemory(records), regions), means())


def test_after_an_import_nothing_old_is_told():
    store, kept = Sharing(county((worker("w0"), worker("w1")), (vacancy("v0"), vacancy("v1")))), means()
    answers(store, kept)
    records = county((worker("w0"), worker("w1"), worker("w2")), (vacancy("v0", wage_high_yuan_month=9000),))
    store.replace(records)
    call = ListCandidates(vacancy_id="v0", **CALL)
    fresh = answer_candidates(store, kept, call, plan=PLAN, revision=2)
    assert fresh == answer_candidates(InMemory(records), means(), call, plan=PLAN, revision=1)
    assert {item["worker_id"] for item in fresh[0]["lists"][0]["items"]} == {"w0", "w2"}


@pytest.fixture
def counted(monkeypatch):
    """Names of the whole-roster works that were done."""
    done = []
    for room, name in (
        (eligibility, "encode_workers"),
        (eligibility, "encode_vacancies"),
        (features, "encode_workers"),
        (features, "encode_vacancies"),
        (priority, "rank_workers"),
    ):
        made = getattr(room, name)

        def counting(records, *rest, made=made, label=f"{room.__name__}.{name}", **options):
            if len(records) > 1:
                done.append(label)
            return made(records, *rest, **options)

        monkeypatch.setattr(room, name, counting)
    return done


def test_a_roster_is_encoded_once_however_often_it_is_asked(counted):
    posts = [vacancy(f"v{n}") for n in range(3)]
    store, kept = Sharing(county([worker(f"w{n}") for n in range(5)], posts)), means()
    for _ in range(3):
        for worker_id in ("w0", "w2"):
            answer_recommend(store, kept, Recommend(worker_id=worker_id, **CALL), plan=PLAN, revision=1)
        for vacancy_id in ("v0", "v1"):
            answer_candidates(store, kept, ListCandidates(vacancy_id=vacancy_id, **CALL), plan=PLAN, revision=1)
    assert sorted(counted) == [
        "matcher.eligibility.encode_vacancies",
        "matcher.eligibility.encode_workers",
        "matcher.features.encode_vacancies",
        "matcher.features.encode_workers",
        "matcher.priority.rank_workers",
    ]


@given(st.lists(st.integers(0, 9), max_size=30))
def test_positions_in_use(index):
    at, narrow = in_use(np.array(index, dtype=np.int32), 10)
    assert at.tolist() == sorted(set(index))
    assert [at[ix] for ix in narrow] == index
