"""Finding a person, and everything kept of one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, render_template, request, url_for

from api.audit import looked
from api.office.room import DOERS, READERS, ROOM, may_do
from api.pages import Data, deed, page
from api.state import access, deeds, jurisdiction, means, now, orders, state, store, today
from api.texting import by, desk
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.records.access import Role
from matcher.records.texts import Channel
from matcher.services.ground.same_person import others_of
from matcher.services.messages.consents import CHANNELS, LONGEST_PLACE, NoteConsent, consent_page, note_consent
from matcher.services.office.erase_person import ErasePerson, erase_person, erasure_told
from matcher.services.office.people import FindPeople, find_people
from matcher.services.office.person_history import PersonHistory, person_history
from matcher.services.tracking.corrections import corrections_about
from matcher.services.tracking.visits import visits_of

LONGEST: Final = 60
DECISION: Final = "d-"
ERASERS: Final = frozenset({Role.ADMINISTRATOR})


@page(ROOM, "/office/people", "office/people.html", roles=READERS)
def people() -> Data:
    """The search form; or, of a `town`, those who seek work there."""
    return _found(asked="", town=request.args.get("town", ""))


@deed(ROOM, "/office/people", roles=READERS)
def find() -> Response:
    """The search itself: what was typed goes in the body, so that no address and no log holds a name."""
    asked = request.form.get("q", "").strip()[:LONGEST]
    if asked.startswith(DECISION) and asked.isascii():
        return make_response(redirect(url_for("office.decision", decision_id=asked), 303))
    data = _found(asked=asked, town="")
    return make_response(render_template("office/people.html", **data, viewer=viewer()))


@page(ROOM, "/office/people/<worker_id>", "office/person.html", roles=READERS)
def person(worker_id: str) -> Data:
    """One person's whole history."""
    asker = viewer()
    call = PersonHistory(
        worker_id=worker_id,
        on=today(),
        jurisdiction=jurisdiction(),
        role=asker.role,
        everywhere=not asker.regions,
    )
    told = person_history(store(), access(), means(), call)
    looked("person", [worker_id])
    return {
        **told,
        "same_person": others_of(deeds(), store(), worker_id),
        "corrections": corrections_about(deeds(), worker_id),
        "visits": visits_of(deeds(), worker_id),
        "may_erase": asker.role in ERASERS,
        "texts": _texts(worker_id),
        "may_do": may_do(),
    }


def _texts(worker_id: str) -> dict[str, Any] | None:
    """What the person said to texts; None where the county's own file of texts is at fault."""
    try:
        at = desk()
    except InvalidInput:
        return None
    return consent_page(at, worker_id, by())


@deed(ROOM, "/office/people/<worker_id>/texts", roles=DOERS)
def note_texts(worker_id: str) -> Response:
    """A yes or no to texts that somebody said at the desk, in a call or on paper, with the words that were read."""
    form = request.form
    if form.get("agreed") not in ("yes", "no") or form.get("channel", "") not in CHANNELS:
        raise InvalidInput("没有选愿意还是不愿意，或者怎么说的", where="agreed", remedy="请选好再按一个按钮。")
    call = NoteConsent(
        worker_id=worker_id,
        agreed=form["agreed"] == "yes",
        channel=Channel(form["channel"]),
        where=form.get("where", "")[:LONGEST_PLACE],
        words=form.get("words", ""),
    )
    note_consent(desk(), call, by())
    return make_response(redirect(url_for("office.person", worker_id=worker_id), HTTPStatus.SEE_OTHER))


@page(ROOM, "/office/people/<worker_id>/erase", "office/erase.html", roles=ERASERS)
def erasing(worker_id: str) -> Data:
    """What would go with a person, and the form that asks why."""
    return {**erasure_told(store(), orders(), worker_id), "refused": None}


@deed(ROOM, "/office/people/<worker_id>/erase", roles=ERASERS)
def erase(worker_id: str) -> Response:
    """Erase a person for good, once the box is ticked and a reason chosen."""
    asker = viewer()
    told = erasure_told(store(), orders(), worker_id)
    call = ErasePerson(
        worker_id=worker_id,
        reason=request.form.get("reason", "") if request.form.get("sure") == "yes" else "",
        actor=asker.actor,
        role=asker.role.value,
        regions=asker.regions,
        now=now(),
        on=today(),
    )
    try:
        erase_person(state().records, orders(), state().application.texts, deeds(), access(), call)
    except InvalidInput as refused:
        data = {**told, "refused": {"what": refused.what, "remedy": "请选为什么，再勾上“核对过了”。"}}
        return make_response(
            render_template("office/erase.html", **data, viewer=asker), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return make_response(redirect(url_for("office.people", erased="1"), HTTPStatus.SEE_OTHER))


def _found(*, asked: str, town: str) -> dict[str, Any]:
    call = FindPeople(role=viewer().role, on=today(), asked=asked, town=town)
    found = find_people(store(), call)
    if found["people"]:
        looked("people", [row["worker_id"] for row in found["people"]], {"by": found["how"], "n": found["n_found"]})
    return {
        **found,
        "asked": bool(asked),
        "masked": viewer().role is Role.AUDITOR,
        "erased": "erased" in request.args and viewer().role in ERASERS,
    }
