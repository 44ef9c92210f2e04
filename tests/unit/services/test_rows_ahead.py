"""What is told ahead of a search is what the search would have told itself, and no list changes by it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rosters_in_memory import Sharing

from matcher.policy import standard_packs
from matcher.ports import StoredPlan
from matcher.records import Kind
from matcher.scoring import hand_card
from matcher.services.ground.asking import asking_of, told_of_codes
from matcher.services.ground.kept_index import kept_indexes
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground
from matcher.services.rounds import rows_ahead, short_round
from matcher.services.rounds.match_round import law_frame
from matcher.services.rounds.posts_at_once import Asked
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.services.rounds.rows_ahead import tell_rows_ahead
from matcher.settings import Settings

MODEL, PACKS = hand_card(), standard_packs()
PLAN = StoredPlan(
    plan_id="p", season="s", mode="balanced", seed=0, model="", pack="", solved_on=ON, created_at=None, prices={}
)
POSTS = st.lists(vacancies(), min_size=1, max_size=6)
PEOPLE = st.lists(workers(), min_size=1, max_size=4)


@pytest.fixture(autouse=True)
def every_list_is_indexed(monkeypatch):
    for room in (short_round, rows_ahead):
        monkeypatch.setattr(room, "FEWEST_INDEXED", 0)
    # So few at a time that one relation takes several steps.
    monkeypatch.setattr(rows_ahead, "MOST_PAIRS", 4)


def means():
    return Means(packs=PACKS, settings=Settings(), model_body=MODEL)


def numbered(records, name, letter):
    return [msgspec.structs.replace(one, **{name: f"{letter}{ix}"}) for ix, one in enumerate(records)]


def asked_at(revision):
    return Asked(on=ON, seed=3, public=True, plan=PLAN, revision=revision)


def index_of(use, store):
    ground = Ground(use.model, law_frame(use, ON, public=True), 3)
    return kept_indexes(use).of(store.records(Kind.VACANCIES, revision=1), ground, PLAN.prices)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(POSTS, PEOPLE)
def test_rows_told_ahead_are_those_a_search_tells(posts, people):
    posts, people = numbered(posts, "vacancy_id", "v"), numbered(people, "worker_id", "w")
    store, ahead, alone = Sharing([*people, *posts]), means(), means()
    n_told, index = tell_rows_ahead(store, ahead, asked_at(1)), index_of(ahead, store)
    assert (n_told > 0) == (len(index) > 0)
    lists = [
        [answer_recommend(store, use, call_of(person), plan=PLAN, revision=1)[0] for use in (ahead, alone)]
        for person in people
    ]
    assert all(msgspec.json.encode(told) == msgspec.json.encode(lazily) for told, lazily in lists)
    bare = index_of(alone, store)
    for person in people if len(index) else ():
        told, lazily = asking_of(index, person, 1), asking_of(bare, person, 1)
        for relation in range(len(told.keys)):
            assert np.array_equal(told.askers.row(0, relation), lazily.askers.row(0, relation))
        for relation, term in enumerate(("trade", "preferred_trade", "skills_preferred", "distance")):
            assert np.array_equal(
                told_of_codes(index, told, relation, term), told_of_codes(bare, lazily, relation, term)
            )
    assert tell_rows_ahead(store, ahead, asked_at(1)) == 0


def call_of(person):
    return Recommend(
        worker_id=person.worker_id, on=ON, jurisdiction="liujiang_2018", seed=3, top=6, explain=True, public=True,
        members=True, stretch=True,
    )  # fmt: skip


def test_nothing_is_told_ahead_beyond_half_of_the_room(monkeypatch):
    monkeypatch.setattr(rows_ahead, "MOST_BYTES", -1)
    assert tell_rows_ahead(Sharing([worker(), vacancy()]), means(), asked_at(1)) == 0
