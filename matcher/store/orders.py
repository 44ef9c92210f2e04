"""The store of `ports.OrderStore`, in the same database as the rosters: each method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.ports.orders import Elsewhere
from matcher.records.orders import (
    Arrear,
    BrokerLicence,
    ContactUnlock,
    Draft,
    FollowUp,
    LabourOrder,
    OrderState,
    SavedSearch,
)
from matcher.store import desk_schema as schema
from matcher.store.chunks import chunks
from matcher.store.database import BUSY_TIMEOUT_S, Database
from matcher.store.keyholder import Keyholder
from matcher.store.sealing import Vault
from matcher.store.shelf import Shelf

_ORDERS: Final = Shelf(
    schema.labour_order,
    LabourOrder,
    lambda order: {
        "order_id": order.order_id,
        "created_at": order.created_at,
        "broker": order.broker,
        "region_code": order.region_code,
    },
)
_SEARCHES: Final = Shelf(
    schema.saved_search,
    SavedSearch,
    lambda search: {"owner": search.owner, "search_id": search.search_id, "created_at": search.created_at},
)
_ARREARS: Final = Shelf(schema.arrear, Arrear, lambda arrear: {"arrear_id": arrear.arrear_id})
_LICENCES: Final = Shelf(schema.broker_licence, BrokerLicence, lambda licence: {"user": licence.user})
_FOLLOW_UPS: Final = Shelf(
    schema.follow_up,
    FollowUp,
    lambda follow_up: {
        "follow_up_id": follow_up.follow_up_id,
        "order_id": follow_up.order_id,
        "worker_id": follow_up.worker_id,
        "open_until": None if follow_up.status else follow_up.due_on,
    },
)
_DRAFTS: Final = Shelf(schema.desk_draft, Draft, lambda draft: {"owner": draft.owner, "form": draft.form})
SHELVES: Final[tuple[Shelf[Any], ...]] = (_ORDERS, _SEARCHES, _ARREARS, _LICENCES, _FOLLOW_UPS, _DRAFTS)
_ENDED: Final = frozenset({OrderState.DEPARTED, OrderState.CANCELLED})


def open_orders(url: str, *, home: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Orders:
    """Orders in the database that `open_store` of the same URL and home made; nothing is touched before a call."""
    return Orders(Database(url, busy_timeout_s=busy_timeout_s), home=home)


class Orders:
    """Orders with their people, looks at numbers, searches, arrears, registrations, follow-ups, drafts."""

    def __init__(self, database: Database, *, home: Path) -> None:
        self.database = database
        self._keys = Keyholder(home)

    def close(self) -> None:
        """Give the connections back and forget the keys."""
        self.database.close()
        self._keys.forget()

    def add_order(self, order: LabourOrder) -> None:
        """Keep an order; InvalidInput if the id is taken, Conflict if somebody in it has said yes elsewhere."""
        with self.database.writing() as connection:
            if not _ORDERS.add(connection, self._keys.vault(connection), order):
                raise InvalidInput("an order of this id is kept already", where=order.order_id)
            _index_people(connection, order)

    def order(self, order_id: str) -> LabourOrder:
        """An order by id; NotFound."""
        with self.database.reading() as connection:
            return _order(connection, self._keys.vault(connection), order_id)

    def orders(self, *, broker: str = "", regions: Collection[str] = ()) -> list[LabourOrder]:
        """Orders, newest first, of one broker and inside regions if asked."""
        columns = schema.labour_order.c
        wanted: list[sa.ColumnElement[bool]] = [columns.broker == broker] if broker else []
        if regions:
            wanted.append(sa.or_(*(columns.region_code.startswith(region, autoescape=True) for region in regions)))
        with self.database.reading() as connection:
            found = _ORDERS.where(connection, self._keys.vault(connection), *wanted, by=("created_at",))
        return found[::-1]

    def change_order(self, order_id: str, change: Callable[[LabourOrder, Elsewhere], LabourOrder]) -> LabourOrder:
        """The order that `change` makes of the one kept, in one transaction; NotFound, Conflict."""
        with self.database.writing() as connection:
            vault = self._keys.vault(connection)
            lock = sa.select(schema.labour_order.c.order_id).where(schema.labour_order.c.order_id == order_id)
            connection.execute(lock.with_for_update())
            found = _order(connection, vault, order_id)
            changed = change(found, lambda worker_ids: _bound(connection, worker_ids, order_id))
            if changed != found:
                _ORDERS.put(connection, vault, changed)
                _index_people(connection, changed)
            return changed

    def orders_of(self, worker_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Worker -> orders that list the worker and have not ended, by id."""
        columns = schema.order_person.c
        found: dict[str, list[str]] = {}
        with self.database.reading() as connection:
            for piece in chunks(worker_ids):
                rows = sa.select(columns.worker_id, columns.order_id).where(columns.worker_id.in_(piece))
                for worker_id, order_id in connection.execute(rows.order_by(columns.order_id)):
                    found.setdefault(worker_id, []).append(order_id)
        return {worker_id: tuple(order_ids) for worker_id, order_ids in found.items()}

    def unlock(self, unlock: ContactUnlock, *, daily_quota: int, day_start: datetime) -> bool:
        """Keep a look at a number; False if the actor has had `daily_quota` different people since `day_start`."""
        columns = schema.contact_unlock.c
        with self.database.writing() as connection:
            if connection.dialect.name != "sqlite":
                connection.execute(sa.text("LOCK TABLE contact_unlock IN SHARE ROW EXCLUSIVE MODE"))
            people = sa.select(columns.worker_id).where(columns.actor == unlock.actor, columns.at >= day_start)
            seen = set(connection.execute(people.distinct()).scalars())
            if unlock.worker_id not in seen and len(seen) >= daily_quota:
                return False
            connection.execute(sa.insert(schema.contact_unlock).values(**msgspec.structs.asdict(unlock)))
            return True

    def unlocks(self, *, worker_id: str = "", actor: str = "") -> list[ContactUnlock]:
        """Looks at numbers, newest first."""
        columns = schema.contact_unlock.c
        rows = sa.select(columns.at, columns.actor, columns.worker_id, columns.order_id, columns.reason)
        if worker_id:
            rows = rows.where(columns.worker_id == worker_id)
        if actor:
            rows = rows.where(columns.actor == actor)
        with self.database.reading() as connection:
            found = connection.execute(rows.order_by(columns.seq.desc())).mappings()
            return [ContactUnlock(**row) for row in found]

    def put_search(self, search: SavedSearch) -> None:
        """Keep a search or bring it up to date."""
        with self.database.writing() as connection:
            _SEARCHES.put(connection, self._keys.vault(connection), search)

    def searches(self, owner: str) -> list[SavedSearch]:
        """Searches of one owner, oldest first."""
        owned = schema.saved_search.c.owner == owner
        with self.database.reading() as connection:
            return _SEARCHES.where(connection, self._keys.vault(connection), owned, by=("created_at",))

    def end_search(self, owner: str, search_id: str) -> bool:
        """Forget a search; whether there was one."""
        columns = schema.saved_search.c
        return self._delete(schema.saved_search, columns.owner == owner, columns.search_id == search_id) > 0

    def put_arrears(self, arrears: Collection[Arrear]) -> int:
        """Keep entries of a list of arrears; how many were new or changed."""
        with self.database.writing() as connection:
            vault = self._keys.vault(connection)
            changed = [arrear for arrear in arrears if _ARREARS.find(connection, vault, arrear.arrear_id) != arrear]
            for arrear in changed:
                _ARREARS.put(connection, vault, arrear)
        return len(changed)

    def arrears(self) -> list[Arrear]:
        """All entries, also those removed, by id."""
        with self.database.reading() as connection:
            return _ARREARS.where(connection, self._keys.vault(connection))

    def put_licence(self, licence: BrokerLicence) -> None:
        """Keep a broker's registration in place of the one before."""
        with self.database.writing() as connection:
            _LICENCES.put(connection, self._keys.vault(connection), licence)

    def licence(self, user: str) -> BrokerLicence | None:
        """The registration of an account."""
        with self.database.reading() as connection:
            return _LICENCES.find(connection, self._keys.vault(connection), user)

    def put_follow_ups(self, follow_ups: Collection[FollowUp]) -> None:
        """Keep follow-ups, those of the same id anew."""
        with self.database.writing() as connection:
            vault = self._keys.vault(connection)
            for follow_up in follow_ups:
                _FOLLOW_UPS.put(connection, vault, follow_up)

    def follow_ups(self, *, due_by: date | None = None, order_id: str = "") -> list[FollowUp]:
        """Follow-ups: open ones due by a day, or all of an order."""
        columns = schema.follow_up.c
        wanted: list[sa.ColumnElement[bool]] = [columns.order_id == order_id] if order_id else []
        if due_by is not None:
            wanted.append(columns.open_until <= due_by)
        with self.database.reading() as connection:
            return _FOLLOW_UPS.where(connection, self._keys.vault(connection), *wanted, by=("open_until",))

    def put_draft(self, draft: Draft, *, typed_on: str = "") -> bool:
        """Keep a half-filled form in place of the one before; whether it was kept.

        typed_on : the page that sent it while somebody typed; not kept if a button of that page was pressed since.
        """
        with self.database.writing() as connection:
            vault = self._keys.vault(connection)
            before = _DRAFTS.find(connection, vault, draft.owner, draft.form) if typed_on else None
            if before is not None and before.page == typed_on:
                return False
            _DRAFTS.put(connection, vault, draft)
            return True

    def draft(self, owner: str, form: str) -> Draft | None:
        """The half-filled form of an owner."""
        with self.database.reading() as connection:
            return _DRAFTS.find(connection, self._keys.vault(connection), owner, form)

    def end_draft(self, owner: str, form: str) -> None:
        """Forget it, if there is one."""
        columns = schema.desk_draft.c
        self._delete(schema.desk_draft, columns.owner == owner, columns.form == form)

    def forget_person(self, worker_id: str) -> int:
        """Take a person out of every order, search and follow-up; how many rows changed."""
        with self.database.writing() as connection:
            self.database.forget_deleted_pages(connection)
            vault = self._keys.vault(connection)
            n_changed = 0
            for order in _ORDERS.where(connection, vault):
                changed = _without(order, worker_id)
                if changed is not order:
                    _ORDERS.put(connection, vault, changed)
                    _index_people(connection, changed)
                    n_changed += 1
            for search in _SEARCHES.where(connection, vault):
                rest = _unseen(search, worker_id)
                if rest != search:
                    _SEARCHES.put(connection, vault, rest)
                    n_changed += 1
            ended = sa.delete(schema.follow_up).where(schema.follow_up.c.worker_id == worker_id)
            return n_changed + connection.execute(ended).rowcount

    def _delete(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        with self.database.writing() as connection:
            return connection.execute(sa.delete(table).where(*conditions)).rowcount


def _order(connection: Connection, vault: Vault, order_id: str) -> LabourOrder:
    found = _ORDERS.find(connection, vault, order_id)
    if found is None:
        raise NotFound("no order has this id", where=order_id)
    return found


def _without(order: LabourOrder, worker_id: str) -> LabourOrder:
    """An order without one person; who was to go along with that person goes alone."""
    people = tuple(
        msgspec.structs.replace(seat, partner="") if seat.partner == worker_id else seat
        for seat in order.people
        if seat.worker_id != worker_id
    )
    return order if people == order.people else msgspec.structs.replace(order, people=people)


def _unseen(search: SavedSearch, worker_id: str) -> SavedSearch:
    """A search as if one person had never been in it."""
    seen, new = (tuple(one for one in ids if one != worker_id) for ids in (search.seen_ids, search.new_ids))
    return msgspec.structs.replace(search, seen_ids=seen, new_ids=new)


def _bound(connection: Connection, worker_ids: Collection[str], order_id: str) -> Mapping[str, str]:
    """Workers -> the other order in which each has said yes."""
    columns = schema.seat_bound.c
    found: dict[str, str] = {}
    for piece in chunks(worker_ids):
        rows = sa.select(columns.worker_id, columns.order_id).where(
            columns.worker_id.in_(piece), columns.order_id != order_id
        )
        found.update((worker_id, other) for worker_id, other in connection.execute(rows))
    return found


def _index_people(connection: Connection, order: LabourOrder) -> None:
    """Bring the two indexes of an order's people in line with it; Conflict if one is bound elsewhere."""
    for table in (schema.order_person, schema.seat_bound):
        connection.execute(sa.delete(table).where(table.c.order_id == order.order_id))
    if order.state in _ENDED:
        return
    listed = [{"order_id": order.order_id, "worker_id": seat.worker_id} for seat in order.people]
    bound = [{"order_id": order.order_id, "worker_id": seat.worker_id} for seat in order.people if seat.state.bound]
    if listed:
        connection.execute(sa.insert(schema.order_person), listed)
    try:
        if bound:
            connection.execute(sa.insert(schema.seat_bound), bound)
    except sa.exc.IntegrityError as error:
        raise Conflict(
            "somebody in this order has said yes in another order",
            where=order.order_id,
            remedy="Read the order again and leave this person out.",
        ) from error
