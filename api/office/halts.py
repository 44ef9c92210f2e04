"""Posts that somebody complained of by text, halted or let go on; an order need not be open for them."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.office.brokers import LONGEST_WHY
from api.office.room import DOERS, READERS, ROOM, may_do
from api.pages import Data, deed, page
from api.state import store
from api.texting import by, desk
from matcher.errors import InvalidInput
from matcher.privacy import without_personal
from matcher.services.messages.complained_posts import complained_posts, post_of_complaint
from matcher.services.rosters.suspension import resume_post, suspend_post


@page(ROOM, "/office/halts", "office/halts.html", roles=READERS)
def halts() -> Data:
    """Every post that complaints of the regions name, what is proposed first."""
    told = complained_posts(desk(), by())
    looked("complained_posts", [row["vacancy_id"] for row in told["posts"]])
    return {**told, "may_do": may_do()}


@deed(ROOM, "/office/halts/<task_id>/halt", roles=DOERS)
def halt_complained(task_id: str) -> Response:
    """Halt the post of a complaint; why stays with the office."""
    who = by()
    vacancy_id = post_of_complaint(desk(), task_id, who)
    why = " ".join(request.form.get("why", "").split())[:LONGEST_WHY]
    if not why:
        raise InvalidInput("没写为什么停", where="why", remedy="写几个字，只有县就业局看得到。")
    if suspend_post(store(), vacancy_id, at=who.at, by=who.actor):
        looked("post_suspended", [task_id, vacancy_id], {"why": without_personal(why)})
    return _back()


@deed(ROOM, "/office/halts/<task_id>/go-on", roles=DOERS)
def let_complained_go_on(task_id: str) -> Response:
    """Let the post of a complaint go on: nothing was found against it."""
    who = by()
    vacancy_id = post_of_complaint(desk(), task_id, who)
    if resume_post(store(), vacancy_id, at=who.at, by=who.actor):
        looked("post_resumed", [task_id, vacancy_id])
    return _back()


def _back() -> Response:
    return make_response(redirect(url_for("office.halts"), HTTPStatus.SEE_OTHER))
