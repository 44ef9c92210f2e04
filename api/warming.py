"""What the first visitor would wait for is loaded behind the start page, in the order in which it is needed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from flask import Flask

from api.logs import LOG
from api.state import State, state_of
from matcher.errors import MatcherError
from matcher.records import Kind, Vacancy, Worker
from matcher.services.broker.people_index import warm_people
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.services.rounds.recommend import Recommend, answer_recommend

OF_DESKS: Final = frozenset({"candidates", "people"})
"""What nobody asks for at a kiosk: its processor is for whoever stands there."""


def warm(app: Flask) -> None:
    """Load packs, model, records and the index of people, and reckon two lists that nobody sees and no log keeps.

    Runs beside the first requests. What fails here fails again, and is told, where it is asked for.
    """
    state = state_of(app)
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("packs", lambda: state.application.means.packs),
        ("model", lambda: state.application.means.model),
        ("records", lambda: [state.records.records(kind) for kind in Kind]),
        ("round", lambda: _one_round(state)),
        ("candidates", lambda: _one_order(state)),
        ("people", lambda: warm_people(state.records, state.application.means, state.application.today())),
    )
    for name, step in steps:
        if name in OF_DESKS and state.application.is_kiosk:
            continue
        began = time.perf_counter()
        try:
            step()
        except MatcherError as error:
            LOG.warning("not warmed", part=name, kind=type(error).__name__)
            return
        LOG.info("warmed", part=name, ms=round(1000 * (time.perf_counter() - began)))


def _one_round(state: State) -> None:
    """The first worker's list: it loads the dictionaries and tables that a round reads."""
    worker = next((found for found in state.records.records(Kind.WORKERS) if isinstance(found, Worker)), None)
    if worker is None:
        return
    on = state.application.today()
    settings = state.application.settings
    call = Recommend(
        worker_id=worker.worker_id,
        on=on,
        top=settings.top,
        jurisdiction=settings.jurisdiction,
        seed=settings.seed,
        # As kiosks ask: theirs is the index that the first visitor of the day would wait for.
        public=True,
    )
    answer_recommend(state.records, state.application.means, call, plan=state.records.current_plan(on), revision=None)


def _one_order(state: State) -> None:
    """The candidates of the first post: from here on everybody's record is encoded, and every word of it read."""
    on, settings = state.application.today(), state.application.settings
    posts = (found for found in state.records.records(Kind.VACANCIES) if isinstance(found, Vacancy))
    post = next((found for found in posts if found.open_on(on)), None)
    if post is None:
        return
    call = ListCandidates(
        vacancy_id=post.vacancy_id, on=on, top=settings.top, jurisdiction=settings.jurisdiction, seed=settings.seed
    )
    answer_candidates(state.records, state.application.means, call, plan=state.records.current_plan(on), revision=None)
