"""Pages of any list: nothing twice, nothing left out, whatever comes in front between two of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rosters_in_memory import InMemory

from matcher.errors import StaleCursor
from matcher.services.ground.cursors import page_behind, query_digest

ASKED = query_digest(["imports", ["4502"]])


def paged(store, rows, cursor="", *, limit=2, asked=ASKED):
    return page_behind(store, asked, cursor, rows, [str(row) for row in rows], limit=limit)


@given(st.integers(0, 20), st.integers(1, 7))
def test_the_pages_are_the_list(n_rows, limit):
    store, rows, seen, cursor = InMemory([]), list(range(n_rows)), [], ""
    while True:
        page, following = paged(store, rows, cursor, limit=limit)
        seen += page
        if following is None:
            break
        assert len(page) == limit
        cursor = following
    assert seen == rows


def test_what_comes_in_front_between_two_pages_moves_no_row():
    store = InMemory([])
    first, cursor = paged(store, [3, 2, 1])
    assert (first, paged(store, [5, 4, 3, 2, 1], cursor)) == ([3, 2], ([1], None))


def test_a_cursor_whose_row_has_gone_is_stale():
    store = InMemory([])
    _, cursor = paged(store, [3, 2, 1])
    with pytest.raises(StaleCursor, match="no longer there"):
        paged(store, [3, 1], cursor)


@pytest.mark.parametrize("asked", [["imports", []], ["imports", ["4503"]], ["problems", "4502"]])
def test_a_cursor_of_another_list_is_stale(asked):
    store = InMemory([])
    _, cursor = paged(store, [3, 2, 1])
    with pytest.raises(StaleCursor, match="another query"):
        paged(store, [3, 2, 1], cursor, asked=query_digest(asked))


def test_an_empty_database_turns_its_pages_too():
    store = InMemory([])
    store.revision = lambda: 0
    _, cursor = paged(store, [3, 2, 1])
    assert paged(store, [3, 2, 1], cursor) == ([1], None)
