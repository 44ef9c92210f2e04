"""The county's texts: the worst case of each, a counter, and what the carrier has said."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, url_for

from api.office.room import DOERS, READERS, ROOM, may_do
from api.pages import Data, deed, page
from api.texting import by, desk
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.services.messages.text_book import move_text, text_told, texts_told


@page(ROOM, "/office/sms/texts", "office/sms_texts.html", roles=READERS)
def sms_texts() -> Data:
    """Every text with its worst case, its state and the carrier's objections."""
    return texts_told(desk())


@page(ROOM, "/office/sms/texts/<template_id>", "office/sms_text.html", roles=READERS)
def sms_text(template_id: str) -> Data:
    """One text with every slot as long as it may be."""
    return {**text_told(desk(), template_id), "may_move": may_do() and not viewer().regions}


@deed(ROOM, "/office/sms/texts/<template_id>", roles=READERS)
def count_text(template_id: str) -> Response:
    """The same with what was typed: in the body, for it may be a name; kept nowhere."""
    given = {name.removeprefix("slot-"): text for name, text in request.form.items() if name.startswith("slot-")}
    data = {**text_told(desk(), template_id, given), "may_move": may_do() and not viewer().regions}
    return make_response(render_template("office/sms_text.html", **data, viewer=viewer()))


@deed(ROOM, "/office/sms/texts/<template_id>/state", roles=DOERS)
def move_sms_text(template_id: str) -> Response:
    """What the carrier has said of a version."""
    version = request.form.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 6):
        raise InvalidInput("没有这一版", where="version", remedy="请按页面上的按钮。")
    move_text(desk(), template_id, int(version), request.form.get("to", ""), by())
    return make_response(redirect(url_for("office.sms_text", template_id=template_id), HTTPStatus.SEE_OTHER))
