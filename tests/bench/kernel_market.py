"""The market of w1, w2 and w3: a synthetic county as codes, its people drawn again as often as a workload needs.

Vacancies and people are those of the demo county, encoded by the product. More people than the county has are drawn
from its own, block by block (trade with skills, home with range, age, ...), so that they differ from one another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import msgspec
import numpy as np

from matcher import kernels, shortlist
from matcher.demo import clean_records
from matcher.kernels.askers import Askers, asking
from matcher.language.readings import read_texts
from matcher.policy import standard_packs, tiers
from matcher.policy.binding import pack_for
from matcher.priority import Priority, rank_workers
from matcher.records import Worker
from matcher.scoring import fit_floor, hand_card
from matcher.scoring.kernel import band_thresholds, logistic_table
from matcher.services.ground.many_askers import (
    WorkerIndex,
    coded_workers,
    shelved_workers,
    tables_of,
    vacancies_asking,
)
from matcher.services.ground.relations import RELATIONS, Book
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, VacancyIndex, indexed
from matcher.services.rounds.match_round import law_frame
from matcher.settings import Settings

JURISDICTION, ON, SEED = "liujiang_2018", date(2018, 6, 1), 0
BLOCKS = (
    ("trade", "wish_trade", "skills_preferred", "skills", "certificates"),
    ("place", "wish_place"),
    ("ages",),
    ("strength", "reserved"),
    ("education",),
    ("pay",),
    ("start",),
)


@dataclass(frozen=True, slots=True)
class Market:
    """People and vacancies as codes. people : the county's own; drawn : of each block the person each worker has it of

    heads : position in `people` whose trade a worker has, shape (n_workers,)
    """

    index: VacancyIndex
    people: tuple[Worker, ...]
    book: Book
    codes: np.ndarray
    own: np.ndarray
    keys: np.ndarray
    factor: np.ndarray
    ranked: Priority
    heads: np.ndarray

    def askers(self) -> Askers:
        """Workers as those who ask of the vacancies' shelf."""
        return asking(self.codes, self.own, self.factor, self.keys, tables_of(self.book, self.index))

    def crowd(self) -> WorkerIndex:
        """Workers on a shelf of their own."""
        return shelved_workers(self.codes, self.book, self.own, self.keys, self.index.ground, self.ranked)

    def posts(self) -> Askers:
        """Vacancies as those who ask of the crowd."""
        return vacancies_asking(self.index, self.book)


def market(people: int, vacancies: int, workers: int = 0) -> Market:
    """The county with `workers` drawn of its people, or its people themselves if 0."""
    county = clean_records(JURISDICTION, SEED, people, vacancies)
    readings = read_texts(sorted({vacancy.title for vacancy in county.vacancies}))
    posts = [msgspec.structs.replace(v, occupations=tuple(readings[v.title])) for v in county.vacancies]
    means = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())
    ground = Ground(means.model, law_frame(means, ON), SEED)
    rng = np.random.default_rng(SEED)
    prices = {post.vacancy_id: float(price) / 4 for post, price in zip(posts, rng.random(len(posts)), strict=True)}
    willing = tuple(worker for worker in county.workers if worker.wish_to_work is not False)
    codes, book, own = coded_workers(willing, ground)
    homes = {home.household_id: home for home in county.households}
    order = tiers(pack_for(means.packs, JURISDICTION, ON).pack, "")
    ranked = rank_workers(willing, homes, order, on=ON, vocabulary=means.packs.vocabulary, settings=means.settings)
    drawn = _drawn(len(willing), workers, rng)
    block_of = {name: ix for ix, block in enumerate(BLOCKS) for name in block}
    columns = [codes[drawn[block_of[part.name]], ix] for ix, part in enumerate(RELATIONS)]
    standing = drawn[block_of["reserved"]]
    n = len(standing)
    return Market(
        index=indexed(posts, ground, prices),
        people=willing,
        book=book,
        codes=np.stack(columns, 1),
        own=own[drawn[block_of["start"]]],
        keys=rng.integers(0, 1 << 63, n, dtype=np.uint64)
        if workers
        else shortlist.tie_keys([worker.worker_id for worker in willing], SEED),
        factor=ranked.factor[standing],
        ranked=replace(ranked.take(standing[:0]), tier=ranked.tier[standing], sub_tier=ranked.sub_tier[standing],
                       waiting_days=rng.integers(0, 400, n).astype(np.int32), weight=ranked.weight[standing]),
        heads=drawn[block_of["trade"]],
    )  # fmt: skip


def _drawn(people: int, workers: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Of each block which person every worker has it of."""
    if not workers:
        return [np.arange(people) for _ in BLOCKS]
    return [rng.integers(0, people, workers) for _ in BLOCKS]


def of_list() -> kernels.Ranking:
    """Scores of a worker's list at balanced prices."""
    return kernels.Ranking(logistic_table(), 0, band_thresholds(Settings().band_width_permille))


def of_order() -> kernels.Ranking:
    """The order of a vacancy: band, tier, fit, above the floor."""
    settings = Settings()
    bands, floor = band_thresholds(settings.band_width_permille), fit_floor(settings.fit_floor_permille)
    return kernels.Ranking(logistic_table(), kernels.ORDERS.index("lexicographic_in_band"), bands, floor)
