"""One vacancy's candidates from the store, in the order of DESIGN section 2."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import msgspec

from matcher import eligibility
from matcher.errors import UsageError
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy.figures.in_force import NO_FIGURES, CountyFigures
from matcher.policy.types import Ranked, Vocabulary
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
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.rounds.answers import item
from matcher.services.rounds.list_quotas import list_quotas, quotas_of
from matcher.services.rounds.match import decision_id, heading
from matcher.services.rounds.match_round import Brief, Rosters, Round
from matcher.services.rounds.order_told import order_rule, priority_told
from matcher.services.rounds.whole_order import WholeOrder, whole_order

ORDERS_KEPT: Final = 16
"""Orders whose people are kept, those worked on last: some ten megabytes each where 200,000 people could go."""
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
    everybody = order_people(store, means, call, plan=plan, revision=revision)
    rosters = everybody.rosters
    employer = None if call.public else _employer(store, everybody, vacancy, revision)
    also = () if employer is None else (employer,)
    body = inputs_of(call, rosters, plan, means=means, people_at=everybody.people_at, also=also)
    listed = listed_of(everybody, top=call.top, among=call.among)
    answer = {
        **heading(listed.solved, told_plan(plan)),
        "decision_id": decision_id(body, means, call.seed),
        "lists": [
            told_list(everybody, listed, explain=call.explain, employer=employer, figures=CountyFigures(call.figures))
        ],
    }
    return answer, body


def order_people(
    store: RosterStore, means: Means, call: ListCandidates, *, plan: StoredPlan | None, revision: int | None
) -> WholeOrder:
    """Everybody the list of one vacancy could name.

    Over shared lists it is kept: whoever turns the pages of an order, or narrows it, asks for the same people.
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
    if not isinstance(workers, Shared):
        return whole_order(rosters, means, brief)
    by = (vacancy, brief.on, brief.jurisdiction, brief.seed, brief.mode, brief.service, brief.public)
    return means.remembered.get(
        "orders", (workers, homes, prices), lambda: whole_order(rosters, means, brief), by=by, n_kept=ORDERS_KEPT
    )


def _employer(store: RosterStore, solved: WholeOrder, vacancy: Vacancy, revision: int | None) -> Employer | None:
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


class Listed(NamedTuple):
    """Who is listed. ranked : their pairs in the round, best first; ranks : of each in the whole list, from 1"""

    solved: Round
    ranked: Pairs
    ranks: Sequence[int]


def listed_of(everybody: WholeOrder, *, top: int, among: Collection[str] = ()) -> Listed:
    """The first `top` of a list; if any are asked about, these alone, wherever they stand, and `top` counts nothing."""
    if not among:
        places = everybody.first(top)
        return Listed(*everybody.reckoned(places), range(1, len(places) + 1))
    places, ranks = everybody.among(_places_of(everybody.rosters.workers, among))
    return Listed(*everybody.reckoned(places), ranks)


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


def told_list(
    everybody: WholeOrder,
    listed: Listed,
    *,
    explain: bool,
    employer: Employer | None = None,
    figures: CountyFigures = NO_FIGURES,
) -> dict[str, Any]:
    """The list of one vacancy, or why nobody may be offered it; how many are below the floor or still to be asked.

    Not in public: the rule of the order, of each person tier, flags and clause, and the quotas with their shortage.
    A plot has no candidates: land is given by the micro-farm route, and a note says so.
    """
    (solved, ranked, ranks), vacancy, order = listed, everybody.vacancy, everybody.mode
    items = [item(solved, ranked, ix, rank, explain=explain, to_broker=True) for ix, rank in enumerate(ranks)]
    for ix, told in enumerate(items):
        del told["vacancy_id"]
        if not solved.frame.public:
            told["priority"] = priority_told(solved, ranked, ix, order, vacancy)
    quotas = [] if solved.frame.public else list_quotas(solved, vacancy, ranked, employer=employer, figures=figures)
    return {
        "vacancy_id": vacancy.vacancy_id,
        **({"note": NO_POST} if vacancy.channel is Channel.MICRO_FARM else {}),
        "not_offered": [msgspec.to_builtins(f) for f in eligibility.post_findings(vacancy, solved.frame)],
        "order": order.value,
        **({} if solved.frame.public else {"order_rule": order_rule(solved, order)}),
        **({"quotas": quotas} if quotas else {}),
        "n_yes": everybody.n(Verdict.YES),
        "n_unknown": everybody.n(Verdict.UNKNOWN),
        "n_below_floor": everybody.n_below_floor,
        "items": items,
    }
