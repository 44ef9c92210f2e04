"""Lists by text: asked at the end of a visit in words that are kept by version, and taken back as easily.

A kiosk on its own machine hands the answer on with the visit; of earlier answers it knows none.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from api.kiosk.room import PEOPLE, ROOM, Visit, go, visit
from api.pages import deed, page
from api.texting import by, desk
from matcher.errors import InvalidInput
from matcher.records.texts import Channel
from matcher.services.ground.place_words import home_words
from matcher.services.messages.consents import NoteConsent, consent_page, note_consent


def may_be_asked(said: Visit | None) -> bool:
    """Whether the person of the visit answers for themselves here."""
    return said is not None and bool(said.worker_id) and said.agreed and not said.family


@page(ROOM, "/kiosk/phone", "kiosk/phone.html", roles=PEOPLE)
def phone() -> dict[str, Any] | Response:
    """The words, and what was said last."""
    said = visit()
    if said is None or not may_be_asked(said):
        return go("/kiosk")
    told = consent_page(desk(), said.worker_id, by())
    return {name: told[name] for name in ("agreed", "words", "words_version")}


@deed(ROOM, "/kiosk/phone", roles=PEOPLE)
def say_phone() -> Response:
    """A yes or a no to just these words; both hold at once."""
    said = visit()
    if said is None or not may_be_asked(said):
        return go("/kiosk")
    yes, no = request.form.get("yes", ""), request.form.get("no", "")
    if bool(yes) == bool(no):
        raise InvalidInput("没有选行还是不行", where="yes", remedy="请按一个按钮。")
    who = by()
    call = NoteConsent(
        worker_id=said.worker_id,
        agreed=bool(yes),
        channel=Channel.KIOSK,
        where=home_words(who.regions[0].ljust(6, "0")) if who.regions else "",
        words=yes or no,
    )
    note_consent(desk(), call, who)
    return go("/kiosk/phone")
