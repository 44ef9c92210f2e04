"""The worker: what came in is kept, what may go is sent, turn by turn, and nothing goes twice.

A text is leased before it is submitted and settled afterwards; whoever dies between leaves a text that may have gone,
and it is told as such and never sent again. What people say comes before what is said to them: each turn first brings
back refusals a restored database lacks and takes in replies, and asks of every text again whether it may go.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec
from msgspec.structs import replace

from matcher.errors import MatcherError
from matcher.messaging.fates import Bucket, silent_before
from matcher.ports.gateways import Fate, Gateway, Incoming, Receipt
from matcher.records.texts import Sending, SendingState, TextState
from matcher.services.messages.send_batch import Post, Sent, mark_dead, send_batch

CLOCK_SLIP: Final = timedelta(minutes=1)
"""A clock that goes back by more than this was set."""
IDLE_S: Final = 2.0
MOST_FAILURES: Final = 10
_RESTS_S: Final = (5.0, 300.0)
"""Seconds without a try after nothing was taken: the first time, and at most; doubled between."""
_WAITING: Final = frozenset({TextState.HELD.value, TextState.QUEUED.value})


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn did, in figures alone: it is written to the log.

    n_restored : refusals a restored database lacked; n_unread : replies that could not be taken in; n_lost : texts
    whose worker died; n_back : not taken, come again; held_back : why texts did not go -> how many; n_early :
    receipts of texts nobody knows yet; n_silent : texts that were taken and never spoken of again; clock_set : the
    clock went back; down : nothing was taken; wait_s : until the next turn
    """

    at: datetime
    n_restored: int = 0
    n_receipts: int = 0
    n_replies: int = 0
    n_unread: int = 0
    n_lost: int = 0
    n_expired: int = 0
    n_leased: int = 0
    n_accepted: int = 0
    n_refused: int = 0
    n_unknown: int = 0
    n_back: int = 0
    held_back: dict[str, int] = {}
    n_early: int = 0
    n_silent: int = 0
    clock_set: bool = False
    down: bool = False
    wait_s: float = 0.0

    @property
    def idle(self) -> bool:
        """Nothing happened."""
        heard = self.n_restored + self.n_receipts + self.n_replies + self.n_unread
        return not (heard or self.n_lost or self.n_expired or self.n_leased or self.clock_set)


class Heard(msgspec.Struct):
    """How much came in."""

    n_receipts: int = 0
    n_replies: int = 0
    n_unread: int = 0


class Deliverer:
    """One worker; its caller sees to it that it is the only one of its database (`TextStore.working`)."""

    def __init__(self, post: Post) -> None:
        self._post = post
        most = 2.0 * post.rules.delivery.batch
        self._bucket = Bucket(left=most, most=most, at_s=post.seconds())
        self._seen: datetime | None = None
        self._rest_until_s = 0.0
        self._n_rests = 0
        self._running: set[str] = set()

    def begin(self) -> int:
        """Tell texts in the hands of a worker that died as unknown, let all that waits be looked at; how many."""
        texts, now = self._post.texts, self._post.clock.now()
        lost = texts.lapsed(now, open_for=self._post.open_for, every=True)
        texts.wake(now)
        self._running.update(sending.sending_id for sending in texts.sendings(states=(SendingState.RELEASED,)))
        return len(lost)

    def turn(self) -> Turn:
        """One turn. Raises StoreError; then nothing was submitted that the store does not know of."""
        post, now = self._post, self._post.clock.now()
        texts = post.texts
        was_set = self._clock_was_set(now)
        n_restored = texts.restore_refusals()
        heard = self._hear(now)
        post.timers(now)
        lost = texts.lapsed(now, open_for=post.open_for)
        expired = texts.expired(now)
        sent = self._send(now)
        self._running.update(text.sending_id for text in (*lost, *expired, *sent.texts) if text.sending_id)
        if not sent.texts:
            self._end_sendings(now)
        return Turn(
            at=now,
            n_restored=n_restored,
            n_receipts=heard.n_receipts,
            n_replies=heard.n_replies,
            n_unread=heard.n_unread,
            n_lost=len(lost),
            n_expired=len(expired),
            n_leased=len(sent.texts),
            n_accepted=sent.fates[Fate.ACCEPTED],
            n_refused=sent.fates[Fate.REFUSED],
            n_unknown=sent.fates[Fate.UNKNOWN],
            n_back=sent.fates[Fate.BUSY] + sent.fates[Fate.DOWN],
            held_back=dict(sent.held_back),
            n_early=texts.n_early(),
            n_silent=texts.silent(silent_before(now, post.rules.delivery)),
            clock_set=was_set,
            down=sent.down,
            wait_s=self._wait_s(sent),
        )

    def _clock_was_set(self, now: datetime) -> bool:
        """Whether the clock went back; then what waits for a moment that it gave would wait for ever, and is woken."""
        was_set = self._seen is not None and now < self._seen - CLOCK_SLIP
        self._seen = now
        if was_set:
            self._post.texts.wake(now)
        return was_set

    def _hear(self, now: datetime) -> Heard:
        """Join receipts, take replies in; a gateway is told that what is kept need not be said again."""
        heard, post = Heard(), self._post
        both = (post.gateway, post.trial_gateway)
        for gateway in both[:1] if both[0] is both[1] else both:
            items = list(gateway.receive())
            receipts = [item for item in items if isinstance(item, Receipt)]
            if receipts:
                keep_from = now - timedelta(hours=post.rules.delivery.early_receipt_hours)
                mark_dead(post, post.texts.join_receipts(receipts, keep_from=keep_from))
                gateway.done(receipts)
                heard.n_receipts += len(receipts)
            for item in items:
                if isinstance(item, Incoming):
                    self._take(gateway, item, heard)
        return heard

    def _take(self, gateway: Gateway, incoming: Incoming, heard: Heard) -> None:
        """One reply. One that cannot be taken in is told again, and does not stand in the way of the others."""
        try:
            self._post.on_reply(incoming)
        except MatcherError:
            heard.n_unread += 1
            return
        gateway.done([incoming])
        heard.n_replies += 1

    def _send(self, now: datetime) -> Sent:
        """A batch, as large as the rate allows; nothing while a gateway that took nothing is left alone."""
        delivery, at_s = self._post.rules.delivery, self._post.seconds()
        self._bucket = self._bucket.filled(at_s, delivery.parts_per_second)
        if at_s < self._rest_until_s or self._bucket.left < 1.0:
            return Sent()
        sent = send_batch(self._post, min(delivery.batch, int(self._bucket.left)), now)
        self._bucket = self._bucket.without(sent.n_parts)
        if sent.down:
            first, most = _RESTS_S
            rest = min(first * 2.0 ** min(self._n_rests, 16), most)
            self._rest_until_s = at_s + max(rest, sent.retry_after_s)
            self._n_rests += 1
        elif sent.fates:
            self._n_rests = 0
        return sent

    def _wait_s(self, sent: Sent) -> float:
        """Seconds until the next turn: at once while there is something to send, else soon enough for a reply."""
        if not sent.texts or sent.down:
            return IDLE_S
        return min(IDLE_S, self._bucket.wait_s(self._post.rules.delivery.parts_per_second))

    def _end_sendings(self, now: datetime) -> None:
        """A sending of which nothing waits any more is over; looked at once the queue has been emptied."""
        for sending_id in sorted(self._running):
            if not any(state in _WAITING for state, _ in self._post.texts.text_counts(sending_id)):
                self._post.texts.change_sending(sending_id, partial(_ended, at=now))
        self._running.clear()


def _ended(sending: Sending, *, at: datetime) -> Sending:
    if sending.state is not SendingState.RELEASED:
        return sending
    return replace(sending, state=SendingState.ENDED, ended_at=at)


def deliver(
    deliverer: Deliverer,
    stopped: Callable[[float], bool],
    tell: Callable[[Turn], None],
    *,
    once: bool = False,
    failed: Callable[[MatcherError, float], None] | None = None,
) -> None:
    """Turn after turn until `stopped`, which waits so many seconds and says whether to stop; each is told.

    failed : told of a turn that did not end well, and when the next one is tried. After MOST_FAILURES of them in a
    row, or where nobody is to be told, the error is raised.
    """
    deliverer.begin()
    wait_s, n_failures = 0.0, 0
    while not stopped(wait_s):
        try:
            turn = deliverer.turn()
        except MatcherError as error:
            n_failures += 1
            if once or failed is None or n_failures >= MOST_FAILURES:
                raise
            first, most = _RESTS_S
            wait_s = min(first * 2.0 ** (n_failures - 1), most)
            failed(error, wait_s)
            continue
        n_failures, wait_s = 0, turn.wait_s
        tell(turn)
        if once:
            return
