"""How the processes of the local engine end: with the one that wants their results, however that one ends."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

LOOK_S: Final = 0.1


class Lifeline:
    """In a process that does parts: a pipe of which only the parent holds the other end, and what is done now.

    Once that end is closed a part under way is given up at once and none is begun any more. A result on its way is
    sent whole, because whoever reads half of one waits for ever; where the parent is gone nothing is waited for.
    """

    def __init__(self, parent: int, ears: Connection, mouth: Connection) -> None:
        # Forked with both ends, this process would otherwise be one that holds the other.
        mouth.close()
        # How the command line takes it is not for a part: asked to end, it ends.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._parent = parent
        self._ears = ears
        self._lock = threading.Lock()
        self._doing = self._over = False
        threading.Thread(target=self._listen, name="lifeline", daemon=True).start()

    @contextmanager
    def doing(self) -> Iterator[None]:
        """While a part is done this process may be ended."""
        with self._lock:
            if self._over:
                os._exit(1)
            self._doing = True
        try:
            yield
        finally:
            with self._lock:
                self._doing = False

    def _listen(self) -> None:
        self._ears.poll(None)
        with self._lock:
            self._over = True
            if self._doing:
                os._exit(1)
        # The system closes the pipe of a process that dies a little before it tells that it is gone.
        while os.getppid() == self._parent:
            time.sleep(LOOK_S)
        os._exit(1)
