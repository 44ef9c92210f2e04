"""JSON lines on stderr: one a request, one a fault; nothing in them belongs to a person.

Nothing of a path, query, header or body is logged at all; what still looks like a phone, an identity number or a
secret is taken out of every line (`privacy.without_personal`), wherever it came from.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from json import JSONEncoder
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any, Final, TextIO

import msgspec
import structlog
from flask import Flask, Response

from api.present import asked, notes
from matcher.privacy import without_personal

LOG: Final = structlog.get_logger("matcher.api")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED: Final = "unmatched"
SECRET: Final = ("password", "passwd", "secret", "authorization", "cookie", "csrf")
FEW: Final = frozenset({"method", "rule", "role", "actor", "event", "level"})
"""Fields of a request's line with the same few values again and again."""
LINE: Final = (
    '{"request_id": %s, "method": %s, "rule": %s, "status": %d, "ms": %s, "role": %s, "actor": %s, '
    '"event": "request", "level": "info", "at": "%s"}'
)
"""A request's line, its texts still to be written as JSON."""
# Enough to find a file, not where this machine keeps it.
PLACE_PARTS: Final = 3

Event = MutableMapping[str, Any]
_JSON: Final = JSONEncoder(ensure_ascii=False)


def init_app(app: Flask) -> None:
    """Log what was asked and how it ended."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _told_by_place,
            _redacted,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # A line in one piece, to the stderr of the moment: a test or a daemon may have put another one there.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    app.before_request(_begin)
    app.after_request(_log_request)


def log_fault(error: BaseException) -> None:
    """A fault nobody foresaw: its kind and place, never its values."""
    LOG.error("fault", request_id=notes().get("request_id", ""), rule=named()[0], exc_info=error)


def take_over_logging() -> None:
    """What libraries log goes the same way from here on; for the process of the server."""
    root = logging.getLogger()
    root.handlers[:] = [_Lines(level=logging.INFO)]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def named() -> tuple[str, str]:
    """The rule that answers the present request, as it is written in the code, and the method; neither holds a value.

    A client may write anything for a method: what is none of HTTP's is `other`.
    """
    call = asked()
    rule, method = call.url_rule, call.method
    return rule.rule if rule is not None else UNMATCHED, method if method in METHODS else "other"


def elapsed_s() -> float:
    """Seconds since the present request came in."""
    present = time.perf_counter()
    return present - float(notes().get("began", present))


@lru_cache(maxsize=1024)
def written(text: str) -> str:
    """One of a few texts as it stands in a line: as JSON, with nothing in it that belongs to a person."""
    return _JSON.encode(without_personal(text))


def _begin() -> None:
    notes().began = time.perf_counter()


def _log_request(response: Response) -> Response:
    """The line that `LOG.info` would write, put together here: every answer waits for it."""
    kept = notes()
    asker, (rule, method) = kept.get("viewer"), named()
    line = LINE % (
        # As `headers` chose it: nothing that is taken out of a line is in it.
        _JSON.encode(kept.get("request_id", "")),
        written(method),
        written(rule),
        response.status_code,
        round(1000 * elapsed_s(), 1),
        written(asker.role.value if asker else ""),
        written(asker.actor if asker else ""),
        msgspec.to_builtins(datetime.now(UTC)),
    )
    _teller(sys.stderr)(line)
    return response


@lru_cache(maxsize=1)
def _teller(stderr: TextIO) -> Callable[[str], None]:
    """What writes a line in one piece to the stderr of the moment, kept until there is another one."""
    return structlog.WriteLogger(stderr).msg


def _told_by_place(_logger: object, _name: str, event: Event) -> Event:
    """An exception as its kind and places, and those of what caused it; its text may hold anybody's data."""
    error = event.pop("exc_info", None)
    error = error[1] if isinstance(error, tuple) else sys.exc_info()[1] if error is True else error
    if isinstance(error, BaseException):
        kinds, seen = [], set()
        event["places"] = _places(error.__traceback__)
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            kinds.append(type(error).__name__)
            error = error.__cause__ or error.__context__
        event["kinds"] = kinds
    return event


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in extract_tb(trace)]


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-PLACE_PARTS:])


def _redacted(_logger: object, _name: str, event: Event) -> Event:
    return {name: _without(name, value) for name, value in event.items()}


def _without(name: str, value: Any) -> Any:
    """A value of a line, secrets and what belongs to a person taken out, in nested values too."""
    if any(word in name.lower() for word in SECRET):
        return "***"
    if isinstance(value, Mapping):
        return {without_personal(str(key)): _without(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without(name, each) for each in value]
    if value is None or isinstance(value, bool | float):
        return value
    told = _of_few(str(value)) if name in FEW else without_personal(str(value))
    return value if isinstance(value, int) and told == str(value) else told


@lru_cache(maxsize=1024)
def _of_few(text: str) -> str:
    return without_personal(text)


class _Lines(logging.Handler):
    """A library's line: who says it, where in the code, and its wording without the values put into it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line. Wording that was put together beforehand is left out: it may hold anything."""
        told = {"wording": str(record.msg)} if record.args else {}
        place = f"{_short(record.pathname)}:{record.lineno}"
        LOG.log(record.levelno, "library", logger=record.name, place=place, exc_info=record.exc_info, **told)
