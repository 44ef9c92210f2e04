"""A page is its data: one view, shown as HTML and, under the same address with `.json`, as what it was made of."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template

from api.auth.roles import require_role
from api.viewer import viewer
from matcher.records.access import Role

Data = dict[str, Any]
View = Callable[..., "Data | Response"]


def page(room: Blueprint, rule: str, template: str, *, roles: Collection[Role]) -> Callable[[View], View]:
    """Register a view of GET `rule` for the named roles, and its twin at `rule.json`.

    The view returns the page's data, already redacted for its viewer and ready for JSON; the template sees
    nothing else, so what the HTML tells stands in the twin. A Response (a redirect) passes through.
    """

    def register(view: View) -> View:
        @wraps(view)
        def html(**arguments: Any) -> Response:
            require_role(roles)
            data = view(**arguments)
            if isinstance(data, Response):
                return data
            return make_response(render_template(template, **data, viewer=viewer()))

        @wraps(view)
        def twin(**arguments: Any) -> Response:
            require_role(roles)
            data = view(**arguments)
            return data if isinstance(data, Response) else jsonify(data)

        room.add_url_rule(rule, endpoint=view.__name__, view_func=html, methods=["GET"])
        room.add_url_rule(f"{rule}.json", endpoint=f"{view.__name__}_json", view_func=twin, methods=["GET"])
        return view

    return register


def deed(room: Blueprint, rule: str, *, roles: Collection[Role]) -> Callable[[View], View]:
    """Register a view of POST `rule` for the named roles; `auth` has checked the form's token before it runs."""

    def register(view: View) -> View:
        @wraps(view)
        def checked(**arguments: Any) -> Any:
            require_role(roles)
            return view(**arguments)

        room.add_url_rule(rule, endpoint=view.__name__, view_func=checked, methods=["POST"])
        return view

    return register
