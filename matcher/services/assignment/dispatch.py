"""A group for an order or some posts: whom the exact plan sends, in units with leaders, on buses, by stops.

Only people who wish, have agreed and meet every condition are in it; those with a confirmed seat of the order keep it
as long as that holds. Nothing is decided here about anybody who stays: each is named with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.allocation.assign import assign
from matcher.allocation.market import NOBODY, Plan
from matcher.errors import InvalidInput
from matcher.office.tracking.cohorts import (
    Member,
    buses_of,
    cohort_rules,
    parties_of,
    require_one_unit,
    units_of,
)
from matcher.office.tracking.dispatches import Place
from matcher.policy.groups import GroupRule, group_rule
from matcher.ports import OrderStore, RosterStore
from matcher.records import Vacancy, Worker
from matcher.services.assignment.allocate import MODE, checked, reasons_of
from matcher.services.assignment.limits_file import Limits, Quota, require_known
from matcher.services.assignment.people_sent import Sending, sending_of
from matcher.services.assignment.trips import Trip, asked_already, bound_elsewhere, trip_of
from matcher.services.assignment.who_stays import unplaced_of
from matcher.services.ground.answering import households_of, workers_at, working_ids
from matcher.services.ground.place_words import home_words
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, Rosters, prepare

NO_LEADER: Final = "由县里定带队人"
LEFT: Final = "这一趟"
IN_WORK: Final = {
    "rule_id": "in_work",
    "sentence": "登记上有在做的活，不能再送；做完了的，先把那条登记写到哪天为止；没做完的退座。",
}
REVIEW: Final = "超过一个单元的人数，已经分开；文件没有写更大的编组，请县里另一个人复核，复核前不能发车、点到岗。"


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """The call: an order or posts, the day, whose rules; region : leading digits of homes people are taken from.

    together : people who go to the same post or not at all; bus_seats : 0 takes the usual; one_unit : all under one
    leader, refused above what the document lets one leader take; fill : people are found for the places left too
    regions : what the asker reaches
    """

    on: date
    jurisdiction: str
    seed: int
    order_id: str = ""
    vacancies: tuple[str, ...] = ()
    region: str = ""
    together: tuple[tuple[str, ...], ...] = ()
    bus_seats: int = 0
    one_unit: bool = False
    fill: bool = True
    regions: tuple[str, ...] = ()


class _Chosen(NamedTuple):
    """Who goes where, and what is told of the others."""

    vacancy_of: dict[str, str]
    why: dict[str, list[dict[str, Any]]]
    unplaced: list[dict[str, Any]]
    head: dict[str, Any]


def dispatch(store: RosterStore, orders: OrderStore, means: Means, call: Dispatch) -> dict[str, Any]:
    """The group laid out: head, units with their people, buses with their stops, everybody who stays and why.

    Raises InvalidInput for a group under one leader that is too large, for a person in two groups and for a plan that
    fails its check; NotFound for an order or post nobody has; Conflict for an order that is not open.
    """
    trip = trip_of(store, orders, call)
    if call.bus_seats < 0:
        raise InvalidInput("一辆车的座位数不对", where="bus_seats", remedy="请填车上能坐的人数。")
    chosen = _chosen(store, orders, means, call, trip)
    group = group_rule(means.packs, call.jurisdiction, call.on)
    if call.one_unit:
        require_one_unit(len(chosen.vacancy_of), group)
    homes = {one.worker_id: one.place_code for one in workers_at(store, None) if one.worker_id in chosen.vacancy_of}
    return {
        **chosen.head,
        "on": call.on.isoformat(),
        "order_id": call.order_id,
        "vacancies": [post.vacancy_id for post in trip.posts],
        "seed": call.seed,
        **_laid_out(means, group, call, _members(call, trip, homes), chosen),
        "unplaced": chosen.unplaced,
    }


def places_of(told: Mapping[str, Any]) -> dict[str, Place]:
    """Worker -> place of a group that was laid out, to be kept."""
    return {
        person["worker_id"]: Place(
            vacancy_id=person["vacancy_id"], unit=unit["number"], bus=person["bus"], stop=person["stop_code"]
        )
        for unit in told["units"]
        for person in unit["people"]
    }


def _chosen(store: RosterStore, orders: OrderStore, means: Means, call: Dispatch, trip: Trip) -> _Chosen:
    """Those with a seat as far as they may still go, then the exact plan of the places left."""
    revision = store.revision()
    in_work = working_ids(store, call.on, revision)
    away = bound_elsewhere(orders, call.order_id)
    every = workers_at(store, revision)
    busy = [one.worker_id for one in every if one.worker_id in in_work.intersection(trip.seated)]
    everybody = [one for one in every if one.worker_id not in in_work]
    seated = [one for one in everybody if one.worker_id in trip.seated]
    free = [
        one
        for one in everybody
        if one.wish_to_work is True
        and one.worker_id not in {*trip.seated, *away, *asked_already(trip.order)}
        and one.place_code.startswith(call.region)
    ]
    together = Limits(together=call.together)
    require_known(together, {one.worker_id: ix for ix, one in enumerate(everybody)}, {})
    stand = _standing(_round(store, means, call, trip.posts, seated, Limits()))
    left = Quota(quota_id=LEFT, vacancies=tuple(post.vacancy_id for post in trip.posts), people=trip.n_left)
    limits = Limits(quotas=(left,), together=call.together)
    fresh = _planned(_round(store, means, call, trip.posts, free if call.fill else [], limits), limits)
    solved = stand.sending.solved
    return _Chosen(
        vacancy_of=stand.taken() | fresh.taken(),
        why=stand.why() | fresh.why(),
        unplaced=[
            *({"worker_id": one, "reasons": [IN_WORK]} for one in busy),
            *stand.unplaced(),
            *fresh.unplaced(),
        ],
        head={
            "mode": MODE,
            "model": solved.means.model.label,
            "pack": solved.pack_label,
            "warnings": list(solved.bound.warnings),
            "gap": fresh.gap,
            "n_seated": len(stand.taken()),
            "n_proposed": len(fresh.taken()),
        },
    )


class _Solved(NamedTuple):
    """A plan of some people for the posts."""

    sending: Sending
    place: NDArray[np.int32]
    gap: float

    def unplaced(self) -> list[dict[str, Any]]:
        """Everybody who stays, with the reason."""
        return unplaced_of(self.sending, Plan(self.place, 0, 0, "flow"))

    def taken(self) -> dict[str, str]:
        """Worker -> post."""
        rosters = self.sending.solved.rosters
        return {
            rosters.workers[ix].worker_id: rosters.vacancies[int(self.place[ix])].vacancy_id
            for ix in np.flatnonzero(self.place != NOBODY).tolist()
        }

    def why(self) -> dict[str, list[dict[str, Any]]]:
        """Worker -> why this post."""
        pairs, workers = self.sending.market.pairs, self.sending.solved.rosters.workers
        rows = np.flatnonzero(self.place[pairs.worker_ix] == pairs.vacancy_ix)
        return {
            workers[int(pairs.worker_ix[row])].worker_id: reasons_of(self.sending, int(row), frozenset())
            for row in rows.tolist()
        }


def _round(
    store: RosterStore, means: Means, call: Dispatch, posts: list[Vacancy], workers: list[Worker], limits: Limits
) -> Sending:
    """The market of some people for the posts: only pairs that may be sent are in it."""
    rosters = Rosters(workers=workers, vacancies=posts, households=households_of(store, workers, None))
    channels = {post.channel for post in posts}
    service = means.packs.vocabulary.service_of(posts[0].channel) if len(channels) == 1 else ""
    brief = Brief(on=call.on, jurisdiction=call.jurisdiction, seed=call.seed, prices={}, service=service)
    return sending_of(prepare(rosters, means, brief), limits)


def _standing(kept: Sending) -> _Solved:
    """Those with a seat: each has a place of the one post, who still meets it keeps it, nothing is left to choose."""
    pairs = kept.market.pairs
    place = np.full(kept.market.n_workers, NOBODY, dtype=np.int32)
    place[pairs.worker_ix] = pairs.vacancy_ix
    return _Solved(kept, place, 0.0)


def _planned(sending: Sending, limits: Limits) -> _Solved:
    """The exact plan, checked; without anybody to send no solver is needed."""
    if not len(sending.market.pairs):
        return _Solved(sending, np.full(sending.market.n_workers, NOBODY, dtype=np.int32), 0.0)
    plan = assign(sending.market)
    checked(sending, plan, limits)
    return _Solved(sending, plan.vacancy_of, plan.gap)


def _members(call: Dispatch, trip: Trip, homes: Mapping[str, str]) -> list[Member]:
    seats = trip.order.people if trip.order else ()
    # Whoever has a seat beside a partner keeps the partner, whomever else the caller names.
    bonds = [(seat.worker_id, seat.partner) for seat in seats if seat.partner]
    bonds += [pair for group in call.together for pair in pairwise(group)]
    along: dict[str, tuple[str, ...]] = {}
    for one, other in dict.fromkeys(bonds):
        along[one] = (*along.get(one, ()), other)
    return [
        Member(worker_id=worker_id, place_code=homes[worker_id], along=along.get(worker_id, ()))
        for worker_id in sorted(homes)
    ]


def _laid_out(
    means: Means, group: GroupRule, call: Dispatch, members: Sequence[Member], chosen: _Chosen
) -> dict[str, Any]:
    rules = cohort_rules()
    parties = parties_of(members)
    units = units_of(parties, means.packs, group)
    buses = buses_of(parties, units, call.bus_seats or rules.bus_seats, rules)
    seat_of = {one: (bus.number, stop.place_code) for bus in buses for stop in bus.stops for one in stop.worker_ids}
    homes = {member.worker_id: member for member in members}
    return {
        "n_sent": len(members),
        "largest": group.largest,
        "source": group.source if group.ours else f"参照{group.source}，本县的文件没有写",
        "review": [REVIEW] if len(units) > 1 else [],
        "units": [
            {
                "number": unit.number,
                "name": unit.name,
                "leader": unit.leader or NO_LEADER,
                "n": len(unit.worker_ids),
                "people": [_person(homes[one], seat_of[one], chosen) for one in unit.worker_ids],
            }
            for unit in units
        ],
        "buses": [
            {
                "number": bus.number,
                "seats": bus.seats,
                "n": bus.n,
                "stops": [
                    {"place": home_words(stop.place_code), "n": len(stop.worker_ids), "code": stop.place_code}
                    for stop in bus.stops
                ],
            }
            for bus in buses
        ],
    }


def _person(member: Member, seat: tuple[int, str], chosen: _Chosen) -> dict[str, Any]:
    bus, stop = seat
    return {
        "worker_id": member.worker_id,
        "vacancy_id": chosen.vacancy_of[member.worker_id],
        "place": home_words(member.place_code),
        "along": "、".join(member.along),
        "bus": bus,
        "stop": home_words(stop),
        "stop_code": stop,
        "reasons": chosen.why[member.worker_id],
    }
