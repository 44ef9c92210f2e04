"""A row of a ledger as far as it tells who somebody is: tidied, and mended where cells stand in each other's column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from matcher.language.names import plain_name, sounds
from matcher.records.id_numbers import IdNumberProblem, check_id_number, normalise_id_number

OLD_DIGITS: Final = 15
_BODY: Final = 17
_BIRTH: Final = slice(6, 14)
_NUMBER: Final = re.compile(r"[0-9]{15}|[0-9]{16,18}[0-9X]?|[0-9]{4,14}[X*×●]{2,}[0-9X]*", re.ASCII)
_PHONE: Final = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}", re.ASCII)
_NAME: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,}")
_MASKS: Final = re.compile(r"[*×●•■?#_]")
_NO_DIGIT: Final = re.compile(r"[^0-9]")
_FORMER: Final = re.compile(r"[(（](?:原|曾用名|旧称)?([^()（）]+)[)）]")
_UPPER_UNITS: Final = re.compile(r"^.*(?:镇|乡|街道办事处|街道办|街道)(?=.)")
_VILLAGE_ENDING: Final = re.compile(r"(?:村民委员会|居民委员会|社区居委会|村委会|居委会|村委|社区|村)+$")
_WRITTEN_DAY: Final = re.compile(r"(?:19|20)\d{2}(?:\D?\d{2}\D?\d{2}|\D\d{1,2}\D\d{1,2})日?(?:[ T][0-9:.]+)?", re.ASCII)
_DAY: Final = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")


class Slip(StrEnum):
    """What was mended to read a row, so that it can be said."""

    SWAPPED = "swapped"
    NUMBER = "number"
    MASKED = "masked"


class Form(StrEnum):
    """What a number is worth: right in itself, of the old form (its checksum is ours), masked, broken, not there."""

    RIGHT = "right"
    OLD = "old"
    MASKED = "masked"
    BROKEN = "broken"
    EMPTY = "empty"


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says about who somebody is, in the words of its cells."""

    name: str = ""
    number: str = ""
    born: str = ""
    phone: str = ""
    village: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a ledger.

    row, sheet : where a person finds it in the file; number : 18 characters where they can be made, * for a masked one
    born : stated, YYYY-MM-DD; villages : its names or its code, former ones too; facts : field -> value, to be compared
    sounds : readings of each character of the name, the first one the usual
    """

    row: int
    sheet: str = ""
    name: str = ""
    number: str = ""
    form: Form = Form.EMPTY
    born: str = ""
    phone: str = ""
    villages: tuple[str, ...] = ()
    sounds: tuple[tuple[str, ...], ...] = ()
    facts: Mapping[str, str] = {}
    slips: tuple[Slip, ...] = ()

    @property
    def heard(self) -> str:
        """The name as it is usually heard; "" without a name."""
        return " ".join(readings[0] for readings in self.sounds)

    @property
    def born_by_number(self) -> str:
        """YYYYMMDD as the number says, readable or not; "" if the number is not of that length."""
        return self.number[_BIRTH] if len(self.number) > _BODY else ""


def entry_of(row: int, cells: Cells, *, on: date, sheet: str = "", facts: Mapping[str, str] | None = None) -> Entry:
    """A row from the words of its cells; total over any text. on : the day of reading, no birth lies behind it."""
    told = {"name": cells.name, "number": cells.number, "phone": cells.phone, "born": cells.born}
    own, swapped = _in_their_columns({where: _half(text) for where, text in told.items()})
    name, number, phone = own["name"], own["number"], own["phone"]
    normal, form = read_number(number, on)
    slips = [Slip.SWAPPED] if swapped else []
    slips += {Form.BROKEN: [Slip.NUMBER], Form.MASKED: [Slip.MASKED]}.get(form, [])
    plain = plain_name(name)
    return Entry(
        row=row,
        sheet=sheet,
        name=plain,
        number=normal,
        form=form,
        born=read_day(own["born"]),
        phone=_NO_DIGIT.sub("", phone)[-11:],
        villages=village_names(cells.village),
        sounds=heard(plain),
        facts=facts or {},
        slips=tuple(slips),
    )


def read_number(text: str, on: date) -> tuple[str, Form]:
    """A number in its 18-character form and what it is worth; masked digits stand as *."""
    reading = check_id_number(text, on=on)
    if reading.problem is None:
        return reading.normal, Form.OLD if _digits(text) == OLD_DIGITS else Form.RIGHT
    if reading.problem is IdNumberProblem.EMPTY:
        return "", Form.EMPTY
    if reading.problem is IdNumberProblem.MASKED:
        body = _MASKS.sub("*", reading.normal)
        return body[:-1].replace("X", "*") + (body[-1] if "*" not in body[-1] else "*"), Form.MASKED
    return normalise_id_number(text), Form.BROKEN


def read_day(text: str) -> str:
    """A written day as YYYY-MM-DD, "" for what is none."""
    found = _DAY.search(unicodedata.normalize("NFKC", text))
    if not found:
        return ""
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return ""


@lru_cache(maxsize=65_536)
def village_names(text: str) -> tuple[str, ...]:
    """The names a village is written with, without upper units and endings: 板江村（原上屯村） -> 板江, 上屯."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    former = _FORMER.findall(plain)
    names = [_FORMER.sub("", plain), *former]
    return tuple(dict.fromkeys(filter(None, (_VILLAGE_ENDING.sub("", _UPPER_UNITS.sub("", one)) for one in names))))


@lru_cache(maxsize=131_072)
def heard(name: str) -> tuple[tuple[str, ...], ...]:
    """Every reading of each character, the usual ones first; a character without one stands for itself."""
    table = sounds()
    return tuple(table.readings.get(character, (character,)) for character in name)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _half(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _in_their_columns(cells: dict[str, str]) -> tuple[dict[str, str], bool]:
    """Name, number, phone and birth date, each where its shape says; True if they stood in each other's column.

    Nothing is moved unless a cell has the shape of another column and not of its own.
    """
    shape = {where: "born" if _WRITTEN_DAY.fullmatch(text) else shape_of(text) for where, text in cells.items()}
    kinds = [kind for kind in shape.values() if kind]
    if all(not kind or kind == where for where, kind in shape.items()) or len(set(kinds)) != len(kinds):
        return cells, False
    placed = {kind: cells[where] for where, kind in shape.items() if kind}
    rest = {where: text for where, text in cells.items() if not shape[where]}
    placed |= {where: rest.pop(where) for where in cells.keys() - placed.keys() if where in rest}
    return {where: placed[where] if where in placed else rest.popitem()[1] for where in cells}, True


def looks_like_village(text: str) -> bool:
    """Whether words end as a village does: 板江村, 里团村委会, 城中社区."""
    return _VILLAGE_ENDING.search("".join(unicodedata.normalize("NFKC", text).split())) is not None


def shape_of(text: str) -> str:
    """Which column a cell looks like: number, phone, name, or "" for none of them."""
    tight = "".join(text.split()).upper()
    if _NUMBER.fullmatch(tight):
        return "number"
    if _PHONE.fullmatch(tight):
        return "phone"
    return "name" if _NAME.fullmatch(tight.replace("·", "")) else ""
