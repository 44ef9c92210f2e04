"""What ends soon, by its day: documents, contracts, statuses of people, brokers' registrations. Each opens whom it is.

Of certificates the first that runs out is recorded, where an office writes it down. Consents bear no last day: the law
knows none, they hold until they are taken back (PIPL article 15), and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from matcher.office.reports.forms import forms
from matcher.ports import AccessStore, OrderStore, RosterStore
from matcher.records import Kind, Placement, Worker
from matcher.records.access import Role
from matcher.services.documents.deadline_clock import own_deadlines
from matcher.services.ground.named_people import named
from matcher.services.ground.place_words import home_words
from matcher.services.ground.rulebook import Means

CONTRACT, STATUS, CERTIFICATE, LICENCE, DOCUMENT = "contract", "status", "certificate", "licence", "document"
TITLES: Final = {
    DOCUMENT: "文件和期限", CONTRACT: "劳动合同", STATUS: "身份", CERTIFICATE: "证书", LICENCE: "劳务员备案",
}  # fmt: skip
OF_PEOPLE: Final = frozenset({CONTRACT, STATUS, CERTIFICATE})
N_ROWS: Final = 200
Row = dict[str, Any]


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """The call: on which day, in which county, and whether the reader sees the whole of it.

    Brokers' registrations and documents are told to who sees everywhere alone.
    """

    on: date
    jurisdiction: str
    everywhere: bool


def ending_soon(
    store: RosterStore, access: AccessStore, orders: OrderStore, means: Means, call: Ending
) -> dict[str, Any]:
    """Everything whose last day lies within the days of the settings file, soonest first, by kind."""
    on, everywhere = call.on, call.everywhere
    last = on + timedelta(days=forms().ending_days)
    found = {
        DOCUMENT: list(_documents(means, call, last)) if everywhere else [],
        CONTRACT: _once(store, means, Kind.PLACEMENTS, lambda: list(_contracts(store, on, last)), on),
        STATUS: _once(store, means, Kind.WORKERS, lambda: list(_statuses(store, on, last)), on),
        CERTIFICATE: _once(store, means, Kind.WORKERS, lambda: list(_certificates(store, on, last)), on, CERTIFICATE),
        LICENCE: list(_licences(access, orders, on, last)) if everywhere else [],
    }
    return {
        "on": on.isoformat(),
        "until": last.isoformat(),
        "days": forms().ending_days,
        "kinds": [
            {"kind": kind, "title": TITLES[kind], "n": len(rows), "rows": _soonest(rows)[:N_ROWS]}
            for kind, rows in found.items()
        ],
    }


def _once(
    store: RosterStore, means: Means, kind: Kind, found: Callable[[], list[Row]], on: date, what: str = ""
) -> list[Row]:
    """What one roster says of a day, read through once as long as it stands."""
    return means.remembered.of_shared(
        f"ends soon: {what or kind.value}", (store.records(kind),), found, by=on, n_kept=4
    )


def _soonest(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["day"], row["id"]))


def with_people(store: RosterStore, told: dict[str, Any], role: Role) -> dict[str, Any]:
    """The same with the person of each row as the role reads them; `people` are the ids of everybody named."""
    ids = {row["id"] for kind in told["kinds"] if kind["kind"] in OF_PEOPLE for row in kind["rows"]}
    workers = [one for one in store.records(Kind.WORKERS, ids=sorted(ids)) if isinstance(one, Worker)]
    people = {one["worker_id"]: one for one in named(store, workers, role)}
    kinds = [
        {**kind, "rows": [{**row, "person": people.get(row["id"])} for row in kind["rows"]]}
        if kind["kind"] in OF_PEOPLE
        else kind
        for kind in told["kinds"]
    ]
    return {**told, "kinds": kinds, "people": sorted(people)}


def _documents(means: Means, call: Ending, last: date) -> Iterator[Row]:
    for row in own_deadlines(means.packs, call.jurisdiction, call.on):
        if call.on.isoformat() <= row["last_day"] <= last.isoformat():
            yield _row(row["last_day"], row["pack_id"], f"{row['pack']}：{row['title']}", row["now"])


def _contracts(store: RosterStore, on: date, last: date) -> Iterator[Row]:
    """Contracts of work that still runs on their last day."""
    for one in store.records(Kind.PLACEMENTS):
        if not isinstance(one, Placement) or (one.end is not None and one.end < on):
            continue
        end = one.contract_end
        if end is None or not on <= end <= last:
            continue
        yield _row(end.isoformat(), one.worker_id, one.employer_name or "没有登记单位", "续签，或者找下一个岗")


def _statuses(store: RosterStore, on: date, last: date) -> Iterator[Row]:
    """Statuses that a day closes: what rests on them ends with it."""
    for one in store.records(Kind.WORKERS):
        if not isinstance(one, Worker):
            continue
        for end, title in ((one.monitored_to, "监测对象"), (one.low_income_to, "农村低收入人口")):
            if end is not None and on <= end <= last:
                yield _row(end.isoformat(), one.worker_id, home_words(one.place_code), f"{title}到期，先核实")


def _certificates(store: RosterStore, on: date, last: date) -> Iterator[Row]:
    """People the first of whose certificates runs out: no rule reads the day, posts that ask for one still fit."""
    for one in store.records(Kind.WORKERS):
        end = one.certificates_to if isinstance(one, Worker) else None
        if isinstance(one, Worker) and end is not None and on <= end <= last:
            told = "、".join(one.certificates or ()) or "没有登记证书名称"
            yield _row(end.isoformat(), one.worker_id, told, "先复审或换证；到期后推荐仍按有证算，请改登记")


def _licences(access: AccessStore, orders: OrderStore, on: date, last: date) -> Iterator[Row]:
    for user in access.users():
        licence = orders.licence(user.name) if user.role is Role.BROKER else None
        if licence is not None and on <= licence.to <= last:
            yield _row(licence.to.isoformat(), user.name, user.display_name, f"备案 {licence.number} 到期后看不到人员")


def _row(day: str, name: str, title: str, now: str) -> Row:
    return {"day": day, "id": name, "title": title, "now": now}
