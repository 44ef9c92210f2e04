"""Who comes first among similar fit: policy tier, household, priority and group factors; explicit and cited.

Factors are integers in 1/64, so that probability x probability x probability x factors is exact in int64.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.errors import UsageError
from matcher.policy.evaluation.conventions import age_on
from matcher.policy.evaluation.labels import worker_flags
from matcher.policy.tiers import Tier, TierResult, tier_of
from matcher.policy.types import Vocabulary
from matcher.policy.weights import CountyWeights, weight_permille
from matcher.records import Group, Household, Worker
from matcher.records.fair_packs import Standing
from matcher.settings import FACTOR_ONE, Settings

# Being local is a matter of the worker and the post, not of the worker alone: it can be no factor of a person.
FACTOR_GROUPS = tuple(group for group in Group if group is not Group.LOCAL)
# Name of an age group in the settings: from_45 is everybody from the 45th birthday on.
_FROM_AGE = re.compile(r"from_([1-9][0-9])", re.ASCII)
_NO_FACTOR = 0
KINDS_KEPT: Final = 4096
"""Sets of flags of which one order keeps what they decide."""
Kind = tuple[tuple[str, bool | None], ...]


@dataclass(frozen=True, slots=True)
class Priority:
    """Priority of workers as columns, shape (n_workers,); `results` holds each worker's tier with its clause.

    household, priority, group : factors in 1/64; waiting_days : days since registration, 0 if unknown
    weight : what the county's own weights add to the mean bar, in permille, capped; 0 without any
    """

    tier: NDArray[np.int8]
    sub_tier: NDArray[np.int8]
    household: NDArray[np.int64]
    priority: NDArray[np.int64]
    group: NDArray[np.int64]
    waiting_days: NDArray[np.int32]
    weight: NDArray[np.int64]
    results: tuple[TierResult, ...]

    @property
    def factor(self) -> NDArray[np.int64]:
        """Product of the three factors, in 2**-18; at most FACTOR_LIMIT of the settings."""
        return self.household * self.priority * self.group

    def take(self, positions: NDArray[np.intp]) -> Priority:
        """The priority of the workers at these positions, in that order."""
        return Priority(
            tier=self.tier[positions],
            sub_tier=self.sub_tier[positions],
            household=self.household[positions],
            priority=self.priority[positions],
            group=self.group[positions],
            waiting_days=self.waiting_days[positions],
            weight=self.weight[positions],
            results=tuple(self.results[ix] for ix in positions.tolist()),
        )

    def carried(
        self, before: NDArray[np.intp], fresh_at: NDArray[np.intp], fresh: Priority, household: NDArray[np.int64]
    ) -> Priority:
        """The priority of a list that came after: of each worker the position here, and the others as `fresh` has them.

        fresh_at : positions of those in the list after, whatever `before` says of them; household : of all of it
        """

        def column(name: str) -> NDArray[Any]:
            told: NDArray[Any] = getattr(self, name)[before]
            told[fresh_at] = getattr(fresh, name)
            return told

        results = [self.results[ix] for ix in before.tolist()]
        for ix, result in zip(fresh_at.tolist(), fresh.results, strict=True):
            results[ix] = result
        return Priority(
            tier=column("tier"),
            sub_tier=column("sub_tier"),
            household=household,
            priority=column("priority"),
            group=column("group"),
            waiting_days=column("waiting_days"),
            weight=column("weight"),
            results=tuple(results),
        )

    def standing(self, ix: int, since: date) -> Standing:
        """The numbers of the worker at a position, without anything that names a flag."""
        return Standing(
            since=since,
            tier=int(self.tier[ix]),
            sub_tier=int(self.sub_tier[ix]),
            household=int(self.household[ix]),
            priority=int(self.priority[ix]),
            group=int(self.group[ix]),
            weight=int(self.weight[ix]),
        )


def stand(workers: Sequence[Worker], standings: Mapping[str, Standing], tiers: Sequence[Tier], *, on: date) -> Priority:
    """The priority of workers whose numbers are known already (worker id -> standing), their flags being elsewhere.

    Equal to `rank_workers` of the same day but for the flags of `results`, which nobody here knows.
    """
    rows = [standings[worker.worker_id] for worker in workers]
    by_rank = {tier.rank: tier for tier in reversed(tiers)}

    def column(name: str, kind: type[np.generic]) -> NDArray[Any]:
        return np.array([getattr(row, name) for row in rows], dtype=kind)

    return Priority(
        tier=column("tier", np.int8),
        sub_tier=column("sub_tier", np.int8),
        household=column("household", np.int64),
        priority=column("priority", np.int64),
        group=column("group", np.int64),
        waiting_days=_waiting_days(workers, on),
        weight=column("weight", np.int64),
        results=tuple(_result(by_rank[row.tier], row.sub_tier) for row in rows),
    )


def _result(tier: Tier, sub_rank: int) -> TierResult:
    return TierResult(
        rank=tier.rank,
        sub_rank=sub_rank,
        label=tier.label,
        document=tier.document,
        clause=tier.clause,
        flags_used=(),
        unknown_flags=(),
    )


def rank_workers(
    workers: Sequence[Worker],
    households: Mapping[str, Household],
    tiers: Sequence[Tier],
    *,
    on: date,
    vocabulary: Vocabulary,
    settings: Settings,
    work_place_code: str | None = None,
    weights: CountyWeights | None = None,
) -> Priority:
    """Tier, factors and weight of each worker on the day, by the tiers of the pack that orders.

    work_place_code : of the post, where the order is that of one; without it nobody is known to be local
    A household counts as having nobody in work only when its record says so: an unknown household lifts nobody.
    Of several groups the largest factor counts. Age moves nothing but a factor the settings give to it.
    Raises UsageError for a group factor of a group that does not exist.
    """
    ranking = Ranking(tiers, vocabulary=vocabulary, settings=settings, weights=weights)
    return ranking.of(workers, households, on=on, work_place_code=work_place_code)


class Ranking:
    """As `rank_workers`, for who ranks people one after another: what flags alone decide is worked out once.

    Nobody is kept, only the different sets of flags: a county of 200,000 has some hundreds.
    """

    def __init__(
        self, tiers: Sequence[Tier], *, vocabulary: Vocabulary, settings: Settings, weights: CountyWeights | None
    ) -> None:
        """Raises UsageError for a group factor of a group that does not exist."""
        self._tiers, self._vocabulary, self._settings, self._weights = tiers, vocabulary, settings, weights
        self._of_group, self._of_age = group_factors(settings), _age_steps(settings)
        self._by_flags = lru_cache(maxsize=KINDS_KEPT)(self._of_flags)

    def of(
        self,
        workers: Sequence[Worker],
        households: Mapping[str, Household],
        *,
        on: date,
        work_place_code: str | None = None,
    ) -> Priority:
        """Their priority on the day."""
        kinds, kind_ix = _kinds(workers, on=on, work_place_code=work_place_code, vocabulary=self._vocabulary)
        told = [self._by_flags(flags) for flags in kinds]
        group = np.array([kind.group for kind in told], dtype=np.int64)[kind_ix]
        if self._of_age:
            group = np.maximum(group, _age_factors(workers, self._of_age, self._settings, on))
        group[group == _NO_FACTOR] = FACTOR_ONE
        return Priority(
            tier=np.array([kind.result.rank for kind in told], dtype=np.int8)[kind_ix],
            sub_tier=np.array([kind.result.sub_rank for kind in told], dtype=np.int8)[kind_ix],
            household=household_factors(workers, households, self._settings),
            priority=np.array([kind.priority for kind in told], dtype=np.int64)[kind_ix],
            group=group,
            waiting_days=_waiting_days(workers, on),
            weight=np.array([kind.weight for kind in told], dtype=np.int64)[kind_ix],
            results=tuple(told[ix].result for ix in kind_ix.tolist()),
        )

    def _of_flags(self, items: Kind) -> _OfFlags:
        flags, settings = dict(items), self._settings
        result, steps = tier_of(flags, self._tiers), settings.priority_factor_64ths
        return _OfFlags(
            result,
            priority=steps[min(result.rank, len(steps) - 1)],
            group=_group_factor(flags, self._of_group),
            weight=weight_permille(flags, self._weights, cap_permille=settings.weight_cap_permille),
        )


class _OfFlags(NamedTuple):
    """What a set of flags decides. group : _NO_FACTOR without a group that has one"""

    result: TierResult
    priority: int
    group: int
    weight: int


def household_factors(
    workers: Sequence[Worker], households: Mapping[str, Household], settings: Settings
) -> NDArray[np.int64]:
    """Factor of each worker's household in 1/64, shape (n_workers,)."""
    return np.array([_household_factor(worker, households, settings) for worker in workers], dtype=np.int64)


def _kinds(
    workers: Sequence[Worker], *, on: date, work_place_code: str | None, vocabulary: Vocabulary
) -> tuple[list[Kind], NDArray[np.intp]]:
    """The different sets of flags among the workers, and which of them each worker has, shape (n_workers,)."""
    kinds: list[Kind] = []
    known: dict[tuple[bool | None, ...], int] = {}
    kind_ix = np.empty(len(workers), dtype=np.intp)
    for ix, worker in enumerate(workers):
        flags = worker_flags(worker, on=on, work_place_code=work_place_code, vocabulary=vocabulary)
        key = tuple(flags.values())
        if key not in known:
            known[key] = len(kinds)
            kinds.append(tuple(flags.items()))
        kind_ix[ix] = known[key]
    return kinds, kind_ix


def group_factors(settings: Settings) -> dict[Group, int]:
    """Group -> factor in 1/64. Raises UsageError naming every group of the setting that no worker can be of."""
    known = {group.value: group for group in FACTOR_GROUPS}
    unknown = [name for name in settings.group_factor_64ths if name not in known and not _FROM_AGE.fullmatch(name)]
    if unknown:
        raise UsageError(
            f"no group a factor can be given to: {', '.join(unknown)}",
            where="group_factor_64ths",
            remedy=f"Use some of: {', '.join(known)}; or an age from which it counts, such as from_45.",
        )
    return {known[name]: factor for name, factor in settings.group_factor_64ths.items() if name in known}


def _waiting_days(workers: Sequence[Worker], on: date) -> NDArray[np.int32]:
    waited = [0 if w.waiting_since is None else max(0, (on - w.waiting_since).days) for w in workers]
    return np.array(waited, dtype=np.int32)


def _household_factor(worker: Worker, households: Mapping[str, Household], settings: Settings) -> int:
    household = households.get(worker.household_id or "")
    nobody = household is not None and household.employed_members == 0
    return FACTOR_ONE + (settings.household_factor_64ths if nobody else 0)


def _group_factor(flags: Mapping[str, bool | None], of_group: Mapping[Group, int]) -> int:
    return max((factor for group, factor in of_group.items() if flags.get(group)), default=_NO_FACTOR)


def _age_steps(settings: Settings) -> dict[int, int]:
    """Age from which a factor counts -> the factor."""
    named = ((_FROM_AGE.fullmatch(name), factor) for name, factor in settings.group_factor_64ths.items())
    return {int(match[1]): factor for match, factor in named if match}


def _age_factors(
    workers: Sequence[Worker], of_age: Mapping[int, int], settings: Settings, on: date
) -> NDArray[np.int64]:
    """Largest factor of the ages each worker has reached, _NO_FACTOR for none; an unknown birth date reaches none."""
    told = np.full(len(workers), _NO_FACTOR, dtype=np.int64)
    for ix, worker in enumerate(workers):
        if worker.birth_date is not None:
            age = age_on(worker.birth_date, on, basis=settings.age_basis, leap=settings.leap_birthday)
            told[ix] = max((factor for least, factor in of_age.items() if age >= least), default=_NO_FACTOR)
    return told
