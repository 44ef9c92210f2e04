"""Policies that share out scarce openings: priced plans of the product, and one job each as they are held against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from scipy.optimize import linear_sum_assignment

from matcher.allocation import still_to_come, weekly
from matcher.scoring import FIT_BITS
from matcher.services.rounds.match_round import Round
from matcher.shortlist import PlanMode
from training_data.market.desk import FIT_ALONE, Weighting
from training_data.market.draws import Draws
from training_data.market.people import draw_people
from training_data.market.policies import Maker, Scores, open_desk
from training_data.market.season import Lists, Policy, View
from training_data.market.world import World

ToCome = Callable[[View], float]
ASSIGNED = 1 << (FIT_BITS + 1)
"""Added to the fit of the job that the flow gives somebody: no fit reaches it."""


def nobody(_view: View) -> float:
    """No look-ahead: who is here is all there is."""
    return 0.0


def expected(world: World) -> ToCome:
    """People still to come after a round, as the product reads it from the registrations of the season before.

    Who stands at the desk in a round registered in the weeks since the one before it, evenly.
    """
    draws = Draws.of(world.seed, world.county.county, "people", world.season_ix - 1)
    between = timedelta(days=world.spec.season.days_between_rounds)
    first, last = world.day(0) - between + timedelta(days=1), world.day(world.spec.season.rounds) - timedelta(days=1)
    arrivals = draw_people(world.spec, world.land, draws).arrival.tolist()
    calendar = weekly(_year_before(world.day(r)) - timedelta(days=ix % between.days) for ix, r in enumerate(arrivals))

    def to_come(view: View) -> float:
        return still_to_come(calendar, first=first, on=world.day(view.round_ix), last=last, arrived=view.registered)

    return to_come


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day - timedelta(days=366)


def coordinated(*, look_ahead: bool = True, weighting: Weighting = FIT_ALONE, model: bytes | None = None) -> Maker:
    """The product's lists in mode `priced`."""

    def maker(world: World) -> Policy:
        desk, to_come = open_desk(world, weighting, model), expected(world) if look_ahead else nobody
        return lambda view: desk.lists(view, desk.round(view, priced=True, mode=PlanMode.PRICED, to_come=to_come(view)))

    return maker


def one_job_flow(*, model: bytes | None = None) -> Maker:
    """One job for each, as if whoever is sent were taken: the most fit that openings allow, the rest of a list by fit.

    The way refugees are placed (Bansak et al. 2018), where a placement is an order and no application.
    """

    def maker(world: World) -> Policy:
        desk = open_desk(world, FIT_ALONE, model)

        def policy(view: View) -> Lists:
            solved = desk.round(view, priced=False)
            return desk.lists(view, solved, _flow(view, solved))

        return policy

    return maker


def _flow(view: View, solved: Round) -> Scores:
    """Fit of each pair, far above all others where the assignment gives the job to the worker."""
    pairs, fit = solved.pairs, solved.pairs["fit"].astype(np.int64)
    if not len(pairs):
        return fit
    seat = np.repeat(np.arange(len(view.vacancies)), [vacancy.places_left for vacancy in view.vacancies])
    table = np.zeros((len(view.workers), len(view.vacancies)))
    table[pairs.worker_ix, pairs.vacancy_ix] = fit
    worker_ix, seat_ix = linear_sum_assignment(table[:, seat], maximize=True)
    given = np.zeros(table.shape, dtype=np.bool_)
    given[worker_ix, seat[seat_ix]] = True
    return np.asarray(fit + ASSIGNED * given[pairs.worker_ix, pairs.vacancy_ix])
