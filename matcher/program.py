"""Which program this is: what was kept on a disk by another one is made anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

import matcher

SOURCES: Final = (".py", ".toml", ".csv", ".npz", ".json", ".txt")


@cache
def program_stamp() -> str:
    """Digest of the version and of names, sizes and times of all sources; reading them would take longer.

    A stamp of the same program installed anew is another one: what was kept is then made once more.
    """
    told = sorted(_files(str(Path(matcher.__file__).parent)))
    return blake2b(repr((matcher.__version__, told)).encode(), digest_size=16).hexdigest()


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of every source below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            elif entry.name.endswith(SOURCES):
                told = entry.stat()
                yield entry.path, told.st_size, told.st_mtime_ns
