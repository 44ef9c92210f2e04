"""An order as brokers type it into a chat, cut into the fields of the form; pure, the day is given.

"东莞制衣 缝纫 40人 周五7点 5500起 包住" -> place 东莞, employer 东莞制衣, trade 缝纫, and so on. Nothing typed is lost:
what belongs to no field stays among the terms and is asked about, so that the law is applied to it as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Final

import msgspec

from matcher.language.conditions import ConditionKind, TextCondition, find_conditions, folded
from matcher.orders.departures import read_departure
from matcher.orders.firms import read_firm

LONGEST_LINE: Final = 400
"""Characters of a line that are read; a chat message that orders people is never as long."""

_NUMERAL = "零一二两三四五六七八九十百千"
_CN_COUNT = rf"(?:\d{{1,6}}(?:\s*[-~至到]\s*\d{{1,6}})?|[{_NUMERAL}]{{1,5}})"
_COUNTER = r"(?:个人|人|名|位|个)"
_COUNT = re.compile(
    rf"(?:招收?|要|需要?|缺|来|差|大概|大约|约)?\s*(?P<count>{_CN_COUNT})\s*(?P<more>多|来|几|余|\+)?\s*{_COUNTER}"
    r"(?!月|班|小时|天|点|工时|钟|宿舍|间|一?组|一间|住)(?:左右|以上|以内)?"
    rf"|(?P<few>若干|数)\s*(?:{_COUNTER})?(?=[\s,。;、]|$)|(?:招|要|需)?\s*(?P<open>不限人数|人数不限|有多少要多少|大量)"
)
_BARE_COUNT = re.compile(r"(?<![\d.:/-])(?P<count>[1-9]\d{0,2})(?![\d.:/k元块]|\s*(?:点|号|日|月|岁|天|小时|[-~至到]))")
_UNIT = r"(?:元|块钱|块|圆|k|K|千|万|w|W)"
_PERIOD = r"(?:\s*(?:[/每一个]\s*)?(?:个?月|天|日|小时|个?钟头?|个?工|件)(?![前后底初份号]))"
_AMOUNT = rf"(?:\d+(?:\.\d+)?|[{_NUMERAL}万]{{2,6}})"
_WAGE_WORD = (
    r"(?:综合|到手|基本|平均|试用期?|起步|实发)*"
    r"(?:工资|月薪|日薪|时薪|年薪|底薪|保底|工价|薪资|薪水|收入|月入|待遇|每月|一个?月|每天|一天|日结|时结|每小时|一小时)"
)
_BOUND = r"(?:起步|起|以上|左右|上下|打底|保底|封顶|以内|\+)"
_WAGE = re.compile(
    rf"(?:计件\s*,?\s*)?(?P<wage>{_WAGE_WORD}?\s*[:是]?\s*(?<![\d.])"
    rf"(?:(?P<low>{_AMOUNT})\s*{_UNIT}?\s*(?:[-~至到]\s*{_AMOUNT}\s*{_UNIT}?)?)"
    rf"(?:{_PERIOD}|\s*{_BOUND})*(?:\s*\+?\s*(?:提成|计件|加班费|奖金|全勤))*)"
)
_NO_AMOUNT = re.compile(r"工资面议|待遇面议|面议|面谈|计件工资|计件|按件(?:算|计)?|多劳多得")
_GIVEN = r"(?:包|管|供|提供|免费)"
_NOT_GIVEN = r"(?:不包|不管|不提供)"
_ROOM = r"(?:住宿|宿舍|住)"
_FOOD = r"(?:一日三餐|三餐|两餐|中餐|午餐|工作餐|伙食|吃饭|吃)"
_BOTH = {"board": "yes", "lodging": "yes"}
_NEITHER = {"board": "no", "lodging": "no"}
# In this order: what denies before what grants, both before one.
_MEALS = (
    (re.compile(rf"{_NOT_GIVEN}(?:吃住|食宿|吃喝住)|(?:吃住|食宿)(?:都|全)?自理"), _NEITHER),
    (re.compile(rf"{_GIVEN}(?:吃|食|三餐|一日三餐)[、和加]?(?:包|管)?(?:住|宿)"), _BOTH),
    (re.compile(rf"(?:吃住|食宿)(?:都|全|全部)?(?:包|免费|管)|{_GIVEN}(?:吃住|食宿|吃喝)"), _BOTH),
    (re.compile(rf"{_NOT_GIVEN}(?:吃饭|吃|伙食|餐)|(?:吃饭|伙食|餐)费?自理"), {"board": "no"}),
    (re.compile(rf"(?:{_NOT_GIVEN}|没有?){_ROOM}|(?:住宿|房租|住)费?自理"), {"lodging": "no"}),
    (re.compile(rf"{_GIVEN}{_FOOD}|有(?:免费)?(?:工作餐|三餐)"), {"board": "yes"}),
    (re.compile(rf"{_GIVEN}(?:免费)?{_ROOM}|有(?:免费)?(?:住宿|宿舍)"), {"lodging": "yes"}),
)
_PICKUP = re.compile(
    r"(?:(?:上车|集合|接人|发车)(?:地点|点|地)?\s*[:在]\s*(?P<after>[\u4e00-\u9fff0-9]{2,16})"
    r"|(?:在|到)?(?P<before>[\u4e00-\u9fff0-9]{2,14}?)(?:门口|旁边?)?(?:上车|集合|等车|发车|坐车|接人)(?:点|出发|走)?)"
)
_TERMS = re.compile(
    r"(?:要|需|须|持)?有[\u4e00-\u9fff]{2,5}证|多劳多得|按时发工资|男女(?:不限|都要|均可|都可以?|皆可|都行)|性别不限|年龄不限|(?:身体)?健康|(?:生手|新手|学徒)(?:可学|也要|也可以|可以|也行)"
    r"|(?:要|要求)?(?:熟手|熟练工?)(?:优先)?|有(?:无)?经验(?:优先)?|(?:夜班|白班|两班倒|长白班|倒班|三班倒)|能加班|长期工?|临时工?|短期工?"
    r"|(?:买|交|缴|有)?(?:五险(?:一金)?|社保)|夫妻(?:房|优先|可以?)?|车费(?:报销|自理|全免)|报销车费|月休\d天|不收(?:任何)?(?:押金|费用)"
)
_AGE = frozenset({ConditionKind.AGE})
_JOIN = "；"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A line cut up: the texts of the form's fields, and what was not understood, as questions by field."""

    fields: dict[str, str]
    questions: tuple[tuple[str, str], ...] = ()


class _Line:
    """What is left of a line while its parts are taken out; each leaves a gap, so that nothing runs together."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def take(self, start: int, end: int) -> str:
        taken = self.rest[start:end]
        self.rest = f"{self.rest[:start]} {self.rest[end:]}"
        return taken.strip(" ,。;、:")

    def take_all(self, pattern: re.Pattern[str]) -> list[str]:
        found = []
        while match := pattern.search(self.rest):
            found.append(self.take(*match.span()))
        return found


def read_line(text: str, on: date, near: str = "", clock: time | None = None) -> Reading:
    """The fields of the form that a line fills, as somebody would type them there, and questions about the rest.

    near : region code of the county that orders, around which places are read; clock : the time of day now
    """
    line = _Line(folded(text[:LONGEST_LINE]).strip())
    fields: dict[str, str] = {}
    questions: list[tuple[str, str]] = []
    if len(text) > LONGEST_LINE:
        questions.append(("terms", f"这句话太长，只读了前{LONGEST_LINE}个字。"))
    # Conditions first: 18-45岁 and 押金300 are no wage.
    terms = _conditions(line, fields)
    for pattern, means in _MEALS:
        if line.take_all(pattern):
            fields = means | fields
    _departure(line, fields, questions, (on, clock))
    _wage(line, fields)
    _count(line, fields, questions)
    terms += line.take_all(_TERMS)
    _pickup(line, fields)
    firm = read_firm(line.rest, near)
    fields |= {name: value for name, value in firm.fields.items() if value}
    questions += firm.questions
    terms += [part for part in firm.unread if part]
    questions += [("terms", f"“{part}”没有读懂，先放在“其他要求”里，请看放得对不对。") for part in firm.unread]
    if terms:
        fields["terms"] = _JOIN.join(dict.fromkeys(_whole(terms)))
    return Reading(fields=fields, questions=tuple(questions))


def _conditions(line: _Line, fields: dict[str, str]) -> list[str]:
    """Ages into their field, every other condition among the terms, as it was written."""
    found = find_conditions(line.rest)
    ages = [condition for condition in found if condition.kind in _AGE]
    if len(ages) == 1 and all(other is ages[0] or not _overlap(other, ages[0]) for other in found):
        fields["ages"] = ages[0].text.strip()
        found = tuple(condition for condition in found if condition is not ages[0])
        spans = _merged([(ages[0].start, ages[0].end)], [])
    else:
        spans = []
    terms = _merged([(c.start, end_of_condition(line.rest, c.end)) for c in found], spans)
    words = [line.rest[start:end] for start, end in terms]
    for start, end in sorted([*terms, *spans], reverse=True):
        line.take(start, end)
    return words


def _overlap(one: TextCondition, other: TextCondition) -> bool:
    return one.start < other.end and other.start < one.end


def _merged(spans: Iterable[tuple[int, int]], taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans with those that overlap made one, cut short before what is taken already."""
    merged: list[tuple[int, int]] = []
    for start, whole in sorted(spans):
        end = min([whole, *(at for at, _ in taken if at >= start)])
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def end_of_condition(text: str, end: int) -> int:
    """Where the words of a condition found up to `end` end, 优先 and an amount behind it included."""
    behind = re.match(r"\s*(?:者|的)?(?:优先|为佳|最好)|\s*[:]?\s*\d+\s*(?:元|块)?(?![\d人名个位点号])", text[end:])
    return end + behind.end() if behind else end


def _departure(
    line: _Line, fields: dict[str, str], questions: list[tuple[str, str]], now: tuple[date, time | None]
) -> None:
    found = read_departure(line.rest, *now)
    for start, end in sorted(found.spans, reverse=True):
        line.take(start, end)
    if found.day is not None:
        fields["departs_on"] = found.day.isoformat()
    if found.time is not None:
        fields["departs_time"] = f"{found.time:%H:%M}"
    questions += [("departs_on", question) for question in found.questions]


def _wage(line: _Line, fields: dict[str, str]) -> None:
    """The likeliest amount: one with words of pay or a unit, else the first of four digits or in a range."""
    matches = [match for match in _WAGE.finditer(line.rest) if _is_pay(match, line.rest)]
    if matches:
        start, end = max(matches, key=lambda match: (_is_named(match[0]), -match.start())).span()
        fields["wage"] = line.take(start, end)
    elif match := _NO_AMOUNT.search(line.rest):
        fields["wage"] = line.take(*match.span())


def _is_pay(match: re.Match[str], text: str) -> bool:
    """Whether an amount can be pay: named so, in money, or as large as a month's pay; a count of people is none."""
    if re.match(rf"\s*{_COUNTER}(?!月)", text[match.end() :]) and not re.search(_UNIT, match[0]):
        return False
    return _is_named(match[0]) or bool(re.fullmatch(r"\d{4,5}", match["low"]))


def _is_named(words: str) -> bool:
    numeral = re.search(rf"[{_NUMERAL}万]{{2,}}", words)
    return bool(
        re.search(rf"\d\s*{_UNIT}|{_WAGE_WORD}\s*[:是]?\s*\d|\d{_PERIOD}|\d\s*{_BOUND}", words)
        or (numeral and re.search("[百千万]", numeral[0]))
    )


def _count(line: _Line, fields: dict[str, str], questions: list[tuple[str, str]]) -> None:
    match = _COUNT.search(line.rest)
    if match:
        words = line.take(*match.span())
        if match["more"]:
            fields["headcount"] = match["count"] + "人"
            questions.append(("headcount", f"“{words}”先按{match['count']}人记，到底要几个人？"))
        else:
            fields["headcount"] = f"{match['count']}人" if match["count"] else "若干"
        return
    bare = _BARE_COUNT.search(line.rest)
    if bare:
        line.take(*bare.span())
        fields["headcount"] = f"{bare['count']}人"
        questions.append(("headcount", f"“{bare['count']}”当作人数读了，对不对？"))


def _pickup(line: _Line, fields: dict[str, str]) -> None:
    match = _PICKUP.search(line.rest)
    if match and (match["after"] or match["before"]):
        place = match["after"] or match["before"]
        gate = "门口" if match["before"] and f"{place}门口" in match[0] else ""
        line.take(*match.span())
        fields["pickup"] = f"{place}{gate}"


def _whole(terms: Iterable[str]) -> list[str]:
    return [term for term in (term.strip(" ,。;、:") for term in terms) if term]
