"""The index of workers orders as a whole round orders, and many who ask are told what each alone is told."""

from __future__ import annotations

import numpy as np
import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher import kernels, scoring, shortlist
from matcher.kernels.ranking import order_named
from matcher.policy import standard_packs
from matcher.policy.types import Mode
from matcher.scoring import hand_card
from matcher.scoring.kernel import band_thresholds, logistic_table
from matcher.services.ground.asking import asking_of
from matcher.services.ground.many_askers import (
    askers_of,
    coded_workers,
    shelved_workers,
    vacancies_asking,
    vacancy_asking,
)
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, indexed
from matcher.services.rounds.match_round import Brief, Rosters, law_frame, prepare
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
SEED, TOP = 3, 4
MODES = (Mode.LEXICOGRAPHIC_IN_BAND, Mode.STRICT_TIER, Mode.TIE_BREAK)
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PEOPLE = st.integers(1, 6).flatmap(lambda n: st.tuples(*(workers(worker_id=f"w{i}") for i in range(n))))
GROUND = Ground(MEANS.model, law_frame(MEANS, ON), SEED)


def ranking(order, floor):
    return kernels.Ranking(logistic_table(), order_named(order.value), band_thresholds(100), floor)


def in_standing(people, ranked):
    """The index of a roster in the standing of `ranked`."""
    codes, book, own = coded_workers(people, GROUND)
    keys = shortlist.tie_keys([person.worker_id for person in people], SEED)
    return shelved_workers(codes, book, own, keys, GROUND, ranked)


@SLOW
@given(people=PEOPLE, post=vacancies(), order=st.sampled_from(MODES), permille=st.sampled_from([1, 350]))
def test_the_index_orders_as_the_round_orders(people, post, order, permille):
    floor = scoring.fit_floor(permille)
    brief = Brief(on=ON, jurisdiction="liujiang_2018", seed=SEED, prices={})
    solved = prepare(Rosters(workers=people, vacancies=[post], households={}), MEANS, brief)
    keys = (solved.worker_keys, solved.vacancy_keys)
    listed = shortlist.candidate_list(solved.pairs, *keys, top=TOP, floor=floor, order=order)
    rows = zip(listed.worker_ix.tolist(), listed["verdict"].tolist(), listed["fit"].tolist(), strict=True)
    index = in_standing(people, solved.ranked)
    found = kernels.fastest(vacancy_asking(index, post), index.shelf, ranking(order, floor), top=TOP)
    told = zip(found.at[0].tolist(), found.verdict[0].tolist(), found.worth[0].tolist(), strict=True)
    assert [(int(index.shelf.rows.number[at]), *line) for at, *line in told if at >= 0] == (
        list(rows) if solved.pairs["verdict"].size else []
    )


@pytest.fixture(scope="module")
def market():
    people = [
        worker(f"w{n}", wage_floor_yuan_month=2800 + 300 * n, trades=("缝纫工", "电焊工")[n % 2 :]) for n in range(6)
    ]
    posts = [
        vacancy(f"v{n}", title=("缝纫工", "保安")[n % 2], wage_low_yuan_month=2500 + 200 * n, age_max=30 + 5 * n)
        for n in range(7)
    ]
    return people, posts


def test_many_workers_are_told_what_each_alone_is_told(market):
    people, posts = market
    index = indexed(posts, GROUND)
    rules = kernels.Ranking(logistic_table(), 0, band_thresholds(100))
    factor = np.array([1 << 18] * 3 + [5 << 16] * 3, dtype=np.int64)
    together = kernels.fastest(askers_of(index, people, factor), index.shelf, rules, top=TOP)
    for ix, person in enumerate(people):
        alone = kernels.fastest(asking_of(index, person, int(factor[ix])).askers, index.shelf, rules, top=TOP)
        assert alone.at[0].tolist() == together.at[ix].tolist()
        assert alone.worth[0].tolist() == together.worth[ix].tolist()


def test_many_vacancies_are_told_what_each_alone_is_told(market):
    people, posts = market
    index = indexed(posts, GROUND)
    brief = Brief(on=ON, jurisdiction="liujiang_2018", seed=SEED, prices={})
    ranked = prepare(Rosters(workers=people, vacancies=posts, households={}), MEANS, brief).ranked
    crowd = in_standing(people, ranked)
    rules = ranking(Mode.LEXICOGRAPHIC_IN_BAND, 0)
    together = kernels.fastest(vacancies_asking(index, crowd.book), crowd.shelf, rules, top=TOP)
    by_id = {post.vacancy_id: post for post in posts}
    for line, number in enumerate(index.shelf.rows.number.tolist()):
        alone = kernels.fastest(vacancy_asking(crowd, by_id[index.ids[number]]), crowd.shelf, rules, top=TOP)
        assert alone.at[0].tolist() == together.at[line].tolist()
        assert alone.worth[0].tolist() == together.worth[line].tolist()
