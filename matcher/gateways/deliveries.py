"""What a deliver_sm says: its fields out of its octets, a receipt's state, a reply's words (SMPP 3.4, 4.6 and 5.3).

Read here and not by smpplib: that raises KeyError for optional fields it does not expect in a deliver_sm.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

from matcher.gateways.account import IdForm
from matcher.gateways.alphabets import decoded
from matcher.gateways.statuses import receipt_words
from matcher.records.texts import PartState

_RECEIPTED_ID, _PAYLOAD, _STATE = 0x001E, 0x0424, 0x0427
_SAR_REFERENCE, _SAR_TOTAL, _SAR_PLACE = 0x020C, 0x020E, 0x020F
_TYPE_BITS, _HAS_HEADER = 0x3C, 0x40
_RECEIPTS: Final = frozenset({0x04, 0x20})
"""Types of a deliver_sm that are no words of a phone: a receipt at the end, a notification on the way."""
_JOIN_8, _JOIN_16 = 0x00, 0x08
"""Elements of a user data header that join parts, by the width of their reference (3GPP TS 23.040, 9.2.3.24)."""

_BY_NUMBER: Final = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN",
                     8: "REJECTD"}  # fmt: skip
_STATES: Final = {
    "DELIVRD": PartState.DELIVERED,
    "ACCEPTD": PartState.ACCEPTED,
    "ENROUTE": PartState.ACCEPTED,
    "BUFFRED": PartState.ACCEPTED,
    "UNKNOWN": PartState.UNKNOWN,
}
"""Any other word is a failure: carriers have codes of their own for it (MK:0001, CB:0053)."""
_ID: Final = re.compile(r"\bid:\s*([^\s]+)", re.IGNORECASE)


class Delivery(NamedTuple):
    """A deliver_sm. octets : its words with any header; tags : optional fields by number."""

    source: str
    destination: str
    esm_class: int
    coding: int
    octets: bytes
    tags: Mapping[int, bytes]


class Piece(NamedTuple):
    """A reply or a part of one. reference : joins the parts of one sender, "" if it is whole; place : from 1."""

    phone: str
    reference: str
    total: int
    place: int
    octets: bytes
    coding: int


class Word(NamedTuple):
    """A receipt: the carrier's name of the part, its state, and what the carrier called it where that is no success."""

    provider_id: str
    state: PartState
    error: str


def read_delivery(body: bytes) -> Delivery:
    """The fields of a deliver_sm behind its 16 octets of head; raises ValueError if it ends too early."""
    try:
        _, at = _c_string(body, 0)
        source, at = _c_string(body, at + 2)
        destination, at = _c_string(body, at + 2)
        esm_class = body[at]
        _, at = _c_string(body, at + 3)
        _, at = _c_string(body, at)
        coding, length = body[at + 2], body[at + 4]
        octets, at = body[at + 5 : at + 5 + length], at + 5 + length
        tags = _tags(body[at:])
    except (IndexError, struct.error) as error:
        raise ValueError(f"a deliver_sm of {len(body)} octets ends too early") from error
    return Delivery(source, destination, esm_class, coding, octets or tags.get(_PAYLOAD, b""), tags)


def _c_string(body: bytes, at: int) -> tuple[str, int]:
    end = body.index(0, at)
    return body[at:end].decode("latin-1"), end + 1


def _tags(octets: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at < len(octets):
        tag, length = struct.unpack_from(">HH", octets, at)
        found[tag] = octets[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def word_of(delivery: Delivery, form: IdForm) -> Word | None:
    """The receipt in a deliver_sm; None if it is a reply, or a receipt that names no part.

    Optional fields count more than the text, whose form every carrier bends.
    """
    if not is_receipt(delivery):
        return None
    text = delivery.octets.decode("latin-1")
    # Whose answers are hexadecimal tells the id in tens in the text alone; the field repeats the answer's form.
    field = delivery.tags.get(_RECEIPTED_ID, b"").rstrip(b"\0").decode("latin-1")
    told = _ID.search(text)
    if field:
        name = id_of_answer(field, form) if not told or told[1] != field else id_of_receipt(field, form)
    else:
        name = id_of_receipt(told[1], form) if told else ""
    stat, error = receipt_words(text)
    state = _by_number(delivery) or stat
    if not name or not state:
        return None
    known = _STATES.get(state, PartState.FAILED)
    # The carrier's own code stands in the text alone: the field knows eight states.
    said = "" if known is PartState.DELIVERED else " ".join(filter(None, (stat or state, error)))
    return Word(name, known, said)


def is_receipt(delivery: Delivery) -> bool:
    """Whether it claims to be a receipt, readable or not."""
    return delivery.esm_class & _TYPE_BITS in _RECEIPTS or _RECEIPTED_ID in delivery.tags


def _by_number(delivery: Delivery) -> str:
    number = delivery.tags.get(_STATE, b"")
    return _BY_NUMBER.get(number[-1], "") if number else ""


def id_of_answer(name: str, form: IdForm) -> str:
    """The name of a part in an answer, in the one form names are compared in."""
    return _plain_id(name, {"same": 0, "decimal_receipts": 16, "hex_receipts": 10}[form])


def id_of_receipt(name: str, form: IdForm) -> str:
    """The name of a part in a receipt, in the same form."""
    return _plain_id(name, {"same": 0, "decimal_receipts": 10, "hex_receipts": 16}[form])


def _plain_id(name: str, base: int) -> str:
    """A number in tens where its base is known, else the letters as they are, small and without leading zeros."""
    name = name.strip().lower()
    if base:
        try:
            return str(int(name, base))
        except ValueError:
            pass
    return name.lstrip("0") or name[:1]


def piece_of(delivery: Delivery) -> Piece:
    """The reply, or the part of a long one, in a deliver_sm; raises ValueError for a header longer than the words."""
    octets, tags = delivery.octets, delivery.tags
    reference, total, place = "", 1, 1
    if delivery.esm_class & _HAS_HEADER and octets:
        end = octets[0] + 1
        if end > len(octets):
            raise ValueError("the header of a deliver_sm is longer than its words")
        reference, total, place = _joining(octets[1:end])
        octets = octets[end:]
    elif {_SAR_REFERENCE, _SAR_TOTAL, _SAR_PLACE} <= tags.keys():
        reference, total, place = f"sar{tags[_SAR_REFERENCE].hex()}", tags[_SAR_TOTAL][-1], tags[_SAR_PLACE][-1]
    if not 1 <= place <= total or total == 1:
        reference, total, place = "", 1, 1
    return Piece(delivery.source, reference, total, place, octets, delivery.coding)


def _joining(header: bytes) -> tuple[str, int, int]:
    at = 0
    while at + 2 <= len(header):
        element, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        if (element, len(value)) in ((_JOIN_8, 3), (_JOIN_16, 4)):
            return f"udh{value[:-2].hex()}", value[-2], value[-1]
        at += 2 + length
    return "", 1, 1


def words_of(pieces: Mapping[int, Piece]) -> str:
    """The words of a reply whose pieces are given by place; where one is missing stands ……

    Pieces are joined as octets before they are read: a phone may cut a character of two units in its middle.
    """
    first = next(iter(pieces.values()))
    runs: list[bytes] = []
    gap = True
    told: list[str] = []
    for place in range(1, first.total + 1):
        if place not in pieces:
            gap = True
            told.append("……")
            continue
        if gap:
            runs.append(b"")
            told.append(f"\0{len(runs) - 1}")
        runs[-1] += pieces[place].octets
        gap = False
    return "".join(decoded(runs[int(one[1:])], first.coding) if one[0] == "\0" else one for one in told)
