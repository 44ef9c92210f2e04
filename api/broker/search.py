"""Looking for people by one query: the box, the chips, the facets; with an order or without one."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.broker.room import READERS, ROOM
from api.county_time import moment
from api.pages import Data, deed, page
from api.state import means, store, today
from api.state import orders as desk_orders
from api.viewer import viewer
from matcher.privacy import mask_name
from matcher.services.broker.people_index import Asker
from matcher.services.broker.saved_searches import (
    MOST_SAVED,
    SaveSearch,
    end_search,
    open_search,
    query_of,
    save_search,
    search_named,
    searches_told,
)
from matcher.services.broker.search_address import Query, address_query, addressed, kinds_of, opened, query_at, sealed
from matcher.services.broker.search_people import PAGE, SearchPeople, read_box, search_people

LONGEST_LINE: Final = 200
PAGES: Final = {"20": 20, "50": PAGE}
MOST_UNREAD: Final = 10
UNREAD: Final = "unread"


def asker() -> Asker:
    """The present viewer, today."""
    return Asker(on=today(), regions=viewer().regions)


def query() -> Query:
    """The query of the address."""
    return query_at(store(), request.args.getlist)


def page_length() -> int:
    """How many stand on a page."""
    return PAGES.get(request.args.get("rows", ""), PAGE)


def unread() -> list[str]:
    """Pieces of the line that was typed last which nobody could read: sealed and masked, for they may be names."""
    return [mask_name(opened(store(), piece)) for piece in request.args.getlist(UNREAD)[:MOST_UNREAD]]


def to_of(asked: Query) -> dict[str, list[str]]:
    """The arguments of an address that stand for a query; turning a page keeps them, and how many stand on it."""
    rows = request.args.get("rows", "")
    return addressed(store(), asked) | ({"rows": [rows]} if rows in PAGES else {})


def told_of(asked: Query) -> dict[str, Any]:
    """What the audit keeps of a search: what it was about, never a name."""
    return {"asked": list(kinds_of(asked))} if asked else {}


def read_into(endpoint: str, **values: str) -> Response:
    """To the page of an endpoint with the chips that stood there and those of the line just typed."""
    before = query_at(store(), request.form.getlist)
    read = read_box(store(), means(), asker(), request.form.get("q", "")[:LONGEST_LINE])
    arguments = addressed(store(), address_query(before, read.chips))
    missed = [sealed(store(), piece) for piece in read.unread[:MOST_UNREAD]]
    address = url_for(endpoint, _anchor=None, **values, **arguments, **({UNREAD: missed} if missed else {}))  # type: ignore[arg-type]
    return make_response(redirect(address, 303))


@page(ROOM, "/broker/people", "broker/people.html", roles=READERS)
def people() -> Data:
    """Who of the viewer's regions could go, whatever the work, narrowed by the query of the address."""
    asked, saved_id = query(), request.args.get("saved", "")
    saved = search_named(desk_orders(), viewer().actor, saved_id) if saved_id else None
    call = SearchPeople(asker=asker(), query=asked, after=request.args.get("after", ""), top=page_length())
    new = frozenset(saved.new_ids) if saved else frozenset()
    found = search_people(store(), desk_orders(), means(), call, fresh=new)
    looked("people", [person["worker_id"] for person in found["people"]], told_of(asked))
    told = {"search_id": saved.search_id, "name": saved.name, "n_new": len(new)} if saved else None
    return {"found": found, "unread": unread(), "saved": told, "to": to_of(asked)}


@deed(ROOM, "/broker/people", roles=READERS)
def search_box() -> Response:
    """What was typed into the box, as chips of the address."""
    return read_into("broker.people")


@page(ROOM, "/broker/searches", "broker/searches.html", roles=READERS)
def searches() -> Data:
    """The searches the viewer keeps, each with how many it finds and how many of them are new."""
    kept = searches_told(store(), desk_orders(), means(), asker(), viewer().actor)
    return {"searches": kept, "most": MOST_SAVED}


@deed(ROOM, "/broker/searches", roles=READERS)
def keep_search() -> Response:
    """Keep the query of the form under a name; whoever is in it now is not new any more."""
    call = SaveSearch(
        owner=viewer().actor,
        name=request.form.get("called", ""),
        query=query_at(store(), request.form.getlist),
    )
    kept = save_search(store(), desk_orders(), means(), asker(), call, at=moment())
    looked("search_kept", [], told_of(call.query) | {"search_id": kept.search_id})
    return make_response(redirect(url_for("broker.searches"), 303))


@deed(ROOM, "/broker/searches/<search_id>/open", roles=READERS)
def see_search(search_id: str) -> Response:
    """The people of a kept search; those new since it was opened last are marked, and count as seen from now on."""
    found = open_search(store(), desk_orders(), means(), asker(), viewer().actor, search_id, at=moment())
    arguments: dict[str, Any] = addressed(store(), query_of(found))
    return make_response(redirect(url_for("broker.people", saved=search_id, **arguments), 303))


@deed(ROOM, "/broker/searches/<search_id>/end", roles=READERS)
def forget_search(search_id: str) -> Response:
    """Forget a kept search."""
    end_search(desk_orders(), viewer().actor, search_id)
    return make_response(redirect(url_for("broker.searches"), 303))
