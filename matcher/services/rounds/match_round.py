"""One round, told as data: records in, scored and priced pairs out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import candidates, eligibility, features, priority, scoring, shortlist
from matcher.explanation import Verdict
from matcher.kernels.ranking import WEIGHT_ONE
from matcher.pairs import Pairs, every_pair
from matcher.policy import BoundPack, Mode, Tier, digest, pack_for, tiers, working_age
from matcher.policy.binding import pack_of_homes, region_of
from matcher.policy.tiers import GENERAL
from matcher.policy.weights import CountyWeights, weights_for
from matcher.ports import Shared
from matcher.records import Household, Vacancy, Worker
from matcher.records.fair_packs import Standing
from matcher.services.ground.roster_columns import RosterColumns, Rosters, in_use, taken
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.pricing import Scene, Solution, solution
from matcher.services.rounds.term_shares import Odds, Pieces
from matcher.shortlist import PlanMode

__all__ = ["Brief", "Rosters", "Round", "law_frame", "prepare"]

DAYS_KEPT: Final = 16
"""Days and jurisdictions whose law and order are kept: today's, and those of replays."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list by plain numbers, as the columns of a round tell them.

    told : its terms with what they add; odds : what these come to; p : to apply, to be hired, to stay, of 2**14
    fit : of 2**42; price : of 2**30; score : of 2**60
    stretch : stands there because it widens the choice
    """

    worker_ix: int
    vacancy: Vacancy
    verdict: Verdict
    told: Pieces
    odds: Odds
    p: tuple[int, int, int]
    fit: int
    fit_band: int
    price: int
    score: int
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """A prepared round: pairs with verdict yes or unknown, scored, and all that explains them.

    pairs : columns verdict, place_rank, p_apply, p_hire, p_keep, fit, fit_band, tier, sub_tier, waiting_days,
    price (of 2**30), score (of 2**60), row (its own position), with weights also weighted (of 1000 * 2**14)
    values : term values of the same pairs; order : tiers of the pack for the service asked for
    weights : the county's own for that service, None where it orders by tiers
    people_at : where the workers stood in the roster that was asked, where those without a pair were left out
    gap : share of the best lists' worth that may be missing at solved prices, None where no bound is known
    every_vacancy : those that were looked through, where `rosters` holds only the ones that are listed
    with_yes : workers whom some off-farm vacancy may be offered to, listed before or not
    listed : the one list of a round over lines that a search found, which has no pairs besides
    """

    rosters: Rosters
    means: Means
    on: date
    bound: BoundPack
    order: tuple[Tier, ...]
    frame: eligibility.Frame
    ranked: priority.Priority
    pairs: Pairs
    values: Mapping[str, NDArray[np.int32]]
    with_yes: frozenset[str]
    mode: PlanMode
    worker_keys: NDArray[np.uint64]
    vacancy_keys: NDArray[np.uint64]
    people_at: NDArray[np.intp] | None = None
    weights: CountyWeights | None = None
    gap: float | None = None
    every_vacancy: Sequence[Vacancy] | None = None
    listed: Sequence[Listed] | None = None

    @property
    def looked_through(self) -> Sequence[Vacancy]:
        """Every vacancy the round was asked over, listed or not."""
        return self.rosters.vacancies if self.every_vacancy is None else self.every_vacancy

    @property
    def pack_label(self) -> str:
        """Id and short digest of the pack that orders, as answers carry it."""
        return f"{self.bound.pack.id}@{digest(self.bound.pack)[:12]}"

    def keep(self, mask: NDArray[np.bool_]) -> Round:
        """The round with only the pairs of the mask; `row` still points at the term values."""
        return replace(self, pairs=self.pairs.take(mask))


def law_frame(means: Means, on: date, *, public: bool = False) -> eligibility.Frame:
    """Ages of national law on the day and the county's way of counting them; `public` as in `eligibility.Frame`."""

    def made() -> eligibility.Frame:
        return eligibility.Frame(
            on=on,
            ages=working_age(means.packs, on),
            vocabulary=means.packs.vocabulary,
            age_basis=means.settings.age_basis,
            leap=means.settings.leap_birthday,
            public=public,
        )

    return means.remembered.get("law frame", (), made, by=(on, public), n_kept=DAYS_KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What is asked of a round.

    jurisdiction : pack or region code that binds, empty for what the counties bind that the workers live in
    shown : worker id -> vacancies not to be listed again; prices : given slot prices, None solves them over the input
    mode : how prices enter the score, and how they are solved; top : lines of a list, 0 for as many as the settings say
    to_come : people expected later in the season, for whom priced plans leave openings
    service : whose tiers and fit bands of the pack order, empty for its general order
    work_place : region code of the one post that is listed for, so that people can be local to it
    everything : keep refused pairs as well
    paired_only : leave workers without a pair out of the round, where lists are made by vacancy
    public : for readers who may not know of poverty, relocation or health: nothing but the order depends on them
    standings : worker id -> place in the order, where the records do not carry the flags it follows from
    """

    on: date
    jurisdiction: str
    seed: int
    shown: Mapping[str, frozenset[str]] | None = None
    prices: Mapping[str, float] | None = None
    mode: PlanMode = PlanMode.BALANCED
    top: int = 0
    to_come: float = 0.0
    service: str = ""
    work_place: str = ""
    everything: bool = False
    paired_only: bool = False
    public: bool = False
    standings: Mapping[str, Standing] | None = None


def prepare(rosters: Rosters, means: Means, brief: Brief) -> Round:
    """Run the stages over the rosters: candidates, eligibility, features, scores, priority, prices."""
    frame = law_frame(means, brief.on, public=brief.public)
    columns = RosterColumns(rosters, means, frame)
    bound, order, weights = in_force(rosters.workers, means, brief)
    pairs = _assessed(columns, brief)
    offered = np.unique(pairs.worker_ix[pairs["verdict"] == Verdict.YES]).tolist()
    with_yes = frozenset(rosters.workers[ix].worker_id for ix in offered)
    if brief.shown:
        pairs = pairs.take(candidates.not_shown(pairs, rosters.workers, rosters.vacancies, brief.shown))
    pairs, values = scored_pairs(columns, pairs, order[0])
    people_at: NDArray[np.intp] | None = None
    if brief.paired_only:
        people_at, worker_ix = in_use(pairs.worker_ix, len(rosters.workers))
        rosters = replace(rosters, workers=taken(rosters.workers, people_at))
        pairs = replace(pairs, worker_ix=worker_ix)
    if brief.standings is None:
        ranked = columns.ranked(order, people_at, work_place=brief.work_place, weights=weights)
    else:
        ranked = priority.stand(rosters.workers, brief.standings, order, on=brief.on)
    solved = _solution(rosters, pairs, ranked, means, brief)
    ranked = solved.held_by(ranked)
    pairs = _priced(pairs, ranked, solved, brief.mode)
    return Round(
        rosters=rosters,
        means=means,
        on=brief.on,
        bound=bound,
        order=order,
        frame=frame,
        ranked=ranked,
        pairs=with_weights(pairs, ranked.weight[pairs.worker_ix], weights),
        values=values,
        with_yes=with_yes,
        mode=brief.mode,
        worker_keys=columns.worker_keys(brief.seed, people_at),
        vacancy_keys=columns.vacancy_keys(brief.seed),
        people_at=people_at,
        weights=weights,
        gap=solved.gap,
    )


def ranked_alone(
    workers: Sequence[Worker], households: Mapping[str, Household], means: Means, brief: Brief
) -> priority.Priority:
    """Priority of workers as a round of the brief would have it, without the round."""
    _, order, weights = in_force(workers, means, brief)

    def made() -> priority.Ranking:
        return priority.Ranking(order, vocabulary=means.packs.vocabulary, settings=means.settings, weights=weights)

    ranking = means.remembered.get("ranking", (order, weights), made, n_kept=DAYS_KEPT)
    return ranking.of(workers, households, on=brief.on)


class InForce(NamedTuple):
    """What orders: the pack, its tiers for the service asked for, the county's own weights for it if there are any."""

    bound: BoundPack
    order: tuple[Tier, ...]
    weights: CountyWeights | None


def in_force(workers: Sequence[Worker], means: Means, brief: Brief) -> InForce:
    """What orders a round of the brief."""

    def made() -> InForce:
        bound = bound_pack(workers, means, brief)
        order = tiers(bound.pack, brief.service)
        return InForce(bound, order, _weights(means, brief, bound, order[0]))

    if not brief.jurisdiction:
        return made()
    # Where the jurisdiction is said the workers have no part in it.
    by = (brief.jurisdiction, brief.service, brief.on)
    return means.remembered.get("in force", (), made, by=by, n_kept=DAYS_KEPT)


def _weights(means: Means, brief: Brief, bound: BoundPack, first: Tier) -> CountyWeights | None:
    """The county's weights for the service asked for, where the document says no more than first among similar fit."""
    if first.mode is not Mode.LEXICOGRAPHIC_IN_BAND:
        return None
    own = GENERAL if first.service == bound.pack.general_service else first.service
    region = region_of(means.packs, brief.jurisdiction or bound.asked.id)
    for service in dict.fromkeys((brief.service or own, own)):
        found = weights_for(means.weights, region=region, pack_id=bound.asked.id, service=service, on=brief.on)
        if found is not None:
            return found
    return None


def with_weights(pairs: Pairs, weight: NDArray[np.int64], weights: CountyWeights | None) -> Pairs:
    """The pairs with mean bar and weight together, where there are weights; weight : of each pair's worker, permille"""
    if weights is None:
        return pairs
    bar = scoring.mean_bar(pairs["fit"])
    return pairs.with_columns(weighted=bar * WEIGHT_ONE + weight * scoring.P_ONE)


def bound_pack(workers: Sequence[Worker], means: Means, brief: Brief) -> BoundPack:
    """The pack that orders: the one asked for, else that of the counties the workers live in."""
    if brief.jurisdiction:
        return pack_for(means.packs, brief.jurisdiction, brief.on)
    return pack_of_homes(means.packs, (worker.place_code for worker in workers), brief.on)


def _assessed(columns: RosterColumns, brief: Brief) -> Pairs:
    """Plausible pairs with their verdicts; refused ones only where everything is asked for."""
    if brief.everything:
        pairs = every_pair(len(columns.rosters.workers), len(columns.rosters.vacancies))
    else:
        pairs = columns.plausible()
    near, workers, vacancies = columns.limits(pairs)
    pairs = pairs.with_columns(**eligibility.assess(near, workers, vacancies, columns.frame).columns)
    return pairs if brief.everything else pairs.take(pairs["verdict"] > Verdict.NO)


def scored_pairs(columns: RosterColumns, pairs: Pairs, first: Tier) -> tuple[Pairs, Mapping[str, NDArray[np.int32]]]:
    """The pairs with probabilities, fit and band, and the term values behind them.

    first : the first tier of the order, whose document may state the width of the bands
    """
    means = columns.means
    values = {**features.term_values(*columns.codes(pairs)), **columns.offsets(pairs)}
    return scoring.score(pairs, means.model, values, band_width_permille=width_of_bands(first, means)), values


def width_of_bands(first: Tier, means: Means) -> int:
    """Width of the fit bands in permille: that of the document, else that of the settings."""
    return means.settings.band_width_permille if first.band_width_permille is None else first.band_width_permille


def floor_of_fit(first: Tier, means: Means) -> int:
    """Smallest fit (of 2**42) of who is called or sent and of what widens a list, see `floor_of_bar`."""
    return scoring.fit_floor(floor_of_bar(first, means))


def floor_of_bar(first: Tier, means: Means) -> int:
    """That floor as a mean bar in permille: of the document, else of the settings."""
    return means.settings.fit_floor_permille if first.floor_permille is None else first.floor_permille


def _priced(pairs: Pairs, ranked: priority.Priority, solved: Solution, mode: PlanMode) -> Pairs:
    """The pairs with tier and waiting of their workers, slot price, score and their own row."""
    price = solved.prices[pairs.vacancy_ix]
    score = shortlist.score(pairs, ranked.factor[pairs.worker_ix], price, mode)
    return pairs.with_columns(
        tier=ranked.tier[pairs.worker_ix],
        sub_tier=ranked.sub_tier[pairs.worker_ix],
        waiting_days=ranked.waiting_days[pairs.worker_ix],
        price=price,
        score=score,
        row=np.arange(len(pairs), dtype=np.int64),
    )


def _solution(rosters: Rosters, pairs: Pairs, ranked: priority.Priority, means: Means, brief: Brief) -> Solution:
    """The prices that are given, else those solved over the pairs."""
    if brief.prices is not None:
        return Solution(_given(brief.prices, rosters.vacancies, means))
    scene = Scene(
        mode=brief.mode,
        top=brief.top or means.settings.top,
        to_come=brief.to_come,
        n_here=len(rosters.workers),
        seed=brief.seed,
    )
    return solution(pairs, ranked, rosters, means.settings, scene)


def _given(prices: Mapping[str, float], vacancies: Sequence[Vacancy], means: Means) -> NDArray[np.int64]:
    """Given prices in the order of the vacancies; those of a plan over a shared list are looked up once."""

    def made() -> NDArray[np.int64]:
        return shortlist.quantise(np.array([prices.get(v.vacancy_id, 0.0) for v in vacancies], dtype=np.float64))

    return means.remembered.get("prices", (prices, vacancies), made) if isinstance(vacancies, Shared) else made()
