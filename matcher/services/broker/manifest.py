"""The manifest of a bus: who goes, in which unit, under which leader; for the desk or for the firm.

Units, buses and stops are those of the group that the county has laid out; an order without one is divided by seats.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from matcher.errors import Conflict
from matcher.intake.workbook import new_workbook, sheet_name
from matcher.office.tracking.dispatches import PREFIX, Group, group_of
from matcher.orders.groups import divided
from matcher.orders.seats import ON_MANIFEST, Rule, as_of
from matcher.policy.groups import group_rule, unit_of
from matcher.ports import DeedStore, OrderStore, RosterStore
from matcher.privacy import manifest_for_firm, on_manifest
from matcher.records.access import Role
from matcher.records.local_time import CHINA
from matcher.records.orders import LabourOrder, Seat, SeatState
from matcher.services.broker.order_desk import SEAT_STATES, changed, day_words, order_head, workers_of
from matcher.services.ground.place_words import home_words
from matcher.services.ground.rulebook import Means

NO_UNIT: Final = "批"
NO_LEADER: Final = "由县里定带队人"
NO_GROUP: Final = "还没编进组"
LONGEST_LEADER: Final = 60
_HEADERS: Final = {
    "number": "座号",
    "name": "姓名",
    "place": "家在",
    "phone": "电话",
    "id_tail": "证件尾号",
    "along": "一起走",
    "bus": "坐哪辆",
    "stop": "上车点",
    "seat_label": "情况",
}
_LAID_OUT: Final = ("bus", "stop")
_FOR_FIRM: Final = ("number", "name", "place")


class Reader(NamedTuple):
    """Who reads a manifest, in which county; for_firm : the copy for the factory, of those who agreed, names only."""

    role: Role
    jurisdiction: str
    for_firm: bool = False


def manifest_told(
    store: RosterStore, deeds: DeedStore, means: Means, order: LabourOrder, rule: Rule, reader: Reader
) -> dict[str, Any]:
    """The people with a confirmed seat in units, each with the leader the county's document names.

    Where it names none the sizes are those of a document that does, and the leader is the county's to say.

    Who reads what is `privacy`'s to say.
    """
    now = as_of(order, rule)
    seats = sorted(
        (seat for seat in now.people if seat.state in ON_MANIFEST and seat.state is not SeatState.NO_SHOW),
        key=lambda seat: seat.place,
    )
    sizes = group_rule(means.packs, reader.jurisdiction, rule.at.astimezone(CHINA).date())
    group = group_of(deeds.stream(PREFIX + order.order_id))
    units = _units(seats, group, sizes.largest)
    numbers = {seat.worker_id: n for n, seat in enumerate((s for _, unit in units for s in unit), 1)}
    people = _people(store, seats, numbers, group, reader)
    told: list[dict[str, Any]] = []
    for n, unit in units:
        said = unit_of(means.packs, sizes, len(unit))
        told.append(
            {
                "name": f"第{n}{said.name or NO_UNIT}" if n else NO_GROUP,
                "n": len(unit),
                "unit": said.name or NO_UNIT,
                "leader_label": said.leader or NO_LEADER,
                "people": [people[seat.worker_id] for seat in unit if seat.worker_id in people],
            }
        )
    return {
        "order": order_head(store, order, rule),
        "leader": order.leader,
        "countersigned_by": order.countersigned_by,
        "countersigned": day_words(order.countersigned_at),
        "signed_today": _signed_on(order, rule.at),
        "units": told,
        "n": len(seats),
        "n_shown": sum(len(unit["people"]) for unit in told),
        "n_units": sum(n > 0 for n, _ in units),
        "divided": sum(n > 0 for n, _ in units) > 1,
        "reviewed_by": group.reviewed_by if group else "",
        "source": sizes.source if sizes.ours else f"参照{sizes.source}，本县的文件没有写",
        "for_firm": reader.for_firm,
        "columns": [{"name": name, "label": label} for name, label in _columns(reader, group).items()],
    }


def sign_manifest(orders: OrderStore, order: LabourOrder, rule: Rule, by: str) -> LabourOrder:
    """The manifest signed by an officer; once a day is enough. Conflict while nobody is on it."""

    def deed(now: LabourOrder, rule: Rule) -> LabourOrder:
        if not any(seat.state in ON_MANIFEST for seat in now.people):
            raise Conflict("名册上还没有人", remedy="有人确认了再签。")
        if _signed_on(now, rule.at):
            return now
        return msgspec.structs.replace(now, countersigned_by=by, countersigned_at=rule.at)

    return changed(orders, order, rule, deed)


def name_leader(orders: OrderStore, order: LabourOrder, rule: Rule, leader: str) -> LabourOrder:
    """Who leads the group, by name and post."""
    words = " ".join(leader.split())[:LONGEST_LEADER]
    return changed(orders, order, rule, lambda now, _: msgspec.structs.replace(now, leader=words))


def manifest_workbook(told: Mapping[str, Any]) -> bytes:
    """The manifest as xlsx, one sheet a unit; every cell is text, so that no name becomes a formula."""
    stream, taken = io.BytesIO(), set[str]()
    columns = told["columns"]
    with new_workbook(stream) as (workbook, styles):
        for unit in told["units"] or [{"name": "名册", "leader_label": "", "people": []}]:
            sheet = workbook.add_worksheet(sheet_name(unit["name"], taken))
            head = told["order"]
            sheet.write_string(0, 0, f"{head['title']} {head['employer']} {head['departs']} {head['pickup']}")
            signed = f"{told['countersigned_by']} {told['countersigned']}".rstrip()
            sheet.write_string(1, 0, f"带队：{unit['leader_label']} {told['leader']}  复签：{signed}")
            for at, column in enumerate(columns):
                sheet.write_string(2, at, column["label"], styles.header)
                for row, person in enumerate(unit["people"], 3):
                    sheet.write_string(row, at, str(person[column["name"]]), styles.text)
    return stream.getvalue()


def _signed_on(order: LabourOrder, at: datetime) -> bool:
    """Whether the manifest was signed on the local day of a moment, for the people who stand on it."""
    signed = order.countersigned_at
    return signed is not None and signed.astimezone(CHINA).date() == at.astimezone(CHINA).date()


def _units(seats: Sequence[Seat], group: Group | None, most: int) -> list[tuple[int, list[Seat]]]:
    """Units by number, people of each in the order given; number 0, last: who said yes after the group was laid out."""
    if group is None:
        return list(enumerate(divided(seats, most) if seats else [], 1))
    found: dict[int, list[Seat]] = {}
    for seat in seats:
        place = group.people.get(seat.worker_id)
        found.setdefault(place.unit if place else 0, []).append(seat)
    return sorted(found.items(), key=lambda unit: (unit[0] == 0, unit[0]))


def _columns(reader: Reader, group: Group | None) -> dict[str, str]:
    kept = _FOR_FIRM if reader.for_firm else tuple(_HEADERS)
    withheld: tuple[str, ...] = () if reader.role in (Role.OFFICER, Role.ADMINISTRATOR) else ("id_tail",)
    withheld += () if group else _LAID_OUT
    return {name: label for name, label in _HEADERS.items() if name in kept and name not in withheld}


def _people(
    store: RosterStore, seats: Sequence[Seat], numbers: Mapping[str, int], group: Group | None, reader: Reader
) -> dict[str, dict[str, Any]]:
    """Worker -> the line of the manifest; people the reader's regions do not hold are left out."""
    workers = workers_of(store, [seat.worker_id for seat in seats])
    identities = store.identities(list(workers))
    told: dict[str, dict[str, Any]] = {}
    for seat in (seat for seat in seats if seat.worker_id in workers):
        worker, identity = workers[seat.worker_id], identities.get(seat.worker_id)
        agreed = None if worker.consent is None else worker.consent.share_with_employer
        name = identity.name if identity else None
        line: dict[str, Any] = {"number": numbers[seat.worker_id], "place": home_words(worker.place_code)}
        if reader.for_firm:
            if shown := manifest_for_firm(reader.role, name, agreed):
                told[seat.worker_id] = {**line, "name": shown}
            continue
        laid = group.people.get(seat.worker_id) if group else None
        told[seat.worker_id] = {
            **line,
            "worker_id": seat.worker_id,
            "bus": f"{laid.bus}号车" if laid else "",
            "stop": home_words(laid.stop) if laid else "",
            **on_manifest(
                reader.role,
                name=name,
                id_number=identity.id_number if identity else None,
                phone=identity.phone if identity else None,
                agreed=agreed,
            ),
            "agreed": agreed is True,
            "along": f"和{numbers[seat.partner]}座一起" if seat.partner in numbers else "",
            "seat": seat.state.value,
            "seat_label": SEAT_STATES[seat.state],
        }
    return told
