"""The files of `ports.index_folder` in `<home>/index`: whoever may read the database may read them, nobody else."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from matcher.ports.index_folder import Posts
from matcher.program import program_stamp
from matcher.records import Kind
from matcher.store import batches, log
from matcher.store.database import Database

LOG: Final = logging.getLogger(__name__)
FOLDER: Final = "index"
PART: Final = ".part"
OWNER_ONLY: Final = 0o700


class IndexFiles:
    """`ports.IndexFolder` of a database. What is kept can be made again, so nothing here is worth a failure."""

    def __init__(self, database: Database, row_key: Callable[[], bytes], home: Path) -> None:
        self._database = database
        self._row_key = row_key
        self._folder = home / FOLDER

    def program(self) -> str:
        """See `ports.IndexFolder`."""
        return program_stamp()

    def posts(self, change: int | None = None) -> Posts | None:
        """See `ports.IndexFolder`."""
        with self._database.reading() as connection:
            number = batches.last_change(connection, Kind.VACANCIES) if change is None else change
            told = batches.event_named(connection, Kind.VACANCIES, number)
        if told is None and number:
            return None
        key = self._row_key()
        return Posts(number, blake2b(repr(told).encode(), key=key[:64], person=b"posts").hexdigest())

    def touched_since(self, change: int) -> frozenset[str]:
        """See `ports.IndexFolder`."""
        with self._database.reading() as connection:
            return log.touched_since(connection, Kind.VACANCIES, change)

    def load(self, name: str) -> bytes | None:
        """See `ports.IndexFolder`."""
        path = self._folder / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            LOG.warning("%s: a kept index cannot be read (%s); it is made anew", path, error.strerror)
            return None

    def save(self, name: str, body: bytes) -> bool:
        """See `ports.IndexFolder`. Readable by its owner alone, as the database is."""
        written = None
        try:
            self._folder.mkdir(mode=OWNER_ONLY, exist_ok=True)
            for left in self._folder.glob(f"{name}.*{PART}"):
                # Of a process that was killed while it wrote; one that writes still loses its file, and says so.
                left.unlink(missing_ok=True)
            with NamedTemporaryFile(dir=self._folder, prefix=f"{name}.", suffix=PART, delete=False) as file:
                written = file.name
                file.write(body)
            os.replace(written, self._folder / name)
        except OSError:
            if written is not None:
                with suppress(OSError):
                    os.unlink(written)
            return False
        return True
