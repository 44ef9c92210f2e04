"""Searches a broker keeps, and who has come into them since they were last opened."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np

from matcher.errors import InvalidInput, NotFound
from matcher.orders.search.matching import Sieve
from matcher.orders.search.query import About, Query, asked
from matcher.ports import OrderStore, RosterStore
from matcher.records.orders import SavedSearch
from matcher.services.broker.order_desk import moment_words
from matcher.services.broker.people_index import Asker, present
from matcher.services.broker.search_address import addressed
from matcher.services.broker.search_words import chip_label
from matcher.services.ground.rulebook import Means

LONGEST_NAME: Final = 40
MOST_SAVED: Final = 20
"""Searches of one broker: each is counted whenever the list of them is opened."""
MOST_SEEN: Final = 2_000
"""People of a search that can be kept: who is in it is remembered by id, and nobody reads more of them anyhow."""
_NOT_KEPT: Final = frozenset({About.VERDICT, About.FRESH})
"""What holds in one order, or for one look, only."""
_GONE: Final = "没有这个搜索"


class SaveSearch(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose search, under which name, for what."""

    owner: str
    name: str
    query: Query


def save_search(
    store: RosterStore, orders: OrderStore, means: Means, asker: Asker, call: SaveSearch, *, at: datetime
) -> SavedSearch:
    """Keep a search; everybody in it now counts as seen. InvalidInput where it may not be kept, and why."""
    query = asked(chip for chip in call.query.chips if chip.about not in _NOT_KEPT)
    found = _found(store, orders, means, asker, query)
    _require_room(orders, call.owner)
    if not query:
        raise InvalidInput("还没有条件，存不了", remedy="请先搜一搜，再存这次搜索。")
    if len(found) > MOST_SEEN:
        raise InvalidInput(
            f"这次搜索有{len(found)}人，太多了，存不了", remedy=f"请再加条件，缩到{MOST_SEEN}人以内再存。"
        )
    name = " ".join(call.name.split())[:LONGEST_NAME] or "、".join(chip_label(chip) for chip in query.chips)
    search = SavedSearch(
        search_id=f"s-{secrets.token_hex(8)}",
        owner=call.owner,
        name=name[:LONGEST_NAME],
        query=msgspec.json.encode(query).decode(),
        created_at=at,
        seen_at=at,
        seen_ids=tuple(found),
    )
    orders.put_search(search)
    return search


def searches_told(
    store: RosterStore, orders: OrderStore, means: Means, asker: Asker, owner: str
) -> list[dict[str, Any]]:
    """The searches of an owner, oldest first: what each asks, how many it finds now, how many of these are new."""
    kept = orders.searches(owner)
    if not kept:
        return []
    now = present(store, orders, means, asker.on)
    people, reached = now.people, now.within(asker.regions)
    told = []
    for search in kept:
        query = query_of(search)
        fits = Sieve(people, query, reached).fits
        seen = set(search.seen_ids)
        new = sum(people.columns.ids[row] not in seen for row in np.flatnonzero(fits).tolist())
        told.append({
            "search_id": search.search_id,
            "name": search.name,
            "chips": [chip_label(chip) for chip in query.chips],
            "to": addressed(store, query),
            "n_now": int(np.count_nonzero(fits)),
            "n_new": new,
            "seen_at": moment_words(search.seen_at),
        })  # fmt: skip
    return told


def open_search(
    store: RosterStore, orders: OrderStore, means: Means, asker: Asker, owner: str, search_id: str, *, at: datetime
) -> SavedSearch:
    """The search with everybody in it now counted as seen, and who was new; NotFound."""
    search = search_named(orders, owner, search_id)
    found = _found(store, orders, means, asker, query_of(search))
    seen = set(search.seen_ids)
    new = tuple(worker_id for worker_id in found if worker_id not in seen)
    opened = msgspec.structs.replace(search, seen_at=at, seen_ids=tuple(found[:MOST_SEEN]), new_ids=new[:MOST_SEEN])
    orders.put_search(opened)
    return opened


def search_named(orders: OrderStore, owner: str, search_id: str) -> SavedSearch:
    """A search of an owner by id; NotFound, for somebody else's as well."""
    for search in orders.searches(owner):
        if search.search_id == search_id:
            return search
    raise NotFound(_GONE, remedy="请从“存下的搜索”重新点进来。")


def end_search(orders: OrderStore, owner: str, search_id: str) -> None:
    """Forget a search; NotFound if there is none."""
    if not orders.end_search(owner, search_id):
        raise NotFound(_GONE, remedy="可能已经删掉了，请刷新“存下的搜索”。")


def query_of(search: SavedSearch) -> Query:
    """What a kept search asks."""
    return msgspec.json.decode(search.query, type=Query)


def _found(store: RosterStore, orders: OrderStore, means: Means, asker: Asker, query: Query) -> list[str]:
    now = present(store, orders, means, asker.on)
    rows: Iterable[int] = np.flatnonzero(Sieve(now.people, query, now.within(asker.regions)).fits).tolist()
    return [now.index.columns.ids[row] for row in rows]


def _require_room(orders: OrderStore, owner: str) -> None:
    if len(orders.searches(owner)) >= MOST_SAVED:
        raise InvalidInput(f"已经存了{MOST_SAVED}个搜索，不能再存", remedy="请先删掉不用的，再存新的。")
