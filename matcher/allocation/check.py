"""A finished plan against everything it must keep: room, eligibility, consent, kept places, groups, envy, repetition.

It trusts nothing the solver says: it reads the plan, the verdicts of the round and the people's own words, and counts
again. Every violation is a Problem that names ids only, so it may be shown wherever the plan may. No violation, no
problem: a plan that breaks something is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.indivisible import over_land, split_groups
from matcher.allocation.market import NOBODY, Ints, Market, Plan, chosen
from matcher.errors import Problem, Severity
from matcher.explanation import Verdict
from matcher.pairs import Pairs

PARTS_OF_MU: Final = 10_000
"""Land is counted in these."""
REDO: Final = "把限制和名册核对后重新运行分配。"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a plan is held against, from the records and not from the market.

    worker_ids, vacancy_ids : names in the order of the market; judged : pairs of the round with column verdict
    consent : workers who said yes, wish and consent; standing : of each pair of the market, the larger goes first
    """

    worker_ids: Sequence[str]
    vacancy_ids: Sequence[str]
    judged: Pairs
    consent: NDArray[np.bool_]
    standing: Ints


def check(market: Market, plan: Plan, facts: Facts, *, again: Callable[[], Plan] | None = None) -> tuple[Problem, ...]:
    """Every violation of a plan; again : solves the same market anew, to see that the plan comes out the same."""
    place = plan.vacancy_of
    found = [
        *_not_eligible(market, place, facts),
        *_without_consent(place, facts),
        *_over_room(market, place, facts),
        *_over_shared(market, place, facts),
        *_split(market, place, facts),
        *_passed_over(market, plan, facts),
    ]
    if again is not None and not np.array_equal(again().vacancy_of, place):
        found.append(
            _problem(
                "repeat", "再算一次，结果和这一次不同", "同样的名册和种子得出同样的名单", "请把这份名册交给维护人员。"
            )
        )
    return tuple(found)


def _problem(what: str, found: str, expected: str, fix: str = REDO) -> Problem:
    return Problem(column=what, found=found, expected=expected, fix=fix)


def _not_eligible(market: Market, place: NDArray[np.int32], facts: Facts) -> Iterator[Problem]:
    """People sent where no rule of the round said yes."""
    judged = facts.judged
    yes = judged.take(judged["verdict"] == Verdict.YES)
    allowed = yes.worker_ix.astype(np.int64) * max(1, market.n_vacancies) + yes.vacancy_ix
    sent = np.flatnonzero(place != NOBODY)
    key = sent.astype(np.int64) * max(1, market.n_vacancies) + place[sent]
    for worker in sent[~np.isin(key, allowed)].tolist():
        yield _problem(
            "eligibility",
            f"{facts.worker_ids[worker]} 分到 {facts.vacancy_ids[place[worker]]}",
            "只分配条件全部核实、符合岗位要求的人",
            "先用 `matcher explain` 看这一对缺什么，补齐后重新分配。",
        )


def _without_consent(place: NDArray[np.int32], facts: Facts) -> Iterator[Problem]:
    for worker in np.flatnonzero((place != NOBODY) & ~facts.consent).tolist():
        yield _problem(
            "consent", f"{facts.worker_ids[worker]} 没有本人同意", "本人愿意并且同意", "先问本人，登记答复后重新分配。"
        )


def _over_room(market: Market, place: NDArray[np.int32], facts: Facts) -> Iterator[Problem]:
    """Posts with more people than places, than places open to all, or than land."""
    used = chosen(market, place)
    sent = np.bincount(place[place != NOBODY], minlength=market.n_vacancies)
    others = np.bincount(market.pairs.vacancy_ix[used & ~market.of_group], minlength=market.n_vacancies)
    open_to_all = np.maximum(0, market.room - market.kept_free)
    land = over_land(market, place)
    for vacancy in np.flatnonzero((sent > market.room) | (others > open_to_all) | (land > 0)).tolist():
        name = facts.vacancy_ids[vacancy]
        if sent[vacancy] > market.room[vacancy]:
            yield _problem("room", f"{name}：{sent[vacancy]}人", f"不超过{market.room[vacancy]}人")
        if others[vacancy] > open_to_all[vacancy]:
            yield _problem(
                "kept_free", f"{name}：其他人占了{others[vacancy]}个", f"其他人不超过{open_to_all[vacancy]}个"
            )
        if land[vacancy] > 0:
            yield _problem("land", f"{name}：多分了{land[vacancy] / PARTS_OF_MU}亩", "不超过现有面积")


def _over_shared(market: Market, place: NDArray[np.int32], facts: Facts) -> Iterator[Problem]:
    for limit in market.shared:
        n = int(np.isin(place, limit.vacancies).sum())
        if n > limit.at_most:
            names = "、".join(facts.vacancy_ids[vacancy] for vacancy in limit.vacancies)
            yield _problem("shared", f"{names} 合计{n}人", f"合计不超过{limit.at_most}人")


def _split(market: Market, place: NDArray[np.int32], facts: Facts) -> Iterator[Problem]:
    for worker in split_groups(market, place).tolist():
        yield _problem("together", f"{facts.worker_ids[worker]} 和同行的人分开了", "同去一处，或者都不去")


def _passed_over(market: Market, plan: Plan, facts: Facts) -> Iterator[Problem]:
    """People who stay although a place they may have is empty or goes to somebody who stands behind them there.

    Who stands behind may still keep the place for a household that has nobody else in work, for a place kept for a
    group the other is not of, and for land the other would need more of. Who goes in a group is left out: one of it
    cannot be exchanged. Somebody placed elsewhere is not passed over. A plan that is not proven best only warns.
    """
    severity = Severity.ERROR if plan.gap == 0 else Severity.WARNING
    left = Left.of(market, plan.vacancy_of)
    for row in np.flatnonzero(left.stays & left.fits()).tolist():
        yield _envy(market, facts, row, "还有空位", severity)
    held = np.flatnonzero(left.held)
    held = held[np.lexsort((facts.standing[held], market.pairs.vacancy_ix[held]))]
    ends = np.concatenate([[0], np.cumsum(np.bincount(market.pairs.vacancy_ix[held], minlength=market.n_vacancies))])
    for row in np.flatnonzero(left.stays & ~left.fits() & left.may_envy(facts.standing)).tolist():
        at = market.pairs.vacancy_ix[row]
        others = held[ends[at] : ends[at + 1]]
        others = others[(facts.standing[others] < facts.standing[row]) & left.exchangeable(row, others)]
        if len(others):
            name = facts.worker_ids[market.pairs.worker_ix[others[0]]]
            yield _envy(market, facts, row, f"名额给了排在后面的 {name}", severity)


def _envy(market: Market, facts: Facts, row: int, why: str, severity: Severity) -> Problem:
    worker = facts.worker_ids[market.pairs.worker_ix[row]]
    vacancy = facts.vacancy_ids[market.pairs.vacancy_ix[row]]
    return Problem(
        column="passed_over",
        found=f"{worker} 没有安排，{vacancy} {why}",
        expected="同等匹配的人里，按文件的先后安排",
        fix=REDO,
        severity=severity,
    )


@dataclass(frozen=True, slots=True)
class Left:
    """What a plan leaves: places by vacancy, and the pairs of single people who stay (`stays`) or go (`held`).

    room, open_to_all, land, shared : left at each vacancy, of the narrowest limit it shares; n_placed : people of each
    household who go
    """

    market: Market
    place: NDArray[np.int32]
    room: Ints
    open_to_all: Ints
    land: Ints
    shared: Ints
    n_placed: Ints
    stays: NDArray[np.bool_]
    held: NDArray[np.bool_]

    @classmethod
    def of(cls, market: Market, place: NDArray[np.int32]) -> Left:
        """Everything counted once."""
        used, post = chosen(market, place), market.pairs.vacancy_ix
        others = np.bincount(post[used & ~market.of_group], minlength=market.n_vacancies)
        taken = np.zeros(market.n_vacancies, dtype=np.int64)
        np.add.at(taken, post[used], market.load[used])
        shared = np.full(market.n_vacancies, np.iinfo(np.int64).max)
        for limit in market.shared:
            at = list(limit.vacancies)
            shared[at] = np.minimum(shared[at], limit.at_most - int(np.isin(place, limit.vacancies).sum()))
        alone = market.together[market.pairs.worker_ix] == NOBODY
        return cls(
            market=market,
            place=place,
            room=market.room - np.bincount(place[place != NOBODY], minlength=market.n_vacancies),
            open_to_all=np.maximum(0, market.room - market.kept_free) - others,
            land=np.where(market.land < 0, np.iinfo(np.int64).max, market.land - taken),
            shared=shared,
            n_placed=np.bincount(market.home[place != NOBODY], minlength=len(market.bonus)),
            stays=alone & (place[market.pairs.worker_ix] == NOBODY),
            held=alone & used,
        )

    def fits(self) -> NDArray[np.bool_]:
        """Of each pair whether one more would fit there."""
        post = self.market.pairs.vacancy_ix
        return np.asarray(
            (self.room[post] > 0)
            & (self.market.of_group | (self.open_to_all[post] > 0))
            & (self.market.load <= self.land[post])
            & (self.shared[post] > 0)
        )

    def may_envy(self, standing: Ints) -> NDArray[np.bool_]:
        """Of each pair whether somebody behind goes there whose place its household could lose; quick, and too many."""
        market, post = self.market, self.market.pairs.vacancy_ix
        home = market.home[market.pairs.worker_ix]
        needed = (self.n_placed[home] == 1) & (market.bonus[home] > 0)
        weakest, weakest_free = np.full((2, market.n_vacancies), np.iinfo(np.int64).max)
        np.minimum.at(weakest, post[self.held], standing[self.held])
        free = self.held & ~needed
        np.minimum.at(weakest_free, post[free], standing[free])
        # One's own household loses nothing by an exchange inside it, and one with nobody in work wins by any.
        any_of = needed | ((self.n_placed[home] == 0) & (market.bonus[home] > 0))
        return np.asarray(standing > np.where(any_of, weakest[post], weakest_free[post]))

    def exchangeable(self, row: int, others: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of the people who go could give their place to the one of `row`, all limits kept."""
        market, workers = self.market, self.market.pairs.worker_ix
        post, home, homes = market.pairs.vacancy_ix[row], market.home[workers[row]], market.home[workers[others]]
        gained = 0 if self.n_placed[home] else market.bonus[home]
        lost = np.where((self.n_placed[homes] > 1) | (homes == home), 0, market.bonus[homes])
        return np.asarray(
            (market.of_group[row] | ~market.of_group[others] | (self.open_to_all[post] > 0))
            & (market.load[row] - market.load[others] <= self.land[post])
            & (lost <= gained)
        )
