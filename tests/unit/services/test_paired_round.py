"""A round made for lists by vacancy drops people without a pair and changes nothing else."""

from __future__ import annotations

import numpy as np
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.policy import standard_packs
from matcher.records import TravelRange
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import listed_of, told_list
from matcher.services.rounds.match_round import Brief, Rosters, prepare
from matcher.services.rounds.whole_order import whole_order
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(fit_floor_permille=1), model_body=hand_card())


def rounds(people, posts):
    """The same round with everybody and with the paired only."""
    rosters = Rosters(workers=people, vacancies=posts, households={})
    return [prepare(rosters, MEANS, brief(paired_only)) for paired_only in (False, True)]


def brief(paired_only):
    return Brief(on=ON, jurisdiction="liujiang_2018", seed=3, prices={}, paired_only=paired_only)


def rows(solved):
    """Pairs by ids with every column but the position."""
    names = [name for name in solved.pairs.columns if name != "row"]
    return [
        (
            solved.rosters.workers[w].worker_id,
            solved.rosters.vacancies[v].vacancy_id,
            *(int(solved.pairs[name][i]) for name in names),
            *(int(column[solved.pairs["row"][i]]) for column in solved.values.values()),
        )
        for i, (w, v) in enumerate(zip(solved.pairs.worker_ix, solved.pairs.vacancy_ix, strict=True))
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 6).flatmap(lambda n: st.tuples(*(workers(worker_id=f"w{i}") for i in range(n)))),
    st.integers(1, 3).flatmap(lambda n: st.tuples(*(vacancies(vacancy_id=f"v{i}") for i in range(n)))),
)
def test_the_same_pairs_and_lists_with_fewer_people(people, posts):
    whole, paired = rounds(people, posts)
    assert rows(paired) == rows(whole)
    for post in posts:
        rosters = Rosters(workers=people, vacancies=(post,), households={})
        orders = [whole_order(rosters, MEANS, brief(paired_only)) for paired_only in (False, True)]
        whole, paired = (told_list(order, listed_of(order, top=5), explain=True) for order in orders)
        assert whole == paired


def test_people_without_a_pair_are_not_in_the_round():
    people = (
        worker("w1"),
        worker("unwilling", wish_to_work=False),
        worker("near", travel_range=TravelRange.VILLAGE),
        worker("refused", birth_date=ON.replace(year=ON.year - 15)),
        worker("w5"),
    )
    whole, paired = rounds(people, (vacancy(place_code="440000"),))
    assert [w.worker_id for w in paired.rosters.workers] == ["w1", "w5"]
    assert len(whole.rosters.workers) == 5
    assert np.array_equal(paired.pairs.worker_ix, [0, 1])
    assert len(paired.ranked.results) == 2


def test_a_vacancy_nobody_can_take_leaves_an_empty_round():
    post = vacancy(headcount=0)
    _, paired = rounds((worker("w1"),), (post,))
    assert paired.rosters.workers == []
    everybody = whole_order(Rosters(workers=(worker("w1"),), vacancies=(post,), households={}), MEANS, brief(True))
    assert told_list(everybody, listed_of(everybody, top=5), explain=False)["items"] == []
