"""What the fates of a text's parts make of the text: the one rule of all gateways."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.ports.gateways import Fate, Outgoing, Submitted, SubmittedPart
from matcher.records.texts import PartState

NOT_SENT = "没有发出"
"""How the error of a part begins that surely did not go, and that nobody refused."""


def untouched(text: Outgoing, fate: Fate, error: str = "", retry_after_s: float | None = None) -> Submitted:
    """A text of which nothing was taken: BUSY, DOWN or REFUSED as a whole."""
    state = PartState.FAILED if fate is Fate.REFUSED else PartState.NEW
    parts = tuple(SubmittedPart(state=state, error=error if fate is Fate.REFUSED else "") for _ in text.parts)
    return Submitted(text_id=text.text_id, fate=fate, parts=parts, error=error, retry_after_s=retry_after_s)


def submitted(text: Outgoing, parts: Sequence[SubmittedPart]) -> Submitted:
    """A text of which something was taken, refused or may have gone.

    UNKNOWN if a part has no answer, or if one did not go while another did and trying again came to nothing; REFUSED
    if the carrier will not have a part.
    """
    states = {part.state for part in parts}
    error = next((part.error for part in parts if part.error), "")
    if states <= {PartState.ACCEPTED}:
        fate = Fate.ACCEPTED
    elif PartState.UNKNOWN in states:
        fate = Fate.UNKNOWN
    elif any(part.state is PartState.FAILED and not part.error.startswith(NOT_SENT) for part in parts):
        fate = Fate.REFUSED
    else:
        fate = Fate.UNKNOWN
    return Submitted(text_id=text.text_id, fate=fate, parts=tuple(parts), error=error)
