"""Whoever watches is told how far the work is and how long it may still take; nobody else is told anything."""

from __future__ import annotations

import io
import re

import pytest

from matcher.cli import progress


class Terminal(io.StringIO):
    """A stderr that somebody watches."""

    def isatty(self):
        return True


class Clock:
    """Seconds that pass only when they are told to."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def watched(monkeypatch):
    """Runs steps, each so many seconds after the one before, and gives what was drawn: done, to come, seconds left."""
    terminal, clock = Terminal(), Clock()
    monkeypatch.setattr(progress, "time", clock)

    def drawn(seconds, total):
        # Not before: pytest puts its own in place for each phase of a test.
        monkeypatch.setattr(progress.sys, "stderr", terminal)
        with progress.ProgressBar("计划") as bar:
            for done, step in enumerate(seconds, 1):
                clock.now += step
                bar(done, total)
        text = terminal.getvalue()
        assert text.endswith("\n")
        return [tuple(map(int, found)) for found in re.findall(r"\r计划 \[#* *\] (\d+)/(\d+)，约还要(\d+)秒", text)]

    return drawn


def test_what_is_left_is_told_by_the_pace(watched):
    assert watched([10.0] * 4, 4) == [(1, 4, 30), (2, 4, 20), (3, 4, 10), (4, 4, 0)]


def test_rows_by_the_hundred_are_drawn_five_times_a_second(watched):
    drawn = watched([0.01] * 1_000, 1_000)
    assert 45 <= len(drawn) <= 52
    assert all(abs(left - (1_000 - done) / 100) <= 1 for done, _, left in drawn)


def test_parts_of_a_stopped_run_that_are_there_at_once_do_not_make_the_others_quick(watched):
    drawn = watched([2.0, *[0.001] * 8, 30.0, 30.0, 30.0], 14)
    assert drawn[0] == (1, 14, 26)
    # Five to ten parts of 30 s are left, and nine were there in the first two seconds.
    assert [(done, left >= 30 * (14 - done) / 2) for done, _, left in drawn[1:]] == [(10, True), (11, True), (12, True)]


def test_the_end_is_always_drawn(watched):
    assert watched([0.001] * 5, 5)[-1] == (5, 5, 0)


def test_nothing_to_do_is_done(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", terminal)
    with progress.ProgressBar("x") as bar:
        bar(0, 0)
    assert "0/0，约还要0秒" in terminal.getvalue()


def test_nobody_watches_a_file(monkeypatch):
    file = io.StringIO()
    monkeypatch.setattr(progress.sys, "stderr", file)
    with progress.ProgressBar("计划") as bar:
        bar(1, 2)
    assert not file.getvalue()
