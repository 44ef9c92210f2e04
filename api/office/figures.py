"""The figures a county supplies where its documents state none: the list, one with its history, and recording one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Response, make_response, redirect, render_template, request, url_for

from api.auth import drafts
from api.office.room import DOERS, READERS, ROOM, day_asked, may_do
from api.pages import Data, deed, page
from api.state import jurisdiction, means, now, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput, Problem
from matcher.policy.figures.entry import FigureEntry
from matcher.policy.figures.in_force import CountyFigures
from matcher.services.documents.county_figures import (
    Asked,
    RecordFigure,
    figure_page,
    figures_page,
    record_figure,
    seen_figures,
)

FIELDS: Final = ("value", "unit", "from", "to", "author", "source")


@page(ROOM, "/office/figures", "office/figures.html", roles=READERS)
def figures() -> Data:
    """Every figure the documents leave to the county, by document, as of the day (`on`)."""
    return figures_page(means().packs, recorded(), _asked())


@page(ROOM, "/office/figures/<pack_id>/<parameter_id>", "office/figure.html", roles=READERS)
def figure(pack_id: str, parameter_id: str) -> Data:
    """One of them: what waits for it, the form, and everything ever recorded."""
    return _figure(pack_id, parameter_id)


@deed(ROOM, "/office/figures/<pack_id>/<parameter_id>", roles=DOERS)
def set_figure(pack_id: str, parameter_id: str) -> Response:
    """Record a figure; back to it, or the form again with what is wrong and what was typed."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    page_of = _figure(pack_id, parameter_id)
    asker = viewer()
    call = RecordFigure(
        entry=FigureEntry(
            pack_id=pack_id,
            parameter_id=parameter_id,
            **{"from_" if name == "from" else name: text for name, text in typed.items()},
        ),
        actor=asker.actor,
        role=asker.role.value,
        regions=asker.regions,
        now=now(),
        today=today(),
    )
    try:
        record_figure(store(), means().packs, call)
    except InvalidInput as refused:
        problems = refused.problems or (Problem(column="value", fix=refused.remedy),)
        told = {problem.column: problem.fix for problem in reversed(problems)}
        data = {**page_of, "typed": typed, "refused": {"what": refused.what, "fixes": told}}
        return make_response(
            render_template("office/figure.html", **data, viewer=asker), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    drafts.end(_form(pack_id, parameter_id))
    return make_response(
        redirect(url_for("office.figure", pack_id=pack_id, parameter_id=parameter_id), HTTPStatus.SEE_OTHER)
    )


def recorded() -> CountyFigures:
    """What the county has recorded for the documents that the viewer sees."""
    return seen_figures(store(), means().packs, viewer().regions)


def _asked() -> Asked:
    return Asked(on=day_asked(), jurisdiction=jurisdiction(), regions=viewer().regions)


def _figure(pack_id: str, parameter_id: str) -> Data:
    told = figure_page(means().packs, recorded(), (pack_id, parameter_id), _asked())
    found = told["figure"]
    left = drafts.kept(_form(pack_id, parameter_id)) if may_do() else None
    typed = {"unit": found["unit_written"], "from": told["on"]} | (left.fields if left else {})
    return {
        **told,
        "kept_at": left.kept_at.isoformat() if left else "",
        "may_do": may_do() and told["may_set"] and found["settable"],
        "typed": {name: typed.get(name, "") for name in FIELDS},
        "refused": None,
    }


def _form(pack_id: str, parameter_id: str) -> str:
    """What the form of a figure is kept under while a session ends."""
    return f"figure {pack_id} {parameter_id}"
