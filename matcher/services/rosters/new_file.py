"""Files that a command leaves behind: whole under their name, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from matcher.errors import UsageError


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when the block is left, or not at all.

    Raises UsageError before the block runs if the file cannot be opened, and after it if the system refuses a write
    or the last rename (a full disk); what the block did elsewhere stands then.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(
            f"cannot write: {error.strerror or error}",
            where=str(path),
            remedy="Choose a folder that exists, may be written and has room.",
        ) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
