"""The assignment of one channel: who is sent where, why, and why the others stay; nothing that fails its check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.allocation.assign import assign
from matcher.allocation.auction import unknown_limits
from matcher.allocation.auction_table import Auction
from matcher.allocation.check import Facts, check
from matcher.allocation.duals import prices_of
from matcher.allocation.market import NOBODY, Plan, chosen
from matcher.errors import InvalidInput, Problem, Severity
from matcher.ports import RosterStore
from matcher.records import Channel, Worker
from matcher.services.assignment.dormitories import beds_told
from matcher.services.assignment.limits_file import Limits, require_known
from matcher.services.assignment.people_sent import Sending, sending_of
from matcher.services.assignment.replan import Earlier, moved_people, replanned
from matcher.services.assignment.who_stays import unplaced_of
from matcher.services.assignment.worth import WORTH_BITS
from matcher.services.ground.answering import households_of, vacancies_at, workers_at, working_ids
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, Rosters, prepare

MODE: Final = "exact"
NOT_KEPT: Final = "分配结果没有通过核对，没有写出"
MEND: Final = "按每条提示处理后重新分配。"
Solver: TypeAlias = Callable[[Sending], Plan]


class Allocate(msgspec.Struct, frozen=True, kw_only=True, tag="allocate", tag_field="call"):
    """The call: the channel whose posts are filled, the day, whose rules, the seed of ties, the county's limits.

    earlier : the file to go on from, None for the best plan there is
    """

    channel: Channel
    on: date
    jurisdiction: str
    seed: int
    limits: Limits = Limits()
    earlier: Earlier | None = None


def allocate(store: RosterStore, means: Means, call: Allocate) -> list[dict[str, Any]]:
    """The lines of the file: first what holds for all, then one for each person sent, by id.

    People in a running placement, without a wish to work or without consent are never sent, nor pairs with an open
    question. Raises InvalidInput for limits that name nobody and for a plan that fails its check, UsageError for limits
    that an earlier file cannot be gone on from with.
    """
    revision = store.revision()
    everybody = workers_at(store, revision)
    in_work = working_ids(store, call.on, revision)
    workers = [one for one in everybody if one.wish_to_work is True and one.worker_id not in in_work]
    vacancies = [one for one in vacancies_at(store, revision) if one.channel is call.channel]
    require_known(
        call.limits,
        {one.worker_id: ix for ix, one in enumerate(everybody)},
        {one.vacancy_id: ix for ix, one in enumerate(vacancies)},
    )
    rosters = Rosters(workers=workers, vacancies=vacancies, households=households_of(store, workers, revision))
    brief = Brief(
        on=call.on,
        jurisdiction=call.jurisdiction,
        seed=call.seed,
        prices={},
        service=means.packs.vocabulary.service_of(call.channel),
    )
    sending = sending_of(prepare(rosters, means, brief), call.limits)
    found = _solved(sending, call)
    plan = found.plan
    problems = checked(sending, plan, call.limits, lambda anew: _solved(anew, call).plan)
    season = store.current_plan(call.on)
    return [
        {
            "season": season.season if season else None,
            **_first_line(sending, plan, call),
            "prices": _told_prices(sending, found),
            "problems": msgspec.to_builtins(problems),
        },
        *_sent_lines(sending, plan, call.channel),
    ]


def _solved(sending: Sending, call: Allocate) -> Auction:
    """The plan of a call with its prices: those that bound every plan, without limits beside places and households."""
    if call.earlier is not None:
        return replanned(sending, call.earlier)
    plan, limited = exactly(sending), bool(unknown_limits(sending.market))
    return Auction(plan, prices_of(sending.market, plan.vacancy_of, chains=not limited), 1)


def exactly(sending: Sending) -> Plan:
    """The best plan there is."""
    return assign(sending.market)


def checked(sending: Sending, plan: Plan, limits: Limits, solve: Solver = exactly) -> tuple[Problem, ...]:
    """Warnings about a plan; one that breaks a promise raises InvalidInput with every problem, and is never written.

    solve : how the plan was made, to see that it is made the same again
    """
    rosters = sending.solved.rosters
    facts = Facts(
        worker_ids=[worker.worker_id for worker in rosters.workers],
        vacancy_ids=[vacancy.vacancy_id for vacancy in rosters.vacancies],
        judged=sending.solved.pairs,
        consent=sending.consent,
        standing=sending.standing,
    )
    found = check(sending.market, plan, facts, again=lambda: solve(sending_of(sending.solved, limits)))
    if any(problem.severity is Severity.ERROR for problem in found):
        raise InvalidInput(NOT_KEPT, found, where="allocate", remedy=MEND)
    return found


def _first_line(sending: Sending, plan: Plan, call: Allocate) -> dict[str, Any]:
    solved, workers = sending.solved, sending.solved.rosters.workers
    sent: dict[str, list[Worker]] = {}
    for worker_ix in np.flatnonzero(plan.vacancy_of != NOBODY).tolist():
        vacancy = solved.rosters.vacancies[int(plan.vacancy_of[worker_ix])]
        sent.setdefault(vacancy.vacancy_id, []).append(workers[worker_ix])
    return {
        "mode": MODE if call.earlier is None else plan.method,
        "seed": call.seed,
        "model": solved.means.model.label,
        "pack": solved.pack_label,
        "channel": call.channel.value,
        "on": call.on.isoformat(),
        "warnings": list(solved.bound.warnings),
        "n_sent": int((plan.vacancy_of != NOBODY).sum()),
        "value": plan.value / (1 << WORTH_BITS),
        "gap": plan.gap,
        "narrowed": sending.narrowed,
        "dormitories": beds_told(call.limits.dormitories, sent),
        "unplaced": unplaced_of(sending, plan),
        **({} if call.earlier is None else {"moved": moved_people(sending, call.earlier, plan)}),
    }


def _told_prices(sending: Sending, found: Auction) -> dict[str, float]:
    """Price of each vacancy somebody may be sent to, in certain fits."""
    ids = [vacancy.vacancy_id for vacancy in sending.solved.rosters.vacancies]
    posts = np.unique(sending.market.pairs.vacancy_ix).tolist()
    return {ids[ix]: float(found.prices[ix] / (1 << WORTH_BITS)) for ix in posts}


def _sent_lines(sending: Sending, plan: Plan, channel: Channel) -> list[dict[str, Any]]:
    solved, market = sending.solved, sending.market
    used = np.flatnonzero(chosen(market, plan.vacancy_of))
    rows = used[np.argsort(market.pairs.worker_ix[used], kind="stable")]
    first = first_of_home(sending, plan.vacancy_of)
    return [
        {
            "worker_id": solved.rosters.workers[int(market.pairs.worker_ix[row])].worker_id,
            "vacancy_id": solved.rosters.vacancies[int(market.pairs.vacancy_ix[row])].vacancy_id,
            "channel": channel.value,
            "reasons": reasons_of(sending, int(row), first),
        }
        for row in rows.tolist()
    ]


def first_of_home(sending: Sending, place: NDArray[np.int32]) -> frozenset[int]:
    """Workers who are the only ones sent of a household with nobody in work."""
    market = sending.market
    n_placed = np.bincount(market.home[place != NOBODY], minlength=len(market.bonus))
    alone = (place != NOBODY) & (n_placed[market.home] == 1) & (market.bonus[market.home] > 0)
    return frozenset(np.flatnonzero(alone).tolist())


def reasons_of(sending: Sending, row: int, first: frozenset[int]) -> list[dict[str, Any]]:
    """Why this person goes there: fit, tier with its clause, household, group, kept place."""
    market, worker_ix = sending.market, int(sending.market.pairs.worker_ix[row])
    tier = sending.solved.ranked.results[worker_ix]
    told: Sequence[Mapping[str, Any] | None] = (
        {"rule_id": "eligible", "sentence": "岗位要求逐条核实，都符合；本人愿意并且同意。"},
        {"rule_id": "fit_band", "sentence": f"合适程度第{sending.band[row]}档。"},
        {"rule_id": "tier", "sentence": f"先后次序：{tier.label}。", "document": tier.document, "clause": tier.clause},
        {"rule_id": "household_first", "sentence": "家里还没有人就业，这是第一个。"} if worker_ix in first else None,
        {"rule_id": "together", "sentence": "和同行的人去同一处。"} if market.together[worker_ix] != NOBODY else None,
        {"rule_id": "kept", "sentence": "岗位给这一类人留了名额。"} if market.of_group[row] else None,
    )
    return [dict(one) for one in told if one is not None]


def allocation_line(lines: Sequence[Mapping[str, Any]]) -> str:
    """An allocation in one Chinese line: how many go, how many stay, how near the best it is proven to be."""
    head = lines[0]
    proven = "已证明再没有更好的安排" if head["gap"] == 0 else f"离最好的安排至多差{head['gap']:.2%}"
    moved = "" if "moved" not in head else f"；原来名单上还能去的，换了{len(head['moved'])}人"
    return f"安排了{head['n_sent']}人，{len(head['unplaced'])}人暂时没有{moved}；{proven}"
