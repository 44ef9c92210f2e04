"""Children of the plan workload: a round with prices, and the same prices by dense scaling without any sparsity."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher import shortlist
from matcher.demo import clean_records
from matcher.explanation import Verdict
from matcher.policy import standard_packs
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, Rosters, Round, prepare
from matcher.settings import Settings
from tests.bench.county import AT, JURISDICTION, SEED
from tests.bench.measure import Laps, repeated

# The product stops at the same movement: the two must take the same number of rounds.
TOLERANCE = 1e-7
Timed = tuple[Laps, Any]


def rosters_of(workers: int, vacancies: int) -> Rosters:
    """A made county, its willing workers alone."""
    county = clean_records(JURISDICTION, SEED, workers, vacancies)
    return Rosters(
        workers=[worker for worker in county.workers if worker.wish_to_work],
        vacancies=county.vacancies,
        households={household.household_id: household for household in county.households},
    )


def means_of() -> Means:
    """The packs and the model that come with the program, read."""
    means = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
    assert means.model  # read before any clock runs
    return means


BRIEF = Brief(on=AT.date(), jurisdiction=JURISDICTION, seed=SEED)


def solve(workers: int, vacancies: int, repeats: int) -> Timed:
    """Candidates, limits, scores, priority and prices of every willing worker."""
    rosters, means = rosters_of(workers, vacancies), means_of()
    laps, solved = repeated(lambda: prepare(rosters, means, BRIEF), repeats=repeats)
    return laps, {"willing": len(rosters.workers), "pairs": len(solved.pairs), **residual(solved)}


def _plan(solved: Round) -> tuple[Any, Any, Any]:
    """Offered pairs, their values and the places left, as the plan saw them."""
    yes = solved.pairs["verdict"] == Verdict.YES
    offered = solved.pairs.take(yes)
    q, v = shortlist.values(offered, solved.ranked.factor[offered.worker_ix])
    places = np.array([vacancy.places_left for vacancy in solved.rosters.vacancies], dtype=np.float64)
    return offered, q.astype(np.float64) * v.astype(np.float64) / 2.0**shortlist.SCORE_BITS, places


def _room(places: Any, offered: Any) -> Any:
    """Openings, scaled up to the number of workers where there are fewer (the balanced plan)."""
    used = np.unique(offered.vacancy_ix)
    n_workers = len(np.unique(offered.worker_ix))
    return places * max(1.0, n_workers / places[used].sum())


def residual(solved: Round) -> dict[str, float]:
    """Largest share by which the plan of the prices asks for more than a vacancy has: 0 is a feasible plan."""
    offered, value, places = _plan(solved)
    epsilon = solved.means.settings.plan_epsilon
    price = offered["price"] / 2.0**shortlist.PRICE_BITS
    weight = (value - price) / epsilon
    top = np.full(len(solved.rosters.workers), 0.0)  # keeping one's unit weighs exp(0)
    np.maximum.at(top, offered.worker_ix, weight)
    lifted = np.exp(weight - top[offered.worker_ix])
    total = np.exp(-top) + np.bincount(offered.worker_ix, weights=lifted, minlength=len(top))
    load = np.bincount(offered.vacancy_ix, weights=lifted / total[offered.worker_ix], minlength=len(places))
    room = _room(places, offered)
    over = load[room > 0] / room[room > 0] - 1
    return {
        "largest_overload": float(max(0.0, over.max())),
        "priced": int((np.bincount(offered.vacancy_ix, weights=price, minlength=len(places)) > 0).sum()),
    }


def dense(workers: int, vacancies: int, repeats: int) -> Timed:
    """Prices alone, by scaling the full matrix in the log domain; the difference to the product's prices."""
    solved = prepare(rosters_of(workers, vacancies), means_of(), BRIEF)
    offered, value, places = _plan(solved)
    settings = solved.means.settings
    kernel = np.full((len(solved.rosters.workers), len(places)), -np.inf)
    kernel[offered.worker_ix, offered.vacancy_ix] = value / settings.plan_epsilon
    used = np.unique(offered.vacancy_ix)
    kernel = kernel[np.unique(offered.worker_ix)][:, used]
    log_room = np.log(_room(places, offered)[used])
    laps, column = repeated(
        lambda: _scaled(kernel, log_room, settings.plan_iterations, settings.plan_epsilon), repeats=repeats
    )
    found = np.zeros(len(places))
    found[used] = -settings.plan_epsilon * column
    ours = np.zeros(len(places))
    ours[offered.vacancy_ix] = offered["price"] / 2.0**shortlist.PRICE_BITS
    return laps, {"largest_difference": float(np.abs(found - ours).max())}


def _scaled(kernel: Any, log_room: Any, rounds: int, epsilon: float) -> Any:
    """Log column scalings of the balanced plan, every cell of the matrix visited in every round."""
    column = np.zeros(len(log_room))
    for _ in range(rounds):
        row = -np.logaddexp(0.0, _lse(kernel + column, axis=1))
        update = np.minimum(0.0, log_room - _lse(kernel + row[:, None], axis=0))
        moved = np.abs(update - column).max()
        column = update
        if moved * epsilon < TOLERANCE:
            break
    return column


def _lse(matrix: Any, *, axis: int) -> Any:
    top = matrix.max(axis=axis)
    shifted = matrix - (top[:, None] if axis == 1 else top)
    return top + np.log(np.exp(shifted).sum(axis=axis))
