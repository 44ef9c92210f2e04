"""What labelled titles taught: a linear score of every occupation for the parts of a title.

The words of a title are its character n-grams with marks at both ends of each part, so that the head (its end)
counts apart; weights were fitted by `training_data/reference/fit_titles.py` on aliases and labelled titles and are
read from `data/title_model.npz` as small integers. numpy only: neither scikit-learn nor jieba is needed to serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import IO, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.language.grams import runs
from matcher.language.titles import ASIDE, FIRST, LATER, Part, core

LONGEST_GRAM: Final = 3
PART_WEIGHT: Final[Mapping[float, float]] = {FIRST: 1.0, LATER: 0.5, ASIDE: 0.3}
"""How much the n-grams of a part count, by the part's own weight: what follows the trade seldom names another."""
START, END = "^", "$"
_BITS: Final = 21  # of one character
_IDF_STEPS: Final = 1000


class TitleModel(msgspec.Struct, frozen=True):
    """Weights as postings: of n-gram r stand at start[r] : start[r + 1] the columns of `codes` and their weights.

    `taught` says of which n-grams there are any.
    """

    codes: tuple[str, ...]
    rows: Mapping[str, int]
    idf: tuple[float, ...]
    unseen_idf: float
    taught: tuple[bool, ...]
    start: NDArray[np.int64]
    column: NDArray[np.int64]
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]

    def votes(self, titles: Sequence[Iterable[Part]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Score of every code, about 1 for a sure one, shape (n_titles, n_codes); share (0..1) of each title it knows.

        `titles` are the parts of each title.
        """
        rows: list[int] = []
        values: list[float] = []
        sizes: list[int] = []
        shares: list[float] = []
        for parts in titles:
            found, squares = self._weighted(title_grams(parts))
            norm = squares**0.5
            rows += [row for row, _ in found]
            values += [value / norm for _, value in found]
            sizes.append(len(found))
            shares.append(sum(value * value for _, value in found) / squares if found else 0.0)
        row = np.array(rows, dtype=np.int64)
        counts = self.start[row + 1] - self.start[row]
        at = runs(self.start[row], counts)
        n_codes = len(self.codes)
        cell = np.repeat(np.repeat(np.arange(len(titles)) * n_codes, sizes), counts) + self.column[at]
        worth = self.weight[at] * np.repeat(np.array(values, dtype=np.float64), counts)
        total = np.bincount(cell, worth, minlength=len(titles) * n_codes).reshape(len(titles), n_codes)
        share = np.array(shares, dtype=np.float64)
        return total + self.bias * share[:, None], share

    def _weighted(self, grams: Mapping[str, float]) -> tuple[list[tuple[int, float]], float]:
        """Rows of the n-grams that have weights, with count times idf; and the squares of all, known or not."""
        row_of, idf, taught = self.rows, self.idf, self.taught
        found: list[tuple[int, float]] = []
        squares = 0.0
        for gram, count in grams.items():
            row = row_of.get(gram, -1)
            value = count * (idf[row] if row >= 0 else self.unseen_idf)
            squares += value * value
            if row >= 0 and taught[row]:
                found.append((row, value))
        return found, squares


def title_grams(parts: Iterable[Part]) -> dict[str, float]:
    """n-grams of the parts of a title, each with the weight of the foremost part that has it."""
    grams: dict[str, float] = {}
    for part in parts:  # the foremost first, so that what is there has the greater weight
        weight = PART_WEIGHT[part.weight]
        text = START + core(part.text) + END
        for n in range(1, LONGEST_GRAM + 1):
            for at in range(len(text) - n + 1):
                grams.setdefault(text[at : at + n], weight)
    grams.pop(START, None)
    grams.pop(END, None)
    return grams


class Fitted(msgspec.Struct, frozen=True):
    """What a fit hands over: weights of shape (n_grams, n_codes), idf by n-gram, bias by code."""

    codes: Sequence[str]
    grams: Sequence[str]
    idf: NDArray[np.float64]
    unseen_idf: float
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]


def compile_model(fitted: Fitted, least: float, step: float) -> dict[str, NDArray[np.generic]]:
    """Arrays of integers to be stored: weights in steps of `step`, those smaller than `least` left out."""
    weights = np.where(np.abs(fitted.weights) >= least, np.rint(fitted.weights / step), 0)
    row, column = np.nonzero(weights)
    limits = np.iinfo(np.int16)
    return {
        "codes": np.array([int(code.replace("-", "")) for code in fitted.codes], dtype=np.int32),
        "grams": np.array([_packed(gram) for gram in fitted.grams], dtype=np.int64),
        "idf": np.rint(fitted.idf * _IDF_STEPS).astype(np.int16),
        "unseen_idf": np.array(round(fitted.unseen_idf * _IDF_STEPS), dtype=np.int32),
        "counts": np.bincount(row, minlength=len(fitted.grams)).astype(np.int16),
        "column": column.astype(np.int16),
        "weight": np.clip(weights[row, column], limits.min, limits.max).astype(np.int16),
        "bias": np.rint(fitted.bias / step).astype(np.int16),
        "steps_per_one": np.array(round(1 / step), dtype=np.int32),
    }


def read_model(stored: Mapping[str, NDArray[np.generic]]) -> TitleModel:
    """The model whose integers were stored."""
    one = float(stored["steps_per_one"])
    grams = [_unpacked(int(number)) for number in stored["grams"].tolist()]
    return TitleModel(
        codes=tuple(_code(number) for number in stored["codes"].tolist()),
        rows={gram: row for row, gram in enumerate(grams)},
        idf=tuple((stored["idf"].astype(np.float64) / _IDF_STEPS).tolist()),
        unseen_idf=float(stored["unseen_idf"]) / _IDF_STEPS,
        taught=tuple(stored["counts"].astype(bool).tolist()),
        start=np.r_[0, np.cumsum(stored["counts"].astype(np.int64))],
        column=stored["column"].astype(np.int64),
        weight=stored["weight"].astype(np.float64) / one,
        bias=stored["bias"].astype(np.float64) / one,
    )


@cache
def title_model() -> TitleModel:
    """The committed model, read once per process."""
    with (resources.files("matcher.language") / "data" / "title_model.npz").open("rb") as file:
        return read_file(file)


def read_file(file: IO[bytes]) -> TitleModel:
    """The model of a stored file."""
    with np.load(file, allow_pickle=False) as stored:
        return read_model({name: stored[name] for name in stored.files})


def _packed(gram: str) -> int:
    """Up to three characters as one number below 2**63; no character counts as zero."""
    number = 0
    for character in gram:
        number = number << _BITS | (ord(character) + 1)
    return number


def _unpacked(number: int) -> str:
    characters = ""
    while number:
        characters = chr((number & ((1 << _BITS) - 1)) - 1) + characters
        number >>= _BITS
    return characters


def _code(number: int) -> str:
    digits = f"{number:07d}"
    return f"{digits[0]}-{digits[1:3]}-{digits[3:5]}-{digits[5:]}"
