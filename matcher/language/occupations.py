"""Job titles -> codes of the 2022 occupation classification.

First the exact alias, after `titles` has cut off what is no trade; no jieba, no index. Else the known words that
look most like the title (`grams`), the head of a Chinese title being its end, together with what labelled titles
taught (`title_model`): that one speaks for the codes it was shown, so likeness counts the more the less of a title it
knows. rapidfuzz mends spelling only, for it is a poor measure of meaning (QUALITY section 7).
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
from matcher.language.title_model import TitleModel, title_model
from matcher.language.titles import Part, core, forms, parts

EXACT_SCORE = 1.0
LOOKALIKE_CEILING = 0.99  # a word that only looks alike never scores as an exact alias
TAIL_BONUS = 0.1  # for ending in the same two characters: the head of 渠道销售经理 is 经理
CODE_VOTE, MAJOR_VOTE = 0.4, 0.1  # most that many alike words of one code, of one major group, add to the best one
SCORE_STEPS = 1_000_000  # scores are compared as integers, so that equal ones are ordered by code everywhere
LIKENESS_WEIGHT = 0.3  # of likeness cubed beside the model's votes
UNKNOWN_WEIGHT = 1.0  # of likeness itself, times the share of the title that the model does not know
GROUP_WEIGHT = ((1, 1.0), (4, 0.5), (7, 0.5))  # of the votes for the major, middle, small group: end in a code, weight
SURE_VOTES = 3.3  # votes of a title that model and likeness are both sure of
OVERRULED = 0.3  # votes by which another code must lead for an alias cut out of a title not to count as exact
FIELD_AND_WORKSHOP = frozenset("56")  # major groups
MENDED_SCORE = 0.94  # of a word but for one misspelt character
MIN_SCORE = 0.15  # of the guesses below .3 one in eight is right; below this one the title names no known trade
SPELLING_MIN_LENGTH = 3  # one character of two is no misspelling but another word
SPELLING_LIKENESS = 0.95


class OccupationHit(msgspec.Struct, frozen=True):
    """One occupation for a title; score in 0..1, 1 only for an exact alias."""

    code: str
    name: str
    score: float


class OccupationIndex:
    """Search over official names and aliases; deterministic, and batch equals single."""

    def __init__(self, known: Classification, model: TitleModel | None = None) -> None:
        self._known = known
        self._model = model
        pairs = sorted((code, alias) for alias, code in known.aliases.items())
        self._entries = tuple(alias for _, alias in pairs)
        codes = np.array([code for code, _ in pairs])
        changes = np.r_[True, codes[1:] != codes[:-1]]
        self._column_of_entry = np.cumsum(changes) - 1
        self._codes = tuple(codes[changes].tolist())
        self._column = {code: column for column, code in enumerate(self._codes)}
        majors = np.array([code[0] for code in self._codes])
        self._first_of_major = np.flatnonzero(np.r_[True, majors[1:] != majors[:-1]])
        self._major = np.cumsum(np.r_[False, majors[1:] != majors[:-1]])

    @classmethod
    def load(cls) -> OccupationIndex:
        """An index over the committed tables; `occupation_index()` keeps one per process."""
        return cls(classification(), title_model())

    def exact(self, title: str) -> str | None:
        """Code of the alias that the title, or its leading part, is; None if it is none."""
        code = self._known.aliases.get(normalise(title))
        return code if code is not None else next((self._alias(part.text) for part in parts(title)[:1]), None)

    def best(self, title: str, min_score: float = MIN_SCORE) -> str | None:
        """Code of the best hit with at least `min_score`, else None."""
        hits = self.search(title, top=1)
        return hits[0].code if hits and hits[0].score >= min_score else None

    def search(self, title: str, top: int = 3) -> list[OccupationHit]:
        """The `top` best occupations, best first, equal scores by code; empty if the title names nothing known."""
        return self.search_batch([title], top)[0]

    def search_batch(self, titles: Sequence[str], top: int = 3) -> list[list[OccupationHit]]:
        """`search` for each title, in order; a title that stands twice is searched once."""
        found = {title: self._search(title, top) for title in dict.fromkeys(titles)}
        return [list(found[title]) for title in titles]

    def _certain(self, title: str, named: Sequence[Part]) -> str | None:
        """Code of an alias nothing overrules: the whole title's, or the project's own for its leading part.

        The latter only for trades of field and workshop, of which labels say little: they are of offices and shops.
        """
        code = self._known.aliases.get(normalise(title))
        if code is not None or not named:
            return code
        alias = next((form for form in forms(named[0].text) if form in self._known.aliases), None)
        if alias is None:
            return None
        code = self._known.aliases[alias]
        sure = self._model is None or (alias in self._known.own and code[0] in FIELD_AND_WORKSHOP)
        return code if sure else None

    def _search(self, title: str, top: int) -> list[OccupationHit]:
        named = parts(title)
        exact = self._certain(title, named)
        if exact is not None and top == 1:
            return [OccupationHit(exact, occupation_name(exact), EXACT_SCORE)]
        scores = self._scores(named)
        if exact is not None:
            scores[self._column[exact]] = int(EXACT_SCORE * SCORE_STEPS)
        worth = np.flatnonzero(scores >= max(MIN_SCORE * SCORE_STEPS, scores.max() if top == 1 else 0))
        best = worth[np.argsort(-scores[worth], kind="stable")[:top]]
        return [
            OccupationHit(self._codes[column], occupation_name(self._codes[column]), int(scores[column]) / SCORE_STEPS)
            for column in best
        ]

    def _alias(self, text: str) -> str | None:
        return next((self._known.aliases[form] for form in forms(text) if form in self._known.aliases), None)

    def _scores(self, named: Sequence[Part]) -> NDArray[np.int64]:
        """Score of every code for the parts of a title, in SCORE_STEPS."""
        likeness = np.zeros(len(self._codes))
        mended: list[tuple[int, float]] = []
        for part in named:
            near = self._misspelt(core(part.text))
            mended += [(self._column[self._known.aliases[self._entries[row]]], part.weight) for row in near[:1]]
            np.maximum(likeness, self._part_scores(part, near), out=likeness)
        if self._model is None:
            return np.rint(likeness * SCORE_STEPS).astype(np.int64)
        votes, share = self._model.votes(named)
        if not share and not likeness.any():
            return np.zeros(len(self._codes), dtype=np.int64)
        total = self._with_groups(votes)
        total += likeness * (LIKENESS_WEIGHT * likeness * likeness + UNKNOWN_WEIGHT * (1 - share))
        score = LOOKALIKE_CEILING * np.clip(total / SURE_VOTES, 0, 1)
        alias = self._alias(named[0].text)
        if alias is not None and total.max() - total[self._column[alias]] < OVERRULED:
            score[self._column[alias]] = EXACT_SCORE
        for column, weight in mended:
            score[column] = max(score[column], MENDED_SCORE * weight)
        return np.rint(score * SCORE_STEPS).astype(np.int64)

    def _with_groups(self, votes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The model's votes by column of this index, with those of their groups added."""
        own = np.zeros(len(self._codes) + 1)
        own[self._model_columns] = votes  # codes this index does not have share the last place
        own = own[:-1]
        total = own.copy()
        for (_, weight), (first, group) in zip(GROUP_WEIGHT, self._groups, strict=True):
            total += weight * np.add.reduceat(own, first)[group]
        return total

    def _part_scores(self, part: Part, near: Sequence[int]) -> NDArray[np.float64]:
        """Likeness of every code to one part, 0..1; `near` are the words it misspells."""
        alias = self._alias(part.text)
        text = core(part.text)
        likeness = self._grams.similarities(text)
        likeness[self._tails.get(text[-2:], slice(0))] *= 1 + TAIL_BONUS
        if near:
            likeness[near] = np.maximum(likeness[near], SPELLING_LIKENESS)
        best = np.zeros(len(self._codes))
        alike = np.flatnonzero(likeness)
        worth, column = likeness[alike], self._column_of_entry[alike]
        votes = np.bincount(column, worth * worth * worth, minlength=len(self._codes)).astype(np.float64)
        if len(alike):
            first = np.concatenate(([0], np.flatnonzero(column[1:] != column[:-1]) + 1))
            best[column[first]] = np.maximum.reduceat(worth, first)
        best += CODE_VOTE * (1 - np.exp(-votes))
        best += MAJOR_VOTE * (1 - np.exp(-np.add.reduceat(votes, self._first_of_major)))[self._major]
        best *= LOOKALIKE_CEILING / (1 + TAIL_BONUS + CODE_VOTE + MAJOR_VOTE)
        if alias is not None:
            best[self._column[alias]] = LOOKALIKE_CEILING
        return np.asarray(best * part.weight, dtype=np.float64)

    def _misspelt(self, text: str) -> list[int]:
        """Rows of words that are the text but for one character, if they are of one code (挖倔机司机: 挖掘机司机).

        The character must be one no known word has in that place: 车床工 and 车位工 are both well spelt.
        """
        if len(text) < SPELLING_MIN_LENGTH:
            return []
        if all(self._grams.holds(text[at : at + 2]) for at in range(len(text) - 1)):
            return []
        from rapidfuzz import process
        from rapidfuzz.distance import Hamming

        rows, words = self._by_length.get(len(text), ((), ()))
        near = [
            rows[at] for _, _, at in process.extract(text, words, scorer=Hamming.distance, score_cutoff=1, limit=None)
        ]
        near = [row for row in near if self._is_misspelt(text, self._entries[row])]
        return near if len({self._known.aliases[self._entries[row]] for row in near}) == 1 else []

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
    def _groups(self) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]:
        """By level of GROUP_WEIGHT: the first column of each group, and the group of each column."""
        levels = []
        for end, _ in GROUP_WEIGHT:
            heads = np.array([code[:end] for code in self._codes])
            changes = heads[1:] != heads[:-1]
            levels.append((np.flatnonzero(np.r_[True, changes]), np.cumsum(np.r_[False, changes])))
        return tuple(levels)

    @cached_property
    def _model_columns(self) -> NDArray[np.intp]:
        codes = () if self._model is None else self._model.codes
        return np.array([self._column.get(code, len(self._codes)) for code in codes], dtype=np.intp)

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
