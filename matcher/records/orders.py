"""A broker's order and its people: seats, calls, waiting list; frozen, no I/O."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

MAX_SEATS = 500
"""More people than this go as several orders: one manifest is read by one person at a bus door."""


class OrderState(StrEnum):
    """Where an order stands; calls and seats change only while it is open."""

    DRAFT = "draft"
    OPEN = "open"
    DEPARTED = "departed"
    CANCELLED = "cancelled"


class SeatState(StrEnum):
    """Where one person stands in one order; `takes_seat` says which of them use up a seat."""

    LISTED = "listed"
    HELD = "held"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    NO_SHOW = "no_show"
    WAITING = "waiting"
    DECLINED = "declined"
    RELEASED = "released"

    @property
    def takes_seat(self) -> bool:
        """Whether this person uses up a seat of the order."""
        return self in {SeatState.HELD, SeatState.CONFIRMED, SeatState.CHECKED_IN}

    @property
    def bound(self) -> bool:
        """Whether the worker has said yes here and so cannot say yes to another order."""
        return self in {SeatState.CONFIRMED, SeatState.CHECKED_IN}


class CallOutcome(StrEnum):
    """What came of a call, one tap each."""

    GO = "go"
    NO = "no"
    LATER = "later"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    AWAY = "away"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call: when, by whom, what came of it; `reason` as in reactions (wage, distance, family, ...)."""

    at: datetime
    by: str
    outcome: CallOutcome
    reason: str = ""


LEFT: dict[str, str] = {
    "withdrawn": "本人不去了",
    "refuse_unfit": "单位说不合适",
    "partner": "一起走的人不去了",
    "lapsed": "留座到期没回话",
    "wrong_number": "电话是空号",
    "away": "已经在外面",
    "full": "车走的时候没有空座",
}
"""Why somebody no longer stands in line for a seat."""


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One person in an order.

    place : order of the call list, then of the waiting list (1 first); held_until : end of a hold
    partner : worker who goes along or not at all; checked_in_by : who saw the person at the bus
    list_id : decision that listed the person for the order; left : why a seat was given back, one of LEFT
    """

    worker_id: str
    state: SeatState = SeatState.LISTED
    place: int
    held_until: datetime | None = None
    partner: str = ""
    calls: tuple[Call, ...] = ()
    changed_at: datetime
    checked_in_by: str = ""
    list_id: str = ""
    left: str = ""


class LabourOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order for people: how many, for which vacancy, when they leave, and everybody on its list.

    said : the line it was made from, as typed; leader : who leads the group, by name and post
    countersigned_by : the officer who signed the manifest, at countersigned_at (None: signed before it was kept)
    agreed_by : the officer who let it open where one had to
    refused_why : what an officer said who did not
    """

    order_id: str
    vacancy_id: str
    region_code: str
    n_seats: int
    state: OrderState = OrderState.DRAFT
    departs_at: datetime | None = None
    pickup: str = ""
    said: str = ""
    broker: str
    created_at: datetime
    leader: str = ""
    countersigned_by: str = ""
    countersigned_at: datetime | None = None
    agreed_by: str = ""
    refused_why: str = ""
    people: tuple[Seat, ...] = ()

    @property
    def n_taken(self) -> int:
        """Seats in use: held, confirmed, checked in."""
        return sum(seat.state.takes_seat for seat in self.people)


class ContactUnlock(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a full number: by whom, whose, for which order, why."""

    at: datetime
    actor: str
    worker_id: str
    order_id: str
    reason: str


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A search a broker keeps.

    seen_ids : who was in it when it was last opened, so that the rest is new; new_ids : who was new then
    """

    search_id: str
    owner: str
    name: str
    query: str
    created_at: datetime
    seen_at: datetime
    seen_ids: tuple[str, ...] = ()
    new_ids: tuple[str, ...] = ()


class Arrear(msgspec.Struct, frozen=True, kw_only=True):
    """An employer on a list of wage arrears, from a day, until it was taken off (None: still on it)."""

    arrear_id: str
    employer_name: str
    credit_code: str = ""
    listed_on: date
    removed_on: date | None = None
    source: str
    author: str

    def stands_on(self, day: date) -> bool:
        """Whether the entry stands on a day; a removal is honoured from its day on."""
        return self.listed_on <= day and (self.removed_on is None or day < self.removed_on)


class BrokerLicence(msgspec.Struct, frozen=True, kw_only=True):
    """A broker's registration (备案): the account it belongs to, its number and the days it holds, both inclusive."""

    user: str
    number: str
    from_: date
    to: date
    recorded_by: str

    def holds_on(self, day: date) -> bool:
        """Whether the registration is in force on a day."""
        return self.from_ <= day <= self.to


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """A question to somebody placed, due some days after the start; `day` is 7, 30 or 90.

    status : kept, moved, returned, unreachable (QUALITY 6), "" while open
    """

    follow_up_id: str
    order_id: str
    worker_id: str
    vacancy_id: str
    day: int
    due_on: date
    status: str = ""
    reason: str = ""
    source: str = ""
    asked_at: datetime | None = None
    asked_by: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A form half filled in, kept while a session ends; `fields` as posted, without secrets.

    page : the showing of the form whose button was pressed last; what that page sent while typing comes too late.
    A form that was sent or thrown away is kept without fields for its page alone.
    """

    owner: str
    form: str
    kept_at: datetime
    fields: dict[str, str] = {}
    page: str = ""
