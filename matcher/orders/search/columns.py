"""A roster as a search sees it: a code per person and fact, and for each trade who has it. Made once per roster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.geography import code_number, significant
from matcher.language.trade_words import folded, spoken_terms
from matcher.pairs import UNSTATED, flag_column, number_column
from matcher.records import TOWNSHIP_DIGITS, Worker
from matcher.records.wishes import accepted_rank

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]
_NOTHING: Final = frozenset({"", "无", "没有", "暂无", "不详", "/", "-", "—"})
"""What stands in a column where somebody has nothing to write."""
NO_DAY: Final = np.iinfo(np.int32).max
"""Stands for a day nobody recorded, behind all others."""


@dataclass(frozen=True, slots=True)
class Postings:
    """For each of some words the rows of a roster that have it, rising."""

    words: tuple[str, ...]
    rows: Rows
    start: NDArray[np.int64]

    def of(self, at: int) -> Rows:
        """Rows of the word at a position."""
        return self.rows[self.start[at] : self.start[at + 1]]

    def counts(self, mask: Mask) -> NDArray[np.int64]:
        """How many of the masked rows have each word."""
        if not self.words:
            return np.zeros(0, dtype=np.int64)
        # No word is without rows, as `reduceat` wants it.
        return np.add.reduceat(mask.take(self.rows).view(np.int8), self.start[:-1], dtype=np.int64)

    def only(self, words: Sequence[str]) -> Postings:
        """The postings of some of the words, given in their order."""
        at = [self.words.index(word) for word in words]
        rows = [self.of(position) for position in at]
        return Postings(
            words=tuple(words),
            rows=np.concatenate([np.zeros(0, dtype=np.int32), *rows]),
            start=np.concatenate(
                (np.zeros(1, dtype=np.int64), np.cumsum([len(held) for held in rows], dtype=np.int64))
            ),
        )


@dataclass(frozen=True, slots=True)
class PeopleColumns:
    """Workers as columns, shape (n,); -1 is unknown.

    township, village, home : positions in `townships` and `villages`, codes of 9 and 12 digits, and in `homes`,
    whole codes as numbers
    household : a number per household; available, waiting : ordinal days, NO_DAY unknown
    willing : not said no; shares : yes 1, no 0, not asked -1, to giving out the number
    terms : canonical trades and skills; texts : what was written, folded; untold : those of the texts without a term
    places : wished places of work, significant digits
    """

    ids: tuple[str, ...]
    township: NDArray[np.int32]
    townships: tuple[str, ...]
    village: NDArray[np.int32]
    villages: tuple[str, ...]
    home: NDArray[np.int32]
    homes: NDArray[np.int64]
    household: NDArray[np.int32]
    travel_rank: NDArray[np.int8]
    available: NDArray[np.int32]
    waiting: NDArray[np.int32]
    willing: Mask
    shares: NDArray[np.int8]
    trains: NDArray[np.int8]
    terms: Postings
    texts: Postings
    untold: Postings
    places: Postings

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def n_bytes(self) -> int:
        """Memory of the arrays; the ids are those of the records."""
        arrays = [getattr(self, name) for name in self.__dataclass_fields__]
        arrays += [part for held in arrays if isinstance(held, Postings) for part in (held.rows, held.start)]
        return sum(held.nbytes for held in arrays if isinstance(held, np.ndarray))


def encode_people(workers: Sequence[Worker]) -> PeopleColumns:
    """The columns of workers in their order."""
    township, townships = _coded(significant(worker.place_code)[:TOWNSHIP_DIGITS] for worker in workers)
    village, villages = _coded(_village(worker.place_code) for worker in workers)
    home, homes = _coded(worker.place_code for worker in workers)
    household, _ = _coded(worker.household_id or "" for worker in workers)
    consents = [worker.consent for worker in workers]
    texts = _postings([_written(worker) for worker in workers], lambda text: (folded(text),))
    return PeopleColumns(
        ids=tuple(worker.worker_id for worker in workers),
        township=township,
        townships=townships,
        village=village,
        villages=villages,
        home=home,
        homes=np.array([code_number(code) for code in homes], dtype=np.int64),
        household=household,
        travel_rank=number_column([accepted_rank(w) for w in workers], np.int8),
        available=_days([worker.available_from for worker in workers]),
        waiting=_days([worker.waiting_since for worker in workers]),
        willing=np.array([worker.wish_to_work is not False for worker in workers], dtype=np.bool_),
        shares=flag_column([None if told is None else told.share_with_employer for told in consents]),
        trains=flag_column([worker.wish_to_train for worker in workers]),
        terms=_postings([_written(worker) for worker in workers], spoken_terms),
        texts=texts,
        untold=texts.only([text for text in texts.words if not spoken_terms(text)]),
        places=_postings([worker.preferred_places or () for worker in workers], lambda code: (significant(code),)),
    )


def _written(worker: Worker) -> tuple[str, ...]:
    """What a worker's own entries say of trades, skills and certificates; wishes are not skills."""
    texts = (*(worker.trades or ()), *(worker.skills or ()), *(worker.certificates or ()))
    return tuple(text for text in texts if text.strip() not in _NOTHING)


def _village(place_code: str) -> str:
    digits = significant(place_code)
    return digits if len(digits) > TOWNSHIP_DIGITS else ""


def _coded(values: Iterable[str]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Positions among the different values in the order of their first standing; "" is -1."""
    known: dict[str, int] = {}
    codes = [known.setdefault(value, len(known)) if value else UNSTATED for value in values]
    return np.array(codes, dtype=np.int32), tuple(known)


def _days(days: Sequence[date | None]) -> NDArray[np.int32]:
    return np.array([NO_DAY if day is None else day.toordinal() for day in days], dtype=np.int32)


def _postings(rows: Sequence[Sequence[str]], words_of: Callable[[str], Iterable[str]]) -> Postings:
    """Postings of the words that the texts of each row stand for; each text is read once."""
    held: dict[str, list[int]] = {}
    read: Mapping[str, tuple[str, ...]] = {
        text: tuple(words_of(text)) for text in dict.fromkeys(text for texts in rows for text in texts)
    }
    for row_ix, texts in enumerate(rows):
        for word in {word for text in texts for word in read[text]}:
            held.setdefault(word, []).append(row_ix)
    words = tuple(sorted(held))
    counts = np.array([len(held[word]) for word in words], dtype=np.int64)
    return Postings(
        words=words,
        rows=np.array([row_ix for word in words for row_ix in held[word]], dtype=np.int32),
        start=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts))),
    )
