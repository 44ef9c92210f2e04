"""Children of the list workloads: the product from the store, the plain peer on the same records, both with ids out."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any

from matcher import candidates, kernels, shortlist
from matcher.bootstrap import Application
from matcher.ports import RosterStore
from matcher.records import Household, Kind, Vacancy, Worker
from matcher.services.ground.answering import working_ids
from matcher.services.rounds import whole_order as orders
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates, listed_of, service_of, told_list
from matcher.services.rounds.match_round import Brief, Rosters
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.services.rounds.whole_order import whole_order
from matcher.settings import from_environment
from tests.bench.county import AT, JURISDICTION, SEED
from tests.bench.measure import Laps, timed
from tests.bench.plain import Plain

ON = AT.date()
VERDICTS = {"yes": 2, "unknown": 1}
Timed = tuple[Laps, Any]


def _application(home: str) -> Application:
    return Application(from_environment({}, home=Path(home)))


def warm_recommend(home: str, worker_ids: list[str], top: int, serving: bool = False, stretch: bool = False) -> Timed:
    """The whole service per worker, decision written, after one call that warms it: of another length, for a call made
    twice is answered from memory.

    serving : as in the process of the server, which keeps records and their columns in memory
    stretch : the last line may widen the choice, as the command lets it; no peer knows of that
    """
    app = _application(home)
    store = app.remembering_store if serving else app.store

    def one(worker_id: str, more: int = 0) -> list[list[Any]]:
        call = Recommend(
            worker_id=worker_id, on=ON, jurisdiction=JURISDICTION, top=top + more, seed=SEED, stretch=stretch
        )
        items = recommend(store, app.means, call, at=AT)["lists"][0]["items"]
        return [[item["vacancy_id"], VERDICTS[item["verdict"]], item["score"]] for item in items]

    one(worker_ids[0], more=1)
    return timed([lambda worker_id=worker_id: one(worker_id) for worker_id in worker_ids])


def plain_recommend(home: str, worker_ids: list[str], top: int, open_in_sql: bool, public: bool = False) -> Timed:
    """The plain loop per worker over the same store; reading the vacancies is timed as it is for ours.

    open_in_sql : SQLite leaves out posts that are shut by its own columns before the loop sees them
    public : for readers who may not know of poverty, relocation or health
    """
    app = _application(home)
    plain = Plain(app.means, ON, JURISDICTION, SEED, public=public)
    plan = app.store.current_plan(ON)
    prices = plan.prices if plan else {}

    def one(worker_id: str) -> list[list[Any]]:
        ids = _open_ids(home) if open_in_sql else None
        vacancies = [v for v in app.store.records(Kind.VACANCIES, ids=ids) if isinstance(v, Vacancy)]
        worker = next(w for w in app.store.records(Kind.WORKERS, ids=[worker_id]) if isinstance(w, Worker))
        households = app.store.records(Kind.HOUSEHOLDS, ids=[worker.household_id or ""])
        household = next((h for h in households if isinstance(h, Household)), None)
        return plain.recommend(worker, vacancies, household, prices, top)

    one(worker_ids[0])
    return timed([lambda worker_id=worker_id: one(worker_id) for worker_id in worker_ids])


def _open_ids(home: str) -> list[str]:
    connection = sqlite3.connect(Path(home, "matcher.db"))
    day = ON.isoformat()
    rows = connection.execute(
        "SELECT vacancy_id FROM vacancy WHERE publishable AND filled < headcount AND channel <> 'micro_farm'"
        " AND coalesce(valid_from, ?) <= ? AND coalesce(valid_to, ?) >= ?",
        (day, day, day, day),
    ).fetchall()
    connection.close()
    return [row[0] for row in rows]


def warm_candidates(
    home: str, vacancy_ids: list[str], top: int, repeats: int, serving: bool = False, by_rounds: bool = False
) -> Timed:
    """The whole service per vacancy, decision written, after one call that warms it; `serving` as above.

    by_rounds : every stage over everybody, as where no crowd is asked
    """
    app = _application(home)
    store = app.remembering_store if serving else app.store
    if serving:
        kernels.make_ready()
        # Not for anybody to choose: both ways are here to be measured, at any size.
        vars(orders)["FEWEST_INDEXED"] = sys.maxsize if by_rounds else 1

    def one(vacancy_id: str) -> list[list[Any]]:
        call = ListCandidates(vacancy_id=vacancy_id, on=ON, jurisdiction=JURISDICTION, top=top, seed=SEED)
        return _told(list_candidates(store, app.means, call, at=AT)["lists"][0]["items"])

    first, asked = _orders(store, vacancy_ids, repeats)
    one(first)
    return timed([lambda vacancy_id=vacancy_id: one(vacancy_id) for vacancy_id in asked])


def _orders(store: RosterStore, vacancy_ids: list[str], repeats: int) -> tuple[str, list[str]]:
    """An order that warms, and `repeats` times as many as are named: no order twice, for its people would be kept."""
    found = store.records(Kind.VACANCIES)
    posts = [post.vacancy_id for post in found if isinstance(post, Vacancy) and candidates.is_open(post, ON)]
    others = [vacancy_id for vacancy_id in posts if vacancy_id not in vacancy_ids]
    more = (repeats - 1) * len(vacancy_ids)
    spread = others[1 :: max(1, len(others) // (more + 1))][:more]
    return (others or vacancy_ids)[0], [*vacancy_ids, *spread]


def _told(items: list[dict[str, Any]]) -> list[list[Any]]:
    return [[i["worker_id"], VERDICTS[i["verdict"]], i["fit"], i["fit_band"], i["tier"], i["sub_tier"]] for i in items]


class _Sample:
    """Every n-th worker who is not in work, with households, and the vacancies; read before any clock runs."""

    def __init__(self, home: str, vacancy_ids: list[str], size: int) -> None:
        self.app = _application(home)
        store = self.app.store
        in_work = working_ids(store, ON, None)
        everybody = [w for w in store.records(Kind.WORKERS) if isinstance(w, Worker) and w.worker_id not in in_work]
        self.workers = everybody[:: max(1, len(everybody) // size)][:size]
        ids = {w.household_id for w in self.workers if w.household_id}
        self.households = {
            h.household_id: h for h in store.records(Kind.HOUSEHOLDS, ids=ids) if isinstance(h, Household)
        }
        found = {v.vacancy_id: v for v in store.records(Kind.VACANCIES, ids=vacancy_ids) if isinstance(v, Vacancy)}
        self.vacancies = [found[vacancy_id] for vacancy_id in vacancy_ids]


def sample_candidates(home: str, vacancy_ids: list[str], top: int, size: int) -> Timed:
    """The product's stages on the sample, from records in memory."""
    sample = _Sample(home, vacancy_ids, size)

    def one(vacancy: Vacancy) -> list[list[Any]]:
        everybody = whole_order(
            Rosters(workers=sample.workers, vacancies=[vacancy], households=sample.households),
            sample.app.means,
            Brief(
                on=ON,
                jurisdiction=JURISDICTION,
                seed=SEED,
                prices={},
                mode=shortlist.PlanMode.BALANCED,
                service=service_of(vacancy, sample.app.means.packs.vocabulary),
                paired_only=True,
            ),
        )
        return _told(told_list(everybody, listed_of(everybody, top=top), explain=False)["items"])

    one(sample.vacancies[0])
    return timed([lambda vacancy=vacancy: one(vacancy) for vacancy in sample.vacancies])


def plain_candidates(home: str, vacancy_ids: list[str], top: int, size: int) -> Timed:
    """The plain loop on the sample, from records in memory."""
    sample = _Sample(home, vacancy_ids, size)
    plain = Plain(sample.app.means, ON, JURISDICTION, SEED)
    works = [
        lambda vacancy=vacancy: plain.candidates(vacancy, sample.workers, sample.households, top)
        for vacancy in sample.vacancies
    ]
    works[0]()
    return timed(works)
