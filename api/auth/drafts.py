"""A form that meets an ended session: its fields are kept, and given back after the next sign-in of the same person.

A form asks for it with `data-draft` and the hidden field of `draft_field`, which says whose form of which page it is,
signed: nobody can leave anything in another person's form. Files and secrets are not kept.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

import msgspec
from flask import Response, make_response, redirect, url_for
from markupsafe import Markup

from api.auth import csrf
from api.present import asked
from api.state import now, orders, state
from api.viewer import viewer
from matcher.records.orders import Draft

FIELD: Final = "draft"
NEVER: Final = frozenset({csrf.FIELD, FIELD, "password", "code"})
MOST_FIELDS: Final = 60
MOST_CHARACTERS: Final = 20_000
LIFE: Final = timedelta(hours=24)
"""How long a page may have stood open, and how long what it held is kept."""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Whose form it is, of which page, shown when."""

    owner: str
    form: str
    path: str
    at: datetime


def draft_field(form: str) -> Markup:
    """The hidden field of a form on the present page; nothing for who has not signed in."""
    session = viewer().session
    if session is None or not session.user:
        return Markup()
    told = msgspec.json.encode(Mark(session.user, form, asked().path, now()))
    mark = f"{urlsafe_b64encode(told).decode()}.{_signature(told)}"
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, mark)


def catch() -> Response | None:
    """Keep the fields of a marked form that would be refused for want of its session, and ask to sign in again.

    A form of a page that another session of the same person was given goes back to its page with them.
    """
    call = asked()
    if call.method in csrf.SAFE or call.path.startswith("/api/") or csrf.is_foreign():
        return None
    mark = _mark(call.form.get(FIELD, ""))
    if mark is None:
        return None
    asker = viewer().session
    has_signed_in = asker is not None and bool(asker.user)
    if has_signed_in and (asker is None or asker.user != mark.owner or csrf.fits()):
        return None
    fields = dict(_kept_fields(call.form))
    orders().put_draft(Draft(owner=mark.owner, form=mark.form, kept_at=now(), fields=fields))
    return _to(mark.path if has_signed_in else url_for("start.sign_in_page", next=mark.path, kept="1"))


def kept(form: str) -> Draft | None:
    """What the present viewer left in a form when the session ended; None once it was sent, or is too old."""
    found = orders().draft(viewer().actor, form)
    if found is not None and now() - found.kept_at > LIFE:
        end(form)
        return None
    return found


def end(form: str) -> None:
    """Forget what was kept of a form: it was sent."""
    orders().end_draft(viewer().actor, form)


def _kept_fields(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    room = MOST_CHARACTERS
    for name, text in list(given.items())[:MOST_FIELDS]:
        room -= len(name) + len(text)
        if name not in NEVER and room >= 0:
            yield name, text


def _mark(given: str) -> Mark | None:
    """The mark of a form that this server showed a day ago at most."""
    body, _, signature = given.partition(".")
    try:
        told = urlsafe_b64decode(body.encode())
        if not given or not hmac.compare_digest(_signature(told).encode(), signature.encode()):
            return None
        mark = msgspec.json.decode(told, type=Mark)
    except (NoBase64, ValueError, msgspec.MsgspecError):
        return None
    return mark if now() - mark.at.astimezone(UTC) <= LIFE else None


def _signature(told: bytes) -> str:
    return hmac.digest(state().records.row_key(), b"draft\x1f" + told, "sha256").hex()


def _to(path: str) -> Response:
    """There with a click or, for a part of a page that asked, with the whole page."""
    if asked().headers.get("HX-Request") == "true":
        response = make_response("", HTTPStatus.OK)
        response.headers["HX-Redirect"] = path
    else:
        response = make_response(redirect(path, HTTPStatus.SEE_OTHER))
    response.headers["Cache-Control"] = "no-store"
    return response
