"""The bulk workloads agree with their peers and with the way row by row, and a count that differs breaks them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.bench import bulk
from tests.bench.sizes import TINY


@pytest.mark.slow
@pytest.mark.parametrize(("form", "n_methods"), [("csv", 4 + bool(find_spec("polars"))), ("xlsx", 4)])
def test_every_method_counts_the_same_faults(form: str, n_methods: int, tmp_path: Path):
    table = getattr(bulk, form)(tmp_path, TINY)
    assert table.broken == []
    assert len(table.rows) == n_methods
    assert all((row.timing.peak_mib or 0) > 10 for row in table.rows)
    assert all(count > 0 for name, count in table.facts["faults"].items() if form == "csv" or name != "again")


@pytest.mark.slow
def test_the_likest_names_are_rapidfuzz_s():
    from tests.bench.trades import trades

    table = trades(TINY)
    assert table.broken == []
    assert all((row.timing.peak_mib or 0) > 10 for row in table.rows)


def test_a_count_that_differs_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from tests.bench.measure import Timing

    methods = ("ours", "made", "polars", "pandas_arrow", "csv_loop")
    laps = {name: {"wall": [1.0], "cpu": [1.0], "peak_mib": 1.0} for name in methods}
    counts = dict.fromkeys(("number", "phone"), 3)
    told = dict.fromkeys(("polars", "pandas_arrow"), counts) | {"csv_loop": counts | {"phone": 4}}
    value = {"laps": laps, "counts": told, "ours": counts, "problems": 6, "by_row": True}
    monkeypatch.setattr(bulk, "in_child", lambda *_, **__: Timing((1.0,), (1.0,), value, 1.0))
    (broken,) = bulk.csv(tmp_path, TINY).broken
    assert broken.startswith(bulk.LABELS["csv_loop"])
