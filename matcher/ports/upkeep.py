"""What the shell asks of whoever looks after the database as a whole."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Altered(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is not as the program wrote it.

    table, row : where it stands, the row by its key; what : how it is seen, in words that quote nothing of the row
    """

    table: str
    row: str
    what: str


class Soundness(msgspec.Struct, frozen=True, kw_only=True):
    """What was read through and what of it was altered.

    rows : table -> how many rows were read; audit_head : number and chain hash of the newest entry of the audit
    """

    rows: dict[str, int]
    audit_head: str
    altered: tuple[Altered, ...]


class Upkeep(Protocol):
    """One home folder with its database."""

    def soundness(self, head: str = "") -> Soundness:
        """Everything read through; head : an `audit_head` noted before, which must still stand in the chain."""
