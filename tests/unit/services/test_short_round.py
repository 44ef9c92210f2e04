"""A list by the index is the list of the whole round to the last byte, before and after imports."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rosters_in_memory import InMemory, Sharing
from stated_bands import stating

from matcher.policy import standard_packs
from matcher.ports import Shared, StoredPlan
from matcher.records import Channel, Household
from matcher.scoring import hand_card
from matcher.services.ground.kept_index import KeptIndexes, differences
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground
from matcher.services.rounds import short_round
from matcher.services.rounds.match_round import law_frame
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.settings import Settings

MODEL, PACKS = hand_card(), standard_packs()
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POSTS = st.lists(vacancies(), min_size=1, max_size=7)
PLANS = st.builds(
    StoredPlan,
    plan_id=st.just("p"), season=st.just("s"), mode=st.sampled_from(["balanced", "priced"]), seed=st.just(0),
    model=st.just(""), pack=st.just(""), solved_on=st.just(ON), created_at=st.none(),
    prices=st.dictionaries(st.sampled_from(["v0", "v1", "v2"]), st.floats(-1, 1)),
)  # fmt: skip


@pytest.fixture(autouse=True)
def every_list_is_indexed(monkeypatch):
    monkeypatch.setattr(short_round, "FEWEST_INDEXED", 0)


def means(floor=1, packs=PACKS):
    return Means(packs=packs, settings=Settings(fit_floor_permille=floor), model_body=MODEL)


def of_document(floor):
    """The floor as a county's own pack states it, against settings that say otherwise."""
    return means(1000 - floor, stating("general", floor_permille=floor))


def named(posts, first=0):
    return [msgspec.structs.replace(post, vacancy_id=f"v{ix}") for ix, post in enumerate(posts, first)]


@SLOW
@given(st.data())
def test_the_answers_are_those_of_the_whole_round(data):
    person = msgspec.structs.replace(data.draw(workers()), household_id="h0")
    home = Household(household_id="h0", employed_members=data.draw(st.integers(0, 1)))
    plot = vacancy("plot", channel=Channel.MICRO_FARM)
    first, plan = named(data.draw(POSTS)), data.draw(st.none() | PLANS)
    second = named(data.draw(POSTS), first=data.draw(st.integers(0, 5)))
    floor = data.draw(st.sampled_from([1, 400, 500]))
    kept, stores = means(floor), (Sharing([person, home, plot, *first]), InMemory([person, home, plot, *first]))
    for store in stores:
        store.replace([person, home, plot, *{v.vacancy_id: v for v in (*first, *second)}.values()])
    call = Recommend(
        worker_id=person.worker_id, on=ON, jurisdiction="liujiang_2018", seed=3, top=data.draw(st.integers(1, 6)),
        explain=True, refused=True, public=data.draw(st.booleans()), members=True, stretch=data.draw(st.booleans()),
    )  # fmt: skip
    for revision in (1, 2, 1):
        told, whole = (
            answer_recommend(store, use, call, plan=plan, revision=revision)
            for store, use in zip(stores, (kept, means(floor)), strict=True)
        )
        assert msgspec.json.encode(told[0]) == msgspec.json.encode(whole[0])
        assert told[1] == whole[1]
        encoded, _ = answer_recommend(stores[0], kept, call, plan=plan, revision=revision, as_json=True)
        assert msgspec.json.encode(encoded) == msgspec.json.encode(told[0])


def test_an_index_is_carried_on_where_little_changed(monkeypatch):
    posts = [vacancy(f"v{n:02}") for n in range(40)]
    more = [*posts[1:], msgspec.structs.replace(posts[0], filled=10), vacancy("v99")]
    keeper, ground, prices = KeptIndexes(), Ground(means().model, law_frame(means(), ON), 0), {}
    before = Shared(posts)
    older = keeper.of(before, ground, prices)
    monkeypatch.setattr("matcher.services.ground.kept_index.indexed", None)
    newer = keeper.of(Shared(more), ground, prices)
    assert keeper.of(before, ground, prices) is older
    assert set(newer.numbers) == {*(f"v{n:02}" for n in range(1, 40)), "v99"}
    assert len(older) == len(newer) == 40


def test_another_plan_changes_the_prices_of_an_index_alone(monkeypatch):
    posts, ground = Shared([vacancy("a"), vacancy("b")]), Ground(means().model, law_frame(means(), ON), 0)
    keeper = KeptIndexes()
    keeper.of(posts, ground, {})
    monkeypatch.setattr("matcher.services.ground.kept_index.indexed", None)
    index = keeper.of(posts, ground, {"b": 0.5})
    by_id = dict(zip([index.ids[n] for n in index.shelf.rows.number], index.shelf.rows.price.tolist(), strict=True))
    assert by_id == {"a": 0, "b": 1 << 29}


def test_a_replay_of_an_older_plan_leaves_the_present_index_as_it_is(monkeypatch):
    posts, ground = Shared([vacancy("a"), vacancy("b")]), Ground(means().model, law_frame(means(), ON), 0)
    keeper = KeptIndexes()
    today = keeper.of(posts, ground, {"b": 0.5})
    older = keeper.of(posts, ground, {"a": 0.25})
    monkeypatch.setattr("matcher.services.ground.kept_index.repriced", None)
    # A plan that is read again is another object of the same content.
    assert keeper.of(posts, ground, {"b": 0.5}) is today
    assert keeper.of(posts, ground, {"a": 0.25}) is older


def test_whoever_asks_while_another_writes_gets_a_whole_index():
    ground = Ground(means().model, law_frame(means(), ON), 0)
    states = [Shared([vacancy(f"v{n:02}") for n in range(at, 40)]) for at in range(4)]
    plans = [{f"v{n:02}": share for n in range(40)} for share in (0.25, 0.5)]
    keeper = KeptIndexes()

    def ask(turn):
        posts, prices = states[turn % 4], plans[turn // 4 % 2]
        index = keeper.of(posts, ground, prices)
        ids = sorted(index.ids[number] for number in index.shelf.rows.number.tolist())
        whole = ids == [post.vacancy_id for post in posts]
        return whole and set(index.shelf.rows.price.tolist()) == {int(prices["v39"] * (1 << 30))}

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(ask, range(48)))


def test_what_differs_between_two_lists():
    before = [vacancy("a"), vacancy("b"), vacancy("c")]
    after = [vacancy("a"), vacancy("b", filled=1), vacancy("d")]
    written, gone = differences(before, after)
    assert [post.vacancy_id for post in written] == ["b", "d"]
    assert gone == ["c"]


@pytest.mark.parametrize("floored", [means, of_document], ids=["of_settings", "of_document"])
def test_what_widens_the_choice_is_good_enough_whatever_stands_before_it(floored):
    cleaning = {"title": "保洁员", "headcount": 50}
    posts = [vacancy(f"v{n}", headcount=50) for n in range(6)]
    fair = vacancy("fair", **cleaning)
    # A price below zero puts it before the fair one, however little its pay makes it fit.
    cheap = vacancy("cheap", **cleaning, wage_low_yuan_month=1000, wage_high_yuan_month=1200)
    person, call = worker(), {"on": ON, "jurisdiction": "liujiang_2018", "seed": 3, "top": 5}
    plan = StoredPlan(
        plan_id="p", season="s", mode="balanced", seed=0, model="", pack="", solved_on=ON, created_at=None,
        prices={"cheap": -0.9} | {post.vacancy_id: -1.0 for post in posts},
    )  # fmt: skip

    def last(store, floor):
        asked = Recommend(worker_id=person.worker_id, **call, stretch=True)
        answer, _ = answer_recommend(store, floored(floor), asked, plan=plan, revision=1)
        line = answer["lists"][0]["items"][-1]
        return line["vacancy_id"], line["stretch"]

    for store in (Sharing([person, fair, cheap, *posts]), InMemory([person, fair, cheap, *posts])):
        assert [last(store, floor) for floor in (1, 500)] == [("cheap", True), ("fair", True)]
        assert not last(store, 999)[1]
