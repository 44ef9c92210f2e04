"""Patterns that are compiled when they are first used: a command that reads no advert does not pay for their making."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final


class Wording:
    """A regular expression by its source; the part of `re.Pattern` that readers of adverts use."""

    def __init__(self, source: str) -> None:
        self.source: Final = source

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.source)

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first match anywhere in `text[start:end]`."""
        return self._pattern.search(text, start, len(text) if end is None else end)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The match that begins at `start`."""
        return self._pattern.match(text, start)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches, left to right, none over another."""
        return self._pattern.finditer(text)
