"""Lists from records are those of the plain specification, id for id, score for score, tie for tie.

`tests/bench/plain.py` says a list slowly, one pair of records after the other, with no arrays; the benches hold every
speed against it. Here it is held against the product over whatever records may be drawn: by the round over every pair,
and by the index and the crowd, compiled and not.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from factories import ON, vacancies, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rosters_in_memory import InMemory, Sharing

from matcher import kernels
from matcher.kernels import everybody, use
from matcher.policy import standard_packs
from matcher.ports import StoredPlan
from matcher.records import Household
from matcher.scoring import hand_card
from matcher.services.ground import crowd
from matcher.services.ground.rulebook import Means
from matcher.services.rounds import short_round, whole_order
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.settings import Settings
from matcher.shortlist import PlanMode
from tests.bench.plain import Plain

AT = datetime(2018, 6, 1, tzinfo=UTC)
VERDICTS = {"yes": 2, "unknown": 1}
PACKS, MODEL = standard_packs(), hand_card()
PAGES = ("liujiang_2018", "hekou_2018", "standard")
EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@st.composite
def counties(draw):
    """People with homes and waiting days, posts, and slot prices of some posts."""
    people = [
        msgspec.structs.replace(
            draw(workers(f"w{ix}")),
            household_id=draw(st.none() | st.sampled_from(["h0", "h1", "h2"])),
            waiting_since=draw(st.none() | st.dates(ON.replace(year=2017), ON.replace(month=8))),
        )
        for ix in range(draw(st.integers(1, 8)))
    ]
    posts = [draw(vacancies(f"v{ix}")) for ix in range(draw(st.integers(1, 10)))]
    # Twins of another number: only the tie tells them apart.
    posts += [msgspec.structs.replace(post, vacancy_id=f"{post.vacancy_id}b") for post in posts[:3]]
    people += [msgspec.structs.replace(one, worker_id=f"{one.worker_id}b") for one in people[:3]]
    homes = [Household(household_id=f"h{ix}", employed_members=draw(st.none() | st.integers(0, 2))) for ix in range(2)]
    prices = {post.vacancy_id: draw(st.sampled_from([0.0, 2**-30, 0.25, 0.5, 3.0])) for post in posts[::2]}
    return people, posts, homes, prices


@pytest.fixture(params=["every pair", "interpreted", "compiled"])
def way(request, monkeypatch):
    """How lists are made: by the round over every pair, or from shelves by the twin or by the loops."""
    if request.param == "every pair":
        return InMemory
    monkeypatch.setattr(short_round, "FEWEST_INDEXED", 1)
    monkeypatch.setattr(whole_order, "FEWEST_INDEXED", 1)
    if request.param == "compiled":
        assert kernels.make_ready()
        monkeypatch.setattr(crowd, "everybody", everybody.compiled)
    else:
        monkeypatch.setattr(use, "is_worth_it", lambda _: False)
        monkeypatch.setattr(crowd, "everybody", everybody.interpreted)
    return Sharing


def plan_of(prices, mode="balanced"):
    return StoredPlan(
        plan_id="p", season="s", mode=mode, seed=0, model="", pack="", solved_on=ON, created_at=AT, prices=prices
    )


@EXAMPLES
@given(counties(), st.sampled_from(PAGES), st.integers(0, 9), st.integers(1, 12), st.sampled_from(PlanMode))
def test_a_list_is_the_plain_one(way, county, jurisdiction, seed, top, mode):
    people, posts, homes, prices = county
    means = Means(packs=PACKS, settings=Settings(), model_body=MODEL)
    plain = Plain(means, ON, jurisdiction, seed)
    store, known = way([*people, *posts, *homes]), {home.household_id: home for home in homes}
    for one in people:
        call = Recommend(worker_id=one.worker_id, on=ON, jurisdiction=jurisdiction, top=top, seed=seed)
        answer, _ = answer_recommend(store, means, call, plan=plan_of(prices, mode), revision=1)
        told = [[i["vacancy_id"], VERDICTS[i["verdict"]], i["score"]] for i in answer["lists"][0]["items"]]
        assert told == plain.recommend(one, posts, known.get(one.household_id or ""), prices, top, mode)


@EXAMPLES
@given(counties(), st.sampled_from(PAGES), st.integers(0, 9), st.integers(1, 12), st.sampled_from([1, 350, 700]))
def test_candidates_are_the_plain_ones(way, county, jurisdiction, seed, top, floor):
    people, posts, homes, prices = county
    means = Means(packs=PACKS, settings=Settings(fit_floor_permille=floor), model_body=MODEL)
    plain = Plain(means, ON, jurisdiction, seed)
    store, known = way([*people, *posts, *homes]), {home.household_id: home for home in homes}
    for post in posts:
        call = ListCandidates(vacancy_id=post.vacancy_id, on=ON, jurisdiction=jurisdiction, top=top, seed=seed)
        answer, _ = answer_candidates(store, means, call, plan=plan_of(prices), revision=1)
        told = [
            [i["worker_id"], VERDICTS[i["verdict"]], i["fit"], i["fit_band"], i["tier"], i["sub_tier"]]
            for i in answer["lists"][0]["items"]
        ]
        assert told == plain.candidates(post, people, known, top)
