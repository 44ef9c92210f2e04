"""The policies that need no data: each makes lists of the same pairs that may be offered, in its own order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.features import VOCABULARY
from matcher.features.columns import typical_wage
from matcher.services.rounds.match_round import Round
from training_data.market.desk import FIT_ALONE, Desk, Weighting
from training_data.market.season import Lists, Policy, View, policy_draws
from training_data.market.world import World

Scores = NDArray[np.int64]
Maker = Callable[[World], Policy]
TRADE_POINTS = {"exact": 8, "small": 6, "middle": 3, "major": 1}
SKILL_POINTS = {"all": 4, "some": 2}


def open_desk(world: World, weighting: Weighting = FIT_ALONE, model: bytes | None = None) -> Desk:
    """The desk of the world's county."""
    days = tuple(world.day(ix) for ix in range(world.spec.season.rounds))
    return Desk.open(world.county.pack, days, weighting=weighting, model=model)


def _random(view: View, solved: Round) -> Scores:
    """Any order, the same for a pair in every round."""
    pairs = solved.pairs
    drawn = policy_draws(view).pairs("random", view.worker_ix[pairs.worker_ix], view.vacancy_ix[pairs.vacancy_ix])
    return np.asarray(drawn * (1 << 40), dtype=np.int64)


def _wage_first(view: View, solved: Round) -> Scores:
    """The wage as posted."""
    wage = np.array([typical_wage(vacancy) or 0 for vacancy in view.vacancies], dtype=np.int64)
    return np.asarray(wage[solved.pairs.vacancy_ix])


def _content(_view: View, solved: Round) -> Scores:
    """How well trade and skills fit the post, and nothing else."""
    row = solved.pairs["row"]
    points = np.zeros(len(row), dtype=np.int64)
    for term, worth in (("trade", TRADE_POINTS), ("skills_preferred", SKILL_POINTS)):
        cells = VOCABULARY[term] or ()
        points += np.array([worth.get(cell, 0) for cell in cells])[solved.values[term][row]]
    return points


def _by(score: Callable[[View, Round], Scores]) -> Maker:
    def maker(world: World) -> Policy:
        desk = open_desk(world)

        def policy(view: View) -> Lists:
            solved = desk.round(view, priced=False)
            return desk.lists(view, solved, score(view, solved))

        return policy

    return maker


def planned(*, priced: bool, weighting: Weighting = FIT_ALONE, model: bytes | None = None) -> Maker:
    """The product's own order: with slot prices, as `matcher plan` makes it, or without."""

    def maker(world: World) -> Policy:
        desk = open_desk(world, weighting, model)
        return lambda view: desk.lists(view, desk.round(view, priced=priced))

    return maker


POLICIES: Mapping[str, Maker] = {
    "random": _by(_random),
    "wage first": _by(_wage_first),
    "content only": _by(_content),
    "hand weights": planned(priced=False),
    "hand + balanced": planned(priced=True),
    "hand + balanced + coverage + priority": planned(priced=True, weighting=Weighting.of_settings()),
}
HAND = "hand weights"


def served(treated: Policy, base: Policy, chosen: NDArray[np.bool_]) -> Policy:
    """Chosen workers get lists of one policy, the others of another; each is made for its own people alone."""

    def policy(view: View) -> Lists:
        inside = chosen[view.worker_ix]
        return joined(treated(part(view, inside)), base(part(view, ~inside)))

    return policy


def part(view: View, inside: NDArray[np.bool_]) -> View:
    """The view of some of its workers."""
    workers = tuple(worker for worker, is_in in zip(view.workers, inside.tolist(), strict=True) if is_in)
    return View(
        round_ix=view.round_ix,
        world_seed=view.world_seed,
        workers=workers,
        worker_ix=view.worker_ix[inside],
        vacancies=view.vacancies,
        vacancy_ix=view.vacancy_ix,
        households=view.households,
        shown={worker.worker_id: view.shown[worker.worker_id] for worker in workers},
        top=view.top,
        registered=round(view.registered * float(inside.mean())) if inside.size else 0,
    )


def joined(left: Lists, right: Lists) -> Lists:
    """Both lots of lists, by worker and slot."""
    columns = {name: np.concatenate([getattr(left, name), getattr(right, name)]) for name in Lists.__dataclass_fields__}
    order = np.lexsort((columns["slot"], columns["worker_ix"]))
    return Lists(**{name: column[order] for name, column in columns.items()})
