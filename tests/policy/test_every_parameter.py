"""All 466 rows of the requirements base stand in the packs, and nothing else does: figure, bound, clause and days.

Of words (lists of codes, names of funds) the base and the packs are compared by id, clause, bound and days alone.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from matcher.policy import standard_packs
from matcher.policy.rule_types import Parameter

PACKS = standard_packs()
with (Path(__file__).parent / "parameters.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
WITHOUT_NUMBER = {"masked": 23, "unspecified": 36, "absent": 1}


def key(row: Parameter, pack_id: str) -> tuple[Any, ...]:
    return (pack_id, row.id, row.clause, row.operator, row.from_, row.to)


def expected(row: dict[str, str]) -> tuple[Any, ...]:
    first, last = (date.fromisoformat(row[name]) if row[name] else None for name in ("from", "to"))
    return (row["pack"], row["parameter"], row["clause"], row["operator"], first, last)


def test_no_row_is_missing_and_none_is_there_twice_or_besides():
    packs = {row["pack"] for row in ROWS}
    held = Counter(key(row, name) for name in packs for row in PACKS[name].parameters)
    assert len(ROWS) == 466
    assert held == Counter(map(expected, ROWS))


@pytest.mark.parametrize("kind", ["number", "ratio", "year", "date", *WITHOUT_NUMBER])
def test_every_figure_is_that_of_the_base(kind):
    rows = [row for row in ROWS if row["kind"] == kind]
    assert len(rows) == WITHOUT_NUMBER.get(kind, len(rows)) > 0
    for row in rows:
        (held,) = [one for one in PACKS[row["pack"]].parameters if key(one, row["pack"]) == expected(row)]
        if kind in WITHOUT_NUMBER:
            assert (held.kind.value, held.value) == (kind, None)
        elif kind == "date":
            # A day the document names in part only stays the text it is.
            assert held.kind.value == ("date" if _is_day(row["value"]) else "text")
            assert _told(held.value) == row["value"]
        else:
            assert (held.kind.value, Decimal(held.value)) == (kind, Decimal(row["value"]))
            assert held.unit


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _told(value: Any) -> str:
    return "|".join(map(str, value)) if isinstance(value, tuple) else str(value)
