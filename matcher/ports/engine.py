"""Where the parts of a large piece of work are done: one Protocol with one method.

An engine knows nothing of what it runs. The same stages go over the same parts in this process, in several of this
machine or on a cluster, and the results are the same bytes, because a stage is a function of what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

S = TypeVar("S")
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Work(Generic[S, P]):
    """One stage over all parts.

    stage : a function of a module (other processes find it by its name) from shared and part to bytes, always the same
    ones; shared : what every part needs, sent to each process once; parts : what is done one by one
    key : digest of everything the result of a part depends on, so that a result may be kept and found again
    """

    stage: Callable[[S, P], bytes]
    shared: S
    parts: Sequence[P]
    key: Callable[[P], str]


class Engine(Protocol):
    """Maps a stage over the parts; whoever reduces puts the results in the order of the parts first."""

    def run(self, work: Work[Any, Any]) -> Iterator[tuple[int, bytes]]:
        """Position and result of every part as they are finished, each once, in any order.

        A part whose process died is done again; EngineError if that never ends. What a stage raises is raised here.
        """


class InTurn:
    """The plainest engine, and what every other one must equal: one part after the other, here."""

    def run(self, work: Work[Any, Any]) -> Iterator[tuple[int, bytes]]:
        """Results in the order of the parts."""
        for ix, part in enumerate(work.parts):
            yield ix, work.stage(work.shared, part)
