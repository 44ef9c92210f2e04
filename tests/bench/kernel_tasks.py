"""Children of w1, w2 and w3: all methods in one process, taking turns on the same questions, compared line by line."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

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
from tests.bench.measure import Laps

Ask = Callable[[int], Lines]
Timed = tuple[Laps, dict[str, Any]]


def _in_turns(methods: dict[str, tuple[Ask, int]], questions: Sequence[int], repeats: int) -> dict[str, Any]:
    """Each method on its first n questions, `repeats` times in turns; what was told is held against the first method.

    methods : name -> how to ask, how many of the questions
    """
    told: dict[str, Any] = {name: {"wall": [], "cpu": [], "equal": 0, "asked": 0} for name in methods}
    for ask, _ in methods.values():
        ask(questions[0])
    for turn in range(repeats):
        for nth, question in enumerate(questions):
            right: Lines | None = None
            for name, (ask, n) in methods.items():
                if nth >= n:
                    continue
                wall, cpu = time.perf_counter(), time.process_time()
                lines = ask(question)
                lap = told[name]
                lap["cpu"].append(time.process_time() - cpu)
                lap["wall"].append(time.perf_counter() - wall)
                right = lines if right is None else right
                if not turn:
                    lap["asked"] += 1
                    lap["equal"] += lines == right
    return told


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
    """W3: every worker x all vacancies, two threads; peers on a stated sample of the same workers."""
    from matcher import kernels

    made = market(people, vacancies, workers)
    askers, shelf, ranking = made.askers(), made.index.shelf, of_list()
    question = Question(askers, shelf, ranking, top)
    methods = _methods(question, Path(), sample)
    cosine, n_cosine = _cosine(made, sample["sparse_dot_topn"], top)
    kernels.fastest(askers, shelf, ranking, top=1)
    laps: dict[str, Laps] = {"ours": Laps([], []), "sparse_dot_topn": Laps([], [])}
    for _ in range(repeats):
        works = {"ours": lambda: kernels.fastest(askers, shelf, ranking, top=top, threads=2), "sparse_dot_topn": cosine}
        for name, work in works.items():
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            laps[name].cpu.append(time.process_time() - cpu)
            laps[name].wall.append(time.perf_counter() - wall)
    told = _in_turns(methods, _spread(len(askers), max(n for n in sample.values() if n < 10_000)), 1)
    value = {
        "methods": told, "n_listed": len(shelf), "n_cosine": n_cosine,
        "cosine": laps["sparse_dot_topn"]._asdict(),
    }  # fmt: skip
    return laps["ours"], value


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
