"""What use cases of claims work with, and which claims somebody's regions reach."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from matcher.errors import NotFound
from matcher.office.claims.record import PREFIX, ClaimRecord, claim_stream, read_claim, read_claims
from matcher.office.claims.steps import By
from matcher.ports import DeedStore, RosterStore
from matcher.records import Kind
from matcher.services.ground.rulebook import Means

Brokers = Callable[[], Mapping[str, str]]
"""What a broker may be known by -> the name of the account, of those the reader may see; asked where it is needed."""


@dataclass(frozen=True)
class ClaimDesk:
    """The scoped store, the deeds, the means, the county, the reader's regions (none: all), and who does it when.

    brokers : nobody's name unless whoever makes the desk knows the accounts
    """

    store: RosterStore
    deeds: DeedStore
    means: Means
    jurisdiction: str
    by: By
    regions: tuple[str, ...] = ()
    brokers: Brokers = dict

    @property
    def on(self) -> date:
        """The county's day."""
        return self.by.on


class Doer(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: by which name, from which county, with which regions; when, and the county's day."""

    actor: str
    at: datetime
    on: date
    jurisdiction: str
    regions: tuple[str, ...] = ()


def claim_desk(store: RosterStore, deeds: DeedStore, means: Means, doer: Doer, *, brokers: Brokers = dict) -> ClaimDesk:
    """A desk over a store that reaches as far as the doer's regions."""
    by = By(actor=doer.actor, at=doer.at, on=doer.on)
    return ClaimDesk(store, deeds, means, doer.jurisdiction, by, doer.regions, brokers)


def all_claims(desk: ClaimDesk) -> dict[str, ClaimRecord]:
    """Every claim of the county, for guards and sums; pages show `seen_claims`."""
    return read_claims(desk.deeds.deeds(prefix=PREFIX))


def claims_about(desk: ClaimDesk, subjects: Iterable[str]) -> dict[str, ClaimRecord]:
    """Claims that name any of these people, firms, stations: those a claim of theirs could clash with."""
    streams: dict[str, ClaimRecord] = {}
    for subject in dict.fromkeys(subjects):
        streams |= read_claims(desk.deeds.deeds(prefix=PREFIX, subject=subject))
    return streams


def seen_claims(desk: ClaimDesk, records: Iterable[ClaimRecord]) -> list[ClaimRecord]:
    """Those the regions reach: all of its people live there, or, where it is about no person, all of its places."""
    listed = list(records)
    if not desk.regions:
        return listed
    named = {one for record in listed if record.proposal for one in record.proposal.claim.persons}
    here = _reached(desk, named)
    return [record for record in listed if _is_seen(record, here, desk.regions)]


def _reached(desk: ClaimDesk, worker_ids: Collection[str]) -> frozenset[str]:
    found = desk.store.records(Kind.WORKERS, ids=sorted(worker_ids)) if worker_ids else []
    return frozenset(getattr(worker, "worker_id", "") for worker in found)


def _is_seen(record: ClaimRecord, here: frozenset[str], regions: tuple[str, ...]) -> bool:
    told = record.proposal
    if told is None:
        return False
    if told.claim.persons:
        return here.issuperset(told.claim.persons)
    return bool(told.places) and all(place.startswith(regions) for place in told.places)


def find_claim(desk: ClaimDesk, claim_id: str) -> ClaimRecord:
    """A claim of the reader's regions; NotFound for any other, whether it is there or not."""
    record = read_claim(desk.deeds.stream(claim_stream(claim_id)))
    if record is None or not seen_claims(desk, [record]):
        raise NotFound("没有这笔申领", where=claim_id, remedy="请从申领列表重新点进来。")
    return record
