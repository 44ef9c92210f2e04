"""The drawing of a waterfall is the table: bars join, and the last step ends where the last bar does."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.broker.drawing import WIDTH, fall_rows, signed

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


@pytest.mark.parametrize(("number", "said"), [(5, "+5"), (-5, "−5"), (0, "0")])
def test_a_share_has_a_sign(number, said):
    assert signed(number) == said
