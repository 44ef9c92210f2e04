"""Loops as machine code where numba is installed: what is compiled, where it is kept, how many threads share it.

Every compiled loop has a twin in numpy or plain Python that says the same; who asks chooses by `is_available`.
"""

from __future__ import annotations

import logging
import os
import pickle
import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import Any, Final, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
LOG: Final = logging.getLogger(__name__)
CACHE: Final = "NUMBA_CACHE_DIR"
FOLDER: Final = "rural-job-matcher"
MOST_THREADS: Final = 8
"""That share a loop: sums over all pairs are cut into eight runs, so a ninth would find nothing to add up."""
_TELLING: Final = Lock()
"""Held while numba is told where to keep a loop: it has one place for that, and threads make loops of all packages."""
UNREADABLE: Final = (
    *(OSError, EOFError, pickle.UnpicklingError, UnicodeDecodeError),
    *(AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError),
)
"""What reading a file of the cache may raise that was cut off, or in which a byte is another one."""


def is_available() -> bool:
    """Whether numba is installed and can keep what it makes: to make it anew in every process takes too long."""
    return find_spec("numba") is not None and kept_in() is not None


def is_running() -> bool:
    """Whether numba stands in memory already, so that a loop costs no more than its own loading."""
    return "numba" in sys.modules


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def n_threads() -> int:
    """Threads that share a loop over everybody: one for each core this process may run on. No result depends on it."""
    return min(usable_cores(), MOST_THREADS)


def kept_in() -> Path | None:
    """Where machine code is kept: NUMBA_CACHE_DIR, else the user's own cache; None where nothing can be written there.

    An install may be read-only, so it never lies beside the sources.
    """
    told = os.environ.get(CACHE)
    try:
        home = Path(told or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        # A user without a home folder, as services have.
        return None
    return _writable(home if told else home / FOLDER / "numba")


def compiled(function: F) -> F:
    """The function as machine code, made at its first call and kept on disk; it lets other threads run."""
    return _made(function)


def inlined(function: F) -> F:
    """As `compiled`, put into its callers: a call that hands over arrays counts who holds them, at every row."""
    return _made(function, inline="always")


def lent(function: F) -> F:
    """As `compiled`, for what is lent arrays and makes none: who holds them is not counted, so threads do not wait.

    numba counts the holders of an array at each call that it is handed to, and all threads count in one place.
    """
    return _made(function, _nrt=False)


def _made(function: F, **options: Any) -> F:
    import numba

    config: Any = numba.config
    kept = str(_of_package(function.__module__.rpartition(".")[0]))
    with _TELLING:
        config.CACHE_DIR = kept
        made: Any = numba.njit(cache=True, nogil=True, **options)(function)
    # numba lets a call fail over its cache: a disk that is full, or a file cut off by a crash, would stop every list.
    made._cache = _Forgiving(made._cache)
    return cast(F, made)


class _Forgiving:
    """numba's files of one loop; where they cannot be read or written the loop is made, and stays in memory alone."""

    def __init__(self, files: Any) -> None:
        self._files: Final = files

    def __getattr__(self, name: str) -> Any:
        """Everything else is as numba has it."""
        return getattr(self._files, name)

    def load_overload(self, *asked: Any) -> Any:
        """What stands in the files, None where they tell nothing."""
        try:
            return self._files.load_overload(*asked)
        except UNREADABLE as error:
            LOG.warning("%s: a compiled loop cannot be read (%r); it is made anew", self._files.cache_path, error)
            # As long as the list of contents is damaged nothing can be kept.
            self._tried(self._files.flush)
            return None

    def save_overload(self, *made: Any) -> None:
        """Write what was made, if it can be written."""
        self._tried(self._files.save_overload, *made)

    def _tried(self, write: Callable[..., None], *told: Any) -> None:
        try:
            write(*told)
        except UNREADABLE as error:
            LOG.warning(
                "%s: a compiled loop cannot be kept (%r); the next process waits for it again",
                self._files.cache_path,
                error,
            )


def _of_package(package: str) -> Path | None:
    """The folder for the loops of a package as it stands; numba itself looks only at the file a function stands in."""
    folder = kept_in()
    return None if folder is None else folder / _digest(package)


@cache
def _digest(package: str) -> str:
    sources = sorted(entry.read_bytes() for entry in files(package).iterdir() if entry.name.endswith(".py"))
    return sha256(b"".join(sources)).hexdigest()[:12]


@cache
def _writable(folder: Path) -> Path | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        LOG.warning("compiled loops cannot be kept in %s (%s); numpy does their work", folder, error.strerror)
        return None
