"""A group for an order or some posts: whom the exact plan sends, in units with leaders, on buses, by stops.

Only people who wish, have agreed and meet every condition are in it; those with a confirmed seat of the order keep it
as long as that holds. Nothing is decided here about anybody who stays: each is named with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from matcher.allocation.assign import assign
from matcher.allocation.market import NOBODY
from matcher.errors import Conflict, InvalidInput, NotFound
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
from matcher.records.orders import LabourOrder, OrderState, Seat, SeatState
from matcher.services.assignment.allocate import MODE, checked, reasons_of, unplaced_of
from matcher.services.assignment.limits_file import Bus, Limits, require_known
from matcher.services.assignment.people_sent import Sending, sending_of
from matcher.services.broker.order_desk import order_at
from matcher.services.ground.answering import households_of, vacancies_at, workers_at, working_ids
from matcher.services.ground.masked_people import home_words
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, Rosters, prepare

NO_LEADER: Final = "由县里定带队人"
REVIEW: Final = "超过一个单元的人数，已经分开；文件没有写更大的编组，请县里复核后再走。"
SEATED: Final = frozenset({SeatState.CONFIRMED, SeatState.CHECKED_IN})


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """The call: an order or posts, the day, whose rules; region : leading digits of homes people are taken from.

    together : people who go to the same post or not at all; bus_seats : 0 takes the usual; one_unit : all under one
    leader, refused above what the document lets one leader take; regions : what the asker reaches
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
    regions: tuple[str, ...] = ()


class _Trip(NamedTuple):
    """What is to be filled: posts, the order if there is one, its people with a seat, places left to give."""

    posts: list[Vacancy]
    order: LabourOrder | None
    seated: tuple[str, ...]
    n_left: int


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
    trip = _trip(store, orders, call)
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


def _trip(store: RosterStore, orders: OrderStore, call: Dispatch) -> _Trip:
    if bool(call.order_id) == bool(call.vacancies):
        raise InvalidInput("要么给一个单子，要么给岗位", where="order", remedy="只写 --order 或者 --vacancy 里的一样。")
    posts = {post.vacancy_id: post for post in vacancies_at(store, store.revision())}
    order = order_at(orders, call.order_id, call.regions) if call.order_id else None
    if order is not None and order.state is not OrderState.OPEN:
        raise Conflict("这个单子现在不能编组", where=order.order_id, remedy="请选正在招的单子。")
    named = (order.vacancy_id,) if order else tuple(dict.fromkeys(call.vacancies))
    for vacancy_id in named:
        if vacancy_id not in posts:
            raise NotFound("没有这个岗位，或者它已经关了", where=vacancy_id, remedy="请核对岗位编号。")
    found = [posts[vacancy_id] for vacancy_id in named]
    left = sum(post.places_left for post in found)
    if order is None:
        return _Trip(found, None, (), left)
    seated = tuple(seat.worker_id for seat in order.people if seat.state in SEATED)
    return _Trip(found, order, seated, max(0, min(left - len(seated), order.n_seats - order.n_taken)))


def _chosen(store: RosterStore, orders: OrderStore, means: Means, call: Dispatch, trip: _Trip) -> _Chosen:
    """Those with a seat as far as they may still go, then the exact plan of the places left."""
    revision = store.revision()
    in_work = working_ids(store, call.on, revision)
    away = _bound(orders, call.order_id)
    everybody = [one for one in workers_at(store, revision) if one.worker_id not in in_work]
    seated = [one for one in everybody if one.worker_id in trip.seated]
    free = [
        one
        for one in everybody
        if one.wish_to_work is True
        and one.worker_id not in {*trip.seated, *away, *_listed(trip.order)}
        and one.place_code.startswith(call.region)
    ]
    together = Limits(together=call.together)
    require_known(together, {one.worker_id: ix for ix, one in enumerate(everybody)}, {})
    kept = _solved(store, means, call, trip.posts, seated, Limits())
    stand, seats = kept.taken(), trip.n_left
    bus = Bus(bus_id="left", vacancies=tuple(post.vacancy_id for post in trip.posts), seats=seats)
    fresh = _solved(store, means, call, trip.posts, free, Limits(buses=(bus,), together=call.together))
    lost = [row for row in kept.unplaced if row["worker_id"] in trip.seated]
    first = fresh.sending.solved
    return _Chosen(
        vacancy_of=stand | fresh.taken(),
        why=kept.why() | fresh.why(),
        unplaced=[*lost, *fresh.unplaced],
        head={
            "mode": MODE,
            "model": first.means.model.label,
            "pack": first.pack_label,
            "warnings": list(first.bound.warnings),
            "gap": max(kept.gap, fresh.gap),
            "n_seated": len(stand),
            "n_proposed": len(fresh.taken()),
        },
    )


class _Solved(NamedTuple):
    """A plan of some people for the posts."""

    sending: Sending
    place: Any
    gap: float
    unplaced: list[dict[str, Any]]

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


def _solved(
    store: RosterStore, means: Means, call: Dispatch, posts: list[Vacancy], workers: list[Worker], limits: Limits
) -> _Solved:
    rosters = Rosters(workers=workers, vacancies=posts, households=households_of(store, workers, None))
    channels = {post.channel for post in posts}
    service = means.packs.vocabulary.service_of(posts[0].channel) if len(channels) == 1 else ""
    brief = Brief(on=call.on, jurisdiction=call.jurisdiction, seed=call.seed, prices={}, service=service)
    sending = sending_of(prepare(rosters, means, brief), limits)
    plan = assign(sending.market)
    checked(sending, plan, limits)
    return _Solved(sending, plan.vacancy_of, plan.gap, unplaced_of(sending, plan))


def _bound(orders: OrderStore, but: str) -> set[str]:
    """Everybody who has said yes in another order that runs."""
    running = (one for one in orders.orders() if one.state is OrderState.OPEN and one.order_id != but)
    return {seat.worker_id for order in running for seat in order.people if seat.state.bound}


def _listed(order: LabourOrder | None) -> set[str]:
    """Who said no to the order, left it, or holds a seat until they answer: nobody proposes them anew."""
    people: Iterable[Seat] = order.people if order else ()
    return {seat.worker_id for seat in people if seat.state not in (SeatState.LISTED, SeatState.WAITING)}


def _members(call: Dispatch, trip: _Trip, homes: Mapping[str, str]) -> list[Member]:
    along = {seat.worker_id: seat.partner for seat in trip.order.people if seat.partner} if trip.order else {}
    for group in call.together:
        along |= dict(pairwise(group))
    return [
        Member(worker_id=worker_id, place_code=homes[worker_id], along=along.get(worker_id, ""))
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
        "along": member.along,
        "bus": bus,
        "stop": home_words(stop),
        "stop_code": stop,
        "reasons": chosen.why[member.worker_id],
    }
