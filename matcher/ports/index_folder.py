"""What the core asks of the place where one process leaves its index of vacancies for the next one."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Posts(NamedTuple):
    """How the vacancies of a store stand. change : number of the last event that touched one, 0 before the first

    name : hex digest of the database and of that event, so that no other database or restored copy has it by chance
    """

    change: int
    name: str


class IndexFolder(Protocol):
    """Files beside the database, and what tells whether they are of it."""

    def program(self) -> str:
        """What tells one state of the installed program from another: an index is believed only by the same."""

    def posts(self, change: int | None = None) -> Posts | None:
        """How the vacancies stand, or stood after event `change`; None where that event touched none of them."""

    def touched_since(self, change: int) -> frozenset[str]:
        """Ids of the vacancies that events after `change` stated something of or took it back."""

    def load(self, name: str) -> bytes | None:
        """The file of a name, None if there is none or it cannot be read."""

    def save(self, name: str, body: bytes) -> bool:
        """Write the file whole or not at all; False where the folder cannot be written."""
