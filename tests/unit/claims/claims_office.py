"""An office with two brokered placements of one worker and a workshop, over real deeds and records in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from matcher.office.claims.steps import By
from matcher.policy import standard_packs
from matcher.records import (
    ID_FIELDS,
    Channel,
    ContractType,
    Employer,
    Evidence,
    EvidenceKind,
    Identity,
    Kind,
    Placement,
    Record,
    Worker,
)
from matcher.records.figures import CountyFigure
from matcher.services.claims.desk import ClaimDesk
from matcher.services.ground.rulebook import Means
from matcher.settings import Settings
from matcher.store import open_store
from matcher.store.deeds import open_deeds

PACK = "liujiang_2018"
TOWN = "450206102"
NOON = datetime(2018, 6, 1, 4, 0, tzinfo=UTC)
_KINDS = {Worker: Kind.WORKERS, Placement: Kind.PLACEMENTS, Employer: Kind.EMPLOYERS}


class Records:
    """The records a test gives, read as the store gives them; `replace` puts one in the place of its id."""

    def __init__(self, *records: Record) -> None:
        self.kept: list[Record] = list(records)
        self.figures: list[CountyFigure] = []

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        found = [one for one in self.kept if _KINDS[type(one)] is kind]
        return [one for one in found if ids is None or getattr(one, ID_FIELDS[kind]) in ids]

    def identities(self, worker_ids: Collection[str], *, revision: int | None = None) -> dict[str, Identity]:
        known = {one.worker_id for one in self.records(Kind.WORKERS)}
        return {
            one: Identity(worker_id=one, name=f"韦样例{one[-1]}", id_number="450221199001010011", phone="13800000001")
            for one in worker_ids
            if one in known
        }

    def county_figures(self) -> list[CountyFigure]:
        return self.figures

    def replace(self, record: Record) -> None:
        key = ID_FIELDS[_KINDS[type(record)]]
        self.kept = [
            record if type(one) is type(record) and getattr(one, key) == getattr(record, key) else one
            for one in self.kept
        ]


def rolls(*months: int, year: int = 2018) -> tuple[Evidence, ...]:
    return tuple(Evidence(kind=EvidenceKind.WAGE_ROLL, on=date(year, month, 5)) for month in months)


CONTRACT = Evidence(kind=EvidenceKind.CONTRACT, on=date(2018, 2, 20))
CHECK_IN = Evidence(kind=EvidenceKind.CHECK_IN, on=date(2018, 3, 1))
POOR = Worker(worker_id="w-1", place_code=f"{TOWN}001", hukou_code="450206", registered_poor=True, household_id="h-1")
BROKERED = Placement(
    placement_id="p-1",
    worker_id="w-1",
    place_code="441900",
    start=date(2018, 3, 1),
    broker_id="b-1",
    evidence=(CONTRACT, CHECK_IN),
)
AGAIN = msgspec.structs.replace(BROKERED, placement_id="p-2", broker_id="b-2")
WORKSHOP = Employer(employer_id="e-1", name="样例帮扶车间", kind=Channel.WORKSHOP, place_code=f"{TOWN}001")
SEWS = Placement(
    placement_id="p-3",
    worker_id="w-1",
    employer_id="e-1",
    place_code=f"{TOWN}001",
    start=date(2017, 11, 1),
    contract_type=ContractType.CONTRACT_FOR_WORK,
    contract_start=date(2017, 11, 1),
    contract_end=date(2018, 10, 31),
    wage_yuan_month=1200,
    evidence=(CONTRACT, *rolls(12, year=2017), *rolls(1, 2, 3, 4, 5)),
)


@contextmanager
def office(tmp_path: Path, *records: Record, regions: tuple[str, ...] = ()) -> Iterator[ClaimDesk]:
    """A desk on 1 June 2018 in Liujiang."""
    url = f"sqlite:///{tmp_path}/county.db"
    store = open_store(url, home=tmp_path)
    store.migrate()
    deeds = open_deeds(url, home=tmp_path)
    means = Means(packs=standard_packs(), settings=Settings(home=tmp_path), model_body=b"")
    by = By(actor="officer-a", at=NOON, on=NOON.date())
    try:
        yield ClaimDesk(Records(*records), deeds, means, PACK, by, regions)
    finally:
        deeds.close()
        store.close()


def as_(desk: ClaimDesk, actor: str, on: date | None = None) -> ClaimDesk:
    """The same desk in another's hands, or on another day."""
    import dataclasses

    by = By(actor=actor, at=desk.by.at, on=on or desk.on)
    return dataclasses.replace(desk, by=by)
