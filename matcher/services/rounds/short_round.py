"""One worker's round over the few vacancies that can be listed: found by the index, reckoned by the same stages."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from matcher import priority
from matcher.errors import UsageError
from matcher.policy import tiers
from matcher.ports import Shared
from matcher.records import Vacancy
from matcher.services.ground.kept_index import kept_indexes
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, best_of
from matcher.services.rounds.match_round import Brief, Rosters, Round, bound_pack, law_frame, prepare, ranked_alone

FEWEST: Final = 500
"""Vacancies below which a whole round is as quick."""


def prepare_list(rosters: Rosters, means: Means, brief: Brief, *, top: int) -> Round:
    """The round of one worker, with the pairs of the first `top` lines alone where an index stands ready for it.

    What is told of these lines is the same to the last byte: the stages reckon them as ever. Only lists a process
    keeps are indexed; prices must be given.
    """
    vacancies = rosters.vacancies
    if not isinstance(vacancies, Shared) or len(vacancies) < FEWEST or brief.prices is None or brief.shown:
        return prepare(rosters, means, brief)
    ground = Ground(means.model, law_frame(means, brief.on, public=brief.public), brief.seed)
    try:
        index = kept_indexes(means).of(vacancies, ground, brief.prices)
    except UsageError:
        # A model whose tables spread too far for a cell, or a price beyond reckoning: the whole round says which.
        return prepare(rosters, means, brief)
    (worker,) = rosters.workers
    lines = best_of(index, worker, factor=_factor(rosters, means, brief), mode=brief.mode, top=top)
    by_id = means.remembered.get("vacancies by id", (vacancies,), lambda: _by_id(vacancies))
    listed = [by_id[line.vacancy_id] for line in lines]
    solved = prepare(replace(rosters, vacancies=listed), means, brief)
    return replace(solved, every_vacancy=vacancies)


def _by_id(vacancies: list[Vacancy]) -> dict[str, Vacancy]:
    return {vacancy.vacancy_id: vacancy for vacancy in vacancies}


def _factor(rosters: Rosters, means: Means, brief: Brief) -> int:
    """Product of the worker's three factors, of 2**18."""
    if brief.standings is None:
        return int(ranked_alone(rosters.workers, rosters.households, means, brief).factor[0])
    order = tiers(bound_pack(rosters.workers, means, brief).pack, brief.service)
    return int(priority.stand(rosters.workers, brief.standings, order, on=brief.on).factor[0])
