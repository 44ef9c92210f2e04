"""Finished parts on disk, so that work that was stopped goes on where it was.

A part is found again by the digest of everything its result depends on: of a changed roster, another model or another
setting nothing is taken over, and of a roster in which one person changed only the part with that person is done anew.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from matcher.ports import Engine, Work

LOG: Final = logging.getLogger(__name__)
SUFFIX: Final = ".part"
N_DIGEST: Final = 32


@dataclass(frozen=True, slots=True)
class Kept:
    """An engine that does only what is not in the folder yet, and puts there what it does.

    Results name people by their ids: folder and files are for the owner alone. A disk that is full keeps nothing and
    stops nobody; a line of the log says so once a run.
    """

    engine: Engine
    folder: Path

    def run(self, work: Work[Any, Any]) -> Iterator[tuple[int, bytes]]:
        """Position and result of every part, those of the folder first; a single part is not worth keeping."""
        if len(work.parts) < 2:
            yield from self.engine.run(work)
            return
        left: list[int] = []
        keys = [work.key(part) for part in work.parts]
        for ix, key in enumerate(keys):
            body = self._read(key)
            if body is None:
                left.append(ix)
            else:
                yield ix, body
        lost = False
        for at, body in self.engine.run(replace(work, parts=[work.parts[ix] for ix in left])):
            fault = self._write(keys[left[at]], body)
            if fault and not lost:
                LOG.warning("%s: finished parts cannot be kept (%s); a run that is stopped does them anew", *fault)
            lost = lost or fault is not None
            yield left[at], body

    def _read(self, key: str) -> bytes | None:
        """What was kept under a key; None for nothing, or for a file that a lost power left torn."""
        path = self.folder / (key + SUFFIX)
        try:
            told = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            LOG.warning("%s: a finished part cannot be read (%s); it is done anew", path, error.strerror)
            return None
        body = told[N_DIGEST:]
        if sha256(body).digest() == told[:N_DIGEST]:
            return body
        LOG.warning("%s: a finished part is torn; it is done anew", path)
        return None

    def _write(self, key: str, body: bytes) -> tuple[Path, str] | None:
        """The file appears whole under its name or not at all; where it does not, the folder and what refused it."""
        making = self.folder / f".{key}.{os.getpid()}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                stream.write(sha256(body).digest() + body)
            making.replace(self.folder / (key + SUFFIX))
        except OSError as error:
            with suppress(OSError):
                making.unlink(missing_ok=True)
            return self.folder, error.strerror or str(error)
        return None

    def clear(self) -> None:
        """Throw away what is kept; another run over the same folder then only does more itself."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            path.unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()


@contextmanager
def keeping(engine: Engine, folder: Path) -> Iterator[Engine]:
    """The engine that keeps its parts in the folder until the block ends well; stopped on the way they stay there."""
    kept = Kept(engine, folder)
    yield kept
    kept.clear()
