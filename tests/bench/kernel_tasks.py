"""Children of w1, w2 and w3: all methods in one process, taking turns on the same questions, compared line by line."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matcher.kernels import Found
from tests.bench.kernel_market import Market, market, of_list, of_order
from tests.bench.kernel_peers import (
    Lines,
    Question,
    duckdb_joins,
    numpy_twin,
    ours,
    plain_loop,
    polars_gather,
    postgres_arrays,
)
from tests.bench.measure import Laps, peak_mib, timed

Ask = Callable[[int], Lines]
Timed = tuple[Laps, dict[str, Any]]
LEAST_OF_A_BATCH = 10_000
"""Samples from this size on are worked out at once, not one by one."""


def _in_turns(
    methods: dict[str, tuple[Ask, int]], questions: Sequence[int], repeats: int, right: Ask | None = None
) -> dict[str, Any]:
    """Every method is first held against the first on its n questions; only if all agree they are timed, in turns.

    methods : name -> how to ask, how many of the questions; right : what all are held against instead
    The laps of the first pass are told of the specification, which is too slow for more, and where somebody differs.
    """
    told: dict[str, Any] = {name: {"wall": [], "cpu": [], "equal": 0, "asked": 0} for name in methods}
    for nth, question in enumerate(questions):
        expected = None if right is None else right(question)
        for name, (ask, n) in methods.items():
            if nth < n:
                lines = _lap(told[name], ask, question)
                expected = lines if expected is None else expected
                told[name]["asked"] += 1
                told[name]["equal"] += lines == expected
    if any(lap["equal"] != lap["asked"] for lap in told.values()):
        return told
    timed = {name: method for name, method in methods.items() if name != "plain"}
    for name in timed:
        told[name]["wall"], told[name]["cpu"] = [], []
    for _ in range(repeats):
        for nth, question in enumerate(questions):
            for name, (ask, n) in timed.items():
                if nth < n:
                    _lap(told[name], ask, question)
    return told


def _lap(told: dict[str, Any], ask: Ask, question: int) -> Lines:
    wall, cpu = time.perf_counter(), time.process_time()
    lines = ask(question)
    told["cpu"].append(time.process_time() - cpu)
    told["wall"].append(time.perf_counter() - wall)
    return lines


def _methods(question: Question, folder: Path, n: dict[str, int]) -> dict[str, tuple[Ask, int]]:
    makers: dict[str, Callable[[], Ask]] = {
        "ours": lambda: ours(question),
        "numpy": lambda: numpy_twin(question),
        "polars": lambda: polars_gather(question),
        "duckdb": lambda: duckdb_joins(question),
        "postgresql": lambda: postgres_arrays(question, folder),
        "plain": lambda: plain_loop(question),
    }
    return {name: (make(), n[name]) for name, make in makers.items() if n.get(name)}


def _spread(n: int, wanted: int) -> list[int]:
    """Questions spread over all who ask."""
    return np.linspace(0, n - 1, min(n, wanted)).astype(int).tolist()


def one_worker(people: int, vacancies: int, queries: dict[str, int], repeats: int, top: int) -> Timed:
    """W1: one worker x all open vacancies."""
    made = market(people, vacancies)
    question = Question(made.askers(), made.index.shelf, of_list(), top)
    return _asked(question, queries, repeats)


def one_vacancy(people: int, vacancies: int, workers: int, queries: dict[str, int], repeats: int, top: int) -> Timed:
    """W2: one vacancy x all workers, in the order of the document."""
    made = market(people, vacancies, workers)
    question = Question(made.posts(), made.crowd().shelf, of_order(), top)
    return _asked(question, queries, repeats)


def _asked(question: Question, queries: dict[str, int], repeats: int) -> Timed:
    with tempfile.TemporaryDirectory(prefix="matcher-bench-pg-") as folder:
        Path(folder).chmod(0o755)
        methods = _methods(question, Path(folder), queries)
        told = _in_turns(methods, _spread(len(question.askers), max(queries.values())), repeats)
    return Laps(told["ours"]["wall"], told["ours"]["cpu"]), {"methods": told, "n_listed": len(question.shelf)}


def whole_batch(people: int, vacancies: int, workers: int, sample: dict[str, int], repeats: int, top: int) -> Timed:
    """W3: every worker x all vacancies, two threads; peers on a stated sample of the same workers.

    The lists of the first batch are those the peers are held against, before anything is timed.
    """
    from matcher import kernels

    made = market(people, vacancies, workers)
    askers, shelf, ranking = made.askers(), made.index.shelf, of_list()
    kernels.make_ready()
    batch = kernels.fastest(askers, shelf, ranking, top=top, threads=2)
    peak = peak_mib()
    methods = _methods(Question(askers, shelf, ranking, top), Path(), sample)
    questions = _spread(len(askers), max(n for n in sample.values() if n < LEAST_OF_A_BATCH))
    told = _in_turns(methods, questions, 1, lambda asker: _lines_of(batch, asker))
    cosine, n_cosine = _cosine(made, sample["sparse_dot_topn"], top)
    works = {"ours": lambda: kernels.fastest(askers, shelf, ranking, top=top, threads=2), "sparse_dot_topn": cosine}
    laps: dict[str, Laps] = {name: Laps([], []) for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            lap, _ = timed([work])
            laps[name].wall.extend(lap.wall)
            laps[name].cpu.extend(lap.cpu)
    value = {
        "methods": told, "n_listed": len(shelf), "n_cosine": n_cosine, "batch_peak_mib": peak,
        "cosine": laps["sparse_dot_topn"]._asdict(),
    }  # fmt: skip
    return laps["ours"], value


def _lines_of(found: Found, asker: int) -> Lines:
    lines = zip(found.at[asker].tolist(), found.verdict[asker].tolist(), found.worth[asker].tolist(), strict=True)
    return [line for line in lines if line[0] >= 0]


def _cosine(made: Market, n: int, top: int) -> tuple[Callable[[], Any], int]:
    """The cosine of pairs of characters of trades and titles, by sparse_dot_topn; it applies no rule at all."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    words = [" ".join((*(w.trades or ()), *(w.skills or ()), *(w.preferred_trades or ()))) or "无" for w in made.people]
    rows, codes = made.index.shelf.rows, made.index.book.records.codes
    head = made.index.shelf.parts[0][rows.codes[:, 0]]
    titles = [codes.titles[made.index.book.at[1][code]] for code in head[:, 1].tolist()]
    reader = TfidfVectorizer(analyzer="char", ngram_range=(1, 2)).fit(titles + words)
    people = reader.transform(words).tocsr()[made.heads[:n]]
    posts = reader.transform(titles).T.tocsr()
    return lambda: sp_matmul_topn(people, posts, top_n=top, n_threads=2), people.shape[0]
