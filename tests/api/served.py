"""An application over an empty database, and one whose views misbehave."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from api import create_app
from matcher.bootstrap import Application
from matcher.settings import Settings


@contextmanager
def blank_app(home: Path, **settings: Any):
    """create_app over an empty, migrated database; closed afterwards."""
    application = Application(Settings(home=home, **settings))
    application.create_store()
    try:
        yield create_app(application)
    finally:
        application.close()


def log_lines(text: str) -> list[dict[str, Any]]:
    """Lines of the log, each JSON by itself."""
    return [msgspec.json.decode(line) for line in text.splitlines() if line]
