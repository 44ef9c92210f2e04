"""What a kiosk is handed of a township: people with what a round in public reads, and their places in the order."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from matcher.records.people import Household, Worker


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """Where the dated rule puts somebody from a day on: numbers alone, no flag is named by them.

    tier, sub_tier : 0 is first; household, priority, group : factors in 1/64; weight : permille on the mean bar
    """

    since: date
    tier: int
    sub_tier: int
    household: int
    priority: int
    group: int
    weight: int


class PackedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as far as a round in public reads the record: no label of poverty, relocation or health.

    worker, household : with the other fields empty; standings : by day, from the first day of the pack on
    before : others of the household who have waited longer for its one plot, as far as such a round reads them
    """

    worker: Worker
    household: Household | None = None
    standings: tuple[Standing, ...] = ()
    before: tuple[Worker, ...] = ()

    def standing(self, on: date) -> Standing | None:
        """The standing of a day; None before the first."""
        return next((standing for standing in reversed(self.standings) if standing.since <= on), None)


class CarriedOffer(msgspec.Struct, frozen=True, array_like=True):
    """A text that still offers somebody posts: which, in the order of the text, and until when; None without an end.

    Neither its words nor the number it went to.
    """

    vacancy_ids: tuple[str, ...]
    until: datetime | None = None


class CarriedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person of a fair pack. name : masked; card : blind index of the identity number under the pack's own key.

    offers : texts that stood on the day of the pack, newest first
    """

    person: PackedPerson
    name: str = ""
    card: bytes = b""
    offers: tuple[CarriedOffer, ...] = ()


class PackHeading(msgspec.Struct, frozen=True, kw_only=True):
    """The open part of a fair pack, bound to the sealed one: whose it is, from when and until when."""

    pack_id: str
    kiosk_id: str
    region_code: str
    made_at: datetime
    expires_at: datetime
    n_people: int
    n_vacancies: int


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What a kiosk gets when its code is taken, once: the secret it signs in with and the key of its packs (hex)."""

    kiosk_id: str
    name: str
    region_code: str
    secret: str
    pack_key: str
    at: datetime


class ContactAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the server says to a heartbeat. at : its clock; state : of the kiosk; fetch_pack : a new one is needed."""

    at: datetime
    state: str
    fetch_pack: bool = False
