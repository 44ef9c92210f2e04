"""Children of w1, w2 and w3: all methods in one process, taking turns on the same questions, compared line by line."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from matcher import kernels
from matcher.kernels import Found
from matcher.kernels.askers import Askers
from tests.bench.kernel_cosine import Cosine, cosines
from tests.bench.kernel_market import market, of_list, of_order
from tests.bench.kernel_peers import Lines, Question, numpy_twin, ours, plain_loop, polars_gather
from tests.bench.kernel_sql import Postgres, duckdb_lists, duckdb_set
from tests.bench.measure import Laps, peak_mib, peak_of, resident_mib, timed

Ask = Callable[[int], Lines]
Made = tuple[Callable[[], Any], Callable[[Any], list[Lines]]]
"""The work that is timed, and what it returned made lists, which is not."""
Timed = tuple[Laps, dict[str, Any]]
SLOW = "plain"
"""The specification: asked while all are compared, too slow to be asked again."""


def _in_turns(methods: dict[str, tuple[Callable[[], Ask], int]], questions: Sequence[int], repeats: int) -> Timed:
    """Every method is first held against the first on its n questions; only if all agree they are timed, in turns.

    A turn is all questions of a method, as a server is asked list after list; see `_between` for the other way.
    methods : name -> how to make it, how many of the questions it is asked
    The laps of the first pass are told of the specification, which is too slow for more, and where somebody differs.
    """
    told, asks = _held(methods, questions)
    if _agree(told):
        for name in asks:
            told[name] |= {"wall": [], "cpu": []}
        for _ in range(repeats):
            for name, ask in asks.items():
                for question in questions[: methods[name][1]]:
                    _lap(told[name], lambda ask=ask, question=question: ask(question))
        told["ours"]["between"] = _between(methods, asks, questions)
    return Laps(told["ours"]["wall"], told["ours"]["cpu"]), {"methods": told}


def _between(
    methods: dict[str, tuple[Callable[[], Ask], int]], asks: dict[str, Ask], questions: Sequence[int]
) -> list[float]:
    """Wall seconds of ours where every question is put to all others before the next: nothing of ours is near by."""
    spent: dict[str, list[float]] = {"wall": [], "cpu": []}
    for nth, question in enumerate(questions):
        for name, ask in asks.items():
            if name == "ours":
                _lap(spent, lambda ask=ask, question=question: ask(question))
            elif nth < methods[name][1]:
                ask(question)
    return spent["wall"]


def _held(
    methods: dict[str, tuple[Callable[[], Ask], int]], questions: Sequence[int]
) -> tuple[dict[str, Any], dict[str, Ask]]:
    """What each method told beside the first and the memory it took; those that will be timed, the others let go."""
    told: dict[str, Any] = {}
    asks: dict[str, Ask] = {}
    right: list[Lines] = []
    shared = resident_mib()
    for name, (make, n) in methods.items():
        (ask, laps, lines), peak = peak_of(lambda make=make, n=n: _asked(make, questions[:n]))
        right = right or lines
        told[name] = {**_compared(lines, right), **laps._asdict(), "peak_mib": peak + shared}
        if isinstance(ask, Postgres):
            told[name]["peak_mib"] += ask.server_mib()
            told[name]["version"] = ask.version
        if name != SLOW:
            asks[name] = ask
    return told, asks


def _asked(make: Callable[[], Ask], questions: Sequence[int]) -> tuple[Ask, Laps, list[Lines]]:
    ask = make()
    return ask, *timed([lambda question=question: ask(question) for question in questions])


def _compared(lines: Sequence[Lines], right: Sequence[Lines]) -> dict[str, int]:
    """How many lists were asked for, and how many of them are as they must be."""
    return {"asked": len(lines), "equal": sum(a == b for a, b in zip(lines, right[: len(lines)], strict=True))}


def _agree(told: dict[str, Any]) -> bool:
    return all(method["equal"] == method["asked"] for method in told.values())


def _lap(told: dict[str, Any], work: Callable[[], Any]) -> Any:
    laps, (value,) = timed([work])
    told["wall"] += laps.wall
    told["cpu"] += laps.cpu
    return value


def _spread(n: int, wanted: int) -> list[int]:
    """Questions spread over all who ask."""
    return np.linspace(0, n - 1, min(n, wanted)).astype(int).tolist()


def _neighbours(question: Question, wanted: int, run: int) -> list[int]:
    """Runs of so many who ask, spread over the order in which a batch goes: a sample that shares what the batch shares.

    A batch goes place by place, so that neighbours are told what they have in common once; those drawn one by one
    would have next to nothing in common.
    """
    views = kernels.use.views_of(question.askers, question.shelf, question.ranking)
    turns = np.arange(len(question.askers), dtype=np.int64)
    order = np.concatenate([told.turns for told in kernels.use.told_in_portions(views, turns)])
    starts = _spread(max(1, len(order) - run + 1), max(1, wanted // run))
    return sorted({int(one) for start in starts for one in order[start : start + min(run, wanted)]})


def one_worker(people: int, vacancies: int, queries: dict[str, int], repeats: int, top: int) -> Timed:
    """W1: one worker x all open vacancies."""
    made = market(people, vacancies)
    question = Question(made.askers(), made.index.shelf, of_list(), top)
    return _one_by_one(question, queries, repeats)


def one_vacancy(people: int, vacancies: int, workers: int, queries: dict[str, int], repeats: int, top: int) -> Timed:
    """W2: one vacancy x all workers, in the order of the document."""
    made = market(people, vacancies, workers)
    question = Question(made.posts(), made.crowd().shelf, of_order(), top)
    return _one_by_one(question, queries, repeats)


def _one_by_one(question: Question, queries: dict[str, int], repeats: int) -> Timed:
    with tempfile.TemporaryDirectory(prefix="matcher-bench-pg-") as folder:
        Path(folder).chmod(0o755)
        makers: dict[str, Callable[[], Ask]] = {
            "ours": lambda: ours(question),
            "numpy": lambda: numpy_twin(question),
            "polars": lambda: polars_gather(question),
            "duckdb": lambda: duckdb_lists(question),
            "postgresql": lambda: Postgres(question, Path(folder)),
            "plain": lambda: plain_loop(question),
        }
        methods = {name: (make, queries[name]) for name, make in makers.items()}
        questions = _spread(len(question.askers), max(queries.values()))
        laps, told = _in_turns(methods, questions, repeats)
    return laps, told | {"n_listed": len(question.shelf)}


def whole_batch(people: int, vacancies: int, workers: int, sample: dict[str, int], repeats: int, top: int) -> Timed:
    """W3: every worker x all vacancies, two threads; each peer on a stated sample of the same workers, ours on it too.

    The lists of the first batch are those that everybody is held against, before anything is timed.
    """
    made = market(people, vacancies, workers)
    question = Question(made.askers(), made.index.shelf, of_list(), top)
    kernels.make_ready()
    batch = _listed(question, question.askers)
    peak = peak_mib()
    asked, first = _neighbours(question, sample["peers"], sample["run"]), list(range(min(workers, sample["cosine"])))
    told = _side_by_side(_batches(question, asked, sample["plain"]), _lines_of(batch, asked), repeats)
    beside: dict[str, Callable[[], Made]] = {"ours": lambda: _ours(question, first)}
    beside |= {name: lambda cosine=cosine: _cosine(cosine, made.heads[first], top)
               for name, cosine in cosines(made).items()}  # fmt: skip
    cosine = _side_by_side(beside, _lines_of(batch, first), repeats)
    laps = Laps([], [])
    for _ in range(repeats):
        lap, _ = timed([lambda: _listed(question, question.askers)])
        laps.wall.extend(lap.wall)
        laps.cpu.extend(lap.cpu)
    value = {
        "methods": told, "cosine": cosine, "n_listed": len(question.shelf), "n_asked": len(asked),
        "n_cosine": len(first), "batch_peak_mib": peak, "run": sample["run"],
    }  # fmt: skip
    return laps, value


def _batches(question: Question, asked: Sequence[int], n_plain: int) -> dict[str, Callable[[], Made]]:
    """Methods that answer all of `asked` at once; the specification answers the first of them."""

    def one_by_one(make: Callable[[Question], Ask], n: int) -> Made:
        ask = make(question)
        return lambda: [ask(asker) for asker in asked[:n]], lambda lists: lists

    return {
        "ours": lambda: _ours(question, asked),
        "numpy": lambda: one_by_one(numpy_twin, len(asked)),
        "duckdb": lambda: duckdb_set(question, asked),
        SLOW: lambda: one_by_one(plain_loop, n_plain),
    }


def _side_by_side(methods: dict[str, Callable[[], Made]], right: Sequence[Lines], repeats: int) -> dict[str, Any]:
    """As `_in_turns` for methods that answer all questions at once; one that tells no lists is not compared."""
    told, works = _held_at_once(methods, right)
    if _agree(told):
        for name in works:
            told[name] |= {"wall": [], "cpu": []}
        for _ in range(repeats):
            for name, work in works.items():
                _lap(told[name], work)
    return told


def _held_at_once(
    methods: dict[str, Callable[[], Made]], right: Sequence[Lines]
) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    told: dict[str, Any] = {}
    works: dict[str, Callable[[], Any]] = {}
    shared = resident_mib()
    for name, make in methods.items():
        laps: dict[str, Any] = {"wall": [], "cpu": []}
        (work, lines), peak = peak_of(lambda make=make, laps=laps: _listed_once(make, laps))
        told[name] = {**laps, **_compared(lines, right), "peak_mib": peak + shared}
        if name != SLOW:
            works[name] = work
    return told, works


def _listed_once(make: Callable[[], Made], laps: dict[str, Any]) -> tuple[Callable[[], Any], list[Lines]]:
    work, lists = make()
    return work, lists(_lap(laps, work))


def _listed(question: Question, askers: Askers) -> Found:
    return kernels.fastest(askers, question.shelf, question.ranking, top=question.top, threads=2)


def _ours(question: Question, asked: Sequence[int]) -> Made:
    """The batch of some who ask, as the batch of everybody goes."""
    a, at = question.askers, np.array(asked)
    some = replace(a, codes=a.codes[at], own=a.own[at], factor=a.factor[at], key=a.key[at])
    return lambda: _listed(question, some), lambda found: _lines_of(found, range(len(at)))


def _cosine(cosine: Cosine, heads: np.ndarray, top: int) -> Made:
    return lambda: cosine.first(heads, top), lambda _: []


def _lines_of(found: Found, askers: Sequence[int]) -> list[Lines]:
    at = np.array(askers)
    columns = (found.at[at].tolist(), found.verdict[at].tolist(), found.worth[at].tolist())
    return [[line for line in zip(*one, strict=True) if line[0] >= 0] for one in zip(*columns, strict=True)]
