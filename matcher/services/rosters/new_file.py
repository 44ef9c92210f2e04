"""Files that a command leaves behind: whole under their name, or not at all."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from matcher.errors import UsageError

N_RANDOM: Final = 4
"""Random bytes in the name of a file that is being written: two calls with one name never share it."""


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when the block is left, or not at all.

    Raises UsageError before the block runs if the file cannot be opened, and later if the system refuses a write or
    the last rename (a full disk); what the block did elsewhere stands then. An OSError of anything else in the block
    goes on as it is: another folder would not mend it. Of several that write one name at once the last one stands.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(N_RANDOM)}.part")
    try:
        raw = _Part(part, path)
    except OSError as error:
        raise _refused(path, error) from None
    try:
        with io.BufferedWriter(raw) as stream:
            yield cast(BinaryIO, stream)
        try:
            part.replace(path)
        except OSError as error:
            raise _refused(path, error) from None
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


class _Part(io.FileIO):
    """The bytes on their way; a write that the system refuses names the file they are for."""

    def __init__(self, part: Path, path: Path) -> None:
        super().__init__(part, "xb")
        self._path = path

    def write(self, body: Any, /) -> int:
        """See `io.FileIO`; raises UsageError."""
        try:
            return super().write(body)
        except OSError as error:
            raise _refused(self._path, error) from None

    def close(self) -> None:
        """See `io.FileIO`; raises UsageError (a file system may refuse a write as late as here)."""
        try:
            super().close()
        except OSError as error:
            raise _refused(self._path, error) from None


def _refused(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write: {error.strerror or error}",
        where=str(path),
        remedy="Choose a folder that exists, may be written and has room.",
    )
