"""Which known words look most like a text: tf-idf over character 1-3-grams and jieba search words, in numpy.

An inverted index over a few thousand short words; one query touches only the postings of its own features, so it
needs neither scikit-learn nor scipy. `tests` hold a slow twin in plain Python.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

GRAM_LENGTHS = (1, 2, 3)
Words = Callable[[str], Sequence[str]]


class GramIndex:
    """Cosine similarity of a text to each of `entries` (order kept)."""

    def __init__(self, entries: Sequence[str], words: Words) -> None:
        self._words = words
        counted = [features(entry, words) for entry in entries]
        self._rows = {feature: row for row, feature in enumerate(sorted({f for count in counted for f in count}))}
        row = np.array([self._rows[f] for count in counted for f in count], dtype=np.int32)
        entry = np.repeat(np.arange(len(entries), dtype=np.int32), [len(count) for count in counted])
        value = np.array([n for count in counted for n in count.values()], dtype=np.float64)
        frequency = np.bincount(row, minlength=len(self._rows))
        self._idf = np.log((1 + len(entries)) / (1 + frequency)) + 1
        self._unseen_idf = float(np.log(1 + len(entries)) + 1)
        weight = value * self._idf[row]
        norm = np.sqrt(np.bincount(entry, weight**2, minlength=len(entries)))
        order = np.argsort(row, kind="stable")
        self._entry = entry[order]
        self._weight = (weight / norm[entry])[order]
        self._start = np.concatenate(([0], np.cumsum(frequency)))
        self._n_entries = len(entries)

    def similarities(self, text: str) -> NDArray[np.float64]:
        """Cosine of the text to every entry, shape (n_entries,), in 0..1; features no entry has count in its norm."""
        known: list[NDArray[np.float64]] = []
        where: list[NDArray[np.int32]] = []
        squares = 0.0
        for feature, count in features(text, self._words).items():
            row = self._rows.get(feature)
            weight = count * (self._unseen_idf if row is None else float(self._idf[row]))
            squares += weight * weight
            if row is not None:
                postings = slice(self._start[row], self._start[row + 1])
                where.append(self._entry[postings])
                known.append(self._weight[postings] * weight)
        if not known:
            return np.zeros(self._n_entries)
        total = np.bincount(np.concatenate(where), np.concatenate(known), minlength=self._n_entries)
        return np.asarray(total / np.sqrt(squares), dtype=np.float64)

    def holds(self, gram: str) -> bool:
        """Whether any entry contains this character n-gram (n up to 3)."""
        return gram in self._rows


def features(text: str, words: Words) -> Counter[str]:
    """Counted character n-grams, and words under a prefix that no n-gram can have."""
    grams: Iterable[str] = (text[start : start + n] for n in GRAM_LENGTHS for start in range(len(text) - n + 1))
    count = Counter(grams)
    count.update("word:" + word for word in words(text))
    return count
