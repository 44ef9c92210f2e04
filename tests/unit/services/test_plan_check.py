"""A plan's lists against their promises: silent about every plan, each broken promise named, and nothing of it kept."""

from __future__ import annotations

import copy
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from test_plan_parts import AT, Planned, call, means

from matcher.errors import InvalidInput
from matcher.ports import InTurn
from matcher.services.rounds import plan_check, plan_season
from matcher.services.rounds.plan_check import require_kept
from matcher.services.rounds.season import asked


@pytest.fixture(scope="module")
def plan():
    """A season of the small county, the first line and everybody's list."""
    season = asked(Planned(), means(), call())
    return season, *plan_season.solve(season, InTurn(), plan_season.no_progress)


def broken(season, line, told):
    """The promises that are named, each with what was found."""
    with pytest.raises(InvalidInput) as refused:
        require_kept(season, line, told)
    assert all(problem.fix and problem.expected for problem in refused.value.problems)
    return {problem.column: problem.found for problem in refused.value.problems}


def spoiled(told, least=1):
    """A copy of the lists, and its first list of so many lines and more."""
    changed = copy.deepcopy(told)
    return changed, next(entry for entry in changed if len(entry["items"]) >= least)


def named(entry, item):
    return f"{entry['worker_id']} 的 {item['vacancy_id']}"


def test_a_plan_keeps_every_promise(plan):
    season, line, told = plan
    assert sum(len(entry["items"]) for entry in told) > 100
    require_kept(season, line, told)


@pytest.mark.parametrize("change", [lambda told: told[1:], lambda told: told[::-1], lambda told: [*told, told[0]]])
def test_everybody_has_one_list(plan, change):
    season, line, told = plan
    assert "people" in broken(season, line, change(told))


def test_a_list_is_no_longer_than_asked_and_names_no_post_twice(plan):
    season, line, told = plan
    changed, entry = spoiled(told, 3)
    entry["items"].append(entry["items"][-1])
    assert broken(season, line, changed) == {what: named(entry, entry["items"][-1]) for what in ("length", "twice")}


def test_what_was_shown_is_not_shown_again(plan):
    season, line, told = plan
    changed, entry = spoiled(told)
    shown = {entry["worker_id"]: frozenset({entry["items"][0]["vacancy_id"]})}
    assert broken(replace(season, shown=shown), line, changed) == {"shown": named(entry, entry["items"][0])}


def test_the_better_comes_first_at_the_price_of_the_plan(plan):
    season, line, told = plan
    changed, entry = spoiled(told, 2)
    entry["items"][1]["score"] = entry["items"][0]["score"] + 1e-9
    assert broken(season, line, changed) == {"order": named(entry, entry["items"][1])}
    changed, entry = spoiled(told)
    entry["items"][0]["slot_price"] += 0.25
    assert broken(season, line, changed) == {"price": named(entry, entry["items"][0])}


def test_a_post_that_is_shut_or_unknown_is_named(plan):
    season, line, told = plan
    changed, entry = spoiled(told)
    item = entry["items"][0]
    posts = list(season.rosters.vacancies)
    at = next(ix for ix, post in enumerate(posts) if post.vacancy_id == item["vacancy_id"])
    posts[at] = msgspec.structs.replace(posts[at], filled=posts[at].headcount)
    found = broken(replace(season, rosters=replace(season.rosters, vacancies=posts)), line, told)
    assert {"vacancy", "eligibility"} == found.keys()
    item["vacancy_id"] = "nobody"
    assert broken(season, line, changed)["vacancy"] == named(entry, item)


def test_a_pair_that_may_not_be_offered_is_named_by_its_records(plan, monkeypatch):
    season, line, told = plan
    workers = list(season.rosters.workers)
    at = next(ix for ix, entry in enumerate(told) if ix % 3 and entry["items"])
    workers[at] = msgspec.structs.replace(workers[at], wish_to_work=False)
    other = replace(season, rosters=replace(season.rosters, workers=workers))
    assert broken(other, line, told)["eligibility"].startswith(f"{workers[at].worker_id} 的")
    # Where people are many every so many-th is judged anew, and this one is not of them.
    monkeypatch.setattr(plan_check, "SAMPLE", len(workers) // 3)
    monkeypatch.setattr(plan_check, "SAMPLE_LINES", sum(len(entry["items"]) for entry in told) // 3)
    require_kept(other, line, told)


@pytest.mark.parametrize("blind", ["_by_columns", "_by_rules"])
def test_columns_and_plain_rules_each_name_a_refused_pair_without_the_other(plan, monkeypatch, blind):
    season, line, told = plan
    workers = list(season.rosters.workers)
    at = next(ix for ix, entry in enumerate(told) if entry["items"])
    workers[at] = msgspec.structs.replace(workers[at], wish_to_work=False)
    monkeypatch.setattr(plan_check, blind, lambda lines, *_: np.zeros(len(lines.post), dtype=np.bool_))
    other = replace(season, rosters=replace(season.rosters, workers=workers))
    assert broken(other, line, told)["eligibility"].startswith(f"{workers[at].worker_id} 的")


def test_a_plan_that_breaks_a_promise_is_not_kept(plan, monkeypatch):
    _, line, told = plan
    monkeypatch.setattr(plan_season, "solve", lambda *_: (line, told[1:]))
    store = Planned()
    with pytest.raises(InvalidInput, match="没有通过核对"):
        plan_season.plan_season(store, means(), call(), at=AT)
    assert store.left == []
