"""The lines of a queue: each pair under a name of its own, and the fingerprint of what both rows said."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

from matcher.linkage import PairClass, Rank

_NAME: Final = 24


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One pair of a queue, as much as is needed to find it. facts : fingerprint of what both rows said.

    differs : fields at odds; a run of before they were kept knows by the class alone that there are some
    points : None in a run of before they were kept here; hidden : not to be seen before the pair is answered
    """

    pair: str
    facts: str
    kind: PairClass
    rank: Rank
    left_key: str
    right_key: str
    differs: tuple[str, ...] = ()
    points: int | None = None
    hidden: bool = False

    @property
    def is_at_odds(self) -> bool:
        """Whether the rows differ in a fact, so that somebody has to say which is right."""
        return bool(self.differs) or self.kind is PairClass.STATUS_DIFFERS


def told_apart(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines whose names tell them apart: somebody written down twice in both ledgers makes two pairs of one number.

    The first keeps its name; one that says something else is named by what it says as well. Rows that say the same to
    the letter keep one name: an answer to one is an answer to both.
    """
    first: dict[str, str] = {}
    return tuple(
        line
        if first.setdefault(line.pair, line.facts) == line.facts
        else msgspec.structs.replace(line, pair=sha256(f"{line.pair}:{line.facts}".encode()).hexdigest()[:_NAME])
        for line in lines
    )
