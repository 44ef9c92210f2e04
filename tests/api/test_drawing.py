"""The drawing of a waterfall is the table: bars join, and the last step ends where the last bar does."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.drawing import FULL, WIDTH, fall_rows, scaled, signed, stage_rows

DELTAS = st.lists(st.lists(st.integers(-3000, 3000).filter(bool), max_size=5), min_size=3, max_size=3)


@given(st.integers(-5000, 5000), DELTAS)
def test_bars_join_and_stay_inside(start, deltas):
    end = start + sum(map(sum, deltas))
    stages = [{"start": 0, "end": sum(part), "steps": [{"delta": delta} for delta in part]} for part in deltas]
    rows = fall_rows({"start": start, "end": end, "stages": stages})
    steps = [row for row in rows if row["kind"] in ("plus", "minus")]
    values = [start, *(row["value"] for row in steps)]
    assert values[-1] == rows[-1]["value"] == end
    for (before, after), row in zip(pairwise(values), steps, strict=True):
        assert (row["low"], row["high"]) == (min(before, after), max(before, after))
        assert row["kind"] == ("plus" if after > before else "minus")
    assert all(row["x"] >= 0 and row["x"] + row["width"] <= WIDTH + 1.1 for row in rows)
    assert [row["sum"] for row in rows if row["kind"] == "stage"] == [sum(part) for part in deltas]


@given(st.integers(-5000, 5000), st.lists(st.integers(-3000, 3000).filter(bool), max_size=8))
def test_a_stage_runs_from_its_start_to_its_sum(start, units):
    steps = [{"sentence": str(ix), "units": unit} for ix, unit in enumerate(units)]
    drawn = stage_rows({"start": start, "end": start + sum(units), "steps": steps})
    first, *shares, last = drawn["rows"]
    assert [row["units"] for row in drawn["rows"]] == [start, *units, start + sum(units)]
    level = start
    for row, unit in zip(shares, units, strict=True):
        assert row["kind"] == ("plus" if unit > 0 else "minus")
        assert (row["low"], row["high"]) == (min(level, level + unit), max(level, level + unit))
        level += unit
    for row, end in ((first, start), (last, level)):
        assert (row["kind"], row["low"], row["high"]) == ("sum", min(0, end), max(0, end))
    assert 0 <= drawn["axis"] <= WIDTH
    assert all(row["x"] >= 0 and row["x"] + row["width"] <= WIDTH + 1.1 for row in drawn["rows"])


@pytest.mark.parametrize(("count", "counts", "length"), [(0, [], 0), (0, [0], 0), (5, [5, 2], FULL), (2, [5, 2], 120)])
def test_the_longest_count_fills_the_drawing(count, counts, length):
    assert scaled(count, counts) == length


@pytest.mark.parametrize(("number", "said"), [(5, "+5"), (-5, "−5"), (0, "0")])
def test_a_share_has_a_sign(number, said):
    assert signed(number) == said
