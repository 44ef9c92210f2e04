"""The market of one channel: the pairs of a round that may be sent, what they are worth, every limit of the county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher import allocation, shortlist
from matcher.allocation.market import NOBODY, Market, Shared, market
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy import worker_flags
from matcher.policy.types import Mode
from matcher.records import Worker
from matcher.services.assignment.limits_file import Limits
from matcher.services.assignment.worth import WORTH_BITS, ties, worth_of
from matcher.services.rounds.match_round import Round, width_of_bands
from matcher.services.rounds.whole_order import floor_of, order_of
from matcher.settings import FACTOR_ONE

MOST_PAIRS = 3_000_000
"""Pairs beyond which each worker keeps candidates chosen with the openings in mind, instead of all of them."""


@dataclass(frozen=True)
class Sending:
    """A round as a market.

    full : of each shared limit of the market, what is said where nothing of it is left
    consent : of each worker, whether wish and consent are there; standing, band : of each pair of the market
    parted : workers who would go with somebody who is not free to go; narrowed : whether people keep candidates only
    """

    solved: Round
    market: Market
    full: tuple[str, ...]
    consent: NDArray[np.bool_]
    parted: NDArray[np.bool_]
    standing: NDArray[np.int64]
    band: NDArray[np.signedinteger]
    narrowed: bool


def said_yes(worker: Worker) -> bool:
    """Whether somebody wants to work and lets the employer know who comes; what nobody asked is no yes."""
    return worker.wish_to_work is True and worker.consent is not None and worker.consent.share_with_employer is True


def sending_of(solved: Round, limits: Limits) -> Sending:
    """The market of a round: verdict yes, at the floor of fit and above, people who said yes."""
    workers, vacancies = solved.rosters.workers, solved.rosters.vacancies
    consent = np.array([said_yes(worker) for worker in workers], dtype=np.bool_)
    may = (solved.pairs["verdict"] == Verdict.YES) & (solved.pairs["fit"] >= floor_of(solved))
    together, parted = _together(workers, limits)
    pairs = solved.pairs.take(may & (consent & ~parted)[solved.pairs.worker_ix])
    modes = np.array([list(Mode).index(order_of(solved, vacancy)) for vacancy in vacancies], dtype=np.int8)
    width = width_of_bands(solved.order[0], solved.means)
    worth, standing = worth_of(pairs, modes[pairs.vacancy_ix], band_width_permille=width)
    tie = ties(pairs, shortlist.pair_ties(pairs, solved.worker_keys, solved.vacancy_keys))
    room = np.array([vacancy.places_left for vacancy in vacancies], dtype=np.int64)
    narrow = len(pairs) > MOST_PAIRS
    if narrow:
        kept = _candidates(solved, pairs, worth, room, tie)
        pairs, worth, standing, tie = pairs.take(kept), worth[kept], standing[kept], tie[kept]
    home, bonus = _homes(solved, pairs, worth)
    kept_free, of_group = _kept(solved, pairs, limits)
    shared = _shared(solved, limits)
    made = market(
        Pairs(pairs.worker_ix, pairs.vacancy_ix),
        worth,
        room,
        home=home,
        bonus=bonus,
        kept_free=kept_free,
        of_group=of_group,
        together=together,
        shared=tuple(one for one, _ in shared),
        tie=tie,
    )
    return Sending(
        solved, made, tuple(said for _, said in shared), consent, parted, standing, pairs["fit_band"], narrow
    )


def _candidates(
    solved: Round, pairs: Pairs, worth: NDArray[np.int64], room: NDArray[np.int64], tie: NDArray[np.uint64]
) -> NDArray[np.intp]:
    """Positions of the candidates of each worker, best net of rough prices so that not all crowd the same posts."""
    value, sure = worth / float(1 << WORTH_BITS), np.ones(len(pairs))
    rough = allocation.rough_prices(pairs, sure, value, room.astype(np.float64), top=1, taken=1.0)
    return allocation.narrowed(
        pairs,
        value - rough[pairs.vacancy_ix],
        channel=np.zeros(len(room), dtype=np.int8),
        tie=tie,
        width=solved.means.settings.candidates_per_worker,
    )


def _homes(solved: Round, pairs: Pairs, worth: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Household of each worker, and the bonus of each: what its factor adds to a typical best match, once.

    Only a household whose record says that nobody is in work has one; an unknown household lifts nobody.
    """
    seen: dict[str, int] = {}
    named = [worker.household_id or f"\0{ix}" for ix, worker in enumerate(solved.rosters.workers)]
    home = np.array([seen.setdefault(name, len(seen)) for name in named], dtype=np.intp)
    best = np.zeros(len(home), dtype=np.int64)
    np.maximum.at(best, pairs.worker_ix, worth)
    typical = int(np.median(best[best > 0])) if (best > 0).any() else 0
    extra = solved.means.settings.household_factor_64ths * typical // FACTOR_ONE
    records = solved.rosters.households
    none_in_work = [name in records and records[name].employed_members == 0 for name in seen]
    return home, np.where(none_in_work, extra, 0).astype(np.int64)


def _kept(solved: Round, pairs: Pairs, limits: Limits) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Places kept free at each vacancy, and which pairs are of the group they are kept for."""
    vacancies, workers = solved.rosters.vacancies, solved.rosters.workers
    at = {vacancy.vacancy_id: ix for ix, vacancy in enumerate(vacancies)}
    kept_free, of_group = np.zeros(len(vacancies), dtype=np.int64), np.zeros(len(pairs), dtype=np.bool_)
    for kept in limits.kept:
        vacancy_ix = at[kept.vacancy_id]
        kept_free[vacancy_ix] = kept.places
        for row in np.flatnonzero(pairs.vacancy_ix == vacancy_ix).tolist():
            flags = worker_flags(
                workers[int(pairs.worker_ix[row])],
                on=solved.on,
                work_place_code=vacancies[vacancy_ix].place_code,
                vocabulary=solved.means.packs.vocabulary,
            )
            of_group[row] = flags.get(kept.group.value) is True
    return kept_free, of_group


def _together(workers: Sequence[Worker], limits: Limits) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Number of each worker's group, and who is of a group that somebody of is missing here: it cannot go whole."""
    at = {worker.worker_id: ix for ix, worker in enumerate(workers)}
    numbers, parted = np.full(len(at), NOBODY, dtype=np.intp), np.zeros(len(at), dtype=np.bool_)
    for number, group in enumerate(limits.together):
        here = [at[worker_id] for worker_id in group if worker_id in at]
        numbers[here] = number
        parted[here] = len(here) < len(group)
    return numbers, parted


def _shared(solved: Round, limits: Limits) -> list[tuple[Shared, str]]:
    """Seats of buses, beds of dormitories (whole, whoever lies in them), quotas; each with what is said when full."""
    at = {vacancy.vacancy_id: ix for ix, vacancy in enumerate(solved.rosters.vacancies)}
    told = [(bus.vacancies, bus.seats, f"去那里的车（{bus.bus_id}）{bus.seats}个座位坐满了。") for bus in limits.buses]
    told += [
        (one.vacancies, sum(one.rooms), f"那里的宿舍（{one.dormitory_id}）{sum(one.rooms)}张床住满了。")
        for one in limits.dormitories
    ]
    told += [
        (quota.vacancies, quota.people, f"名额（{quota.quota_id}）合计{quota.people}人，已经排满。")
        for quota in limits.quotas
    ]
    return [(Shared(tuple(sorted({at[one] for one in named})), most), said) for named, most, said in told if named]
