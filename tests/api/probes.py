"""Views of no room, registered on an application of a test's own, that show what `auth` lets through."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, jsonify, request

from api.auth import sessions
from api.auth.roles import EVERYBODY, OFFICE, require_scope
from api.pages import deed, page
from api.state import store
from api.viewer import viewer
from matcher.records import Kind
from matcher.records.access import Role, Scope

NOTHING: dict[str, Any] = {"topic": "index", "title": "probe", "blocks": []}


def register(app: Flask) -> Flask:
    """Pages for the office and for brokers, a deed, a kiosk's memory, and two views of the API."""
    room = Blueprint("probe", __name__)
    for name, roles in (("office", OFFICE), ("broker", {Role.BROKER}), ("everybody", EVERYBODY)):
        _page(room, name, roles)
    deed(room, "/probe/deed", roles=EVERYBODY)(_named("done", lambda: {"done": True}))
    deed(room, "/probe/closed", roles=OFFICE)(_named("closed", lambda: {"done": True}))
    deed(room, "/probe/told", roles=EVERYBODY)(_named("told", _told))
    deed(room, "/probe/wiped", roles=EVERYBODY)(_named("wiped", _wiped))
    room.add_url_rule("/probe/facts", view_func=_facts)
    room.add_url_rule("/api/v1/probe/candidates", view_func=_candidates)
    room.add_url_rule("/api/v1/probe/workers", view_func=_workers)
    app.register_blueprint(room)
    return app


def _page(room: Blueprint, name: str, roles) -> None:
    page(room, f"/probe/{name}", "start/help.html", roles=roles)(_named(name, lambda: NOTHING))


def _named(name: str, view):
    view.__name__ = name
    return view


def _told():
    session = sessions.remember({"worker_id": request.form["card"]})
    return {"csrf": session.csrf}


def _wiped():
    sessions.wipe()
    return {"wiped": True}


def _facts():
    asker = viewer()
    return jsonify(
        subject=asker.subject,
        actor=asker.actor,
        facts=dict(asker.session.facts) if asker.session else None,
        csrf=asker.session.csrf if asker.session else "",
    )


def _candidates():
    require_scope(Scope.CANDIDATES)
    return jsonify(actor=viewer().actor, role=viewer().role, subject=viewer().subject)


def _workers():
    require_scope(Scope.VACANCIES)
    return jsonify([worker.place_code for worker in store().records(Kind.WORKERS)])
