"""Everybody who wants to work and is not sent, with what stands in the way: the person's answer, or a limit by name."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.check import Left
from matcher.allocation.market import NOBODY, Plan
from matcher.explanation import Verdict
from matcher.services.assignment.people_sent import Sending

STAYS: Final = {
    "consent": "本人还没有同意把资料给用人单位，问过本人再安排。",
    "together": "要和同行的人一起走，眼下没有一处能把几个人都接下。",
    "unknown": "有的条件还没有核实，核实以后再安排。",
    "no_vacancy": "这个渠道眼下没有符合条件、又合适的岗位。",
    "full": "符合条件的岗位，名额都安排给排在前面的人了。",
    "kept_free": "符合条件的岗位还有名额，是留给规定的那一类人的。",
    "unproven": "符合条件的岗位还有空位，这次的安排没有用上，请人工核对。",
}
"""Why somebody who wants to work stays; the first that holds is told. "shared" names the bus, dormitory or quota."""


def unplaced_of(sending: Sending, plan: Plan) -> list[dict[str, Any]]:
    """Everybody who wants to work and is not sent, with the reason."""
    solved = sending.solved
    n = len(solved.rosters.workers)
    asked = np.bincount(solved.pairs.worker_ix[solved.pairs["verdict"] == Verdict.UNKNOWN], minlength=n) > 0
    fits = np.bincount(sending.market.pairs.worker_ix, minlength=n) > 0
    grouped = sending.market.together != NOBODY
    reasons = np.select(
        [~sending.consent, sending.parted | (grouped & fits), fits, asked],
        ["consent", "together", "limit", "unknown"],
        default="no_vacancy",
    )
    limits = _limits(sending, plan)
    return [
        {"worker_id": solved.rosters.workers[ix].worker_id, "reasons": [_told(str(reasons[ix]), ix, limits)]}
        for ix in np.flatnonzero(plan.vacancy_of == NOBODY).tolist()
    ]


def _told(reason: str, worker_ix: int, limits: dict[int, tuple[str, str]]) -> dict[str, str]:
    rule_id, sentence = limits[worker_ix] if reason == "limit" else (reason, STAYS[reason])
    return {"rule_id": rule_id, "sentence": sentence}


def _limits(sending: Sending, plan: Plan) -> dict[int, tuple[str, str]]:
    """Of each worker of the market who stays, the limit in the way and its sentence.

    Of several posts the one nearest to taking somebody tells: a place whose bus is full could be had with another
    bus, a place kept for others if nobody of them comes, a post that is full not at all.
    """
    market, left = sending.market, Left.of(sending.market, plan.vacancy_of)
    worker, post = market.pairs.worker_ix, market.pairs.vacancy_ix
    room = left.room[post] > 0
    open_to = market.of_group | (left.open_to_all[post] > 0)
    narrow = _narrow(sending, plan)[post]
    steps = np.select(
        [room & open_to & (narrow == NOBODY), room & open_to, room],
        ["unproven", "shared", "kept_free"],
        default="full",
    )
    told: dict[int, tuple[str, str]] = {}
    for step in ("unproven", "shared", "kept_free", "full"):
        rows = np.flatnonzero((steps == step) & (plan.vacancy_of[worker] == NOBODY))
        for row in rows[np.unique(worker[rows], return_index=True)[1]].tolist():
            said = sending.full[narrow[row]] if step == "shared" else STAYS[step]
            told.setdefault(int(worker[row]), (step, said))
    return told


def _narrow(sending: Sending, plan: Plan) -> NDArray[np.intp]:
    """Of each vacancy a shared limit of which nothing is left, NOBODY where there is none, shape (n_vacancies,)."""
    full = np.full(sending.market.n_vacancies, NOBODY, dtype=np.intp)
    for at, limit in enumerate(sending.market.shared):
        if int(np.isin(plan.vacancy_of, limit.vacancies).sum()) >= limit.at_most:
            full[list(limit.vacancies)] = at
    return full
