"""What is kept of what askers were told is bounded by its bytes, and counts them right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from matcher.services.ground.told_rows import ToldRows


def row(n_bytes):
    return np.zeros(n_bytes // 8, dtype=np.int64)


def test_bytes_are_what_is_bounded_and_the_first_to_come_gives_way():
    kept = ToldRows(most_bytes=100)
    for key in "abc":
        kept.keep(key, row(40))
    assert kept.get("a") is None
    assert [kept.get(key) is not None for key in "bc"] == [True, True]
    assert kept.n_bytes == 80
    kept.keep("d", row(96))
    assert [kept.get(key) is not None for key in "bcd"] == [False, False, True]
    assert kept.n_bytes == 96


def test_a_row_beyond_all_room_drives_nobody_out():
    kept = ToldRows(most_bytes=100)
    kept.keep("a", row(40))
    kept.keep("whale", row(104))
    assert kept.get("whale") is None
    assert kept.n_bytes == 40


def test_the_same_key_is_counted_once():
    kept, first = ToldRows(most_bytes=100), row(40)
    kept.keep("a", first)
    kept.keep("a", row(40))
    assert kept.get("a") is first
    assert kept.n_bytes == 40


def test_many_threads_never_keep_more_than_there_is_room_for():
    kept = ToldRows(most_bytes=1_000)

    def work(key):
        kept.keep(key % 50, row(80))
        return kept.n_bytes

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(work, range(400)))
    assert max(seen) <= 1_000
    assert kept.n_bytes == sum(80 for key in range(50) if kept.get(key) is not None)
