"""Groups at the office's desk: laid out for an order and kept, who leads, where they get on, who has arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.office.tracking.cohorts import cohort_rules
from matcher.office.tracking.dispatches import ABSENT, ARRIVED, PREFIX, REVIEWED, Group, drawn, group_of
from matcher.policy.groups import GroupRule, group_rule, unit_of
from matcher.ports import DeedStore, OrderStore, RosterStore
from matcher.records.deeds import Deed, NewDeed
from matcher.records.local_time import CHINA
from matcher.records.orders import LabourOrder, OrderState, SeatState
from matcher.services.assignment.dispatch import IN_WORK, NO_LEADER, REVIEW, Dispatch, dispatch, places_of
from matcher.services.assignment.trips import SEATED
from matcher.services.assignment.who_stays import STAYS
from matcher.services.broker.order_desk import Rule, day_words, order_at, order_head
from matcher.services.ground.place_words import home_words
from matcher.services.ground.rulebook import Means
from matcher.services.messages.desk import By
from matcher.services.tracking.words import people_told

SHOWN: Final = frozenset({OrderState.OPEN, OrderState.DEPARTED})


def groups_told(
    store: RosterStore, orders: OrderStore, deeds: DeedStore, rule: Rule, regions: tuple[str, ...]
) -> dict[str, Any]:
    """The orders of the regions that run or have left, each with how its group stands."""
    streams: dict[str, list[Deed]] = defaultdict(list)
    for deed in deeds.deeds(prefix=PREFIX):
        streams[deed.stream.removeprefix(PREFIX)].append(deed)
    rows = []
    for order in orders.orders(regions=regions):
        if order.state in SHOWN:
            group = group_of(streams[order.order_id])
            rows.append({**order_head(store, order, rule), **_standing(group)})
    return {"rows": rows, "n": len(rows)}


def group_told(
    store: RosterStore, deeds: DeedStore, means: Means, order: LabourOrder, rule: Rule, jurisdiction: str
) -> dict[str, Any]:
    """One order's group: units with their leaders, buses with their stops, arrivals; empty before it is laid out.

    outside : people with a seat whom no unit has, for they said yes later or may not be sent as the records stand
    People outside the asker's regions are told by their number alone.
    """
    group = group_of(deeds.stream(PREFIX + order.order_id))
    said = group_rule(means.packs, jurisdiction, rule.at.astimezone(CHINA).date())
    inside = group.people if group else {}
    outside = [one for one in _seated(order) if one not in inside] if group else []
    people = people_told(store, [*inside, *outside])
    return {
        "order": order_head(store, order, rule),
        **_standing(group),
        "units": _units(group, people, order, means, said) if group else [],
        "outside": [people[one] | {"why": _why(group, one)} for one in outside if one in people] if group else [],
        "buses": _buses(group),
        "n_hidden": len(inside) + len(outside) - len(people),
        "largest": said.largest,
        "source": said.source if said.ours else f"参照{said.source}，本县的文件没有写",
        "review": REVIEW if group and group.waits else "",
        "reading": cohort_rules().reading,
        "bus_seats": (group.bus_seats if group else 0) or cohort_rules().bus_seats,
        "open": order.state is OrderState.OPEN,
        "left": order.state is OrderState.DEPARTED,
        "may_arrive": _may_arrive(order, rule.at),
    }


def lay_out(
    store: RosterStore, orders: OrderStore, deeds: DeedStore, means: Means, call: Dispatch, by: By
) -> dict[str, Any]:
    """Lay a group out for an order and keep it in place of the one before; told as `dispatch` tells it.

    Raises Conflict once somebody's arrival was noted: a new layout knows nothing of it.
    """
    told = dispatch(store, orders, means, call)
    if not told["n_sent"]:
        raise InvalidInput("还没有可以编组的人", where="order", remedy="先有人确认座位、愿意并同意，再编组。")
    seated = set(_seated(order_at(orders, call.order_id, call.regions)))
    stays = {one["worker_id"]: one["reasons"][0]["rule_id"] for one in told["unplaced"]}
    new = drawn(
        places_of(told),
        tuple(told["vacancies"]),
        left_out={one: why for one, why in stays.items() if one in seated},
        bus_seats=told["buses"][0]["seats"],
        at=by.at,
        on=call.on,
        by=by.actor,
    )

    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        group = group_of(found)
        if group is not None and any(place.arrived is not None for place in group.people.values()):
            raise Conflict("已经点过到岗，不能重新编组", where="order", remedy="车走以后的变动，在到岗名单上改。")
        return new

    deeds.act(PREFIX + call.order_id, decide)
    return told


def review_group(orders: OrderStore, deeds: DeedStore, order_id: str, by: By) -> None:
    """Sign that a group larger than one leader takes may go as it is laid out; said again it stands.

    Raises NotFound, Conflict for a group that is not laid out or needs no review, and for who laid it out.
    """
    order = order_at(orders, order_id, by.regions)

    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        group = group_of(found)
        if group is None or not group.divided:
            raise Conflict("这个编组不用复核", where="review", remedy="超过一个单元人数的编组才要复核。")
        if group.reviewed_by:
            return ()
        if group.by == by.actor:
            raise Conflict("自己编的组不能自己复核", where="review", remedy="请县就业局另一个人看过再签。")
        day = by.at.astimezone(CHINA).date()
        return [NewDeed(kind=REVIEWED, at=by.at, on=day, by=by.actor, body={"n": len(group.people)})]

    deeds.act(PREFIX + order.order_id, decide)


def note_arrival(store: RosterStore, orders: OrderStore, deeds: DeedStore, call: tuple[str, str, str], by: By) -> None:
    """Keep that somebody of a group has arrived at work, or has not; call : order, worker, "yes" or "no".

    Raises NotFound for nobody of the group or the regions, InvalidInput for another word, Conflict before departure
    and for a group that went without the review it needs.
    """
    order_id, worker_id, word = call
    if word not in ("yes", "no"):
        raise InvalidInput("没有这种结果", where="arrived", remedy="请按“到了”或者“没到”。")
    order = order_at(orders, order_id, by.regions)
    if not _may_arrive(order, by.at):
        raise Conflict("车还没有走，不能点到岗", where="arrived", remedy="走了以后再点。")
    kind = ARRIVED if word == "yes" else ABSENT

    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        group = group_of(found)
        if group is None or worker_id not in group.people or not people_told(store, [worker_id]):
            raise NotFound("这个组里没有这个人", where="worker", remedy="请从编组页重新点进来。")
        if group.waits:
            raise Conflict(f"{len(group.people)}人的编组没有复核，不能点到岗", where="arrived", remedy=REVIEW)
        if group.people[worker_id].arrived is (word == "yes"):
            return ()
        day = by.at.astimezone(CHINA).date()
        return [NewDeed(kind=kind, at=by.at, on=day, by=by.actor, subjects=(worker_id,))]

    deeds.act(PREFIX + order.order_id, decide)


def _may_arrive(order: LabourOrder, at: datetime) -> bool:
    """Whether anybody can have arrived: the hour of departure has come."""
    return order.departs_at is None or order.departs_at <= at


def _seated(order: LabourOrder) -> list[str]:
    return [seat.worker_id for seat in order.people if seat.state in SEATED]


def _why(group: Group, worker_id: str) -> str:
    """Why somebody with a seat is in no unit."""
    if worker_id not in group.left_out:
        return "编组以后才确认的，重新编就进来。"
    rule_id = group.left_out[worker_id]
    return IN_WORK["sentence"] if rule_id == IN_WORK["rule_id"] else STAYS.get(rule_id, STAYS["no_vacancy"])


def _standing(group: Group | None) -> dict[str, Any]:
    """How a group stands; the same keys before it is laid out."""
    people = group.people.values() if group else ()
    return {
        "laid_out": group is not None,
        "drawn_at": group.drawn_at.isoformat() if group else "",
        "drawn_by": group.by if group else "",
        "divided": group is not None and group.divided,
        "waits": group is not None and group.waits,
        "reviewed_by": group.reviewed_by if group else "",
        "reviewed_on": day_words(group.reviewed_at) if group else "",
        "n_people": len(people),
        "n_units": len({place.unit for place in people}),
        "n_buses": len({place.bus for place in people}),
        "n_arrived": group.n_arrived if group else 0,
        "n_missing": sum(place.arrived is False for place in people),
    }


def _units(
    group: Group, people: Mapping[str, dict[str, str]], order: LabourOrder, means: Means, said: GroupRule
) -> list[dict[str, Any]]:
    """The units with their leaders; people the asker does not reach are left out."""
    units: dict[int, list[str]] = defaultdict(list)
    for worker_id, place in group.people.items():
        units[place.unit].append(worker_id)
    told = []
    for number, ids in sorted(units.items()):
        unit = unit_of(means.packs, said, len(ids))
        told.append(
            {
                "number": number,
                "name": unit.name,
                "leader": unit.leader or NO_LEADER,
                "n": len(ids),
                "people": [_person(group, one, people[one], order) for one in ids if one in people],
            }
        )
    return told


def _person(group: Group, worker_id: str, person: dict[str, str], order: LabourOrder) -> dict[str, Any]:
    place = group.people[worker_id]
    seat = next((seat.state for seat in order.people if seat.worker_id == worker_id), None)
    return {
        **person,
        "bus": place.bus,
        "stop": home_words(place.stop),
        "confirmed": seat in (SeatState.CONFIRMED, SeatState.CHECKED_IN),
        "on_bus": seat is SeatState.CHECKED_IN,
        "arrived": place.arrived,
    }


def _buses(group: Group | None) -> list[dict[str, Any]]:
    stops: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place in group.people.values() if group else ():
        stops[place.bus][place.stop] += 1
    return [
        {
            "number": number,
            "n": sum(found.values()),
            "stops": [{"place": home_words(code), "n": found[code]} for code in sorted(found)],
        }
        for number, found in sorted(stops.items())
    ]
