"""The county's desk in process: a round of the product over the records of a view, without a start-up for each round.

It goes through `services` as `matcher plan` does: `prepare`, then only pairs without an open question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as replace_round
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from matcher import shortlist
from matcher.pairs import Pairs
from matcher.policy import PackSet
from matcher.policy.loading.loader import standard_packs
from matcher.scoring import P_BITS, hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, Rosters, Round, prepare
from matcher.services.rounds.plan_season import only_yes
from matcher.services.rounds.stretch import ranked_lines
from matcher.settings import FACTOR_ONE, Settings
from matcher.shortlist import PRICE_BITS, SCORE_BITS, PlanMode
from training_data.market.season import Lists, View


@cache
def _packs() -> PackSet:
    return standard_packs()


class Weighting(NamedTuple):
    """Household bonus and factors of the tiers and of groups in 1/64: what a policy adds for coverage and priority.

    stretch : whether the last line of a full list may widen the choice
    """

    household: int = 0
    tiers: tuple[int, ...] = (FACTOR_ONE,)
    groups: tuple[tuple[str, int], ...] = ()
    stretch: bool = False

    @classmethod
    def of_settings(cls) -> Weighting:
        """Those the program ships with."""
        return cls(Settings().household_factor_64ths, Settings().priority_factor_64ths)


FIT_ALONE = Weighting()
"""Nobody comes first: what is fitting decides."""


@dataclass(frozen=True)
class Desk:
    """A county's desk: which pack binds it, which model and weighting it uses."""

    pack: str
    days: tuple[date, ...]
    means: Means
    stretch: bool = False

    @classmethod
    def open(
        cls, pack: str, days: tuple[date, ...], *, weighting: Weighting = FIT_ALONE, model: bytes | None = None
    ) -> Desk:
        """A desk with the hand card unless a model file is given."""
        settings = replace(
            Settings(),
            household_factor_64ths=weighting.household,
            priority_factor_64ths=weighting.tiers,
            group_factor_64ths=dict(weighting.groups),
        )
        means = Means(packs=_packs(), settings=settings, model_body=model or hand_card())
        return cls(pack, days, means, weighting.stretch)

    def round(self, view: View, *, priced: bool, mode: PlanMode = PlanMode.BALANCED, to_come: float = 0.0) -> Round:
        """The view's pairs that may be offered, scored; with slot prices of the mode if `priced`, else these are 0.

        to_come : people expected after the round, for whom a priced plan leaves openings
        """
        brief = Brief(
            mode=mode,
            top=view.top,
            to_come=to_come,
            on=self.days[view.round_ix],
            jurisdiction=self.pack,
            seed=view.world_seed,
            shown=view.shown,
            prices=None if priced else {},
        )
        return only_yes(prepare(Rosters(view.workers, view.vacancies, view.households), self.means, brief))

    def lists(self, view: View, solved: Round, score: NDArray[np.int64] | None = None) -> Lists:
        """The lists of a round: by its own score, or by one given per pair."""
        if score is not None:
            solved = replace_round(solved, pairs=solved.pairs.with_columns(score=score))
        return told(view, solved.pairs, ranked_lines(solved, top=view.top, stretch=self.stretch))


def with_probabilities(solved: Round, p: Mapping[str, NDArray[np.int64]]) -> Round:
    """The round with other chances of each stage (of 2**14) and the scores they give at its slot prices."""
    pairs = solved.pairs.with_columns(
        **{f"p_{stage}": told for stage, told in p.items()}, fit=p["apply"] * p["hire"] * p["keep"]
    )
    score = shortlist.score(pairs, solved.ranked.factor[pairs.worker_ix], pairs["price"], solved.mode)
    return replace_round(solved, pairs=pairs.with_columns(score=score))


def told(view: View, pairs: Pairs, ranked: Pairs) -> Lists:
    """Lines by their positions in the season; probabilities, price and score as the product tells them."""
    first = np.searchsorted(ranked.worker_ix, ranked.worker_ix, side="left")
    candidates = np.bincount(pairs.worker_ix, minlength=len(view.workers))
    return Lists(
        worker_ix=view.worker_ix[ranked.worker_ix],
        vacancy_ix=view.vacancy_ix[ranked.vacancy_ix],
        slot=np.arange(len(ranked)) - first + 1,
        n_candidates=candidates[ranked.worker_ix].astype(np.int64),
        p_apply=ranked["p_apply"] / (1 << P_BITS),
        p_hire=ranked["p_hire"] / (1 << P_BITS),
        p_keep=ranked["p_keep"] / (1 << P_BITS),
        slot_price=ranked["price"] / (1 << PRICE_BITS),
        score=ranked["score"] / (1 << SCORE_BITS),
        propensity=np.ones(len(ranked)),
        explore=np.zeros(len(ranked), dtype=np.bool_),
    )
