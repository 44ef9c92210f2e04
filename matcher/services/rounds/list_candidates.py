"""One vacancy's candidates from the store, in the order of DESIGN section 2."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import eligibility, scoring, shortlist
from matcher.errors import UsageError
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy.figures.in_force import NO_FIGURES, CountyFigures
from matcher.policy.types import Mode, Ranked, Vocabulary
from matcher.ports import RosterStore, Shared, StoredPlan
from matcher.records import Channel, Employer, Kind, Vacancy, Worker
from matcher.records.figures import CountyFigure
from matcher.services.ground.answering import (
    answered,
    free_workers,
    households_of,
    inputs_of,
    mode_of,
    prices_of,
    told_plan,
    vacancy_named,
)
from matcher.services.ground.remembered import Remembered
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.rounds.answers import item
from matcher.services.rounds.list_quotas import list_quotas, quotas_of
from matcher.services.rounds.match import decision_id, heading
from matcher.services.rounds.match_round import Brief, Rosters, Round, prepare
from matcher.services.rounds.order_told import order_rule, priority_told

ROUNDS_KEPT: Final = 4
"""Orders whose rounds are kept, those worked on last: some thirty megabytes each where 200,000 people could go."""
NO_POST = "地块按微田园办法安排，不作岗位推荐"


class ListCandidates(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="candidates", tag_field="call"):
    """The call: for which vacancy, on which day, how many, for whom to read.

    service : whose order of the document counts, empty for that of the vacancy's channel
    figures : the county's own that its quotas may need, as they stood when the list was made
    public : without poverty, relocation and health, which then move nothing but the order
    regions : leading digits of the region codes the asker reaches, all of them if empty
    among : people asked about; the list then holds these alone, each at the rank of the whole list
    """

    vacancy_id: str
    on: date
    jurisdiction: str
    top: int
    seed: int
    explain: bool = False
    service: str = ""
    figures: tuple[CountyFigure, ...] = ()
    public: bool = False
    regions: tuple[str, ...] = ()
    among: tuple[str, ...] = ()


def list_candidates(store: RosterStore, means: Means, call: ListCandidates, *, at: datetime) -> dict[str, Any]:
    """Heading of CONTRACT section 4 and one list of items with `worker_id`, logged before it leaves.

    Raises NotFound for an unknown vacancy, UsageError for a service that orders no people.
    """
    if not call.public:
        call = msgspec.structs.replace(call, figures=_figures(store, means, call.on))
    return answered(store, means, call, answer_candidates, kind="candidates", at=at)


def _figures(store: RosterStore, means: Means, on: date) -> tuple[CountyFigure, ...]:
    """Figures of the county for shares the documents leave open; logged with the call, so that replay has them."""
    bounds = {(pack.id, quota.bound) for pack in means.packs.packs.values() for quota in pack.quotas}
    return tuple(
        figure
        for figure in store.county_figures()
        if (figure.pack_id, figure.parameter_id) in bounds and figure.holds_on(on)
    )


def answer_candidates(
    store: RosterStore, means: Means, call: ListCandidates, *, plan: StoredPlan | None, revision: int | None
) -> tuple[dict[str, Any], bytes]:
    """The answer as of a revision of the store, and the bytes of everything that went into it.

    People in a running placement are not proposed: they are in work. Whoever stands in no pair decides nothing, so
    the bytes hold the people in one, with their households, and nobody else. Without a jurisdiction the county of
    the post orders: one list must not change its rules because somebody from elsewhere stands in the roster.
    """
    store = Scoped(store, call.regions)
    vacancy = vacancy_named(store, call.vacancy_id, revision)
    solved, rosters = order_round(store, means, call, plan=plan, revision=revision)
    employer = None if call.public else _employer(store, solved, vacancy, revision)
    kept = means.remembered if is_kept(rosters) else None
    also = () if employer is None else (employer,)
    body = inputs_of(call, rosters, plan, means=means, people_at=solved.people_at, also=also)
    decision = decision_id(body, means, call.seed)
    answer = {
        **heading(solved, told_plan(plan)),
        "decision_id": decision,
        "lists": [
            candidates_of(
                solved,
                vacancy,
                top=call.top,
                explain=call.explain,
                employer=employer,
                figures=CountyFigures(call.figures),
                among=call.among,
                kept=kept,
            )
        ],
    }
    return answer, body


def is_kept(rosters: Rosters) -> bool:
    """Whether the round over these rosters is kept: a shared list is asked for again as the very same one."""
    return isinstance(rosters.workers, Shared)


def order_round(
    store: RosterStore, means: Means, call: ListCandidates, *, plan: StoredPlan | None, revision: int | None
) -> tuple[Round, Rosters]:
    """The round behind the list of one vacancy, and the rosters it was asked over.

    Over shared lists it is kept: whoever turns the pages of an order, or narrows it, asks for the same round.
    """
    vacancy = vacancy_named(store, call.vacancy_id, revision)
    workers = free_workers(store, call.on, revision, means)
    homes = households_of(store, workers, revision, means)
    rosters = Rosters(workers=workers, vacancies=[vacancy], households=homes)
    prices = prices_of(plan)
    brief = Brief(
        on=call.on,
        jurisdiction=call.jurisdiction or vacancy.place_code,
        seed=call.seed,
        prices=prices,
        mode=mode_of(plan),
        service=service_of(vacancy, means.packs.vocabulary, call.service),
        work_place=vacancy.place_code,
        paired_only=True,
        public=call.public,
    )
    if not is_kept(rosters):
        return prepare(rosters, means, brief), rosters
    by = (vacancy, brief.on, brief.jurisdiction, brief.seed, brief.mode, brief.service, brief.public)
    solved = means.remembered.get(
        "order rounds", (workers, homes, prices), lambda: prepare(rosters, means, brief), by=by, n_kept=ROUNDS_KEPT
    )
    return solved, rosters


def _employer(store: RosterStore, solved: Round, vacancy: Vacancy, revision: int | None) -> Employer | None:
    """The firm of a post that a quota is counted over; nobody else's firm decides anything."""
    if not (vacancy.employer_id and quotas_of(solved.bound.asked, vacancy)):
        return None
    found = store.records(Kind.EMPLOYERS, ids=[vacancy.employer_id], revision=revision)
    return next((record for record in found if isinstance(record, Employer)), None)


def service_of(vacancy: Vacancy, vocabulary: Vocabulary, asked: str = "") -> str:
    """The service whose order of the document counts: the one asked for, else that of the channel, "" = general.

    Raises UsageError for a service that is none, or that puts firms or places in order.
    """
    if not asked:
        return vocabulary.service_of(vacancy.channel)
    people = [name for name, term in vocabulary.services.items() if term.ranks is Ranked.PEOPLE]
    if asked not in people:
        raise UsageError(
            f"no service {asked!r} puts people in order", where="service", remedy=f"Use one of: {', '.join(people)}."
        )
    return asked


def order_of(solved: Round, vacancy: Vacancy) -> Mode:
    """Reserved posts go by tier before fit (DESIGN section 2), the rest by the county's weights or as the pack says."""
    if vacancy.reserved_for:
        return Mode.STRICT_TIER
    return Mode.ADDITIVE if solved.weights is not None else solved.order[0].mode


def floor_of(solved: Round) -> int:
    """Smallest fit (of 2**42) of a candidate: that of the document, else that of the settings."""
    stated = solved.order[0].floor_permille
    return scoring.fit_floor(solved.means.settings.fit_floor_permille if stated is None else stated)


def ranked_people(
    solved: Round, order: Mode, *, top: int, among: Collection[str] = (), kept: Remembered | None = None
) -> tuple[Pairs, Sequence[int]]:
    """The pairs of the list of a round's one vacancy, best first, and their ranks; of the people `among` if any.

    kept : where the ranking of a kept round stands; whoever turns the pages of an order asks for it again
    """
    keys, floor = (solved.worker_keys, solved.vacancy_keys), floor_of(solved)

    def made() -> NDArray[np.intp]:
        return shortlist.candidate_ranking(solved.pairs, *keys, floor=floor, order=order)

    ranking = made() if kept is None else kept.get("rankings", (solved,), made, by=(order, floor), n_kept=ROUNDS_KEPT)
    if not among:
        listed = ranking[:top]
        return solved.pairs.take(listed), range(1, len(listed) + 1)
    at = np.flatnonzero(np.isin(solved.pairs.worker_ix[ranking], _places_of(solved.rosters.workers, among)))
    return solved.pairs.take(ranking[at]), (at + 1).tolist()


def _places_of(workers: Sequence[Worker], among: Collection[str]) -> list[int]:
    """Where the people of these ids stand; a roster that is sorted by id is not read through for them."""
    found = [bisect_left(workers, worker_id, key=lambda worker: worker.worker_id) for worker_id in among]
    known = [
        ix
        for ix, worker_id in zip(found, among, strict=True)
        if ix < len(workers) and workers[ix].worker_id == worker_id
    ]
    if len(known) == len(among):
        return known
    wanted = frozenset(among)
    return [ix for ix, worker in enumerate(workers) if worker.worker_id in wanted]


def candidates_of(
    solved: Round,
    vacancy: Vacancy,
    *,
    top: int,
    explain: bool,
    employer: Employer | None = None,
    figures: CountyFigures = NO_FIGURES,
    among: Collection[str] = (),
    kept: Remembered | None = None,
) -> dict[str, Any]:
    """The list of one vacancy, or why nobody may be offered it; how many are below the floor or still to be asked.

    among : if any, only these people, wherever they stand, and `top` counts nothing. kept : as in `ranked_people`.
    Not in public: the rule of the order, of each person tier, flags and clause, and the quotas with their shortage.
    A plot has no candidates: land is given by the micro-farm route, and a note says so.
    """
    floor, order = floor_of(solved), order_of(solved, vacancy)
    ranked, ranks = ranked_people(solved, order, top=top, among=among, kept=kept)
    items = [item(solved, ranked, ix, rank, explain=explain, to_broker=True) for ix, rank in enumerate(ranks)]
    for ix, listed in enumerate(items):
        del listed["vacancy_id"]
        if not solved.frame.public:
            listed["priority"] = priority_told(solved, ranked, ix, order, vacancy)
    quotas = [] if solved.frame.public else list_quotas(solved, vacancy, ranked, employer=employer, figures=figures)
    verdict = solved.pairs["verdict"]
    return {
        "vacancy_id": vacancy.vacancy_id,
        **({"note": NO_POST} if vacancy.channel is Channel.MICRO_FARM else {}),
        "not_offered": [msgspec.to_builtins(f) for f in eligibility.post_findings(vacancy, solved.frame)],
        "order": order.value,
        **({} if solved.frame.public else {"order_rule": order_rule(solved, order)}),
        **({"quotas": quotas} if quotas else {}),
        "n_yes": int((verdict == Verdict.YES).sum()),
        "n_unknown": int((verdict == Verdict.UNKNOWN).sum()),
        "n_below_floor": int((solved.pairs["fit"] < floor).sum()),
        "items": items,
    }
