"""What the shell asks of whoever looks after the database as a whole: is it unaltered, copy it, put a copy back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

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


class BackupMade(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of a home folder: keys_in : the file of the keys if they were kept apart, else empty."""

    file: str
    sha256: str
    n_files: int
    octets: int
    schema: str
    revision: int
    audit_head: str
    keys_in: str = ""


class Upkeep(Protocol):
    """One home folder with its database."""

    def soundness(self, head: str = "") -> Soundness:
        """Everything read through; head : an `audit_head` noted before, which must still stand in the chain."""

    def backup(self, out: Path, *, at: datetime, keys_apart: Path | None = None) -> BackupMade:
        """Copy home and database, while others read and write, to a file that stands there whole or not at all."""

    def restore(self, file: Path, *, at: datetime, keys: Path | None = None, replace: bool = False) -> dict[str, Any]:
        """Put a copy back and say what was done. Raises StoreError for a damaged or newer one, UsageError if a home
        that is not empty would be replaced without `replace`.
        """
