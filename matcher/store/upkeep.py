"""The store of `ports.Upkeep`: one home folder and its database, read through."""

from __future__ import annotations

from pathlib import Path

from matcher.ports.upkeep import Soundness
from matcher.store.database import Database
from matcher.store.keyholder import Keyholder
from matcher.store.soundness import soundness


class HomeUpkeep:
    """Looks after the database of a URL and the home its keys stand in."""

    def __init__(self, url: str, *, home: Path) -> None:
        self.url = url
        self.home = home

    def soundness(self, head: str = "") -> Soundness:
        """Everything read through in one snapshot; UsageError for a `head` that is none."""
        database = Database(self.url)
        try:
            with database.reading() as connection:
                return soundness(connection, Keyholder(self.home).vault(connection), head)
        finally:
            database.close()
