"""Which known words look most like a text: tf-idf over character 1-3-grams and the words a text holds, in numpy.

An inverted index over a few thousand short words; a batch of queries touches only the postings of its own features,
so it needs neither scikit-learn nor scipy. The words of the entries are given; a text that is asked for holds every
one of them that stands somewhere in it, so that nobody need cut it. `tests` hold a slow twin in plain Python.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

GRAM_LENGTHS = (1, 2, 3)
CHARACTER_BITS = 21  # every code point plus one; three of them fit an int64
CHARACTER = (1 << CHARACTER_BITS) - 1
WORD_LENGTHS = range(2, 7)  # characters; longer words are covered by those they hold


class GramIndex:
    """Cosine similarity of texts to each of `entries` (order kept).

    entry_words : search words of each entry, at least two characters each
    """

    def __init__(self, entries: Sequence[str], entry_words: Sequence[Sequence[str]]) -> None:
        self._n_entries = n = len(entries)
        grams, gram_entry = _grams(entries)
        known, gram_row = np.unique(grams, return_inverse=True)
        names = [word for found in entry_words for word in found]
        word_entry = np.repeat(np.arange(n), [len(found) for found in entry_words])
        self._row_of_word = {word: row for row, word in enumerate(dict.fromkeys(names), len(known))}
        word_row = np.array([self._row_of_word[word] for word in names], dtype=np.int64)
        row = np.concatenate((gram_row.reshape(-1), word_row))
        posting, first, count = np.unique(
            row * n + np.concatenate((gram_entry, word_entry)), return_index=True, return_counts=True
        )
        self._row_of_gram = dict(zip(_unpacked(known), range(len(known)), strict=True))
        self._entry = posting % n
        frequency = np.bincount(posting // n, minlength=len(known) + len(self._row_of_word))
        idf = np.log((1 + n) / (1 + frequency)) + 1
        unseen_idf = np.log(1 + n) + 1
        self._idf = np.append(idf, unseen_idf).tolist()  # row -1 is that of any n-gram no entry has
        weight = count * idf[posting // n]
        # Squares are added in the order of an entry's features, so that the sum is that of the slow twin to the bit.
        as_read = np.argsort(first)
        norm = np.sqrt(np.bincount(self._entry[as_read], weight[as_read] ** 2, minlength=n))
        self._weight = weight / norm[self._entry]
        self._start = np.concatenate(([0], np.cumsum(frequency)))

    def similarities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Cosine of each text to every entry, shape (n_texts, n_entries), in 0..1.

        n-grams that no entry has count in the norm of a text; words that no entry has do not.
        """
        rows: list[int] = []
        values: list[float] = []
        sizes: list[int] = []
        for text in texts:
            found = self._weighted(text)
            norm = sum(value * value for _, value in found) ** 0.5
            known = [(row, value / norm) for row, value in found if row >= 0]
            rows += [row for row, _ in known]
            values += [value for _, value in known]
            sizes.append(len(known))
        row = np.array(rows, dtype=np.int64)
        counts = self._start[row + 1] - self._start[row]
        at = runs(self._start[row], counts)
        cell = np.repeat(np.repeat(np.arange(len(texts)) * self._n_entries, sizes), counts) + self._entry[at]
        worth = self._weight[at] * np.repeat(np.array(values, dtype=np.float64), counts)
        total = np.bincount(cell, worth, minlength=len(texts) * self._n_entries)
        return np.asarray(total.reshape(len(texts), self._n_entries), dtype=np.float64)

    def holds(self, gram: str) -> bool:
        """Whether any entry contains this character n-gram (n up to 3)."""
        return gram in self._row_of_gram

    def words(self, text: str) -> list[str]:
        """Search words of the entries that stand in the text, one for each place where they do."""
        known = self._row_of_word
        pieces = (text[at : at + n] for n in WORD_LENGTHS for at in range(len(text) - n + 1))
        return [piece for piece in pieces if piece in known]

    def _weighted(self, text: str) -> list[tuple[int, float]]:
        """Rows of the features of a text, -1 for an n-gram no entry has, and count times idf."""
        grams, words, idf = self._row_of_gram, self._row_of_word, self._idf
        found = [(grams.get(gram, -1), count) for gram, count in Counter(pieces(text)).items()]
        found += [(words[word], count) for word, count in Counter(self.words(text)).items()]
        return [(row, count * idf[row]) for row, count in found]


def runs(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """start, start + 1, … of each run, `counts` numbers long, one run after the other."""
    return np.arange(int(counts.sum())) + np.repeat(starts - np.cumsum(counts) + counts, counts)


def pieces(text: str) -> list[str]:
    """Character n-grams of a text, shortest first, as often as they stand in it."""
    return [text[at : at + n] for n in GRAM_LENGTHS for at in range(len(text) - n + 1)]


def _grams(entries: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every n-gram of every entry as one number, and whose it is; those of one entry stand as `pieces` reads them.

    No two n-grams are the same number, for no character counts as zero.
    """
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


def _unpacked(numbers: NDArray[np.int64]) -> Iterable[str]:
    """The n-grams that `_grams` made numbers of."""
    shifts = [CHARACTER_BITS * at for at in reversed(range(max(GRAM_LENGTHS)))]
    codes = chain.from_iterable(zip(*((numbers >> shift & CHARACTER).tolist() for shift in shifts), strict=True))
    letters = ["" if code == 0 else chr(code - 1) for code in codes]
    longest = len(shifts)
    return ("".join(letters[at : at + longest]) for at in range(0, len(letters), longest))
