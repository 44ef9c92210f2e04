"""The lists brokers turned over last: a click on a facet or a page asks for the same list again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from flask import Flask, current_app

KEY: Final = "broker.recent"
N_KEPT: Final = 16

Answer = dict[str, Any]


class Recent:
    """The last N_KEPT answers by everything they depend on; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: OrderedDict[tuple[object, ...], Answer] = OrderedDict()

    def given(self, asked: tuple[object, ...], make: Callable[[], Answer]) -> Answer:
        """The answer kept for `asked`, else the one made now. Two at once may both make it; both make the same."""
        with self._lock:
            if asked in self._answers:
                self._answers.move_to_end(asked)
                return self._answers[asked]
        answer = make()
        with self._lock:
            self._answers[asked] = answer
            while len(self._answers) > N_KEPT:
                self._answers.popitem(last=False)
        return answer


def init_app(app: Flask) -> None:
    """Give the application its own memory."""
    app.extensions[KEY] = Recent()


def recent() -> Recent:
    """The memory of the application that answers the present request."""
    found: Recent = current_app.extensions[KEY]
    return found
