"""A slip as data, as the kiosk's page hands it over, and as lines of a narrow paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple
from unicodedata import east_asian_width

import msgspec
from msgspec import Meta

from matcher.errors import InvalidInput
from matcher.privacy import without_personal

Line = Annotated[str, Meta(max_length=160)]


class Slip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a slip says; there is no field for a name, a number of a document or a phone of the person.

    slip_id : of this visit and this job, so that a second press prints nothing twice; again : print it all the same
    code : four digits that mean nothing but this slip
    """

    slip_id: Annotated[str, Meta(pattern=r"^[0-9a-f]{8,64}$")]
    office: Line
    desk: Line
    job: Line
    employer: Line = ""
    facts: Annotated[tuple[Line, ...], Meta(max_length=8)] = ()
    drawback: Line = ""
    warnings: Annotated[tuple[Line, ...], Meta(max_length=4)]
    code: Annotated[str, Meta(pattern=r"^[0-9]{4}$")]
    on: Line = ""
    mark: Line = ""
    again: bool = False


class Printed(NamedTuple):
    """One line of paper."""

    text: str
    bold: bool = False
    large: bool = False
    centred: bool = False


def read_slip(body: bytes) -> Slip:
    """The slip of a call. Raises msgspec.ValidationError for another form, InvalidInput if it holds a long number."""
    slip = msgspec.json.decode(body, type=Slip)
    texts = (slip.office, slip.desk, slip.job, slip.employer, *slip.facts, slip.drawback, *slip.warnings, slip.mark)
    if any(without_personal(text) != text for text in texts):
        raise InvalidInput("a slip with a number as long as somebody's", where="slip", remedy="Leave it out.")
    return slip


def lines_of(slip: Slip, columns: int) -> list[Printed]:
    """The slip line by line; `columns` half-width letters a line, a Chinese character takes two."""
    parts = [
        Printed(slip.office, bold=True, centred=True),
        Printed("-" * columns),
        Printed(f"请到 {slip.desk}", bold=True, large=True),
        Printed(slip.job, bold=True, large=True),
        Printed(slip.employer),
        *(Printed(fact) for fact in slip.facts),
        Printed(f"缺点：{slip.drawback}" if slip.drawback else ""),
        Printed("-" * columns),
        *(Printed(warning, bold=True) for warning in slip.warnings),
        Printed("-" * columns),
        Printed(f"编号 {slip.code}", bold=True, large=True, centred=True),
        Printed(" ".join(part for part in (slip.on, slip.mark) if part)),
    ]
    return [
        part._replace(text=text)
        for part in parts
        for text in _wrapped(_plain(part.text), columns // 2 if part.large else columns)
    ]


def _plain(text: str) -> str:
    """Text alone: a control sign in an employer's name would be an order to the printer."""
    spaced = "".join(" " if sign in "\t\n" else sign for sign in unicodedata.normalize("NFC", text))
    return "".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C").strip()


def _wrapped(text: str, columns: int) -> Iterator[str]:
    line, used = "", 0
    for sign in text:
        width = 0 if unicodedata.combining(sign) else WIDE if east_asian_width(sign) in "WFA" else 1
        if used + width > columns:
            yield line
            line, used = "", 0
        line, used = line + sign, used + width
    if line:
        yield line


WIDE: Final = 2
"""Columns of a Chinese character."""
