"""Nobody waits for a compiler: until it is done, or where it cannot keep what it makes, numpy says the same."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import numpy as np
import pytest
from drawn_shelves import as_arrays, market
from factories import vacancy

from matcher import kernels, machine_code
from matcher.kernels import everybody, ready, use
from matcher.records import Kind
from matcher.services.rounds import short_round
from matcher.settings import Settings


@pytest.fixture
def not_ready(monkeypatch):
    monkeypatch.setattr(use, "NOW_READY", type(use.NOW_READY)())
    monkeypatch.setattr(ready, "NOW_READY", use.NOW_READY)


def drawn(seed, **size):
    return as_arrays(market(seed, order=0, **size))


def test_what_is_made_ready_is_what_one_who_asks_needs(not_ready):
    assert not kernels.is_ready()
    assert kernels.make_ready()
    assert kernels.is_ready()
    search, tell = use.loops().first_of_each, everybody._loop().tell
    made = len(search.signatures), len(tell.signatures)
    for seed in range(3):
        askers, shelf, ranking = drawn(seed, n_who=1)
        told = kernels.fastest(askers, shelf, ranking, top=5)
        plain = use.interpreted(askers, shelf, ranking, top=5)
        assert all(np.array_equal(getattr(told, name), getattr(plain, name)) for name in ("at", "verdict", "worth"))
        everybody.everybody(askers, shelf, ranking.logistic)
    assert (len(search.signatures), len(tell.signatures)) == made


def test_until_it_is_ready_nobody_waits(not_ready, monkeypatch):
    monkeypatch.setattr(use, "loops", None)
    askers, shelf, ranking = drawn(1)
    assert len(kernels.fastest(askers, shelf, ranking, top=2).at) == len(askers)


def test_a_cache_that_cannot_be_written_leaves_numpy_and_is_said(not_ready, monkeypatch, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(machine_code.CACHE, str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(use, "MANY_PAIRS", 0)
    monkeypatch.setattr(use, "loops", None)
    assert not kernels.make_ready(tmp_path)
    assert not machine_code.is_available()
    askers, shelf, ranking = drawn(2)
    assert len(kernels.fastest(askers, shelf, ranking, top=2).at) == len(askers)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "numpy does their work" in caplog.text


def test_where_the_user_has_no_cache_the_home_keeps_it(not_ready, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.delenv(machine_code.CACHE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    made = []
    monkeypatch.setattr(ready, "compiled", lambda *_, **__: made.append(machine_code.kept_in()))
    monkeypatch.setattr(ready, "everybody", SimpleNamespace(compiled=lambda *_: None))
    assert kernels.make_ready(tmp_path / "home")
    assert made == [tmp_path / "home" / "numba"]
    monkeypatch.delenv(machine_code.CACHE)


def test_a_user_without_a_home_has_no_cache(monkeypatch):
    def nowhere():
        raise RuntimeError

    monkeypatch.delenv(machine_code.CACHE, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(machine_code.Path, "home", nowhere)
    assert machine_code.kept_in() is None


def test_only_a_large_county_brings_the_compiler_in(monkeypatch):
    asked = []
    monkeypatch.setattr(kernels, "make_ready", lambda home: asked.append(home) or True)
    rosters = {Kind.VACANCIES: [vacancy("a"), vacancy("b")], Kind.WORKERS: []}
    store, means = SimpleNamespace(records=rosters.__getitem__), SimpleNamespace(settings=Settings())
    assert not short_round.make_search_ready(store, means)
    monkeypatch.setattr(short_round, "FEWEST_COMPILED", 2)
    assert short_round.make_search_ready(store, means)
    assert asked == [Settings().home]
