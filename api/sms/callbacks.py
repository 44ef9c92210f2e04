"""`/sms/receipt` and `/sms/reply`: signed calls of a gateway program; what they tell is kept before they are answered.

A gateway that is answered with anything but 200 calls again, and what is kept twice is kept once. Nothing of a call is
logged but its rule and status.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeVar

from flask import Blueprint, Response, request
from msgspec.structs import replace

from api.auth import limits
from api.county_time import moment
from api.errors import BUSY_S
from api.state import state
from api.texting import desk
from matcher.errors import Forbidden, InvalidInput, MatcherError, TooMany
from matcher.ports.gateways import Incoming, Receipt
from matcher.services.messages.take_receipt import take_receipts
from matcher.services.messages.take_reply import take_reply

ROOM: Final = Blueprint("sms", __name__)
LONGEST_QUERY: Final = 8000
KEPT: Final = "收到"
Told = TypeVar("Told", Receipt, Incoming)


@ROOM.get("/sms/receipt")
def receipt() -> Response:
    """A carrier's word on one part."""
    return _kept(state().application.sms_callbacks.receipt, _keep_receipt)


@ROOM.get("/sms/reply")
def reply() -> Response:
    """A text from a phone, taken in with all it does."""
    return _kept(state().application.sms_callbacks.reply, _keep_reply)


def _keep_receipt(told: Receipt) -> None:
    at = moment()
    take_receipts(desk(), [replace(told, at=at)], at=at)


def _keep_reply(told: Incoming) -> None:
    at = moment()
    take_reply(desk(), replace(told, at=at), at=at)


def _kept(read: Callable[[bytes], Told], keep: Callable[[Told], None]) -> Response:
    """Plain words and a status: it is a program that calls. Whoever lacks the key is counted as a stranger."""
    query = request.query_string
    try:
        if len(query) > LONGEST_QUERY:
            return _plain(HTTPStatus.BAD_REQUEST, "太长")
        told = read(query)
    except Forbidden:
        return _stranger(HTTPStatus.FORBIDDEN, "没有签名，或者签名不对")
    except (InvalidInput, ValueError):
        return _stranger(HTTPStatus.BAD_REQUEST, "看不懂")
    try:
        keep(told)
    except MatcherError:
        # Not kept: the gateway comes again.
        return _plain(HTTPStatus.SERVICE_UNAVAILABLE, "没有记下，请再来", wait_s=BUSY_S)
    return _plain(HTTPStatus.OK, KEPT)


def _stranger(status: HTTPStatus, words: str) -> Response:
    try:
        limits.check_stranger()
    except TooMany as many:
        return _plain(HTTPStatus.TOO_MANY_REQUESTS, many.what, wait_s=many.wait_s)
    return _plain(status, words)


def _plain(status: HTTPStatus, words: str, *, wait_s: int = 0) -> Response:
    headers = {"Retry-After": str(wait_s)} if wait_s else {}
    return Response(f"{words}\n", status, headers, content_type="text/plain; charset=utf-8")
