"""What a vendor's reading program prints, line by line, brought to the pad.

Readers come with a program of their maker; it, or a script around it, writes one JSON object a line:
`{"event": "laid", "name": ..., "id_number": ...}`, `{"event": "lifted"}`, `{"event": "two_cards"}`,
`{"event": "unreadable"}`. Everything else in a line is dropped, a line that is no such object is ignored.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from matcher.bridges import pad

LONGEST_LINE = 1 << 20
"""A line may hold a photo; a longer one is nothing of a card."""


def bring(lines: Iterable[str | bytes], to: pad.Pad) -> None:
    """Follow a reader until its output ends; from then on the pad says that the reader is dead."""
    for line in lines:
        if len(line) <= LONGEST_LINE:
            _bring_one(line, to)
    to.fail()


def _bring_one(line: str | bytes, to: pad.Pad) -> None:
    try:
        read = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError):
        return
    if not isinstance(read, dict):
        return
    event = read.get("event")
    if event == pad.LAID:
        to.lay(read)
    elif event == pad.EMPTY:
        to.lift()
    elif event == pad.TWO_CARDS:
        to.crowd()
    elif event == pad.UNREADABLE:
        to.lay({})
