"""One text on its way over SMPP: what became of each part so far, and what that makes of the text."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from matcher.gateways.account import IdForm, Pace
from matcher.gateways.deliveries import id_of_answer
from matcher.gateways.outcomes import NOT_SENT, submitted, untouched
from matcher.gateways.statuses import status_name
from matcher.ports.gateways import Fate, Outgoing, Submitted, SubmittedPart
from matcher.records.texts import PartState

BUSY: Final = frozenset({0x04, 0x08, 0x14, 0x58, 0x64})
"""Not bound (any more), system error, queue full, throttled, temporary error: not taken, and may be taken later."""
_BUSY_WORDS: Final = "运营商忙"


def part_of_answer(status: int, body: bytes, form: IdForm) -> SubmittedPart | None:
    """What an answer to a submit_sm says of its part; None if it is to go again later."""
    if status in BUSY:
        return None
    if status:
        return SubmittedPart(state=PartState.FAILED, error=status_name(status))
    name = body.partition(b"\0")[0].decode("latin-1")
    return SubmittedPart(state=PartState.ACCEPTED, provider_id=id_of_answer(name, form))


@dataclass(slots=True, eq=False)
class Flight:
    """parts : None where nothing is known, or the carrier was busy; n_open : parts written and not yet answered.

    again_at : when its throttled parts go again, 0.0 if none does; give_up_at : when that ends
    """

    text: Outgoing
    octets: tuple[bytes, ...]
    parts: list[SubmittedPart | None]
    n_open: int = 0
    again_at: float = 0.0
    give_up_at: float = 0.0

    def missing(self) -> list[int]:
        """Places of the parts that are not settled."""
        return [place for place, part in enumerate(self.parts) if part is None]

    def waits(self, pace: Pace) -> bool:
        """Whether it is still under way; a text that is partly out gives its throttled parts a time to go again."""
        if self.n_open or self.again_at:
            return True
        states = {part.state for part in self.parts if part}
        if not self.missing() or states != {PartState.ACCEPTED}:
            return False
        now = time.monotonic()
        self.give_up_at = self.give_up_at or now + pace.patience_s
        if now >= self.give_up_at:
            return False
        self.again_at = now + pace.retry_s
        return True

    def settled(self, pace: Pace) -> Submitted:
        """As it stands: BUSY if no part was taken, else parts of which nothing is known did not go."""
        if len(self.missing()) == len(self.parts):
            return untouched(self.text, Fate.BUSY, _BUSY_WORDS, pace.back_off_s)
        left_out = SubmittedPart(state=PartState.FAILED, error=f"{NOT_SENT}：{_BUSY_WORDS}")
        return submitted(self.text, [part or left_out for part in self.parts])
