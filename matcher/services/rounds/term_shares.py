"""What values of terms add to a stage, and how that is said: worked out once, for terms have few values.

The terms of a pair come in pieces, each what one relation or one side says. A piece is met again and again, with other
ones beside it; so the sums, the sentences and their order are kept with it, and a pair only joins a few pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Final, NamedTuple, cast

import msgspec

from matcher import features, scoring
from matcher.explanation import Contribution
from matcher.scoring.shares import term_share
from matcher.services.ground.rulebook import Means

MOST_KEPT: Final = 50_000
"""Values that are kept, and pieces of the same terms; beyond it all of them are forgotten at once."""
Strength = tuple[int, str, bytes]
"""Sorts the strongest first, then by name; and what is said of it, as JSON. No two of a stage have one name."""
Values = tuple[int, ...]
Odds = tuple[int, int, int]
"""Log-odds of each stage, of 2**10."""
_JSON: Final = itemgetter(2)
FAR: Final = 1 << 62
"""Beyond whatever terms add together."""


class Told(NamedTuple):
    """One term's value. parts : of each stage, of 2**10, 0 where the stage has no such term; said : likewise, None
    where it adds nothing; total : of the stages; weighs : is said as what speaks for or against a pair
    at : place of the term in the order of the vocabulary, those that weigh first
    speaks_for, speaks_against : what is said to the worker of a term that weighs, else empty
    """

    term: str
    value: int
    parts: tuple[int, ...]
    said: tuple[Strength | None, ...]
    total: int
    weighs: bool
    at: int
    speaks_for: str
    speaks_against: str


class Piece(msgspec.Struct, frozen=True):
    """What some terms of a pair add together. told : in the order of the vocabulary; odds : of each stage, of 2**10

    said : of each stage what is not zero, strongest first
    best, worst : the terms that weigh most and least, none where none weighs; of equals the first of the vocabulary
    gain, loss : what decides among the best and among the worst of several pieces
    """

    told: tuple[Told, ...]
    odds: Odds
    said: tuple[tuple[Strength, ...], tuple[Strength, ...], tuple[Strength, ...]]
    best: Told | None
    worst: Told | None
    gain: int
    loss: int


Pieces = Sequence[Piece]
"""All terms of one pair."""


class TermShares:
    """The shares of a model's terms. Safe between threads: two that work one out at once work out the same."""

    def __init__(self, model: scoring.AdditiveModel) -> None:
        tables = [model.plain.stages[stage] for stage in scoring.STAGES]
        used = dict.fromkeys(term for stage in tables for term in stage)
        weighing = [term.name for term in features.TERMS if term.name in used]
        self._model: Final = model
        self._terms: Final = (*weighing, *(term for term in used if term not in set(weighing)))
        self._at: Final = {term: at for at, term in enumerate(self._terms)}
        self._n_weighing: Final = len(weighing)
        self._intercepts: Final = tuple(model.stages[stage].intercept for stage in scoring.STAGES)
        self._frame: Final = b"[%s]" % b",".join(
            b'{"stage":%s,"intercept":%s,"contributions":[%%s],"log_odds":%%s}'
            % (msgspec.json.encode(stage), msgspec.json.encode(intercept / scoring.SCALE))
            for stage, intercept in zip(scoring.STAGES, self._intercepts, strict=True)
        )
        self._kept: Final[dict[tuple[str, int], Told]] = {}
        self._pieces: Final[dict[tuple[str, ...], dict[Values, Piece]]] = {}

    def of(self, values: Mapping[str, int]) -> Pieces:
        """The terms of a pair with these values."""
        return (self._joined(tuple(self._told(term, values[term]) for term in self._terms)),)

    def pieces(self, groups: Iterable[tuple[tuple[str, ...], Sequence[Values]]]) -> list[Pieces]:
        """The terms of each of some pairs. groups : terms, and of each pair their values"""
        return list(zip(*[self._column(*group) for group in groups], strict=True))

    def _column(self, terms: tuple[str, ...], values: Sequence[Values]) -> list[Piece]:
        kept = self._pieces.setdefault(terms, {})
        return [kept.get(row) or self._piece(kept, terms, row) for row in values]

    def _piece(self, kept: dict[Values, Piece], terms: tuple[str, ...], values: Values) -> Piece:
        """What terms with these values add; those the model does not know add nothing."""
        told = [self._told(term, value) for term, value in zip(terms, values, strict=True) if term in self._at]
        found = self._joined(tuple(sorted(told, key=lambda one: one.at)))
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[values] = found
        return found

    def log_odds(self, pieces: Pieces) -> Odds:
        """Of each stage, of 2**10."""
        apply, hire, keep = self._intercepts
        for piece in pieces:
            of_apply, of_hire, of_keep = piece.odds
            apply += of_apply
            hire += of_hire
            keep += of_keep
        return apply, hire, keep

    def stages(self, pieces: Pieces, odds: Odds | None = None) -> msgspec.Raw:
        """The stages as an answer tells them, as JSON, with every contribution that is not zero, strongest first.

        odds : `log_odds` of the pieces, where they are known already
        """
        apply: list[Strength] = []
        hire: list[Strength] = []
        keep: list[Strength] = []
        for piece in pieces:
            of_apply, of_hire, of_keep = piece.said
            apply += of_apply
            hire += of_hire
            keep += of_keep
        told: list[bytes] = []
        for said, of_stage in zip((apply, hire, keep), odds or self.log_odds(pieces), strict=True):
            # Each piece is in order already, so that little is left to sort.
            said.sort()
            told += b",".join(map(_JSON, said)), msgspec.json.encode(of_stage / scoring.SCALE)
        return msgspec.Raw(self._frame % tuple(told))

    def _joined(self, told: tuple[Told, ...]) -> Piece:
        stages = range(len(scoring.STAGES))
        odds = tuple(sum(one.parts[ix] for one in told) for ix in stages)
        weighing = [one for one in told if one.weighs]
        best, worst = max(weighing, key=self._gain, default=None), min(weighing, key=self._loss, default=None)
        apply, hire, keep = [tuple(sorted(said for one in told if (said := one.said[ix]) is not None)) for ix in stages]
        return Piece(
            told,
            cast("Odds", odds),
            (apply, hire, keep),
            best,
            worst,
            gain=-FAR if best is None else self._gain(best),
            loss=FAR if worst is None else self._loss(worst),
        )

    def _gain(self, told: Told) -> int:
        """Larger for what adds more, of equals for what comes first in the vocabulary."""
        return told.total * len(self._terms) - told.at

    def _loss(self, told: Told) -> int:
        """Smaller for what takes more, of equals for what comes first in the vocabulary."""
        return told.total * len(self._terms) + told.at

    def _told(self, term: str, value: int) -> Told:
        return self._kept.get((term, value)) or self._made(term, value)

    def _made(self, term: str, value: int) -> Told:
        of_stages, at = self._model.plain.stages, self._at[term]
        parts = tuple(
            term_share(self._model, stage, term, value) if term in of_stages[stage] else 0 for stage in scoring.STAGES
        )
        said = tuple(
            (-abs(part), term, self._said(stage, term, value, part)) if part else None
            for stage, part in zip(scoring.STAGES, parts, strict=True)
        )
        weighs = at < self._n_weighing
        words = [features.BY_NAME[term].say(value, against=against) if weighs else "" for against in (False, True)]
        told = Told(term, value, parts, said, sum(parts), weighs, at, *words)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[term, value] = told
        return told

    def _said(self, stage: str, term: str, value: int, part: int) -> bytes:
        is_offset = term in scoring.OFFSET_KINDS
        sentence = scoring.offset_sentence(stage, term, part) if is_offset else features.BY_NAME[term].say(value)
        return msgspec.json.encode(Contribution(term=term, value=part / scoring.SCALE, sentence=sentence))


def terms_of(pieces: Pieces) -> list[Told]:
    """Every term of a pair: those that weigh first, in the order of the vocabulary."""
    return sorted(chain.from_iterable([piece.told for piece in pieces]), key=lambda one: one.at)


def strongest(pieces: Pieces) -> tuple[Told | None, Told | None]:
    """Of the terms that weigh the one that adds most and the one that takes most; of equals the first of the order."""
    good = bad = pieces[0]
    for piece in pieces:
        if piece.gain > good.gain:
            good = piece
        if piece.loss < bad.loss:
            bad = piece
    return good.best, bad.worst


def plain(stages: msgspec.Raw) -> list[dict[str, Any]]:
    """Stages as objects, which whoever is handed them may change."""
    return cast("list[dict[str, Any]]", msgspec.json.decode(stages))


def shares_of(means: Means) -> TermShares:
    """The shares of the model of these means, kept with them."""
    return means.remembered.get("term shares", (means.model,), lambda: TermShares(means.model))
