"""What a kiosk asks of its own disk and of its county's server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from matcher.records.fair_packs import CarriedPerson, ContactAnswer, Enrolment, PackedPerson, PackHeading
from matcher.records.kiosks import Heartbeat, SyncedVisit


class PackedPeople(Protocol):
    """A store that holds people as a fair pack carries them, and no others."""

    def packed_person(self, worker_id: str, revision: int | None = None) -> PackedPerson:
        """The person as carried at a revision (default now); raises NotFound."""


class KioskFile(msgspec.Struct, frozen=True, kw_only=True):
    """Who this machine is: its server and what it was handed when it enrolled."""

    server: str
    enrolment: Enrolment


class WaitingVisits(Protocol):
    """Visits at a kiosk until the server has them."""

    def begin(self, visit_id: str, at: datetime) -> None:
        """Somebody stands here; the same visit begins once."""

    def mark_assisted(self, visit_id: str) -> None:
        """A helper stands beside."""

    def add(self, visit_id: str, event: Mapping[str, Any]) -> None:
        """What was shown or answered during a visit; to one that is over nothing is added."""

    def end(self, visit_ids: tuple[str, ...] | None = None) -> None:
        """These visits are over, all of them if None; what is over is sent."""

    def ended(self, kiosk_id: str) -> list[SyncedVisit]:
        """Visits that are over and not sent yet, oldest first."""

    def forget(self, visit_id: str) -> None:
        """The server has it."""

    def n_ended(self) -> int:
        """Visits that are over and not sent yet."""

    def count(self) -> int:
        """Visits not sent yet, those under way included."""


class KioskHome(Protocol):
    """The folder of a kiosk: who it is, its pack sealed row by row, visits that wait to be sent. Safe between threads.

    What is written is on the disk when the call returns; a kill leaves the state before it or after it.
    """

    @property
    def visits(self) -> WaitingVisits:
        """Visits until the server has them."""

    def enrolment(self) -> KioskFile | None:
        """Who this machine is, None before it enrolled and after it was taken out."""

    def enrol(self, file: KioskFile) -> None:
        """Keep who this machine is, in a file for its owner alone."""

    def heading(self) -> PackHeading | None:
        """The heading of the pack that is held, also of one whose people are gone."""

    def install(self, body: bytes, now: datetime) -> PackHeading:
        """Open a pack and hold it in place of the one before; PackRefused leaves that one."""

    def carried(self, worker_id: str) -> CarriedPerson | None:
        """A person of the pack, None where there is none."""

    def drop_people(self) -> None:
        """Destroy people, cards and prices of the pack; adverts and rules stay to be looked at."""

    def wipe(self) -> None:
        """Destroy pack, waiting visits and keys; who this machine is stays until `forget`, marked as wiped."""

    def is_wiped(self) -> bool:
        """Whether it was wiped and the server may not know yet."""

    def forget(self) -> None:
        """Forget who this machine is."""

    def note_clock(self, *, off_s: int | None = None, seen: datetime | None = None) -> None:
        """Keep how far the machine's clock is from the server's, and the latest time there was."""

    def clock_off_s(self) -> int:
        """The machine's clock minus the server's, as far as it is known."""

    def latest(self) -> datetime | None:
        """The latest time this kiosk has seen."""


class CountyServer(Protocol):
    """The server of the county as a kiosk speaks to it.

    Every call raises Unreachable where there is no answer, SignInNeeded where the server does not know this kiosk,
    Revoked where it took the kiosk out.
    """

    def enrol(self, code: str) -> Enrolment:
        """Trade a code for who this machine is; raises NotFound for a wrong code or one that is over."""

    def heartbeat(self, told: Heartbeat) -> ContactAnswer:
        """Say how it is; `told.at` is this machine's own clock."""

    def pack(self) -> bytes:
        """A fair pack made now."""

    def send(self, visit: SyncedVisit) -> None:
        """Hand a visit over; sent again it is kept once."""

    def wiped(self) -> None:
        """Say that everything was destroyed."""
