"""Classes and fairs reckoned as loops would: exact places of a class, people of a fair counted once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.office.planning import Fair, alone, invited, placed, readings, together
from matcher.services.office.fair_worth import days_to_choose

PAIRS = st.sets(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=12)
PLACES = st.lists(st.integers(0, 2), min_size=4, max_size=4)


def most_by_hand(wanted, places):
    """Slots of places given out in every order: the most people served."""
    slots = [post for post, n in enumerate(places) for _ in range(n)]
    people = sorted({person for person, _ in wanted})
    return max(
        (
            sum((person, slot) in wanted for person, slot in zip(order, slots, strict=False))
            for order in permutations([*people, *[-1] * max(0, len(slots) - len(people))], len(slots))
        ),
        default=0,
    )


@settings(max_examples=60, deadline=None)
@given(PAIRS, st.lists(st.integers(0, 1), min_size=4, max_size=4), st.integers(0, 6))
def test_a_class_places_as_many_as_any_assignment_can(wanted, places, seats):
    assert placed(wanted, dict(enumerate(places)), seats) == min(seats, most_by_hand(wanted, places))


def test_somebody_moves_on_so_that_another_is_placed():
    wanted = [(0, 0), (0, 1), (1, 0), (2, 0)]
    assert placed(wanted, {0: 1, 1: 1}, 9) == 2
    assert placed(wanted, {0: 2, 1: 1}, 9) == 3
    assert placed(wanted, {0: 2, 1: 1}, 2) == 2
    assert placed(wanted, {}, 9) == 0


def fair_of(pairs, employer, places):
    worker, post, chance = zip(*pairs, strict=True) if pairs else ((), (), ())
    ints = [np.array(each, dtype=np.intp) for each in (worker, post)]
    return Fair(*ints, np.array(chance, dtype=np.float64), np.array(employer), np.array(places))


def by_hand(pairs, posts, places):
    """What the posts take on together, person by person."""
    best = {}
    for worker, post, chance in sorted(pairs):
        if post in posts and places[post] and chance > best.get(worker, (0.0, -1))[0]:
            best[worker] = (chance, post)
    filled = dict.fromkeys(posts, 0.0)
    for chance, post in best.values():
        filled[post] += chance
    return {post: min(n, places[post]) for post, n in filled.items()}


@settings(max_examples=60, deadline=None)
@given(PAIRS, st.lists(st.integers(0, 2), min_size=4, max_size=4), PLACES, st.randoms(use_true_random=False))
def test_everybody_counts_once_and_no_post_beyond_its_places(keys, employer, places, random):
    pairs = [(worker, post, random.randint(1, 8) / 8) for worker, post in sorted(keys)]
    fair = fair_of(pairs, employer, places)
    told = together(fair)
    assert np.allclose(told, [by_hand(pairs, range(4), places)[post] for post in range(4)])
    for one, n in enumerate(alone(fair)):
        posts = [post for post in range(4) if employer[post] == one]
        assert np.isclose(n, sum(by_hand(pairs, posts, places).values()))
    assert told.sum() <= len({worker for worker, _, _ in pairs})


def test_a_fair_nobody_is_near_brings_nobody():
    fair = fair_of([], [0, 1], [3, 3])
    assert together(fair).sum() == alone(fair).sum() == 0


def test_whoever_is_invited_adds_something_and_the_likeliest_comes_first():
    pairs = [(0, 0, 0.9), (1, 0, 0.8), (0, 1, 0.7), (1, 1, 0.1), (2, 2, 0.5)]
    fair = fair_of(pairs, [0, 1, 2], [2, 2, 2])
    assert invited(fair, 3) == [0, 2]
    assert invited(fair, 1) == [0]
    assert np.isclose(together(fair.of(np.isin(fair.post, [0, 2]))).sum(), together(fair).sum())


@settings(max_examples=40, deadline=None)
@given(PAIRS, st.lists(st.integers(0, 2), min_size=4, max_size=4), PLACES)
def test_nobody_is_invited_twice_or_for_nothing(keys, employer, places):
    fair = fair_of([(worker, post, (worker + post + 1) / 10) for worker, post in sorted(keys)], employer, places)
    chosen = invited(fair, 9)
    assert len(set(chosen)) == len(chosen)
    assert all(alone(fair)[one] > 0 for one in chosen)
    assert bool(chosen) == bool(together(fair).sum() > 0)


def test_a_post_without_a_place_draws_nobody_away():
    fair = fair_of([(0, 0, 0.3), (0, 1, 0.4)], [0, 1], [1, 0])
    assert np.allclose(together(fair), [0.3, 0.0])
    assert invited(fair, 2) == [0]


def test_the_readings_of_classes_and_fairs_are_data():
    said = readings()
    assert (said.course.seats, said.course.most_seats, said.course.most_asked) == (30, 500, 1000)
    assert (said.fair.most_asked, said.fair.most_invited, said.fair.days_after) == (100, 10, 30)


@given(st.dates(date(2018, 1, 1), date(2020, 12, 31)))
def test_fairs_are_offered_on_saturdays_people_can_still_be_told_of(on):
    days = days_to_choose(on)
    assert len(days) == readings().fair.days_offered
    assert all(day.isoweekday() == 6 for day in days)
    assert timedelta(days=7) <= days[0] - on < timedelta(days=14)
    assert all(after - before == timedelta(weeks=1) for before, after in pairwise(days))
