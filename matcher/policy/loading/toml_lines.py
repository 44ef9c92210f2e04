"""Where each key of a TOML file stands: `tomllib` gives values without lines, people need the line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*((?:[A-Za-z0-9_\-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_\-]+)*)\s*=")
_TRIPLE = ('"""', "'''")


@lru_cache(maxsize=12)
def scan(source: str) -> Mapping[Path, int]:
    """Path of every table, key and inline item of an array -> its 1-based line; the source may be faulty.

    The last few sources are remembered: a file with a thousand faults is asked for a thousand lines.
    """
    return _Scan().run(source)


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Line of a path, or of the nearest table around it; 0 if nothing of it is known."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 0


class _Scan:
    """One pass over the lines; remembers the table, the open value and the depth of its brackets."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        self.table: Path = ()
        self.key: Path = ()
        self.depth = 0
        self.item = 0
        self.quote = ""

    def run(self, source: str) -> dict[Path, int]:
        for number, line in enumerate(source.splitlines(), start=1):
            if self.depth == 0 and not self.quote:
                self.statement(line, number)
            else:
                self.value(line, number)
        return self.lines

    def statement(self, line: str, number: int) -> None:
        header = _HEADER.match(line)
        if header:
            self.open_table(header.group(2), array=header.group(1) == "[[", number=number)
            return
        key = _KEY.match(line)
        if key:
            self.key = self.table + _parts(key.group(1))
            self.lines.setdefault(self.key, number)
            self.item = 0
            self.value(line[key.end() :], number)

    def open_table(self, name: str, *, array: bool, number: int) -> None:
        path = self.resolve(_parts(name), array=array)
        self.table = path
        self.lines.setdefault(path, number)

    def resolve(self, parts: Path, *, array: bool) -> Path:
        """Insert the running index after every array of tables on the way."""
        path: Path = ()
        for position, part in enumerate(parts):
            path = (*path, part)
            if array and position == len(parts) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def value(self, text: str, number: int) -> None:
        """Follow brackets and strings; note the items that begin in the outermost array of the value."""
        position = 0
        while position < len(text):
            if self.quote:
                position = self.skip_string(text, position)
                continue
            character = text[position]
            if character == "#":
                return
            if character in "\"'":
                self.quote = next((mark for mark in _TRIPLE if text.startswith(mark, position)), character)
                position += len(self.quote)
                continue
            self.bracket(character, number)
            position += 1
        if self.quote not in _TRIPLE:
            self.quote = ""

    def bracket(self, character: str, number: int) -> None:
        if character in "[{":
            if self.depth == 1:
                self.lines.setdefault((*self.key, self.item), number)
                self.item += 1
            self.depth += 1
        elif character in "]}":
            self.depth = max(0, self.depth - 1)

    def skip_string(self, text: str, position: int) -> int:
        """Position after the closing quote, or the end of the line."""
        while position < len(text):
            if text[position] == "\\" and self.quote.startswith('"'):
                position += 2
            elif text.startswith(self.quote, position):
                position += len(self.quote)
                self.quote = ""
                return position
            else:
                position += 1
        return position


def _parts(name: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in name.split("."))
