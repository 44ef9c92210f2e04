"""The table of an audit: what stands in no event and is asked for nowhere else, given for the audit alone."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final, NamedTuple

from matcher.errors import InvalidInput, Problem
from matcher.intake.parse.numbers import parse_bool
from matcher.intake.textual import csv_rows, examine

WORKER_HEADERS: Final = ("worker_id", "人员编号")
FLAG_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "minority": ("minority", "少数民族"),
    "care": ("care", "照料家人"),
}


class Told(NamedTuple):
    """What the table for the audit says of a person; None where it says nothing."""

    minority: bool | None = None
    care: bool | None = None


def read_people(body: bytes, *, where: str) -> dict[str, Told]:
    """The csv table of an audit: worker, and whether they are of a minority or care for somebody (是, 否 or nothing).

    Raises InvalidInput naming every cell that is neither, a row without a worker, and a worker who stands twice.
    """
    rows = csv_rows(body, examine(io.BytesIO(body), where), where)
    _, headers = next(rows, (0, []))
    at = {name: _column(headers, names) for name, names in FLAG_HEADERS.items()}
    worker = _column(headers, WORKER_HEADERS)
    if worker is None:
        raise InvalidInput(
            "the table has no column of worker ids", where=where, remedy=f"Name it {WORKER_HEADERS[0]} (人员编号)."
        )
    told: dict[str, Told] = {}
    problems: list[Problem] = []
    for number, cells in rows:
        if not any(map(str.strip, cells)):
            continue
        name = _cell(cells, worker)
        if not name or name in told:
            problems.append(
                _wrong(where, number, WORKER_HEADERS[1], name, "每人一行，编号齐全", "请改正编号或删去重复行")
            )
            continue
        flags = {}
        for flag, column in at.items():
            read = parse_bool(_cell(cells, column))
            if read.problem:
                problems.append(
                    _wrong(where, number, FLAG_HEADERS[flag][1], read.text, "是或否", "请填“是”或“否”，不清楚的留空")
                )
            flags[flag] = read.value
        told[name] = Told(**flags)
    if problems:
        raise InvalidInput(f"{len(problems)} cells of the table do not fit", tuple(problems), where=where)
    return told


def _column(headers: list[str], names: tuple[str, ...]) -> int | None:
    return next((ix for ix, header in enumerate(headers) if header.strip() in names), None)


def _cell(cells: list[str], column: int | None) -> str:
    return cells[column].strip() if column is not None and column < len(cells) else ""


def _wrong(where: str, row: int, column: str, found: str, expected: str, fix: str) -> Problem:
    return Problem(file=where, row=row, column=column, found=found, expected=expected, fix=fix)
