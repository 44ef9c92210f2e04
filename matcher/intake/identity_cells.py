"""Readers of who a person is: identity number, phone, birth date, age."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from matcher.errors import Severity
from matcher.intake.cells import Cell, Note, clean_text, error, lost_digits, plain_text, repaired, warning
from matcher.intake.parse.numbers import parse_int
from matcher.intake.plain_cells import read_day, read_key
from matcher.records.id_numbers import MAX_AGE, IdNumberProblem, check_id_number

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0\d{2,3})?[2-9]\d{6,7}")
_PHONE_NOISE = re.compile(r"[\s\-‐-―()（）.]+")
_PHONE_BREAK = re.compile(r"[/、,，;；或]+")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[3-9])")
_PHONE_EXPECTED = "11位手机号"
_OLD_DIGITS = 15
_NEW_DIGITS = 18


def read_id_number(raw: object, *, on: date, field: str = "id_number", told: bool = True) -> Cell:
    """An identity number in its 18-character form, with what it states (`told`) as sources id.birth_date and id.sex.

    A number cell of more than 15 digits has lost digits and is refused, as is a masked or mistyped number.
    """
    if lost_digits(raw):
        problem = IdNumberProblem.LOST_DIGITS
        return Cell((), (error(raw, problem.expected, problem.fix),))
    text = plain_text(raw)
    reading = check_id_number(text, on=on)
    if reading.problem is not None:
        return Cell((), (error(text, reading.problem.expected, reading.problem.fix),))
    sets: list[tuple[str, object]] = [(field, reading.normal)]
    if told and reading.birth_date and reading.sex:
        sets += [("id.birth_date", reading.birth_date.isoformat()), ("id.sex", reading.sex.value)]
    notes: tuple[Note, ...] = ()
    if len(text) == _OLD_DIGITS and text.isdigit():
        notes = (repaired(text, reading.normal, "15位旧号码已换算为18位，请核对。"),)
    elif text.upper() != reading.normal:
        notes = (repaired(text, reading.normal, "已把全角改为半角并去掉空格，请核对。"),)
    return Cell(tuple(sets), notes)


def read_household_id(raw: object, *, on: date) -> Cell:
    """A household's id; where the head's identity number is written for it, the number only serves to make one.

    A number of 18 characters with a right checksum is nothing else; it must not be kept in the clear as an id.
    """
    cell = read_key(raw, field="household_id")
    text = cell.sets[0][1] if cell.sets else ""
    if len(text) == _NEW_DIGITS and check_id_number(text, on=on).problem is None:
        return Cell((("household.head_id", text.upper()),), cell.notes)
    return cell


def read_phone(raw: object) -> Cell:
    """A phone number as digits; a landline is kept with a warning, of several numbers the first mobile is taken."""
    text, notes = clean_text(raw)
    numbers = [_digits(part) for part in _PHONE_BREAK.split(unicodedata.normalize("NFKC", text)) if part.strip()]
    mobile = next((number for number in numbers if _MOBILE.fullmatch(number)), None)
    if mobile is not None:
        if len(numbers) > 1:
            notes += (warning(text, _PHONE_EXPECTED, f"写了几个号码，登记为{mobile}。"),)
        elif mobile != text and not notes:
            notes += (repaired(text, mobile, "已整理为11位号码，请核对。"),)
        return Cell((("phone", mobile),), notes)
    if numbers and _LANDLINE.fullmatch(numbers[0]):
        fix = "这是座机，收不到短信；有手机的请补填。"
        return Cell((("phone", numbers[0]),), (*notes, warning(text, _PHONE_EXPECTED, fix)))
    return Cell((), (*notes, error(text, _PHONE_EXPECTED, _phone_fix(text))))


def _digits(part: str) -> str:
    return _COUNTRY.sub("", _PHONE_NOISE.sub("", part))


def _phone_fix(text: str) -> str:
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", text):
        return "号码被表格软件当作数字，末几位已丢失；请把该列设为文本格式后重新填写。"
    if re.search(r"[*xX×●]", text):
        return "号码中有被遮盖的位，请填写完整号码。"
    if not re.search(r"\d", text):
        return f"“{text}”请写出号码；没有电话的请留空。"
    n_digits = len(re.sub(r"\D", "", text))
    return f"共{n_digits}位数字，不是手机号，请核对后改正；没有电话的请留空。"


def read_birth_date(raw: object, *, on: date) -> Cell:
    """A birth date not in the future and at most MAX_AGE years ago."""
    cell = read_day(raw, field="birth_date")
    if not cell.sets:
        return cell
    born = date.fromisoformat(cell.sets[0][1])
    if born > on:
        return Cell((), (*cell.notes, error(raw, f"不晚于{on}的日期", "出生日期在未来，请按证件核对。")))
    if on.year - born.year > MAX_AGE:
        return Cell((), (*cell.notes, error(raw, f"不超过{MAX_AGE}周岁", "出生日期过早，请按证件核对。")))
    return cell


def read_age(raw: object) -> Cell:
    """An age in years; it only checks the birth date, so what cannot be read is a warning."""
    parsed = parse_int(plain_text(raw).strip().removesuffix("周岁").removesuffix("岁"))
    if parsed.value is None or parsed.value > MAX_AGE:
        note = Note(found=plain_text(raw), expected="年龄", fix="看不出年龄，未核对。", severity=Severity.WARNING)
        return Cell((), (note,))
    return Cell((("age", parsed.value),))
