"""The one thread of a process that takes queued imports and ledgers; it comes when called and goes when all is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from flask import Flask, current_app

from api.logs import LOG
from api.state import State, access, state_of
from matcher.errors import MatcherError
from matcher.services.reconcile.push_job import LEDGERS, ledger_errand
from matcher.services.rosters.run_imports import run_imports

KEY: Final = "matcher.attendant"
OPEN: Final = frozenset({"queued", "running"})


class Attendant:
    """Runs the imports that wait. `wake` may be called from any thread; one thread runs at a time."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._called = False
        self.has_begun = False
        self.afterwards: Callable[[], object] | None = None
        """What is done, in this thread, once nothing waits and the rosters are no more what they were."""

    def wake(self) -> None:
        """Somebody has queued an import, or the server has begun."""
        with self._lock:
            self._called = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._attend, name="imports", daemon=True)
                self._thread.start()

    def rest(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing waits any more; False if that took longer."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return self._thread is None

    def _attend(self) -> None:
        while True:
            with self._lock:
                if not self._called:
                    self._thread = None
                    return
                self._called = False
            before = self._revision()
            self._run()
            if self.afterwards is not None and not self._called and self._revision() != before:
                self._after(self.afterwards)

    @staticmethod
    def _after(do: Callable[[], object]) -> None:
        try:
            do()
        except Exception as error:
            LOG.error("fault", rule="after imports", exc_info=error)

    def _revision(self) -> int:
        """Of the rosters; 0 where they cannot be read, which is told where they are wanted."""
        try:
            return self._state.application.store.revision()
        except MatcherError:
            return 0

    def _run(self) -> None:
        run = self._state.application
        try:
            key = self._state.records.row_key()
            errands = {LEDGERS: ledger_errand(run.access, run.deeds, run.means, run.clock, key=key)}
            run_imports(
                run.access, self._state.records, run.means, run.settings.home, clock=run.clock.now, errands=errands
            )
        except MatcherError as error:
            LOG.warning("imports stopped", kind=type(error).__name__)
        except Exception as error:
            LOG.error("fault", rule="imports", exc_info=error)


def init_app(app: Flask) -> None:
    """Give the application its attendant; the first request of a process calls it to what an earlier one left."""
    app.extensions[KEY] = Attendant(state_of(app))
    app.before_request(_begin)


def _begin() -> None:
    attendant = attendant_of(current_app)
    if not attendant.has_begun:
        attendant.has_begun = True
        if any(job.state in OPEN for job in access().jobs()):
            attendant.wake()


def attendant_of(app: Flask) -> Attendant:
    """The attendant of an application."""
    found: Attendant = app.extensions[KEY]
    return found


def wake() -> None:
    """Call the attendant of the present application."""
    attendant_of(current_app).wake()
