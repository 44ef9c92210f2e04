"""Job titles -> codes of the 2022 occupation classification.

First the exact alias, after `titles` has cut off what is no trade; no index. Else the known words that
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
FAINT = 0.1  # likeness that is chance: one usual character in common
N_MAJOR = 10  # by the first digit of a code
AT_ONCE = 32  # titles whose scores are reckoned together: as many as the caches of a small machine hold


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
        self._major = np.array([int(code[0]) for code in self._codes])

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
        found: dict[str, list[OccupationHit]] = {}
        open_titles: list[tuple[str, tuple[Part, ...], str | None]] = []
        for title in dict.fromkeys(titles):
            named = parts(title)
            exact = self._certain(title, named)
            if exact is not None and top == 1:
                found[title] = [OccupationHit(exact, occupation_name(exact), EXACT_SCORE)]
            elif exact is not None or named:
                open_titles.append((title, named, exact))
        for start in range(0, len(open_titles), AT_ONCE):
            some = open_titles[start : start + AT_ONCE]
            scores = self._scores([named for _, named, _ in some])
            for (title, _, exact), row in zip(some, scores, strict=True):
                found[title] = self._hits(row, exact, top)
        return [list(found.get(title, ())) for title in titles]

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

    def _hits(self, scores: NDArray[np.int64], exact: str | None, top: int) -> list[OccupationHit]:
        """The best of one title's scores, in SCORE_STEPS."""
        if exact is not None:
            scores[self._column[exact]] = int(EXACT_SCORE * SCORE_STEPS)
        worth = np.flatnonzero(scores >= max(int(MIN_SCORE * SCORE_STEPS), int(scores.max()) if top == 1 else 0))
        best = worth[np.argsort(-scores[worth], kind="stable")[:top]].tolist()
        return [
            OccupationHit(self._codes[column], occupation_name(self._codes[column]), int(scores[column]) / SCORE_STEPS)
            for column in best
        ]

    def _alias(self, text: str) -> str | None:
        return next((self._known.aliases[form] for form in forms(text) if form in self._known.aliases), None)

    def _scores(self, titles: Sequence[Sequence[Part]]) -> NDArray[np.int64]:
        """Score of every code for the parts of each title, in SCORE_STEPS, shape (n_titles, n_codes)."""
        said = [part for named in titles for part in named]
        first = np.cumsum([0, *(len(named) for named in titles)])[:-1]  # every title has a part
        near = [self._misspelt(core(part.text))[:1] for part in said]
        likeness: NDArray[np.float64] = np.maximum.reduceat(self._likeness(said, near), first, axis=0)
        if self._model is None:
            return np.rint(likeness * SCORE_STEPS).astype(np.int64)
        votes, share = self._model.votes(titles)
        total = self._with_groups(votes)
        total += likeness * (LIKENESS_WEIGHT * likeness * likeness + UNKNOWN_WEIGHT * (1 - share[:, None]))
        score = LOOKALIKE_CEILING * np.clip(total / SURE_VOTES, 0, 1)
        score[(share == 0) & ~likeness.any(axis=1)] = 0
        for row, named in enumerate(titles):
            alias = self._alias(named[0].text)
            if alias is not None and total[row].max() - total[row, self._column[alias]] < OVERRULED:
                score[row, self._column[alias]] = EXACT_SCORE
        owner = np.repeat(np.arange(len(titles)), [len(named) for named in titles]).tolist()
        for row, part, words in zip(owner, said, near, strict=True):
            for word in words:
                column = self._column_of_entry[word]
                score[row, column] = max(score[row, column], MENDED_SCORE * part.weight)
        return np.rint(score * SCORE_STEPS).astype(np.int64)

    def _with_groups(self, votes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The model's votes by column of this index, with those of their groups added; shape (n_titles, n_codes)."""
        total = np.zeros((len(votes), len(self._codes) + 1))
        total[:, self._model_columns] = votes  # codes this index does not have share the last place
        total = total[:, :-1]
        for (_, weight), (first, group) in zip(GROUP_WEIGHT, self._groups, strict=True):
            sums = np.zeros((len(votes), len(first) + 1))  # the last is that of groups the model has no code of
            np.add.reduceat(votes, first, axis=1, out=sums[:, :-1])
            total += (weight * sums)[:, group]
        return total

    def _likeness(self, said: Sequence[Part], near: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Likeness of every code to each part, 0..1, shape (n_parts, n_codes); `near` are the words each misspells."""
        texts = [core(part.text) for part in said]
        likeness = self._grams.similarities(texts)
        for row, text in enumerate(texts):
            tail = self._tails.get(text[-2:])
            if tail is not None:
                likeness[row, tail] *= 1 + TAIL_BONUS
            for word in near[row]:
                likeness[row, word] = max(likeness[row, word], SPELLING_LIKENESS)
        best = self._by_code(likeness)
        for row, part in enumerate(said):
            alias = self._alias(part.text)
            if alias is not None:
                best[row, self._column[alias]] = LOOKALIKE_CEILING
        return np.asarray(best * np.array([[part.weight] for part in said]), dtype=np.float64)

    def _by_code(self, likeness: NDArray[np.float64]) -> NDArray[np.float64]:
        """The likest word of each code, raised by the code's and the major group's other words; (n_texts, n_codes)."""
        n_texts, n_codes = len(likeness), len(self._codes)
        best = np.zeros(n_texts * n_codes)
        text, entry = np.nonzero(likeness > FAINT)
        worth = likeness[text, entry]
        cell = text * n_codes + self._column_of_entry[entry]
        first = np.flatnonzero(np.diff(cell, prepend=-1))  # entries stand in the order of their codes
        if not len(first):
            return best.reshape(n_texts, n_codes)
        votes = np.add.reduceat(worth * worth * worth, first)
        at = cell[first]
        best[at] = np.maximum.reduceat(worth, first) + CODE_VOTE * (1 - np.exp(-votes))
        of_major = at // n_codes * N_MAJOR + self._major[at % n_codes]
        major = np.bincount(of_major, votes, minlength=n_texts * N_MAJOR).reshape(n_texts, N_MAJOR)
        raised = best.reshape(n_texts, n_codes) + MAJOR_VOTE * (1 - np.exp(-major))[:, self._major]
        return np.asarray(raised * (LOOKALIKE_CEILING / (1 + TAIL_BONUS + CODE_VOTE + MAJOR_VOTE)), dtype=np.float64)

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
        known = alias_words()
        return GramIndex(self._entries, [known.get(entry, ()) for entry in self._entries])

    @cached_property
    def _groups(self) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]:
        """By level of GROUP_WEIGHT: the model's first code of each group, and the group of each column."""
        levels = []
        taught = () if self._model is None else self._model.codes
        for end, _ in GROUP_WEIGHT:
            heads = np.array([code[:end] for code in taught])
            first = np.flatnonzero(np.r_[True, heads[1:] != heads[:-1]])
            of_head = {head: at for at, head in enumerate(heads[first].tolist())}
            levels.append((first, np.array([of_head.get(code[:end], len(first)) for code in self._codes])))
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
