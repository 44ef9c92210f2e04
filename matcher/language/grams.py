"""Which known words look most like a text: tf-idf over character 1-3-grams and jieba search words, in numpy.

An inverted index over a few thousand short words; one query touches only the postings of its own features, so it
needs neither scikit-learn nor scipy. The words of the entries are given, so that building needs no jieba either.
`tests` hold a slow twin in plain Python.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

GRAM_LENGTHS = (1, 2, 3)
CHARACTER_BITS = 21  # every code point plus one; three of them fit an int64
Words = Callable[[str], Sequence[str]]
Feature = int | str  # a character n-gram packed by `packed`, or a word


class GramIndex:
    """Cosine similarity of a text to each of `entries` (order kept).

    entry_words : search words of each entry, as `words` gives them; words : cuts the texts that are asked for
    """

    def __init__(self, entries: Sequence[str], entry_words: Sequence[Sequence[str]], words: Words) -> None:
        self._words = words
        self._n_entries = n = len(entries)
        grams, gram_entry = _grams(entries)
        known, gram_row = np.unique(grams, return_inverse=True)
        names = [word for found in entry_words for word in found]
        word_entry = np.repeat(np.arange(n), [len(found) for found in entry_words])
        row_of_word = {word: row for row, word in enumerate(dict.fromkeys(names), len(known))}
        word_row = np.array([row_of_word[word] for word in names], dtype=np.int64)
        row = np.concatenate((gram_row.reshape(-1), word_row))
        posting, first, count = np.unique(
            row * n + np.concatenate((gram_entry, word_entry)), return_index=True, return_counts=True
        )
        self._rows: dict[Feature, int] = dict(zip(known.tolist(), range(len(known)), strict=True))
        self._rows.update(row_of_word)
        self._entry = posting % n
        frequency = np.bincount(posting // n, minlength=len(self._rows))
        self._idf = np.log((1 + n) / (1 + frequency)) + 1
        self._unseen_idf = float(np.log(1 + n) + 1)
        weight = count * self._idf[posting // n]
        # Squares are added in the order of an entry's features, so that the sum is that of the slow twin to the bit.
        as_read = np.argsort(first)
        norm = np.sqrt(np.bincount(self._entry[as_read], weight[as_read] ** 2, minlength=n))
        self._weight = weight / norm[self._entry]
        self._start = np.concatenate(([0], np.cumsum(frequency)))

    def similarities(self, text: str) -> NDArray[np.float64]:
        """Cosine of the text to every entry, shape (n_entries,), in 0..1; features no entry has count in its norm."""
        known: list[NDArray[np.float64]] = []
        where: list[NDArray[np.int64]] = []
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
        return packed(gram) in self._rows


def features(text: str, words: Words) -> Counter[Feature]:
    """Counted character n-grams, shortest first, then counted words."""
    count: Counter[Feature] = Counter(
        packed(text[start : start + n]) for n in GRAM_LENGTHS for start in range(len(text) - n + 1)
    )
    count.update(words(text))
    return count


def packed(gram: str) -> int:
    """An n-gram of up to three characters as one number; no two are the same, for no character counts as zero."""
    number = 0
    for character in gram:
        number = number << CHARACTER_BITS | (ord(character) + 1)
    return number


def _grams(entries: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every n-gram of every entry, packed, and whose it is; the n-grams of one entry stand as `features` reads them."""
    lengths = np.array([len(entry) for entry in entries], dtype=np.int64)
    letters = np.frombuffer("".join(entries).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64) + 1
    entry = np.repeat(np.arange(len(entries)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(letters))  # characters to the end of the entry
    grams, owners = [], []
    for n in GRAM_LENGTHS:
        starts = np.flatnonzero(left >= n)
        grams.append(letters[starts])
        for at in range(1, n):
            grams[-1] = grams[-1] << CHARACTER_BITS | letters[starts + at]
        owners.append(entry[starts])
    return np.concatenate(grams), np.concatenate(owners)
