"""Blocking leaves out only pairs that a limit refuses, and says the same as a plain double loop."""

from __future__ import annotations

import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import candidates
from matcher.candidates import homes, is_open, openings, within_reach
from matcher.geography import place_class
from matcher.records import Channel, TravelRange


def plain(people, posts):
    """Worker by worker, vacancy by vacancy."""
    return [
        (w, v)
        for w, one in enumerate(people)
        for v, post in enumerate(posts)
        if one.wish_to_work is not False
        and is_open(post, ON)
        and accepts(one, place_class(one.place_code, post.place_code).rank)
    ]


def accepts(one, rank):
    """The stated range holds; without one a no to going out keeps somebody in the township."""
    if one.travel_range is not None:
        return rank <= one.travel_range.rank
    return one.wish_to_go_out is not False or rank <= TravelRange.TOWNSHIP.rank


def made(people, posts):
    pairs = within_reach(homes(people), openings(posts, ON))
    return list(zip(pairs.worker_ix.tolist(), pairs.vacancy_ix.tolist(), strict=True))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.lists(workers(), max_size=6), st.lists(vacancies(), max_size=6))
def test_the_pairs_of_a_double_loop_in_its_order(people, posts):
    assert made(people, posts) == plain(people, posts)


def test_the_same_pairs_when_few_are_compared_at_once(monkeypatch):
    people = [worker(f"w{n}", travel_range=reach, place_code=home) for n, (reach, home) in enumerate(
        (reach, home) for reach in (None, *TravelRange) for home in ("450206100201", "450222", "441900")
    )]  # fmt: skip
    posts = [vacancy(f"v{n}", place_code=place) for n, place in enumerate(("450206", "450202", "441900", "450206"))]
    whole = made(people, posts)
    monkeypatch.setattr(candidates, "N_AT_ONCE", 1)
    assert made(people, posts) == whole == plain(people, posts)


def test_plots_and_empty_rosters_make_no_pair():
    assert made([worker()], [vacancy(channel=Channel.MICRO_FARM)]) == []
    assert made([], [vacancy()]) == made([worker()], []) == made([], []) == []
