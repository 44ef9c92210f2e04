"""Whether a text that was planned may still go at this moment: asked again of each right before it is sent.

Between plan and sending people refuse, numbers turn out to be somebody else's, sendings are stopped, nights fall. What
`recipients.choose` asked then is asked anew over what is known now, and within a batch each text counts for the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from matcher.messaging.recipients import Facts, Held, Line, consent_obstacle, often_obstacle
from matcher.messaging.season import Purpose, local, may_send, season_of
from matcher.messaging.sending import SendingRules
from matcher.records.texts import NumberState, OutText, SendingState


class Step(StrEnum):
    """What is done with a text. HOLD: until its sending is let go on; WAIT: until a moment; WITHDRAW: for good."""

    SEND = "send"
    HOLD = "hold"
    WAIT = "wait"
    WITHDRAW = "withdraw"


class Standing(NamedTuple):
    """What is known of a text's person and number right before it would go; lists sent do not count the text itself.

    marked_at : when the number was last marked as dead or wrong for this person; sending : of a text in one
    said_today : the same template went today, as `Said` has it
    """

    facts: Facts
    line: Line = Line()
    marked_at: datetime | None = None
    sending: SendingState | None = None
    said_today: bool = False


class Ruled(NamedTuple):
    """What is done with a text. why : code; next_at : when it is asked again (WAIT)."""

    step: Step
    why: str = ""
    next_at: datetime | None = None


SEND: Final = Ruled(Step.SEND)
EXPIRED: Final = "expired"
STOPPED: Final = "stopped"
SAID_TODAY: Final = "said_today"
DAY_FULL: Final = "day_full"
UNASKED: Final = "unasked"

WHYS: Final[Mapping[str, str]] = {
    EXPIRED: "过了时效，没有发",
    STOPPED: "这一批已经取消",
    SAID_TODAY: "今天已经给这个号码发过同样的短信",
    DAY_FULL: "今天发送的条数已满",
    UNASKED: "没有来信，不发回复",
    "lapsed": "发送中断，不知道发没发到",
    "cancelled": "这一批已经取消",
}
"""Code of this module and of the store -> words; other codes are those of `Held` and `NotNow`."""


class Said:
    """Which templates went today, to which number about whom.

    A list goes to a number once a day whoever it names. A notice is one person's: of two who share a phone and leave
    on one bus each is told.
    """

    def __init__(self, went: Iterable[tuple[str, str, str]] = ()) -> None:
        """went : (number, template, worker)"""
        self._of_people = set(went)
        self._of_numbers = {(phone, template_id) for phone, template_id, _ in self._of_people}

    def holds(self, text: OutText) -> bool:
        """Whether a text says again what was said."""
        if text.purpose == Purpose.NOTICE:
            return (text.phone, text.template_id, text.worker_id) in self._of_people
        return (text.phone, text.template_id) in self._of_numbers

    def add(self, text: OutText) -> None:
        """This one goes."""
        self._of_people.add((text.phone, text.template_id, text.worker_id))
        self._of_numbers.add((text.phone, text.template_id))


def gate(text: OutText, standing: Standing, at: datetime, rules: SendingRules) -> Ruled:
    """What is done with one text at a moment."""
    if at >= text.not_after:
        return Ruled(Step.WITHDRAW, EXPIRED)
    if stopped := _sending(text, standing):
        return stopped
    purpose = Purpose(text.purpose)
    why = _answer(text, standing) if purpose is Purpose.ANSWER else _unasked(purpose, standing, at, rules)
    if why:
        return Ruled(Step.WITHDRAW, why)
    ruling = may_send(at, rules, purpose)
    if ruling.allowed or ruling.reason is None:
        return SEND
    if ruling.next_at is None:
        return Ruled(Step.WITHDRAW, ruling.reason.value)
    return Ruled(Step.WAIT, ruling.reason.value, ruling.next_at)


def gate_batch(
    texts: Sequence[OutText], standings: Mapping[str, Standing], at: datetime, rules: SendingRules, *, left_today: int
) -> list[Ruled]:
    """What is done with each text of a batch, in its order; what goes counts for those behind it.

    standings : by text id; left_today : how many texts may go today besides these; answers go all the same
    """
    ruled = []
    people: dict[str, list[datetime]] = {}
    phones: dict[str, list[datetime]] = {}
    said = Said()
    for text in texts:
        standing = _with_batch(standings[text.text_id], text, people, phones, said)
        found = gate(text, standing, at, rules)
        if found.step is Step.SEND and text.purpose != Purpose.ANSWER and left_today < 1:
            found = Ruled(Step.WAIT, DAY_FULL, next_day(at, rules))
        if found.step is Step.SEND:
            left_today -= 1
            said.add(text)
            if text.purpose == Purpose.OFFER:
                people.setdefault(text.worker_id, []).append(at)
                phones.setdefault(text.phone, []).append(at)
        ruled.append(found)
    return ruled


def day_start(at: datetime, rules: SendingRules) -> datetime:
    """When the day of a moment began where people are written to."""
    here = local(at, rules)
    return datetime.combine(here.date(), time(), here.tzinfo)


def next_day(at: datetime, rules: SendingRules) -> datetime:
    """When the next day begins."""
    return day_start(at, rules) + timedelta(days=1)


def counted_from(at: datetime, rules: SendingRules) -> datetime:
    """From when on lists that were sent count: the opening of the season, or the days between two lists if earlier."""
    here = local(at, rules)
    bar = here - timedelta(days=rules.caps.days_between_lists)
    window = season_of(here.date(), rules)
    return bar if window is None else min(bar, datetime.combine(window.opens, time(), here.tzinfo))


def _sending(text: OutText, standing: Standing) -> Ruled | None:
    if not text.sending_id or standing.sending is SendingState.RELEASED:
        return None
    if standing.sending in (SendingState.WAITING, SendingState.PAUSED):
        return Ruled(Step.HOLD, standing.sending.value)
    return Ruled(Step.WITHDRAW, STOPPED)


def _answer(text: OutText, standing: Standing) -> str:
    """An answer needs the reply it answers; whoever refused or was mistaken for another since gets none.

    The answer to the refusal itself is made with it or after it, and goes.
    """
    if not text.reply_id:
        return UNASKED
    no = [answer.at for answer in standing.facts.answers if not answer.agreed]
    no += [standing.line.refused_at] if standing.line.refused_at else []
    if any(at > text.created_at for at in no):
        return Held.REFUSED.value
    if standing.marked_at is not None and standing.marked_at > text.created_at:
        return Held.WRONG_PERSON.value
    return ""


def _unasked(purpose: Purpose, standing: Standing, at: datetime, rules: SendingRules) -> str:
    """Why a text nobody has just asked for does not go: consent, number, said already, too often."""
    facts, line = standing.facts, standing.line
    if held := consent_obstacle(facts, line):
        return held.value
    if facts.number is not NumberState.GOOD:
        return facts.number.value
    if standing.said_today:
        return SAID_TODAY
    held = often_obstacle(facts, line, at, rules) if purpose is Purpose.OFFER else None
    return held.value if held else ""


def _with_batch(
    standing: Standing,
    text: OutText,
    people: Mapping[str, Sequence[datetime]],
    phones: Mapping[str, Sequence[datetime]],
    said: Said,
) -> Standing:
    """What is known of a text, with what went before it in the same batch."""
    facts, line = standing.facts, standing.line
    return standing._replace(
        facts=facts._replace(sent_at=(*facts.sent_at, *people.get(text.worker_id, ()))),
        line=line._replace(sent_at=(*line.sent_at, *phones.get(text.phone, ()))),
        said_today=standing.said_today or said.holds(text),
    )
