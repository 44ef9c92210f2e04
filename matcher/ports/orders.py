"""What the shell asks of the store about orders: seats, unlocks, searches, arrears, registrations, follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from matcher.records.orders import (
    Arrear,
    BrokerLicence,
    ContactUnlock,
    Draft,
    FollowUp,
    LabourOrder,
    SavedSearch,
)

Elsewhere = Callable[[Collection[str]], Mapping[str, str]]
"""Workers -> the order in which each has said yes already, of other orders than the one that is changed."""


class OrderStore(Protocol):
    """Every call is one transaction; what is kept is sealed, found by ids alone."""

    def close(self) -> None:
        """Give the connections back; the store is not used after it."""

    def add_order(self, order: LabourOrder) -> None:
        """Keep an order; raises InvalidInput if the id is taken."""

    def order(self, order_id: str) -> LabourOrder:
        """An order by id; raises NotFound."""

    def orders(self, *, broker: str = "", regions: Collection[str] = ()) -> list[LabourOrder]:
        """Orders, newest first, of one broker and inside regions (leading digits) if asked."""

    def change_order(self, order_id: str, change: Callable[[LabourOrder, Elsewhere], LabourOrder]) -> LabourOrder:
        """The order that `change` makes of the one kept, nobody else between the two.

        Raises NotFound; Conflict if somebody in it has said yes in another order meanwhile.
        """

    def orders_of(self, worker_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Worker -> orders that list the worker and have not ended."""

    def unlock(self, unlock: ContactUnlock, *, daily_quota: int, day_start: datetime) -> bool:
        """Keep a look at a number; False and nothing kept if the actor has had `daily_quota` since `day_start`.

        The same person counts once a day.
        """

    def unlocks(self, *, worker_id: str = "", actor: str = "") -> list[ContactUnlock]:
        """Looks at numbers, newest first, of one worker or by one actor if asked."""

    def put_search(self, search: SavedSearch) -> None:
        """Keep a search or bring it up to date."""

    def searches(self, owner: str) -> list[SavedSearch]:
        """Searches of one owner, oldest first."""

    def end_search(self, owner: str, search_id: str) -> bool:
        """Forget a search; whether there was one."""

    def put_arrears(self, arrears: Collection[Arrear]) -> int:
        """Keep entries of a list of arrears, those of the same id anew; how many were new or changed."""

    def arrears(self) -> list[Arrear]:
        """All entries, also those removed, by employer."""

    def put_licence(self, licence: BrokerLicence) -> None:
        """Keep a broker's registration in place of the one before."""

    def licence(self, user: str) -> BrokerLicence | None:
        """The registration of an account."""

    def put_follow_ups(self, follow_ups: Collection[FollowUp]) -> None:
        """Keep follow-ups, those of the same id anew."""

    def follow_ups(self, *, due_by: date | None = None, order_id: str = "") -> list[FollowUp]:
        """Follow-ups by day, open ones due by a day or all of an order."""

    def put_draft(self, draft: Draft, *, typed_on: str = "") -> bool:
        """Keep a half-filled form in place of the one before; whether it was kept.

        typed_on : the page that sent it while somebody typed; not kept if a button of that page was pressed since.
        """

    def draft(self, owner: str, form: str) -> Draft | None:
        """The half-filled form of an owner."""

    def end_draft(self, owner: str, form: str) -> None:
        """Forget it, if there is one."""

    def forget_person(self, worker_id: str) -> int:
        """Take a person out of every order, search and follow-up; how many rows changed."""
