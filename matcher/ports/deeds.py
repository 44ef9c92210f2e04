"""What the shell asks of the store about deeds of the county office: streams of events, and files frozen with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from matcher.records.deeds import Deed, NewDeed

Decide = Callable[[tuple[Deed, ...]], Sequence[NewDeed]]
"""The deeds of a stream so far -> those to add; pure, it may be asked again. What it raises leaves nothing behind."""


class DeedStore(Protocol):
    """Append-only; every call is one transaction; bodies and files are sealed."""

    def close(self) -> None:
        """Give the connections back; the store is not used after it."""

    def act(self, stream: str, decide: Decide) -> tuple[Deed, ...]:
        """Add what `decide` says to a stream, nobody else between reading and writing; the whole stream then.

        Files a deed keeps or drops are kept and dropped with it or not at all. Raises Conflict if something a deed
        takes is held by another stream.
        """

    def act_all(self, deeds: Mapping[str, Sequence[NewDeed] | Decide]) -> int:
        """Add deeds to many streams at once, all or none; the number of the last deed. Raises Conflict.

        What was read of a stream before may have been overtaken: a `Decide` is asked on what stands there now, and
        what it raises leaves nothing behind.
        """

    def stream(self, stream: str) -> tuple[Deed, ...]:
        """The deeds of a stream in their order; empty for an unknown one."""

    def deeds(
        self, *, prefix: str = "", kinds: Collection[str] = (), subject: str = "", after: int = 0, until: int = 0
    ) -> list[Deed]:
        """Deeds in their order, of streams whose name begins so, of these kinds, about a subject, if asked.

        after, until : numbers of deeds; those behind the first, up to the second (0 = to the end)
        """

    def last_number(self) -> int:
        """Number of the newest deed, 0 before any: what is worked out of the deeds holds as long as it does."""

    def holder(self, guard: str) -> str:
        """The stream that holds something, "" if none does."""

    def file(self, sha256: str) -> bytes:
        """A file kept with a deed; raises NotFound, Erased if its content was dropped."""

    def forget_person(self, worker_id: str) -> int:
        """Take the words about a person out of every deed, the deeds stay; how many changed."""
