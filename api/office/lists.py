"""Why was this shown: a logged list, and the list of today beside it."""

from __future__ import annotations

from flask import Response, make_response, request

from api.audit import looked
from api.auth.roles import require_role
from api.office.room import READERS, ROOM, number
from api.pages import Data, page
from api.state import access, jurisdiction, means, store, today
from api.viewer import viewer
from matcher.services.documents.decision_case import DecisionCase, decision_case
from matcher.services.office.audit_page import looks_at_list
from matcher.services.office.list_history import ListHistory, TodaysList, list_history, todays_list


@page(ROOM, "/office/decisions/<decision_id>", "office/decision.html", roles=READERS)
def decision(decision_id: str) -> Data:
    """A logged list, built again and checked; the line of `rank` in full. 410 where somebody in it was erased."""
    call = ListHistory(decision_id=decision_id, role=viewer().role, rank=number("rank", 1), entry=number("list", 1))
    told = list_history(store(), means(), call)
    answer = told["answer"] or {}
    about = (answer.get("person") or {}).get("worker_id") or (answer.get("vacancy") or {}).get("vacancy_id") or ""
    looks = looks_at_list(access(), decision_id, about)
    looked("decision", [decision_id, *_people(told["answer"])])
    return {**told, "looks": looks}


@ROOM.get("/office/decisions/<decision_id>/case.toml")
def case(decision_id: str) -> Response:
    """The list as a worked example for a pack: the facts its rule stood on, nothing that tells who."""
    require_role(READERS)
    call = DecisionCase(decision_id=decision_id, rule_id=request.args.get("rule", ""))
    response = make_response(decision_case(store(), means(), call).encode())
    looked("decision_case", [decision_id])
    response.content_type = "application/toml; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="case.toml"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page(ROOM, "/office/lists/<worker_id>", "office/todays_list.html", roles=READERS)
def todays(worker_id: str) -> Data:
    """What the person's list would be today; nothing of it is shown to anybody else, so no decision is logged."""
    call = TodaysList(
        worker_id=worker_id,
        on=today(),
        jurisdiction=jurisdiction(),
        top=means().settings.top,
        role=viewer().role,
        rank=number("rank", 1),
    )
    told = todays_list(store(), means(), call)
    looked("today_list", [worker_id])
    return told


def _people(answer: Data | None) -> list[str]:
    """Ids of everybody the page names."""
    if answer is None:
        return []
    named = [answer["person"], *(line.get("person") for line in answer["items"])]
    return [person["worker_id"] for person in named if person]
