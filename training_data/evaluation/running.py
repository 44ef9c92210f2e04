"""Running a programme: histories and models first, then county-seasons, on one or two processes; results in one order.

A task is a pure function of the programme, so that the number of processes changes nothing in the results.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from math import isnan
from pathlib import Path
from typing import TypeVar

from training_data.evaluation.programme import Play, Programme, Workshop
from training_data.evaluation.results import Result
from training_data.evaluation.training import NotTrained, trained_model, wage_card
from training_data.market.boosted import Boosted, fit_boosted
from training_data.market.entrants import ENTRANTS, Models
from training_data.market.history import History, history_folder
from training_data.market.spec import BASE
from training_data.market.trial import Field, county_season

T = TypeVar("T")
R = TypeVar("R")
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A model to be made: of which history, and from which card it starts."""

    history: History
    prior: bytes | None = None

    def out(self, workshop: Workshop) -> Path:
        """Where its model file lies."""
        return workshop.folder / f"model-{self.history.key}.json"


def run(programme: Programme, workshop: Workshop, *, processes: int, tell: Tell) -> Iterator[Result]:
    """Every result of the programme, always in the same order; `tell` hears what is done and how long it took."""
    lessons = _lessons(programme)
    for lesson, said in zip(lessons, _each(partial(_learn, workshop), lessons, processes), strict=True):
        tell(f"history and model of {lesson.history.variant} {lesson.history.key}: {said}")
    plays = programme.plays()
    # The seasons of a county one after the other in one process, which fits boosting once for them.
    played = _each(partial(_play, programme, workshop), plays, processes, at_once=programme.seasons)
    for play, (results, seconds) in zip(plays, played, strict=True):
        tell(f"{play.variant}, county {play.county_ix + 1}, season {play.season_ix + 1}: {seconds:.1f} s of processor")
        yield from results


def _each(task: Callable[[T], R], of: Sequence[T], processes: int, *, at_once: int = 1) -> Iterator[R]:
    if processes == 1:
        yield from map(task, of)
        return
    # Set before the children begin, so that their numerical libraries read it.
    os.environ["OMP_NUM_THREADS"] = "1"
    # A fork has packs and vocabulary in memory already; where there is none, each child reads them anew.
    how = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context(how)) as pool:
        yield from pool.map(task, of, chunksize=at_once)


def _reads(field: Field) -> set[str]:
    return {ENTRANTS[name].reads for name in field.names} - {""}


def _lessons(programme: Programme) -> list[Lesson]:
    """The models that the plays will ask for, each once."""
    found: dict[str, Lesson] = {}
    for play in programme.plays():
        for lesson in _of_play(programme, play).values():
            found.setdefault(lesson.history.key, lesson)
    return list(found.values())


def _of_play(programme: Programme, play: Play) -> dict[str, Lesson]:
    """What each kind of model of a county-season is learnt from."""
    reads = _reads(programme.main_field() if play.main else programme.variant_field())
    told = {}
    if reads & {"own", "boosted"}:
        told["own"] = Lesson(programme.history(play.variant, play.county_ix))
    if "base" in reads:
        told["base"] = Lesson(programme.history(BASE, play.county_ix))
    if "repaired" in reads:
        told["repaired"] = Lesson(programme.first_lines(play.county_ix, wage_card()), wage_card())
    return told


def _learn(workshop: Workshop, lesson: Lesson) -> str:
    """Write the history and train on it; what came of it in words."""
    began = time.process_time()
    events = history_folder(lesson.history, workshop.folder)
    written = time.process_time() - began
    out = lesson.out(workshop)
    began = time.monotonic()
    try:
        trained_model(events, out, prior=lesson.prior, command=workshop.command)
    except NotTrained as error:
        return f"no model, {error}"
    return f"{written:.1f} s to write, {time.monotonic() - began:.1f} s to train"


def _play(programme: Programme, workshop: Workshop, play: Play) -> tuple[list[Result], float]:
    """The results of one county-season, and how long they took."""
    began = time.process_time()
    field = programme.main_field() if play.main else programme.variant_field()
    models = _models(programme, workshop, play, _reads(field))
    results = [
        Result(
            table="main" if play.main else "variant",
            variant=play.variant,
            county=row.county,
            season=row.season,
            policy=row.policy,
            metrics={name: value for name, value in row.values.items() if not isnan(value)},
            tallies={name: list(told) for name, told in row.tallies.items()},
        )
        for row in county_season(play.world(programme), field, models)
    ]
    return results, time.process_time() - began


def _models(programme: Programme, workshop: Workshop, play: Play, reads: set[str]) -> Models:
    """What was learnt for a county-season, as far as it was."""
    lessons = _of_play(programme, play)
    body = {kind: path.read_bytes() for kind, lesson in lessons.items() if (path := lesson.out(workshop)).is_file()}
    boosted = _boosted(history_folder(lessons["own"].history, workshop.folder)) if "boosted" in reads else None
    return Models(
        own=body.get("own"),
        base=body.get("base"),
        repaired=body.get("repaired"),
        wrong=wage_card() if "wrong" in reads else None,
        boosted=boosted,
    )


@cache
def _boosted(events: Path) -> Boosted:
    """Fitted once in a process: the seasons of a county share it."""
    return fit_boosted(events)
