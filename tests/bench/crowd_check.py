"""Whether a crowd's plan is what it says: the same once more, its promises kept, its choices those of the whole round.

The whole round makes every pair by the columns and orders them by `shortlist`; it shares no search with the index. It
is made for a sample of the people, as many as a million pairs allow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from matcher import shortlist
from matcher.errors import InvalidInput
from matcher.pairs import Pairs
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, Rosters, prepare
from matcher.services.rounds.plan_check import require_kept
from matcher.services.rounds.plan_choice import best_of_each, crowd_for
from matcher.services.rounds.plan_crowd import CrowdPrices
from matcher.services.rounds.plan_parts import People, Scope
from matcher.services.rounds.plan_season import only_yes
from matcher.services.rounds.pricing import Solution
from matcher.services.rounds.season import Season
from matcher.shortlist import PRICE_BITS

SAMPLE_PAIRS: Final = 1_000_000
LEAST, MOST = 20, 500
"""Of the sample: people at least, and at most."""
CHANCES: Final = ("p_apply", "p_hire", "p_keep")


def digest_of(priced: CrowdPrices, listed: Pairs) -> str:
    """The bytes of prices, candidates and lists."""
    told = blake2b(priced.solved.prices.tobytes() + priced.found.with_yes.tobytes(), digest_size=16)
    for pairs in (priced.found.pairs, listed):
        told.update(pairs.worker_ix.tobytes() + pairs.vacancy_ix.tobytes())
    return told.hexdigest()


def faults(season: Season, priced: CrowdPrices, listed: Pairs, width: int) -> Iterator[str]:
    """What is wrong with prices, candidates and lists; width : candidates that are chosen by score."""
    solved, found, rosters = priced.solved, priced.found, season.rosters
    means, brief, top = season.means, season.brief, season.call.top
    keys = (
        shortlist.tie_keys([worker.worker_id for worker in rosters.workers], brief.seed),
        shortlist.tie_keys([vacancy.vacancy_id for vacancy in rosters.vacancies], brief.seed),
    )

    def scored(pairs: Pairs) -> Pairs:
        factor, price = solved.held_by(priced.ranked).factor[pairs.worker_ix], solved.prices[pairs.vacancy_ix]
        return pairs.with_columns(score=shortlist.score(pairs, factor, price, brief.mode))

    told = shortlist.worker_lists(scored(listed), *keys, top=top)
    yield from _broken_promises(season, solved, told)
    who = np.unique(np.linspace(0, len(rosters.workers) - 1, _size(len(rosters.vacancies))).astype(np.intp))
    every = scored(_every_pair(rosters, who, means, brief))
    best = shortlist.worker_lists(every, *keys, top=width)
    scope = Scope(means=means, vacancies=rosters.vacancies, brief=brief)
    people = crowd_for(scope, People(rosters.workers, rosters.households, {})).held_by(solved.household)
    chosen = best_of_each(people, solved.prices, brief.mode, top=width, who=who).pairs
    if _set(best) != _set(chosen):
        yield f"the best {width} of {len(who)} people are not those of the whole round at the same prices"
    ours = found.pairs.take(np.isin(found.pairs.worker_ix, who))
    of_round = every.take(np.isin(_numbers(every, rosters), _numbers(ours, rosters)))
    if _with_chances(ours) != _with_chances(of_round):
        yield f"candidates of {len(who)} people, or their chances, are not of the whole round"
    if _in_order(shortlist.worker_lists(of_round, *keys, top=top)) != _in_order(
        told.take(np.isin(told.worker_ix, who))
    ):
        yield f"lists of {len(who)} people are not the whole round's over their candidates"


def _size(n_vacancies: int) -> int:
    return max(LEAST, min(MOST, SAMPLE_PAIRS // max(1, n_vacancies)))


def _every_pair(rosters: Rosters, who: Any, means: Means, brief: Brief) -> Pairs:
    """All pairs of some people that may be offered, by the columns, numbered as in the roster."""
    some = Rosters([rosters.workers[ix] for ix in who.tolist()], list(rosters.vacancies), rosters.households)
    pairs = only_yes(prepare(some, means, replace(brief, prices={}))).pairs
    return replace(pairs, worker_ix=who[pairs.worker_ix].astype(np.int32))


def _broken_promises(season: Season, solved: Solution, told: Pairs) -> Iterator[str]:
    """What the plan's own check says of the lists."""
    rosters = season.rosters
    ids = [vacancy.vacancy_id for vacancy in rosters.vacancies]
    prices = dict(zip(ids, (solved.prices / (1 << PRICE_BITS)).tolist(), strict=True))
    lists: list[dict[str, Any]] = [{"worker_id": worker.worker_id, "items": []} for worker in rosters.workers]
    columns = (told.worker_ix, told.vacancy_ix, told["score"])
    for worker, vacancy, score in zip(*(column.tolist() for column in columns), strict=True):
        item = {"vacancy_id": ids[vacancy], "slot_price": prices[ids[vacancy]], "score": score}
        lists[worker]["items"].append(item)
    try:
        require_kept(season, {"prices": prices}, lists)
    except InvalidInput as error:
        yield f"the plan's own check: {len(error.problems)} promises broken"


def _set(pairs: Pairs) -> set[tuple[int, int]]:
    return set(_in_order(pairs))


def _in_order(pairs: Pairs) -> list[tuple[int, int]]:
    return list(zip(pairs.worker_ix.tolist(), pairs.vacancy_ix.tolist(), strict=True))


def _numbers(pairs: Pairs, rosters: Rosters) -> Any:
    return pairs.worker_ix.astype(np.int64) * len(rosters.vacancies) + pairs.vacancy_ix


def _with_chances(pairs: Pairs) -> set[tuple[int, ...]]:
    columns = (pairs.worker_ix, pairs.vacancy_ix, *(pairs[name] for name in CHANCES))
    return set(zip(*(column.tolist() for column in columns), strict=True))
