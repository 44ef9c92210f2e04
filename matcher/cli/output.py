"""Rows to stdout as json, jsonl, csv or table; progress and notes to stderr."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

import click
import msgspec

from matcher.errors import InvalidInput, MatcherError

N_PROBLEMS = 20
Row = Mapping[str, Any]


def write_json(value: Any) -> None:
    """One JSON value and a line feed, UTF-8 whatever the locale."""
    write_bytes(msgspec.json.encode(value) + b"\n")


def write_rows(rows: Iterable[Row], output_format: str) -> None:
    """Rows in the asked format; nested values are JSON inside csv and table cells."""
    if output_format == "json":
        write_json(list(rows))
    elif output_format == "jsonl":
        for row in rows:
            write_json(row)
    else:
        flat = [{key: _cell(value) for key, value in row.items()} for row in rows]
        write_bytes((_csv(flat) if output_format == "csv" else _table(flat)).encode("utf-8"))


def note(text: str) -> None:
    """A line for the person at the terminal, never mixed into the data."""
    click.echo(text, err=True)


def tell_error(error: MatcherError, arguments: Sequence[str] = ()) -> None:
    """What went wrong, where, what to do, and the first problems of the data, on stderr.

    arguments : of the call; what was given by an option is told by its name with the dashes
    """
    option = f"--{error.where}"
    where = option if any(given.split("=")[0] == option for given in arguments) else error.where
    end = "" if error.what.endswith(("。", ".", "！", "？")) or not error.remedy else _stop(error.remedy)
    parts = (f"{where}:" if where else "", error.what + end, error.remedy)
    note("matcher: " + " ".join(part for part in parts if part))
    if isinstance(error, InvalidInput):
        for problem in error.problems[:N_PROBLEMS]:
            in_chinese = _stop(problem.fix) == "。"
            row = (f" 第{problem.row}行" if in_chinese else f" row {problem.row}") if problem.row else ""
            told = f"（应为{problem.expected}）" if in_chinese else f" (expected {problem.expected})"
            expected = told if problem.expected else ""
            note(f"  {problem.file}{row} {problem.column}: {problem.found}{expected} {problem.fix}")


def _stop(text: str) -> str:
    """The full stop of the language a sentence is written in."""
    return "。" if text.endswith("。") else "."


def write_bytes(body: bytes) -> None:
    """Bytes to stdout as they are."""
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode("utf-8")


def _columns(rows: list[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _csv(rows: list[dict[str, str]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, _columns(rows), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _width(text: str) -> int:
    """Terminal cells a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _table(rows: list[dict[str, str]]) -> str:
    columns = _columns(rows)
    widths = {c: max([_width(c), *(_width(row.get(c, "")) for row in rows)]) for c in columns}
    lines = [{c: c for c in columns}, {c: "-" * widths[c] for c in columns}, *rows]
    return "".join(
        "  ".join(line.get(c, "") + " " * (widths[c] - _width(line.get(c, ""))) for c in columns).rstrip() + "\n"
        for line in lines
    )
