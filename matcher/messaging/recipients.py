"""Who is written to and why not; pure over facts given, counted, nobody is left out without a reason.

Consent comes first (PIPL articles 13 to 15: a list is sent to who asked for it, until the person says otherwise), then
whether the number can be reached and is nobody else's, then whether a list is still of use, then how often. A phone is
not a person: refusals and caps hold for the number as well, whoever of a family they came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from matcher.messaging.phones import PhoneKind, read_phone
from matcher.messaging.season import local, may_send, season_of
from matcher.messaging.sending import SendingRules
from matcher.records.texts import Channel, NumberState


class Answer(NamedTuple):
    """A dated yes or no to texts: in which words (version), where, by which channel, noted by whom."""

    agreed: bool
    at: datetime
    words: str
    where: str
    channel: Channel
    by: str


class Facts(NamedTuple):
    """What is known of one person before a sending.

    answers : every yes and no to texts, in any order; number : as of the last receipt, call or reply 8
    declined : wants no work this season; unread : a reply of the person waits to be read
    sent_at : when lists went to the person; n_jobs : on the list that would be sent
    """

    worker_id: str
    phone: str | None
    household_id: str | None = None
    answers: tuple[Answer, ...] = ()
    number: NumberState = NumberState.GOOD
    in_work: bool = False
    declined: bool = False
    unread: bool = False
    sent_at: tuple[datetime, ...] = ()
    n_jobs: int = 0


class Line(NamedTuple):
    """What is known of a number, whoever has it: when it last refused, when lists went to it."""

    refused_at: datetime | None = None
    sent_at: tuple[datetime, ...] = ()


class Held(StrEnum):
    """Why somebody is not written to; the first that holds is told.

    The last ones are found by whoever plans a sending: seats, words and money are no facts of a person.
    """

    NOT_ASKED = "not_asked"
    REFUSED = "refused"
    NO_PHONE = "no_phone"
    LANDLINE = "landline"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"
    DEAD = "dead"
    WRONG_PERSON = "wrong_person"
    CROWDED = "crowded"
    IN_WORK = "in_work"
    DECLINED = "declined"
    UNREAD = "unread"
    NO_JOBS = "no_jobs"
    RECENT = "recent"
    SEASON_CAP = "season_cap"
    SHARED_PHONE = "shared_phone"
    HOUSEHOLD = "household"
    NOT_NOW = "not_now"
    EARLIER_WAVE = "earlier_wave"
    NO_SEATS = "no_seats"
    UNWRITABLE = "unwritable"
    LATER_WAVE = "later_wave"
    BUDGET = "budget"

    @property
    def label(self) -> str:
        """As pages say it."""
        return _LABELS[self]


_LABELS: Final = {
    Held.NOT_ASKED: "没同意收短信",
    Held.REFUSED: "说过不收短信，或已经退订",
    Held.NO_PHONE: "没登记电话",
    Held.LANDLINE: "登记的是座机",
    Held.FOREIGN: "登记的是境外号码",
    Held.UNREADABLE: "电话号码不对",
    Held.DEAD: "号码停机或是空号",
    Held.WRONG_PERSON: "号码已经是别人的",
    Held.CROWDED: "太多人登记同一个号码",
    Held.IN_WORK: "已经有活干",
    Held.DECLINED: "说过这一季不找活",
    Held.UNREAD: "有回信还没人看",
    Held.NO_JOBS: "眼下没有合适的岗位",
    Held.RECENT: "几天内刚发过",
    Held.SEASON_CAP: "这一季已经发够次数",
    Held.SHARED_PHONE: "同一个号码这次先发家里另一人",
    Held.HOUSEHOLD: "同一户这次已经发给别人",
    Held.NOT_NOW: "现在不是发送的时候",
    Held.EARLIER_WAVE: "这一季前面已经发过，这一批先发别人",
    Held.NO_SEATS: "合适岗位的名额都已经发出去，等有人不要",
    Held.UNWRITABLE: "岗位名称写不进短信",
    Held.LATER_WAVE: "这一批人数已满，排到下一批",
    Held.BUDGET: "这一季的短信条数用完了",
}
_KINDS: Final = {
    PhoneKind.NONE: Held.NO_PHONE,
    PhoneKind.LANDLINE: Held.LANDLINE,
    PhoneKind.FOREIGN: Held.FOREIGN,
    PhoneKind.UNREADABLE: Held.UNREADABLE,
}


class Written(NamedTuple):
    """Somebody who is written to, at which mobile number (plain digits)."""

    worker_id: str
    phone: str


class Recipients(NamedTuple):
    """Who is written to and who is held back; together everybody, each once, in the order given.

    next_at : the next moment a list may go out, None if it may now or the calendar ends
    """

    written: tuple[Written, ...]
    held: Mapping[str, Held]
    next_at: datetime | None

    @property
    def counts(self) -> dict[Held, int]:
        """How many each reason holds back, in the order of the reasons."""
        found = Counter(self.held.values())
        return {reason: found[reason] for reason in Held if found[reason]}


class Places:
    """Numbers and households that have had their texts of one sending."""

    def __init__(self, rules: SendingRules) -> None:
        self._most = rules.caps.people_a_household
        self._phones: set[str] = set()
        self._households: Counter[str] = Counter()

    def obstacle(self, household_id: str | None, number: str) -> Held | None:
        """Why nobody else of a household or a number is written to, None if somebody may be."""
        if number in self._phones:
            return Held.SHARED_PHONE
        full = household_id and self._households[household_id] >= self._most
        return Held.HOUSEHOLD if full else None

    def take(self, household_id: str | None, number: str) -> None:
        """Somebody of the household is written to at the number."""
        self._phones.add(number)
        self._households.update([household_id] if household_id else [])


def choose(
    people: Sequence[Facts], lines: Mapping[str, Line], at: datetime, rules: SendingRules, *, beside: bool = True
) -> Recipients:
    """Who of the people is written to at a moment; of several on one number or in one household the first given.

    lines : by plain mobile number; a number without a line is new. beside : False leaves it to `Places` who of those
    that stand beside each other is written to
    """
    numbers = {one.worker_id: read_phone(one.phone, rules.phone) for one in people}
    sharing = Counter(number for _, number in numbers.values() if number)
    ruling = may_send(at, rules)
    written: list[Written] = []
    held: dict[str, Held] = {}
    places = Places(rules)
    for one in people:
        kind, number = numbers[one.worker_id]
        line = lines.get(number, Line())
        reason = (
            consent_obstacle(one, line)
            or _number(one, kind, sharing[number] > rules.caps.people_a_phone)
            or _use(one)
            or often_obstacle(one, line, at, rules)
            or (places.obstacle(one.household_id, number) if beside else None)
            or (None if ruling.allowed else Held.NOT_NOW)
        )
        if reason:
            held[one.worker_id] = reason
            continue
        written.append(Written(one.worker_id, number))
        places.take(one.household_id, number)
    return Recipients(tuple(written), held, None if ruling.allowed else ruling.next_at)


def consent_obstacle(one: Facts, line: Line) -> Held | None:
    """A yes counts while no later no of the person or of the number stands; at the same moment the no stands."""
    yes = [answer.at for answer in one.answers if answer.agreed]
    no = [answer.at for answer in one.answers if not answer.agreed]
    no += [line.refused_at] if line.refused_at else []
    if no and (not yes or max(no) >= max(yes)):
        return Held.REFUSED
    return None if yes else Held.NOT_ASKED


def _number(one: Facts, kind: PhoneKind, crowded: bool) -> Held | None:
    if kind in _KINDS:
        return _KINDS[kind]
    if one.number is not NumberState.GOOD:
        return Held(one.number.value)
    return Held.CROWDED if crowded else None


def _use(one: Facts) -> Held | None:
    found = {
        Held.IN_WORK: one.in_work,
        Held.DECLINED: one.declined,
        Held.UNREAD: one.unread,
        Held.NO_JOBS: one.n_jobs < 1,
    }
    return next((reason for reason, holds in found.items() if holds), None)


def often_obstacle(one: Facts, line: Line, at: datetime, rules: SendingRules) -> Held | None:
    """Caps of the person and of the number, each counted apart; a sending exactly the days ago no longer bars."""
    bar = timedelta(days=rules.caps.days_between_lists)
    window = season_of(local(at, rules).date(), rules)
    for times in (one.sent_at, line.sent_at):
        if any(at - sent < bar for sent in times):
            return Held.RECENT
        days = (local(sent, rules).date() for sent in times)
        if window and _within(days, window.opens, window.closes) >= rules.caps.lists_a_season:
            return Held.SEASON_CAP
    return None


def _within(days: Iterable[date], first: date, last: date) -> int:
    return sum(first <= day <= last for day in days)
