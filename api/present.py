"""The request that is being answered, what is noted beside it, and the application that answers.

Flask's `request`, `g` and `current_app` look for the context anew at every attribute; what is asked at each request
finds the object itself here, once. Each raises RuntimeError where there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flask import Flask, Request, current_app, g, request

if TYPE_CHECKING:
    from flask.ctx import _AppCtxGlobals

asked: Final[Callable[[], Request]] = request._get_current_object  # type: ignore[attr-defined]
"""The request."""
notes: Final[Callable[[], _AppCtxGlobals]] = g._get_current_object
"""What is kept beside it until it is answered: the viewer, the id, when it began."""
site: Final[Callable[[], Flask]] = current_app._get_current_object  # type: ignore[attr-defined]
"""The application."""
