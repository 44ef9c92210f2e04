"""The bus has left: placements of those on it, the places of the post that are filled, the questions that follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import msgspec

from matcher.errors import Conflict
from matcher.office.tracking.dispatches import PREFIX, group_of
from matcher.orders.boarding import departed
from matcher.orders.follow_ups import follow_ups_of, placement_id
from matcher.orders.seats import Rule, as_of
from matcher.policy.groups import group_rule
from matcher.policy.types import PackSet
from matcher.ports import Change, DeedStore, OrderStore, RosterStore
from matcher.ports.orders import Elsewhere
from matcher.records import EvidenceKind, Kind, Vacancy
from matcher.records.local_time import CHINA
from matcher.records.orders import LabourOrder, OrderState, Seat, SeatState
from matcher.services.broker.order_desk import require_open, vacancy_of
from matcher.services.ground.own_batch import Deed, batch_id_of, write_own, write_rows

SHEET: Final = "上车点名"
"""Where the facts come from, as the history of a person says it."""


def most_leaving(deeds: DeedStore, packs: PackSet, jurisdiction: str, order: LabourOrder, on: date) -> int:
    """How many may leave together: those of the group that was reviewed, else as many as one leader takes."""
    group = group_of(deeds.stream(PREFIX + order.order_id))
    largest = group_rule(packs, jurisdiction, on).largest
    return max(largest, len(group.people)) if group is not None and group.reviewed_by else largest


def depart(
    store: RosterStore, orders: OrderStore, order: LabourOrder, rule: Rule, *, by: str, on: date, most: int
) -> LabourOrder:
    """Close the order with who was checked in, then keep what follows from it; said again it completes what lacks.

    on : the day the work begins where the order names no hour of departure; most : of `most_leaving`
    Raises Conflict while nobody has been checked in, for an order that is not open and for more people than may leave.
    """

    def change(found: LabourOrder, _: Elsewhere) -> LabourOrder:
        if found.state is OrderState.DEPARTED:
            return found
        require_open(found)
        if (n := len(_on_board(found))) > most:
            raise Conflict(
                f"上车{n}人，眼下一趟最多走{most}人",
                where="depart",
                remedy="超过一个单元人数的，先请县就业局在“编组送人”里编组、复核，再发车。",
            )
        return departed(as_of(found, rule), rule)

    left = orders.change_order(order.order_id, change)
    start = left.departs_at.astimezone(CHINA).date() if left.departs_at else on
    known = {batch.batch_id for batch in store.batches()}
    vacancy = vacancy_of(store, left)
    _write(store, known, Kind.PLACEMENTS, left, list(_placements(left, vacancy, start)), rule.at, by)
    batch_id = batch_id_of(f"order:{left.order_id}:{Kind.VACANCIES.value}".encode())
    if vacancy is not None and batch_id not in known:
        deed = Deed(f"order:{left.order_id}", msgspec.json.encode([vacancy.vacancy_id]), rule.at, by)
        # Two buses of one post may leave at once: what is filled is read where only one can write.
        write_rows(store, batch_id, Kind.VACANCIES, deed, _filled(store, left), 1)
    asked = {follow_up.follow_up_id for follow_up in orders.follow_ups(order_id=left.order_id)}
    orders.put_follow_ups([one for one in follow_ups_of(left, start) if one.follow_up_id not in asked])
    return left


def _write(
    store: RosterStore, known: set[str], kind: Kind, order: LabourOrder, changes: list[Change], at: datetime, by: str
) -> None:
    """One batch of a kind for an order; a batch that is there already stays as it is."""
    batch_id = batch_id_of(f"order:{order.order_id}:{kind.value}".encode())
    if batch_id in known:
        return
    body = msgspec.json.encode([change.record_id for change in changes])
    write_own(store, batch_id, kind, Deed(f"order:{order.order_id}", body, at, by), changes)


def _on_board(order: LabourOrder) -> list[Seat]:
    return [seat for seat in order.people if seat.state is SeatState.CHECKED_IN]


def _placements(order: LabourOrder, vacancy: Vacancy | None, start: date) -> Iterator[Change]:
    """A placement each, proved by the check-in at the bus and by nothing else yet."""
    for row, seat in enumerate(_on_board(order), 1):
        fields: dict[str, Any] = {
            "worker_id": seat.worker_id,
            "vacancy_id": order.vacancy_id,
            "start": start.isoformat(),
            "broker_id": order.broker,
            "evidence": [
                {"kind": EvidenceKind.CHECK_IN.value, "on": start.isoformat(), "by": seat.checked_in_by or order.broker}
            ],
        }
        if vacancy is not None:
            known = {
                "employer_id": vacancy.employer_id,
                "employer_name": vacancy.employer_name,
                "place_code": vacancy.place_code,
            }
            fields |= {name: value for name, value in known.items() if value}
        yield Change(
            record_id=placement_id(order.order_id, seat.worker_id), sheet=SHEET, row=row, fields=fields, since=start
        )


def _filled(store: RosterStore, order: LabourOrder) -> Iterator[Change]:
    """The post with those of this bus among its filled places; made when it is written."""
    vacancy = vacancy_of(store, order)
    if vacancy is not None:
        fields = {"filled": vacancy.filled + len(_on_board(order))}
        yield Change(record_id=vacancy.vacancy_id, sheet=SHEET, row=1, fields=fields)
