"""One batch: leased, asked of each text whether it may still go, submitted, settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from matcher.messaging.fates import after_submission, says_dead
from matcher.messaging.gate import Ruled, Step, day_start, gate_batch
from matcher.messaging.segments import parts
from matcher.messaging.sending import SendingRules
from matcher.ports import Clock, RosterStore, TextStore
from matcher.ports.gateways import Fate, Gateway, Incoming, Outgoing, Submitted
from matcher.records.texts import NumberMark, NumberState, OutText, Queue, Sending
from matcher.services.messages.standings import standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a worker works with. trial_gateway : where everything goes that is only tried; by : the worker's name.

    seconds : of a clock that only runs forward; on_reply : takes a text in and does all that follows from it, called
    again for the same one until it returns; timers : looks at what ran out, once a turn
    """

    store: RosterStore
    texts: TextStore
    rules: SendingRules
    gateway: Gateway
    trial_gateway: Gateway
    clock: Clock
    seconds: Callable[[], float]
    on_reply: Callable[[Incoming], object]
    by: str
    timers: Callable[[datetime], object] = lambda _: None
    seed: int = 0

    @property
    def open_for(self) -> timedelta:
        """How long an offer is open once its text is out."""
        return timedelta(days=self.rules.offers.open_days)


@dataclass(slots=True)
class Sent:
    """What became of a batch: its texts, how many met which fate, why others did not go, parts submitted."""

    texts: list[OutText] = field(default_factory=list)
    fates: Counter[Fate] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    n_parts: int = 0
    retry_after_s: float = 0.0

    @property
    def down(self) -> bool:
        """Something was submitted and nothing of it taken, busy or not there at all."""
        refused = self.fates[Fate.BUSY] + self.fates[Fate.DOWN]
        return refused > 0 and refused == self.fates.total()


def send_batch(post: Post, n: int, now: datetime) -> Sent:
    """Up to `n` texts that are due. Raises StoreError; what was not submitted then goes back to the queue."""
    until = now + timedelta(minutes=post.rules.delivery.lease_minutes)
    batch = post.texts.lease(n, by=post.by, now=now, until=until)
    sent = Sent(texts=batch)
    if not batch:
        return sent
    try:
        known = standings(post.store, post.texts, batch, now, post.rules)
        ruled = gate_batch(batch, known.standings, now, post.rules, left_today=_left_today(post, batch, now))
    except BaseException:
        post.texts.settle([_queued(text, now) for text in batch])
        raise
    pairs = list(zip(batch, ruled, strict=True))
    aside = [(text, one) for text, one in pairs if one.step is not Step.SEND]
    if aside:
        post.texts.settle([_aside(text, one, now) for text, one in aside])
        sent.held_back.update(one.why for _, one in aside)
    going = [text for text, one in pairs if one.step is Step.SEND]
    for gateway, texts in _by_gateway(post, going, known.sendings):
        _submit(post, gateway, texts, sent)
    return sent


def mark_dead(post: Post, texts: Iterable[OutText]) -> None:
    """Keep that a number does not exist where a carrier said so."""
    for text in texts:
        if says_dead(text, post.rules.delivery):
            mark = NumberMark(phone=text.phone, state=NumberState.DEAD, at=post.clock.now(), why="运营商说是空号")
            post.texts.mark_number(mark)


def _left_today(post: Post, batch: Sequence[OutText], now: datetime) -> int:
    """How many texts may still go today; those of the batch are leased, so they are counted as gone already."""
    gone = post.texts.n_leased(since=day_start(now, post.rules)) - len(batch)
    return post.rules.delivery.texts_a_day - gone


def _by_gateway(
    post: Post, texts: Sequence[OutText], sendings: Mapping[str, Sending]
) -> list[tuple[Gateway, list[OutText]]]:
    """What is only tried goes nowhere but to the file."""
    if post.rules.delivery.trial:
        return [(post.trial_gateway, list(texts))] if texts else []
    tried = {text.text_id for text in texts if text.sending_id and sendings[text.sending_id].trial}
    ways = (
        (post.gateway, [text for text in texts if text.text_id not in tried]),
        (post.trial_gateway, [text for text in texts if text.text_id in tried]),
    )
    return [(gateway, own) for gateway, own in ways if own]


def _submit(post: Post, gateway: Gateway, texts: Sequence[OutText], sent: Sent) -> None:
    """Submit and settle; a text of which nobody tells may have gone, whatever else happens."""
    told: dict[str, Submitted] = {}
    try:
        for one in gateway.submit([_outgoing(text) for text in texts]):
            told[one.text_id] = one
    finally:
        at, delivery = post.clock.now(), post.rules.delivery
        after = [
            replace(after_submission(text, told.get(text.text_id), at, delivery, post.seed), gateway=gateway.name)
            for text in texts
        ]
        post.texts.settle(after, open_for=post.open_for)
        mark_dead(post, after)
        sent.n_parts += sum(len(text.parts) for text in texts)
        for text in texts:
            found = told.get(text.text_id)
            sent.fates[found.fate if found else Fate.UNKNOWN] += 1
            sent.retry_after_s = max(sent.retry_after_s, (found.retry_after_s if found else None) or 0.0)


def _outgoing(text: OutText) -> Outgoing:
    return Outgoing(text_id=text.text_id, phone=text.phone, parts=parts(text.body), reference=text.reference)


def _queued(text: OutText, next_at: datetime) -> OutText:
    """Back in the queue as it was: nothing of it was submitted."""
    return replace(text, queue=Queue.QUEUED, next_at=next_at, n_tries=text.n_tries - 1)


def _aside(text: OutText, ruled: Ruled, now: datetime) -> OutText:
    """A text that does not go now, or not at all."""
    if ruled.step is Step.WAIT:
        return replace(_queued(text, ruled.next_at or now), why=ruled.why)
    if ruled.step is Step.HOLD:
        return replace(_queued(text, now), queue=Queue.HELD, why=ruled.why)
    return replace(text, queue=Queue.WITHDRAWN, ended_at=now, why=ruled.why, n_tries=text.n_tries - 1)
