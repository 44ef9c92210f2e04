"""Job titles -> codes of the 2022 occupation classification.

First the exact alias, after `titles` has cut off what is no trade; no jieba, no index. Else the known words that
look most like the title (`grams`), the head of a Chinese title being its end; rapidfuzz mends spelling only, for it
is a poor measure of meaning (QUALITY section 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.language.classification import (
    Classification,
    alias_words,
    classification,
    normalise,
    occupation_name,
)
from matcher.language.grams import GramIndex
from matcher.language.titles import Part, core, forms, parts

EXACT_SCORE = 1.0
LOOKALIKE_CEILING = 0.99  # a word that only looks alike never scores as an exact alias
TAIL_BONUS = 0.1  # for ending in the same two characters: the head of 渠道销售经理 is 经理
CODE_VOTE, MAJOR_VOTE = 0.4, 0.1  # most that many alike words of one code, of one major group, add to the best one
SCORE_STEPS = 1_000_000  # scores are compared as integers, so that equal ones are ordered by code everywhere
MIN_SCORE = 0.1  # below it fewer than one guess in five is right: the title names no known trade
SPELLING_MIN_LENGTH = 3  # one character of two is no misspelling but another word
SPELLING_LIKENESS = 0.95


class OccupationHit(msgspec.Struct, frozen=True):
    """One occupation for a title; score in 0..1, 1 only for an exact alias."""

    code: str
    name: str
    score: float


class OccupationIndex:
    """Search over official names and aliases; deterministic, and batch equals single."""

    def __init__(self, known: Classification) -> None:
        self._known = known
        pairs = sorted((code, alias) for alias, code in known.aliases.items())
        self._entries = tuple(alias for _, alias in pairs)
        codes = np.array([code for code, _ in pairs])
        self._first = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
        self._codes = tuple(codes[self._first].tolist())
        self._column = {code: column for column, code in enumerate(self._codes)}
        majors = np.array([code[0] for code in self._codes])
        self._first_of_major = np.flatnonzero(np.r_[True, majors[1:] != majors[:-1]])
        self._major = np.cumsum(np.r_[False, majors[1:] != majors[:-1]])

    @classmethod
    def load(cls) -> OccupationIndex:
        """An index over the committed tables; `occupation_index()` keeps one per process."""
        return cls(classification())

    def exact(self, title: str) -> str | None:
        """Code of the alias that the title, or its leading part, is; None if it is none."""
        code = self._known.aliases.get(normalise(title))
        if code is not None:
            return code
        return next((self._alias(part.text) for part in parts(title)[:1]), None)

    def best(self, title: str, min_score: float = MIN_SCORE) -> str | None:
        """Code of the best hit with at least `min_score`, else None."""
        code = self.exact(title)
        if code is not None:
            return code
        hits = self.search(title, top=1)
        return hits[0].code if hits and hits[0].score >= min_score else None

    def search(self, title: str, top: int = 3) -> list[OccupationHit]:
        """The `top` best occupations, best first, equal scores by code; empty if the title names nothing known."""
        return self.search_batch([title], top)[0]

    def search_batch(self, titles: Sequence[str], top: int = 3) -> list[list[OccupationHit]]:
        """`search` for each title, in order; a title that stands twice is searched once."""
        found = {title: self._search(title, top) for title in dict.fromkeys(titles)}
        return [list(found[title]) for title in titles]

    def _search(self, title: str, top: int) -> list[OccupationHit]:
        exact = self.exact(title)
        if exact is not None and top == 1:
            return [OccupationHit(exact, occupation_name(exact), EXACT_SCORE)]
        scores = np.zeros(len(self._codes), dtype=np.int64)
        for part in parts(title):
            np.maximum(scores, self._part_scores(part), out=scores)
        if exact is not None:
            scores[self._column[exact]] = int(EXACT_SCORE * SCORE_STEPS)
        worth = np.flatnonzero(scores >= MIN_SCORE * SCORE_STEPS)
        best = worth[np.argsort(-scores[worth], kind="stable")[:top]]
        return [
            OccupationHit(self._codes[column], occupation_name(self._codes[column]), int(scores[column]) / SCORE_STEPS)
            for column in best
        ]

    def _alias(self, text: str) -> str | None:
        return next((self._known.aliases[form] for form in forms(text) if form in self._known.aliases), None)

    def _part_scores(self, part: Part) -> NDArray[np.int64]:
        """Score of every code for one part, in SCORE_STEPS."""
        alias = self._alias(part.text)
        text = core(part.text)
        likeness = self._grams.similarities(text)
        likeness[self._tails.get(text[-2:], slice(0))] *= 1 + TAIL_BONUS
        self._mend_spelling(text, likeness)
        votes = np.add.reduceat(likeness * likeness * likeness, self._first)
        best = np.maximum.reduceat(likeness, self._first)
        best += CODE_VOTE * (1 - np.exp(-votes))
        best += MAJOR_VOTE * (1 - np.exp(-np.add.reduceat(votes, self._first_of_major)))[self._major]
        best *= LOOKALIKE_CEILING / (1 + TAIL_BONUS + CODE_VOTE + MAJOR_VOTE)
        if alias is not None:
            best[self._column[alias]] = LOOKALIKE_CEILING
        return np.rint(best * part.weight * SCORE_STEPS).astype(np.int64)

    def _mend_spelling(self, text: str, likeness: NDArray[np.float64]) -> None:
        """Lift words that are the text but for one character, if they are of one code (挖倔机司机: 挖掘机司机).

        The character must be one no known word has in that place: 车床工 and 车位工 are both well spelt.
        """
        if len(text) < SPELLING_MIN_LENGTH:
            return
        if all(self._grams.holds(text[at : at + 2]) for at in range(len(text) - 1)):
            return
        from rapidfuzz import process
        from rapidfuzz.distance import Hamming

        rows, words = self._by_length.get(len(text), ((), ()))
        near = [
            rows[at] for _, _, at in process.extract(text, words, scorer=Hamming.distance, score_cutoff=1, limit=None)
        ]
        near = [row for row in near if self._is_misspelt(text, self._entries[row])]
        if near and len({self._known.aliases[self._entries[row]] for row in near}) == 1:
            likeness[near] = np.maximum(likeness[near], SPELLING_LIKENESS)

    def _is_misspelt(self, text: str, word: str) -> bool:
        """Whether no known word has the one differing character of `text` beside its neighbours."""
        at = next(i for i, (a, b) in enumerate(zip(word, text, strict=True)) if a != b)
        pairs = (text[i : i + 2] for i in (at - 1, at) if 0 <= i < len(text) - 1)
        return not any(map(self._grams.holds, pairs))

    @cached_property
    def _grams(self) -> GramIndex:
        from matcher.language.segmentation import search_words

        known = alias_words()
        cut = [known[entry] if entry in known else search_words(entry) for entry in self._entries]
        return GramIndex(self._entries, cut, search_words)

    @cached_property
    def _by_length(self) -> dict[int, tuple[list[int], list[str]]]:
        lengths: dict[int, tuple[list[int], list[str]]] = {}
        for row, entry in enumerate(self._entries):
            rows, words = lengths.setdefault(len(entry), ([], []))
            rows.append(row)
            words.append(entry)
        return lengths

    @cached_property
    def _tails(self) -> dict[str, NDArray[np.intp]]:
        rows: dict[str, list[int]] = {}
        for row, entry in enumerate(self._entries):
            rows.setdefault(entry[-2:], []).append(row)
        return {tail: np.array(where) for tail, where in rows.items()}


@cache
def occupation_index() -> OccupationIndex:
    """The index of this process; aliases are read now, the search index at the first title that is no alias."""
    return OccupationIndex.load()


def describe(title: str, top: int = 3) -> dict[str, Any]:
    """The object of CONTRACT section 2 for one title; code and name are null if nothing known is in it."""
    return describe_batch([title], top)[0]


def describe_batch(titles: Sequence[str], top: int = 3) -> list[dict[str, Any]]:
    """`describe` for each title, in order; `alternatives` are the hits after the first."""
    answers = []
    for title, hits in zip(titles, occupation_index().search_batch(titles, top), strict=True):
        first, *others = [msgspec.to_builtins(hit) for hit in hits] or [{"code": None, "name": None, "score": 0.0}]
        answers.append({"title": title, **first, "alternatives": others})
    return answers
