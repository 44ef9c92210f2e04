"""The searches of the bench agree with a loop and with SQL; what a load was answered is told, faults first."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SIZES = {"load_kiosks": 2, "load_brokers": 1, "load_seconds": 10, "load_workers": 100}


@pytest.fixture(scope="module")
def module():
    """Import a module of the bench by its short name."""
    return lambda name: importlib.import_module(f"tests.bench.{name}")


def test_a_tiny_county_is_searched_alike_by_columns_loop_and_sql(module, tmp_path):
    module("county").fill_store(folder=str(tmp_path), workers=300, vacancies=60)
    tasks = module("search_tasks")
    _, ours = tasks.ours(str(tmp_path), repeats=1)
    _, plain = tasks.plain(str(tmp_path))
    assert ours["found"] == plain["found"]
    assert sum(found[0] > 0 for found in plain["found"].values()) > 5
    for method in (tasks.full_text, tasks.like):
        _, counted = method(str(tmp_path), repeats=1)
        assert counted["n"] == counted["looped"]
        assert sum(counted["n"].values()) > 0


def test_a_load_is_told_by_who_asked_and_what(module):
    loads = module("loads")
    told = {
        "kiosk": [["GET /kiosk", 0.1, 200]] * 19 + [["GET /kiosk/jobs/demo-450206-v000001/why", 0.9, 200]],
        "broker": [["GET /broker/orders/demo-450206-v000001", 0.2, 200], ["GET /broker/orders/demo-1-v2", 0.4, 200]],
    }
    table = loads.told_table(told, SIZES)
    assert table.broken == []
    assert [row.method for row in table.rows] == [
        "all kiosks", "all brokers", "GET /broker/orders/…", "GET /kiosk", "GET /kiosk/jobs/…/why",
    ]  # fmt: skip
    assert [(goal.measured, goal.met) for goal in table.goals] == [(0.9, False), (0.4, True)]
    assert table.facts["pages a second"] == 2.2


@pytest.mark.parametrize("status", [0, 302, 404, 500, 503])
def test_any_answer_but_a_page_is_a_fault_of_the_load(module, status):
    told = {"kiosk": [["GET /kiosk", 0.1, 200]], "broker": [["GET /broker", 0.1, status]]}
    assert module("loads").told_table(told, SIZES).broken == [f"GET /broker -> {status}: 1 times"]
    assert module("loads").told_table({"kiosk": [], "broker": []}, SIZES).broken == ["nobody asked"]
