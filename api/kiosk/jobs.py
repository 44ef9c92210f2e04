"""Views of the three jobs: the list, why this, not this, pick, slip; and the plot beside them."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from api.audit import looked
from api.kiosk.phone import may_be_asked
from api.kiosk.room import (
    PEOPLE,
    ROOM,
    Visit,
    answered_where,
    changed,
    go,
    home,
    is_assisted,
    no_such_job,
    visit,
)
from api.pages import deed, page
from api.start import naming
from api.state import access, jurisdiction, means, now, state, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput, NotFound
from matcher.privacy import PLOT_SENTENCE
from matcher.services.kiosk.jobs import KioskList, Where, is_filled, job_at, jobs_for, jobs_to_look_at
from matcher.services.kiosk.slips import paper_of, plot_paper, slip_code, slip_id
from matcher.services.react import REASONS, React, react

PLOT: Final = "plot"


@page(ROOM, "/kiosk/jobs", "kiosk/jobs.html", roles=PEOPLE)
def jobs() -> dict[str, Any] | Response:
    """Three jobs, the plot as a card of its own, and what was not wanted left out."""
    said = visit()
    chosen = answered_where(said)
    if said is None or chosen is None:
        return go("/kiosk")
    return {**_shown(said, chosen), "where": chosen.label, "n_refused": len(said.refused)}


@page(ROOM, "/kiosk/jobs/<vacancy_id>/why", "kiosk/why.html", roles=PEOPLE)
def why(vacancy_id: str) -> dict[str, Any] | Response:
    """Why this: what it asks, what it gives, what speaks against it."""
    said = visit()
    if said is None:
        return go("/kiosk")
    return _one(said, vacancy_id)


@page(ROOM, "/kiosk/jobs/<vacancy_id>/not", "kiosk/not.html", roles=PEOPLE)
def not_this(vacancy_id: str) -> dict[str, Any] | Response:
    """Not this: one press says why, and the next one takes its place."""
    said = visit()
    if said is None:
        return go("/kiosk")
    return {**_one(said, vacancy_id), "reasons": [{"code": code, "label": label} for code, label in REASONS.items()]}


@deed(ROOM, "/kiosk/jobs/<vacancy_id>/not", roles=PEOPLE)
def say_no(vacancy_id: str) -> Response:
    """A no, kept as a reaction of somebody whose list it was; of a looker nothing is kept."""
    said = visit()
    if said is None:
        return go("/kiosk")
    reason = request.form.get("reason", "other")
    if reason not in REASONS:
        raise InvalidInput("没有这个理由可选", where="reason", remedy="请从上面选一个。")
    _one(said, vacancy_id)
    _reacted(said, vacancy_id, "decline", reason)
    changed(said, refused=tuple(dict.fromkeys((*said.refused, vacancy_id))))
    return go("/kiosk/jobs")


@page(ROOM, "/kiosk/jobs/<vacancy_id>/take", "kiosk/take.html", roles=PEOPLE)
def take(vacancy_id: str) -> dict[str, Any] | Response:
    """Print a slip? Nothing is settled before the press."""
    said = visit()
    if said is None:
        return go("/kiosk")
    if _filled(vacancy_id):
        return go(f"/kiosk/jobs/{vacancy_id}/filled")
    return _one(said, vacancy_id)


@page(ROOM, "/kiosk/jobs/<vacancy_id>/filled", "kiosk/filled.html", roles=PEOPLE)
def filled(vacancy_id: str) -> dict[str, Any] | Response:
    """Filled between the list and the press: it is said, and the next one is offered."""
    said = visit()
    if said is None:
        return go("/kiosk")
    if not _filled(vacancy_id):
        return go(f"/kiosk/jobs/{vacancy_id}/take")
    chosen = answered_where(said)
    instead = _shown(said, chosen)["jobs"] if chosen is not None else []
    return {"gone": job_at(store(), vacancy_id, home()), "job": next(iter(instead), None)}


@deed(ROOM, "/kiosk/jobs/<vacancy_id>/take", roles=PEOPLE)
def say_take(vacancy_id: str) -> Response:
    """The job is picked: the slip gets its code, and the yes is kept."""
    said = visit()
    if said is None:
        return go("/kiosk")
    if _filled(vacancy_id):
        return go(f"/kiosk/jobs/{vacancy_id}/filled")
    _one(said, vacancy_id)
    _reacted(said, vacancy_id, "apply", "")
    changed(said, chosen=vacancy_id, code=slip_code(said.visit_id, vacancy_id))
    return go("/kiosk/done")


@page(ROOM, "/kiosk/plot", "kiosk/plot.html", roles=PEOPLE)
def plot() -> dict[str, Any] | Response:
    """The plot: an offer beside the jobs, in words that are the same for everybody."""
    said = visit()
    if said is None or not said.worker_id or not said.agreed:
        return go("/kiosk")
    return {"sentence": PLOT_SENTENCE}


@deed(ROOM, "/kiosk/plot", roles=PEOPLE)
def ask_for_plot() -> Response:
    """Somebody asks for a plot: the desk hears of it, nothing is promised."""
    said = visit()
    if said is None or not said.worker_id or not said.agreed:
        return go("/kiosk")
    looked("plot_asked", (said.worker_id,))
    changed(said, chosen=PLOT, code=slip_code(said.visit_id, PLOT))
    return go("/kiosk/done")


@page(ROOM, "/kiosk/done", "kiosk/done.html", roles=PEOPLE)
def done() -> dict[str, Any] | Response:
    """What happens next: where to go, with which code; and whether lists may come by text."""
    told = _slip()
    return told if isinstance(told, Response) else {**told, "may_text": may_be_asked(visit())}


@page(ROOM, "/kiosk/slip", "kiosk/slip.html", roles=PEOPLE)
def slip() -> dict[str, Any] | Response:
    """The paper, 384 dots wide: job, pay, place, code, and that nobody may charge anything."""
    return _slip()


@page(ROOM, "/kiosk/copy", "kiosk/copy.html", roles=PEOPLE)
def copy_down() -> dict[str, Any] | Response:
    """No paper, or no printer: the number is copied down, and does the same."""
    said = visit()
    if said is None or not said.chosen:
        return go("/kiosk")
    return {"code": said.code, "paper_out": request.args.get("why") == "paper_out", "card": bool(said.worker_id)}


@deed(ROOM, "/kiosk/slip", roles=PEOPLE)
def printed() -> Response:
    """The slip goes to the printer of this machine."""
    said = visit()
    if said is None or not said.chosen:
        return go("/kiosk")
    if said.chosen != PLOT:
        _reacted(said, said.chosen, "print", "")
    return go("/kiosk/slip")


def _shown(said: Visit, chosen: Where) -> dict[str, Any]:
    if not (said.worker_id and said.agreed):
        found = jobs_to_look_at(
            store(), means(), on=today(), home=home(), where=chosen, trade=said.trade, refused=said.refused
        )
        return {**found, "plot": None, "note": "", "known": False}
    answer = jobs_for(
        store(),
        means(),
        KioskList(
            worker_id=said.worker_id,
            on=today(),
            jurisdiction=jurisdiction(),
            where=chosen,
            refused=said.refused,
            regions=viewer().regions,
        ),
        at=now(),
        offers=state().application.live_offers,
    )
    decision_id = answer.pop("decision_id")
    if decision_id != said.decision_id:
        changed(said, decision_id=decision_id)
        looked("recommend", (said.worker_id, decision_id))
    return {**answer, "known": True}


def _one(said: Visit, vacancy_id: str) -> dict[str, Any]:
    """One job of the visit's list with its reason and drawback, else as everybody reads it."""
    chosen = answered_where(said)
    listed = _shown(said, chosen)["jobs"] if chosen is not None else []
    for nr, job in enumerate(listed, 1):
        if job["vacancy_id"] == vacancy_id:
            return {"job": job, "nr": nr, "known": bool(said.worker_id and said.agreed)}
    try:
        return {"job": job_at(store(), vacancy_id, home()), "nr": 0, "known": False}
    except NotFound:
        raise no_such_job() from None


def _reacted(said: Visit, vacancy_id: str, kind: str, reason: str) -> None:
    """Keep the reaction to a listed job; one found under 看全部岗位 was in no list, so there is none to keep."""
    if not said.decision_id:
        return
    call = React(
        decision_id=said.decision_id,
        vacancy_id=vacancy_id,
        kind=kind,
        reason_code=reason,
        channel="kiosk",
        actor=viewer().actor,
        assisted=is_assisted(said),
    )
    try:
        react(store(), access(), call, now(), live=means())
    except NotFound:
        looked(kind, (vacancy_id,))


def _filled(vacancy_id: str) -> bool:
    try:
        return is_filled(store(), vacancy_id, today())
    except NotFound:
        raise no_such_job() from None


def _slip() -> dict[str, Any] | Response:
    said = visit()
    if said is None or not said.chosen:
        return go("/kiosk")
    told = {"code": said.code, "on": today().isoformat(), "card": bool(said.worker_id)}
    names = naming.names()
    paper = {
        "slip": slip_id(said.visit_id, said.chosen),
        "code": said.code,
        "office": names["county"],
        "on": told["on"],
        "mark": "合成数据" if names["synthetic"] else "",
    }
    if said.chosen == PLOT:
        return {**told, "job": None, "nr": 0, "sentence": PLOT_SENTENCE, "paper": plot_paper(PLOT_SENTENCE, **paper)}
    one = _one(said, said.chosen)
    return {**one, **told, "sentence": "", "paper": paper_of(one["job"], nr=one["nr"], **paper)}
