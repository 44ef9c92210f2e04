"""Beds: rooms split so that the fewest are missing, against every split there is."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.allocation.beds import beds

ROOMS = st.lists(st.integers(1, 8), max_size=6)


@settings(max_examples=80, deadline=None)
@given(ROOMS, st.integers(0, 20), st.integers(0, 20))
def test_no_other_split_leaves_fewer_without_a_bed(rooms, n_first, n_second):
    found = beds(rooms, [True] * n_first + [False] * n_second)
    given = sum(rooms[at] for at in found.rooms)
    assert found.missing == (max(0, n_first - given), max(0, n_second - (sum(rooms) - given)))
    splits = [some for size in range(len(rooms) + 1) for some in combinations(rooms, size)]
    least = min(max(0, n_first - sum(s)) + max(0, n_second - sum(rooms) + sum(s)) for s in splits)
    assert sum(found.missing) == least


def test_rooms_that_do_not_split_name_the_missing_bed():
    assert beds([4, 4], [True] * 3 + [False] * 5).missing == (0, 1)
    assert beds([4, 4], [True] * 4 + [False] * 4).missing == (0, 0)


def test_whose_group_nobody_knows_has_no_bed_yet():
    assert beds([2], [True, None]).unknown == 1
