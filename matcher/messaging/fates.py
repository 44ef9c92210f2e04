"""What becomes of a text after a submission, when it comes again, how fast: pure, over figures given."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from matcher.messaging.sending import Delivery
from matcher.ports.gateways import Fate, Submitted
from matcher.records.texts import OutText, Part, PartState, Queue, TextState

SILENT: Final = "运营商收下后一直没有回音，不知道送没送到"
_NOT_TAKEN: Final = (Fate.BUSY, Fate.DOWN)
_OF_ALL: Final = {Fate.ACCEPTED: PartState.ACCEPTED, Fate.REFUSED: PartState.FAILED}
_JITTER_STEPS: Final = 1 << 16
_MOST_DOUBLINGS: Final = 32


def after_submission(text: OutText, told: Submitted | None, at: datetime, rules: Delivery, seed: int) -> OutText:
    """A leased text after its submission; None: nobody told of it, so it may have gone.

    Not taken: back into the queue for later. Everything else is the end of it: what may have gone never goes again.
    """
    if told is not None and told.fate in _NOT_TAKEN:
        wait = timedelta(seconds=retry_wait_s(text, told.retry_after_s, rules, seed))
        return replace(text, queue=Queue.QUEUED, next_at=at + wait, why=told.fate.value)
    parts = _parts(text, told, at)
    return replace(text, queue=Queue.DONE, ended_at=at, parts=parts, why=told.error if told else Fate.UNKNOWN.value)


def retry_wait_s(text: OutText, asked_s: float | None, rules: Delivery, seed: int) -> float:
    """Seconds until a text that was not taken comes again: twice as long each time, within a bound, never all at once.

    The lower half is certain, the upper one is drawn by seed, text and try. A carrier's own word is a lower bound.
    """
    doubled = rules.retry_first_seconds * 2.0 ** min(max(text.n_tries - 1, 0), _MOST_DOUBLINGS)
    most = min(doubled, float(rules.retry_most_seconds))
    drawn = hashlib.sha256(f"{seed}\x1f{text.text_id}\x1f{text.n_tries}".encode()).digest()
    share = int.from_bytes(drawn[:2], "big") / _JITTER_STEPS
    return max(most / 2 + most / 2 * share, asked_s or 0.0)


def says_dead(text: OutText, rules: Delivery) -> bool:
    """Whether a carrier said of a part that its number does not exist."""
    failed = (part for part in text.parts if part.state is PartState.FAILED)
    return any(word in rules.dead_errors for part in failed for word in part.error.split())


def silent_before(at: datetime, rules: Delivery) -> datetime:
    """Texts a carrier took before this moment should have been spoken of by now."""
    return at - timedelta(hours=rules.silent_after_hours)


def state_words(text: OutText, at: datetime, rules: Delivery) -> str:
    """How a text stands, as pages say it; one that was taken and never spoken of is never called delivered."""
    waiting = text.state in (TextState.ACCEPTED, TextState.PARTLY) and text.ended_at is not None
    if waiting and text.ended_at is not None and text.ended_at < silent_before(at, rules):
        return SILENT if text.state is TextState.ACCEPTED else f"{text.state.label}，其余没有回音"
    return text.state.label


class Bucket(NamedTuple):
    """Parts that may go at once, filled steadily up to `most`. at_s : seconds of a clock that only runs forward."""

    left: float
    most: float
    at_s: float

    def filled(self, at_s: float, per_second: float) -> Bucket:
        """The bucket at a later moment; a clock that ran backwards fills nothing."""
        gone = max(at_s - self.at_s, 0.0)
        return self._replace(left=min(self.most, self.left + gone * per_second), at_s=at_s)

    def without(self, n_parts: int) -> Bucket:
        """The bucket after so many parts; it may owe some, which are waited for."""
        return self._replace(left=self.left - n_parts)

    def wait_s(self, per_second: float) -> float:
        """Seconds until one part may go."""
        return max(1.0 - self.left, 0.0) / per_second


def _parts(text: OutText, told: Submitted | None, at: datetime) -> tuple[Part, ...]:
    """Part by part; where a gateway tells of the text alone, what it tells holds for each."""
    if told is not None and len(told.parts) == len(text.parts):
        return tuple(
            Part(state=part.state, provider_id=part.provider_id, at=at, error=part.error) for part in told.parts
        )
    state = _OF_ALL.get(told.fate, PartState.UNKNOWN) if told is not None else PartState.UNKNOWN
    return tuple(Part(state=state, at=at, error=told.error if told is not None else "") for _ in text.parts)
