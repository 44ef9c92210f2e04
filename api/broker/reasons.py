"""Why this order between two people, and why somebody is missing."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from flask import Response, make_response, render_template, request

from api.audit import looked
from api.broker.orders import listed
from api.broker.room import READERS, ROOM, about, order_exists
from api.pages import Data, deed, page
from api.state import means, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.privacy import audience_of, compared_for
from matcher.services.broker.compare_candidates import compare_candidates
from matcher.services.broker.order import broker_order
from matcher.services.broker.why_missing import why_missing
from matcher.services.ground.masked_people import N_FOUND, N_FRAGMENT, people_called

LONGEST_NAME: Final = 60


@page(ROOM, "/broker/orders/<vacancy_id>/why", "broker/why.html", roles=READERS)
def why(vacancy_id: str) -> Data:
    """Which of two comes first and what settled it. The two are `first` and `second`, or two of `pair`."""
    pair = request.args.getlist("pair")
    named = [request.args[side] for side in ("first", "second") if request.args.get(side)] or pair
    if len(named) != 2:
        raise InvalidInput("要比的人应当是两个", remedy="请在名单里勾两个人，再点“比两个人”。")
    with order_exists():
        order = broker_order(store(), means(), vacancy_id, today())
        compared = compare_candidates(store(), means(), about(vacancy_id), first=named[0], second=named[1])
    looked("compare", [vacancy_id, *named])
    return {"order": order, "compared": compared_for(audience_of(viewer().role), compared)}


@page(ROOM, "/broker/orders/<vacancy_id>/missing", "broker/missing.html", roles=READERS)
def missing(vacancy_id: str) -> Data:
    """Somebody sought by id (`worker`) or by id or part of a name (`q`), and why the list does not hold them."""
    return _missing(vacancy_id, request.args.get("worker", ""), request.args.get("q", ""))


@deed(ROOM, "/broker/orders/<vacancy_id>/missing", roles=READERS)
def find_missing(vacancy_id: str) -> Response:
    """The same search from the form of the page: a name goes in the body, so that no address holds it."""
    data = _missing(vacancy_id, "", request.form.get("q", ""))
    return make_response(render_template("broker/missing.html", **data, viewer=viewer()))


def _missing(vacancy_id: str, worker_id: str, asked: str) -> dict[str, Any]:
    asked = asked.strip()[:LONGEST_NAME]
    with order_exists():
        order = broker_order(store(), means(), vacancy_id, today())
        # Names are not written in ASCII here: what is, is an id, and one that is not there is a 404.
        if worker_id or (asked and asked.isascii()):
            found = [_case(vacancy_id, order, worker_id or asked)]
            return {**_head(order, asked), "n_found": 1, "found": [found[0]["person"]], "case": found[0]}
        people, n_found = people_called(store(), asked)
        case = _case(vacancy_id, order, people[0].worker_id) if n_found == 1 else None
    if asked and case is None:
        looked("missing", [vacancy_id, *(person.worker_id for person in people)], {"by": "name", "n_found": n_found})
    return {
        **_head(order, asked),
        "n_found": n_found,
        "found": [msgspec.to_builtins(person) for person in people],
        "case": case,
    }


def _head(order: dict[str, Any], asked: str) -> dict[str, Any]:
    plain = "".join(asked.split())
    return {
        "order": order,
        "asked": bool(asked),
        "too_short": bool(asked) and not asked.isascii() and len(plain) < N_FRAGMENT,
        "most": N_FOUND,
    }


def _case(vacancy_id: str, order: dict[str, Any], worker_id: str) -> dict[str, Any]:
    """One person against the order, with the rank in the list as it stands."""
    offered = not (order["barred"] or order["closed"] or order["places_left"] == 0)
    items = listed(vacancy_id)["lists"][0]["items"] if offered else []
    ranks = {item["worker_id"]: item["rank"] for item in items}
    case = why_missing(store(), means(), about(vacancy_id), worker_id, ranks=ranks)
    looked("missing", [vacancy_id, worker_id], {"by": "id"})
    return case
