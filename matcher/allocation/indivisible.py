"""Groups that go together or not at all, land in mu, and limits that cross: what no flow can hold.

Three steps, each as good as it says. The flow without these limits is worth at least as much as any plan: a bound.
A dive gives each group the post that serves it best, sends everybody else by flow and takes land back where it runs
out: a plan. CP-SAT then improves the plan and lowers the bound, where the market is small enough for it. The plan
carries the bound, so nobody has to believe that it is the best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.limits import Tree, tree_of
from matcher.allocation.market import NOBODY, Market, Plan, Shared, chosen, value_of
from matcher.errors import MissingExtra

Flow: TypeAlias = Callable[[Market, Tree], Plan]
LARGEST_MODEL: Final = 60_000
"""Pairs beyond which CP-SAT finds nothing that the dive has not; the plan then stands on the flow's bound alone."""


def solve_whole(market: Market, tree: Tree, flow: Flow, *, seconds: float) -> Plan:
    """A plan that keeps every limit, with a bound; arguments as in `assign`. Same market, same plan."""
    market = only_whole_groups(market)
    relaxed = flow(market, tree)
    if holds(market, tree, relaxed.vacancy_of):
        return replace(relaxed, method="integer")
    dived = _dive(market, flow)
    value = value_of(market, dived)
    found = Plan(dived, value, relaxed.bound, "integer")
    if value == relaxed.bound or len(market.pairs) > LARGEST_MODEL:
        return found
    found = _improved(market, found, seconds=seconds)
    return found if found.gap == 0 else _others_anew(market, found, flow)


def only_whole_groups(market: Market) -> Market:
    """The market without pairs of a group's members with a vacancy that not all of its members may go to."""
    n_members = np.bincount(market.together[market.together >= 0], minlength=1)
    group = market.together[market.pairs.worker_ix]
    place = group * np.int64(max(1, market.n_vacancies)) + market.pairs.vacancy_ix
    _, where, count = np.unique(place, return_inverse=True, return_counts=True)
    keep = (group == NOBODY) | (count[where] == n_members[group])
    return market if keep.all() else _with_pairs(market, keep)


def split_groups(market: Market, vacancy_of: NDArray[np.int32]) -> NDArray[np.intp]:
    """Workers of groups a plan splits, rising: everybody who does not go where the group's first member goes."""
    grouped = np.flatnonzero(market.together >= 0)
    _, first, number = np.unique(market.together[grouped], return_index=True, return_inverse=True)
    return np.asarray(grouped[vacancy_of[grouped] != vacancy_of[grouped[first]][number]])


def holds(market: Market, tree: Tree, vacancy_of: NDArray[np.int32]) -> bool:
    """Whether a plan of the network keeps groups together, land within its bounds and crossing limits."""
    if len(split_groups(market, vacancy_of)) or (over_land(market, vacancy_of) > 0).any():
        return False
    return all(np.isin(vacancy_of, limit.vacancies).sum() <= limit.at_most for limit in tree.crossing)


def over_land(market: Market, vacancy_of: NDArray[np.int32]) -> NDArray[np.int64]:
    """Land a plan takes beyond what each vacancy has (0.0001 mu), shape (n_vacancies,); 0 where it fits."""
    used = chosen(market, vacancy_of)
    taken = np.zeros(market.n_vacancies, dtype=np.int64)
    np.add.at(taken, market.pairs.vacancy_ix[used], market.load[used])
    return np.where(market.land >= 0, np.maximum(0, taken - market.land), 0)


def _with_pairs(market: Market, keep: NDArray[np.bool_]) -> Market:
    return replace(
        market,
        pairs=market.pairs.take(keep),
        worth=market.worth[keep],
        of_group=market.of_group[keep],
        load=market.load[keep],
        tie=market.tie[keep],
    )


class _Room:
    """What is left of every limit while people are put somewhere one after the other."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.room, self.land = market.room.copy(), market.land.copy()
        self.open = market.room - market.kept_free
        self.shared = [limit.at_most for limit in market.shared]
        self.vacancy_of = np.full(market.n_workers, NOBODY, dtype=np.int32)
        self._standing: dict[int, list[int]] = {}
        for at, limit in enumerate(market.shared):
            for vacancy in limit.vacancies:
                self._standing.setdefault(vacancy, []).append(at)

    def fits(self, rows: NDArray[np.intp]) -> bool:
        """Whether the pairs, all of one vacancy, may be taken together."""
        market, n = self.market, len(rows)
        vacancy = int(market.pairs.vacancy_ix[rows[0]])
        n_open = int((~market.of_group[rows]).sum())
        return (
            n <= self.room[vacancy]
            and (n_open == 0 or n_open <= self.open[vacancy])
            and (market.land[vacancy] < 0 or market.load[rows].sum() <= self.land[vacancy])
            and all(n <= self.shared[at] for at in self._standing.get(vacancy, ()))
        )

    def take(self, rows: NDArray[np.intp]) -> None:
        """Send the people of these pairs, all of one vacancy."""
        market, n = self.market, len(rows)
        vacancy = int(market.pairs.vacancy_ix[rows[0]])
        self.room[vacancy] -= n
        self.open[vacancy] -= int((~market.of_group[rows]).sum())
        if market.land[vacancy] >= 0:
            self.land[vacancy] -= int(market.load[rows].sum())
        for at in self._standing.get(vacancy, ()):
            self.shared[at] -= n
        self.vacancy_of[market.pairs.worker_ix[rows]] = vacancy

    def rest(self) -> Market:
        """The market of those who still stand alone, in the room that is left."""
        market = self.market
        keep = (market.together[market.pairs.worker_ix] == NOBODY) & (self.room[market.pairs.vacancy_ix] > 0)
        bonus = market.bonus.copy()
        bonus[market.home[self.vacancy_of >= 0]] = 0
        return replace(
            _with_pairs(market, keep),
            room=self.room,
            kept_free=np.maximum(0, self.room - np.maximum(0, self.open)),
            bonus=bonus,
            shared=tuple(Shared(limit.vacancies, left) for limit, left in zip(market.shared, self.shared, strict=True)),
        )


def _dive(market: Market, flow: Flow) -> NDArray[np.int32]:
    """A plan: groups first, each with the post worth most to it that still has room, then all others by flow."""
    room = _Room(market)
    placed: set[int] = set()
    for group, rows in _offers(market):
        if group not in placed and room.fits(rows):
            placed.add(group)
            room.take(rows)
    return _others(room, flow)


def _others_anew(market: Market, plan: Plan, flow: Flow) -> Plan:
    """A plan not proven best with everybody who stands alone sent anew around its groups, where that is worth more."""
    room = _Room(market)
    grouped = np.flatnonzero(chosen(market, plan.vacancy_of) & (market.together[market.pairs.worker_ix] != NOBODY))
    for vacancy in np.unique(market.pairs.vacancy_ix[grouped]).tolist():
        room.take(grouped[market.pairs.vacancy_ix[grouped] == vacancy])
    vacancy_of = _others(room, flow)
    value = value_of(market, vacancy_of)
    return Plan(vacancy_of, value, plan.bound, "integer") if value > plan.value else plan


def _others(room: _Room, flow: Flow) -> NDArray[np.int32]:
    """The plan of a room that holds the groups already, with all others sent by flow."""
    market, rest = room.market, room.rest()
    alone = flow(rest, tree_of(rest)).vacancy_of
    # One after the other, the most valuable first: what no longer fits the land or a crossing limit stays.
    rows = np.flatnonzero(chosen(market, alone))
    for at in rows[np.lexsort((market.tie[rows], -market.worth[rows]))]:
        if room.fits(np.array([at])):
            room.take(np.array([at]))
    return room.vacancy_of


def _offers(market: Market) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Groups with the pairs of all their members at one vacancy, those worth most to each member first."""
    group = market.together[market.pairs.worker_ix].astype(np.int64)
    rows = np.flatnonzero(group != NOBODY)
    place = group[rows] * max(1, market.n_vacancies) + market.pairs.vacancy_ix[rows]
    rows = rows[np.argsort(place, kind="stable")]
    _, starts = np.unique(np.sort(place), return_index=True)
    offers = [part for part in np.split(rows, starts[1:]) if len(part)]
    offers.sort(key=lambda part: (-float(market.worth[part].mean()), int(market.tie[part].min()), int(part[0])))
    return ((int(group[part[0]]), part) for part in offers)


def _improved(market: Market, start: Plan, *, seconds: float) -> Plan:
    """The plan CP-SAT makes of a plan, with the better of both bounds; one thread, so it is the same again."""
    model, used = _model(market, start)
    solver = _cp_model().CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = seconds
    status = solver.solve(model)
    if solver.status_name(status) not in ("OPTIMAL", "FEASIBLE"):
        return start
    vacancy_of = np.full(market.n_workers, NOBODY, dtype=np.int32)
    taken = np.array([solver.boolean_value(one) for one in used], dtype=np.bool_)
    vacancy_of[market.pairs.worker_ix[taken]] = market.pairs.vacancy_ix[taken]
    value = value_of(market, vacancy_of)
    if value < start.value:
        vacancy_of, value = start.vacancy_of, start.value
    bound = min(start.bound, int(np.ceil(solver.best_objective_bound - 0.5)))
    return Plan(vacancy_of, value, max(bound, value), "integer")


def _model(market: Market, start: Plan) -> tuple[Any, list[Any]]:
    """The market as an integer programme: one yes or no for each pair and for each household that may be covered."""
    model = _cp_model().CpModel()
    hint = chosen(market, start.vacancy_of)
    used = [model.new_bool_var("") for _ in range(len(market.pairs))]
    for one, at_start in zip(used, hint.tolist(), strict=True):
        model.add_hint(one, at_start)
    by_worker, by_vacancy = _grouped(market.pairs.worker_ix, used), _grouped(market.pairs.vacancy_ix, used)
    for rows in by_worker.values():
        model.add_at_most_one(rows)
    for vacancy, rows in by_vacancy.items():
        model.add(sum(rows) <= int(market.room[vacancy]))
    for limit in market.shared:
        model.add(sum(one for vacancy in limit.vacancies for one in by_vacancy.get(vacancy, ())) <= limit.at_most)
    _keep_free(model, market, used)
    _bound_land(model, market, used)
    _tie_groups(model, market, used)
    earned = _covered(model, market, by_worker)
    model.maximize(sum(w * one for w, one in zip(market.worth.tolist(), used, strict=True)) + earned)
    return model, used


def _grouped(index: NDArray[Any], used: list[Any]) -> dict[int, list[Any]]:
    told: dict[int, list[Any]] = {}
    for at, one in zip(index.tolist(), used, strict=True):
        told.setdefault(at, []).append(one)
    return told


def _keep_free(model: Any, market: Market, used: list[Any]) -> None:
    """Places of a vacancy that only pairs of the group may take."""
    others: dict[int, list[Any]] = {}
    for vacancy, of_group, one in zip(market.pairs.vacancy_ix.tolist(), market.of_group.tolist(), used, strict=True):
        if not of_group and market.kept_free[vacancy]:
            others.setdefault(vacancy, []).append(one)
    for vacancy, rows in others.items():
        model.add(sum(rows) <= max(0, int(market.room[vacancy] - market.kept_free[vacancy])))


def _bound_land(model: Any, market: Market, used: list[Any]) -> None:
    """Land of each vacancy that has any."""
    loads: dict[int, list[Any]] = {}
    for vacancy, load, one in zip(market.pairs.vacancy_ix.tolist(), market.load.tolist(), used, strict=True):
        if market.land[vacancy] >= 0:
            loads.setdefault(vacancy, []).append(load * one)
    for vacancy, rows in loads.items():
        model.add(sum(rows) <= int(market.land[vacancy]))


def _tie_groups(model: Any, market: Market, used: list[Any]) -> None:
    """Every member of a group goes where its first member goes; pairs not all of them have are gone already."""
    first: dict[tuple[int, int], Any] = {}
    group = market.together[market.pairs.worker_ix].tolist()
    for of, vacancy, one in zip(group, market.pairs.vacancy_ix.tolist(), used, strict=True):
        if of != NOBODY:
            model.add(one == first.setdefault((of, vacancy), one))


def _covered(model: Any, market: Market, by_worker: dict[int, list[Any]]) -> Any:
    """What households earn whose first member is placed; a household is covered if any pair of it is used."""
    homes: dict[int, list[Any]] = {}
    for worker, rows in by_worker.items():
        if market.bonus[market.home[worker]]:
            homes.setdefault(int(market.home[worker]), []).extend(rows)
    earned = []
    for home, rows in homes.items():
        one = model.new_bool_var("")
        model.add(one <= sum(rows))
        earned.append(int(market.bonus[home]) * one)
    return sum(earned)


def _cp_model() -> Any:
    """CP-SAT. Raises MissingExtra where OR-tools is not installed."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise MissingExtra(
            "groups and land need OR-tools",
            where="ortools",
            remedy='Install it with: pip install "rural-job-matcher[plan]"',
        ) from None
    return cp_model
