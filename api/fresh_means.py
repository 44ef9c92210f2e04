"""A server that runs sees another model, pack or weights of the county at the next request, not at its next start.

Before each request a look at the times and sizes of the county's files; where they differ everything a list rests on
is read anew, whole, and then put in place of the old at once. What is under way goes on with what it began with.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Final

from flask import Flask

from api.logs import LOG
from api.state import state_of
from matcher.bootstrap import Application, KioskApplication
from matcher.errors import MatcherError
from matcher.policy.loading.installed import PACKS_FOLDER
from matcher.policy.weights import WEIGHTS_FILE
from matcher.services.learning.models_in_use import FOLDER, LIST

Seen = tuple[tuple[str, int, int], ...]


def init_app(app: Flask) -> None:
    """Look before each request; of a kiosk the pack says all of this itself."""
    application = state_of(app).application
    if not isinstance(application, KioskApplication):
        app.before_request(_Look(application))


class _Look:
    """What was seen of the files when the means were last read."""

    def __init__(self, application: Application) -> None:
        self._application: Final = application
        self._lock: Final = Lock()
        home = application.settings.home
        self._places: Final = (str(home / FOLDER / LIST), str(home / WEIGHTS_FILE)), str(home / PACKS_FOLDER)
        self._seen = _seen(*self._places)

    def __call__(self) -> None:
        """Read the means anew where a file differs; files that cannot be read leave the old ones in force."""
        now = _seen(*self._places)
        if now == self._seen or not self._lock.acquire(blocking=False):
            return
        try:
            fresh = Application(self._application.settings, self._application.model_path)
            packs, means = fresh.packs, fresh.means
            model = means.model.label
            self._application.__dict__.update(packs=packs, means=means)
            LOG.info("means read anew", model=model)
        except MatcherError as error:
            LOG.warning("means not read anew: the old ones stay in force", kind=type(error).__name__, what=error.what)
        finally:
            # Until a file differs again nothing is tried again.
            self._seen = now
            self._lock.release()


def _seen(files: Iterable[str], folder: str) -> Seen:
    return tuple(sorted(_files(files, folder)))


def _files(files: Iterable[str], folder: str) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of each file that is there, and of those below the folder."""
    for path in files:
        try:
            told = os.stat(path)
        except OSError:
            continue
        yield path, told.st_size, told.st_mtime_ns
    yield from _below(folder)


def _below(folder: str) -> Iterator[tuple[str, int, int]]:
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:
        return
    for entry in found:
        if entry.is_dir():
            yield from _below(entry.path)
        else:
            try:
                told = entry.stat()
            except OSError:
                # Gone between the two looks, as while an editor saves; the next request sees what came of it.
                continue
            yield entry.path, told.st_size, told.st_mtime_ns
