"""What the first visitor would wait for is loaded behind the start page, in the order in which it is needed."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from threading import Event
from typing import Any, Final

from flask import Flask

from api.logs import LOG
from api.state import State, state_of
from matcher.errors import MatcherError
from matcher.records import Kind, Vacancy, Worker
from matcher.services.broker.people_index import warm_people
from matcher.services.claims.desk import Doer, claim_desk
from matcher.services.ground.answering import Answers
from matcher.services.office.today import office_today
from matcher.services.office.waiting import Office, waiting_work
from matcher.services.registers.ledger import Asked as RegistersAsked
from matcher.services.registers.ledger import ledger
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.services.rounds.posts_at_once import Asked, folder_of, take_over_index
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.services.rounds.rows_ahead import tell_rows_ahead
from matcher.services.rounds.short_round import make_search_ready

OF_DESKS: Final = frozenset({"candidates", "people", "office"})
"""What nobody asks for at a kiosk: its processor is for whoever stands there."""


def warm(app: Flask, over: Event | None = None) -> None:
    """Load packs, model, records and the index of people, and reckon two lists that nobody sees and no log keeps.

    Runs beside the first requests, until `over`. What fails here fails again, and is told, where it is asked for.
    """
    state = state_of(app)
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("packs", lambda: state.application.means.packs),
        ("model", lambda: state.application.means.model),
        ("records", lambda: [state.records.records(kind) for kind in Kind]),
        ("index", lambda: _one_index(state)),
        ("round", lambda: _one_round(state)),
        ("rows", lambda: _rows(state)),
        ("candidates", lambda: _one_order(state)),
        ("people", lambda: warm_people(state.records, state.application.means, state.application.today())),
        ("office", lambda: _one_morning(state)),
        # Last: until then numpy does the same, and to compile for the first time takes a while.
        ("search", lambda: make_search_ready(state.records, state.application.means)),
    )
    for name, step in steps:
        if name in OF_DESKS and state.application.is_kiosk:
            continue
        if not _done(name, step, over):
            return


def warm_office(app: Flask) -> None:
    """The records and the registers as an import left them, before the office opens the first page of theirs."""
    state = state_of(app)
    if state.application.is_kiosk:
        return
    _done("office", lambda: _one_morning(state))


def _done(part: str, step: Callable[[], object], over: Event | None = None) -> bool:
    """Do a step and say how long it took; False where it failed, or where its end finds all of it over."""
    began = time.perf_counter()
    try:
        step()
    except MatcherError as error:
        LOG.warning("not warmed", part=part, kind=type(error).__name__)
        return False
    if over is not None and over.is_set():
        return False
    LOG.info("warmed", part=part, ms=round(1000 * (time.perf_counter() - began)))
    return True


def warm_and_settle(app: Flask, over: Event | None = None) -> None:
    """As `warm`, for a process that serves from here on: what it holds now is left out of collections of garbage.

    With a county's records in memory a full collection takes a tenth of a second, and every thread waits for it.
    """
    warm(app, over)
    gc.collect()
    gc.freeze()


def _one_index(state: State) -> None:
    """The index of a large county as the process before left it, for kiosks: nobody waits until one is made."""
    folder = folder_of(state.application.store)
    if folder is not None:
        take_over_index(folder, state.records, state.application.means, _in_public(state))


def _one_round(state: State) -> None:
    """The first worker's list: it loads the dictionaries and tables that a round reads."""
    worker = next((found for found in state.records.records(Kind.WORKERS) if isinstance(found, Worker)), None)
    if worker is None:
        return
    # As kiosks ask, whose first visitor of the day would wait for the index; then as the office does, if it asks here.
    for public in (True,) if state.application.is_kiosk else (True, False):
        _ask(state, answer_recommend, Recommend(worker_id=worker.worker_id, public=public, **_as_asked(state)))


def _rows(state: State) -> None:
    """What a search asks of everybody's village, trade and skills, for kiosks and helpers, who ask most."""
    tell_rows_ahead(state.records, state.application.means, _in_public(state))


def _in_public(state: State) -> Asked:
    """As kiosks and helpers ask at present."""
    on, settings = state.application.today(), state.application.settings
    plan, revision = state.records.current_plan(on), state.records.revision()
    return Asked(on=on, seed=settings.seed, public=True, plan=plan, revision=revision)


def _one_order(state: State) -> None:
    """The candidates of the first post: from here on everybody stands in a crowd, every word of a record is read."""
    on = state.application.today()
    posts = (found for found in state.records.records(Kind.VACANCIES) if isinstance(found, Vacancy))
    post = next((found for found in posts if found.open_on(on)), None)
    if post is None:
        return
    # As brokers ask, then as the office does: the crowd of the latter is made out of that of the former.
    for public in (True, False):
        _ask(state, answer_candidates, ListCandidates(vacancy_id=post.vacancy_id, public=public, **_as_asked(state)))


def _as_asked(state: State) -> dict[str, Any]:
    """What a page that asks for a list leaves to the settings and to the day."""
    settings = state.application.settings
    return {
        "on": state.application.today(),
        "top": settings.top,
        "jurisdiction": settings.jurisdiction,
        "seed": settings.seed,
    }


def _ask(state: State, answers: Answers[Any], call: Any) -> None:
    """Make an answer under the current plan and log nothing."""
    plan = state.records.current_plan(call.on)
    answers(state.records, state.application.means, call, plan=plan, revision=None)


def _one_morning(state: State) -> None:
    """What waits at the office of the whole county: the registers of the day, which every page of theirs reads.

    Once more with the identities opened, as what is clear of each person is told.
    """
    run = state.application
    doer = Doer(actor="", at=run.clock.now(), on=run.today(), jurisdiction=run.settings.jurisdiction)
    desk = claim_desk(state.records, run.deeds, run.means, doer)
    office_today(state.records, run.means, (), jurisdiction=run.settings.jurisdiction, on=run.today())
    waiting_work(Office(desk, run.orders, run.access))
    asked = RegistersAsked(on=doer.on, jurisdiction=doer.jurisdiction).known_by(run.deeds)
    ledger(state.records, run.means, asked, identities=True)
