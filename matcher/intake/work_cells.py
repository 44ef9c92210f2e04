"""Readers of what work is: places by code, wages, head counts, ages asked for, deadlines."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from matcher.geography import Gazetteer
from matcher.intake.cells import Cell, Note, clean_text, error, plain_text, repaired, warning
from matcher.intake.parse.age import parse_age
from matcher.intake.parse.bounds import bounds
from matcher.intake.parse.dates import UNIX_EPOCH, parse_date
from matcher.intake.parse.headcount import parse_headcount
from matcher.intake.parse.numbers import parse_int
from matcher.intake.parse.wage import ParsedWage, parse_wage
from matcher.intake.places import plain_reason
from matcher.intake.plain_cells import read_day, read_key, read_texts
from matcher.intake.values import value_key, value_list
from matcher.policy.publication import no_condition
from matcher.records import TravelRange
from matcher.settings import Settings

_NO_DEADLINE = ("长期", "长期有效", "不限", "招满即止", "招满为止", "无", "/")
_WAGE_EXPECTED = "如 3000-5000元/月、150元/天、面议"
_AGE_EXPECTED = "如 18-45、45岁以下、不限"
_BARE_AGE = re.compile(r"[1-9]\d*", re.ASCII)
_HEADCOUNT_EXPECTED = "大于0的人数，如 5、若干"


def read_place_code(raw: object, *, field: str, gazetteer: Gazetteer) -> Cell:
    """A region code of 6 to 12 digits in force; a former one is brought up to date; a name is read as a place."""
    cell = read_key(raw, field=field)
    if not cell.sets:
        return cell
    text = cell.sets[0][1]
    match = gazetteer.find(text)
    if match.code is None:
        fix = f"{plain_reason(match)}。请填写现行的区划代码，如 450206102。"
        return Cell((), (*cell.notes, error(raw, "区划代码", fix)))
    notes: tuple[Note, ...] = cell.notes
    if match.note:
        notes += (repaired(text, f"{match.code} {match.name}", f"{match.note}，请核对。"),)
    code = text if text.isdigit() and not match.note else match.code
    return Cell(((field, code),), notes)


def read_preferred_places(raw: object, *, gazetteer: Gazetteer, near: str) -> Cell:
    """Places a worker would like, names or codes; one that cannot be told is left out and said.

    A word for a reach (县内, 省外) is the travel range; of several the widest.
    """
    listed = read_texts(raw, field="preferred_places")
    codes: list[str] = []
    reaches: list[TravelRange] = []
    notes = list(listed.notes)
    for text in listed.sets[0][1]:
        reach = value_list("travel_range").get(value_key(text))
        if reach is not None:
            reaches.extend(TravelRange(str(value)) for _, value in reach.sets)
            continue
        if value_key(text) in value_list("preferred_places"):
            continue
        match = gazetteer.find(text, near)
        if match.code is None:
            fix = f"{plain_reason(match)}。这一处没有登记，其余照常。"
            notes.append(warning(text, "能认出的地点", fix))
        else:
            codes.append(text if text.isdigit() and not match.note else match.code)
    sets: tuple[tuple[str, object], ...] = ()
    if codes or not listed.sets[0][1]:
        sets = (("preferred_places", list(dict.fromkeys(codes))),)
    if reaches:
        sets += (("travel_range", max(reaches, key=list(TravelRange).index).value),)
    return Cell(sets, tuple(notes))


def _parse_wage(raw: object, settings: Settings) -> ParsedWage:
    return parse_wage(
        plain_text(raw),
        days_per_month=settings.wage_days_per_month,
        hours_per_month=settings.wage_hours_per_month,
    )


def read_wage(raw: object, *, settings: Settings) -> Cell:
    """The wage of an advert as low and high; 面议 states nothing; figures that make no sense reject the row."""
    _, notes = clean_text(raw)
    parsed = _parse_wage(raw, settings)
    if parsed.kind == "problem":
        return Cell((), (*notes, _wage_problem(raw, parsed)))
    sets = []
    if parsed.low_yuan_month is not None:
        sets.append(("wage_low_yuan_month", parsed.low_yuan_month))
    if parsed.high_yuan_month is not None:
        sets.append(("wage_high_yuan_month", parsed.high_yuan_month))
    return Cell(tuple(sets), (*notes, *_converted(raw, parsed, settings)))


def _converted(raw: object, parsed: ParsedWage, settings: Settings) -> tuple[Note, ...]:
    """What a wage by day, hour or year comes to in a month, and by which rule."""
    rules = {
        "day": f"按每月{settings.wage_days_per_month}天",
        "hour": f"按每月{settings.wage_hours_per_month}小时",
        "year": "按一年12个月",
    }
    rule = rules.get(parsed.basis or "")
    low, high = parsed.low_yuan_month, parsed.high_yuan_month
    if rule is None or (low is None and high is None):
        return ()
    if low is None or high is None:
        amount = f"{low}元以上" if high is None else f"{high}元以下"
    else:
        amount = f"{low}元" if low == high else f"{low}—{high}元"
    return (repaired(raw, f"{amount}/月", f"{rule}折算为{amount}。"),)


def _wage_problem(raw: object, parsed: ParsedWage) -> Note:
    """Words without a figure and piece rates leave the wage open; a figure that cannot be read is an error."""
    fix = f"{parsed.problem}。"
    if parsed.basis == "piece" or not re.search(r"\d", plain_text(raw)):
        return warning(raw, _WAGE_EXPECTED, fix + "工资按未说明登记。")
    return error(raw, _WAGE_EXPECTED, fix)


def read_least_wage(raw: object, *, settings: Settings, field: str) -> Cell:
    """The least a worker asks for: the lower end of what is written."""
    parsed = _parse_wage(raw, settings)
    if parsed.kind == "problem":
        return Cell((), (_wage_problem(raw, parsed),))
    least = parsed.low_yuan_month if parsed.low_yuan_month is not None else parsed.high_yuan_month
    notes = _converted(raw, parsed, settings)
    return Cell(((field, least),) if least is not None else (), notes)


def read_paid_wage(raw: object, *, settings: Settings) -> Cell:
    """The wage of a placement: one amount; a range says too little and is left open with a warning."""
    if (plain := parse_int(plain_text(raw))).value is not None:
        return Cell((("wage_yuan_month", plain.value),))
    parsed = _parse_wage(raw, settings)
    if parsed.kind == "problem":
        return Cell((), (_wage_problem(raw, parsed),))
    if parsed.low_yuan_month is not None and parsed.low_yuan_month == parsed.high_yuan_month:
        return Cell((("wage_yuan_month", parsed.low_yuan_month),), _converted(raw, parsed, settings))
    return Cell((), (warning(raw, "每月实发工资，一个数", "写的是范围，实发工资没有登记，请补填。"),))


def read_headcount(raw: object) -> Cell:
    """Openings: a number; of a range the sure part; wanted without a number counts as one, marked unknown."""
    text, notes = clean_text(raw)
    parsed = parse_headcount(text)
    if parsed.problem is not None:
        if value_key(text) in value_list("headcount"):
            return Cell(_UNCOUNTED, notes)
        return Cell((), (*notes, error(raw, _HEADCOUNT_EXPECTED, f"{parsed.problem}。")))
    if parsed.low is None and parsed.high is None:
        return Cell(_UNCOUNTED, notes)
    sure = parsed.low if parsed.low is not None else 1
    if parsed.high != parsed.low:
        fix = f"写的是范围，按能确定的{sure}人登记，请核对。"
        notes = (*notes, warning(raw, _HEADCOUNT_EXPECTED, fix))
    return Cell((("headcount", sure),), notes)


_UNCOUNTED = (("headcount", 1), ("headcount_unknown", True))


def read_age_range(raw: object) -> Cell:
    """The ages an advert asks for, both ends included; what the law says of them is said of the whole advert."""
    text, notes = clean_text(raw)
    parsed = parse_age(text)
    if parsed.problem is not None:
        return Cell((), (*notes, error(raw, _AGE_EXPECTED, f"{parsed.problem}。")))
    if parsed.min is None and parsed.max is None:
        return Cell((("age_open", True),), notes)
    sets = (("age_min", parsed.min), ("age_max", parsed.max))
    return Cell(tuple((name, age) for name, age in sets if age is not None), notes)


def read_age_bound(raw: object, *, field: str) -> Cell:
    """One end of the ages asked for; a bare number is an age however young, and the law has its word on it."""
    text, notes = clean_text(raw)
    bare = bool(_BARE_AGE.fullmatch(text))
    parsed = parse_age(f"{text}岁以上" if bare else text)
    age = parsed.min if parsed.min is not None else parsed.max
    if age is None and bare and int(text) < bounds().age.least:
        age = int(text)
    if age is None:
        fix = f"{parsed.problem}。" if parsed.problem else "请只填一个岁数；不限的留空。"
        return Cell((), (*notes, error(raw, "岁数", fix)))
    return Cell(((field, age),), notes)


def read_deadline(raw: object, *, field: str) -> Cell:
    """The last day of an advert, a month standing for its last day.

    1970-01-01 is a computer's zero and 长期 no day: both mean no deadline.
    """
    if isinstance(raw, str) and value_key(raw) in _NO_DEADLINE:
        return Cell()
    cell = read_day(raw, field=field)
    if cell.sets and parse_date(plain_text(raw)).precision == "month":
        first = date.fromisoformat(cell.sets[0][1])
        last = first.replace(day=monthrange(first.year, first.month)[1])
        fix = f"只写到月，按{last.month}月{last.day}日登记。"
        return Cell(((field, last.isoformat()),), (*cell.notes, repaired(raw, last.isoformat(), fix)))
    if cell.sets and cell.sets[0][1] == UNIX_EPOCH.isoformat():
        problem = parse_date(UNIX_EPOCH, deadline=True).problem
        return Cell((), (*cell.notes, repaired(raw, "没有截止日期", f"{problem}。已按没有截止日期登记。")))
    return cell


def read_sex_condition(raw: object) -> Cell:
    """The sex column of an advert in its own words; 不限 is remembered, to be held against the text."""
    text, notes = clean_text(raw)
    if no_condition(text):
        return Cell((("sex_open", True),))
    return Cell((("sex_condition", text),), notes)
