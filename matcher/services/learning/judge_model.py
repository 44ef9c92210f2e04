"""Judge a model by a later season: errors, the simulator's gates, and what its lists would have brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from matcher.learning.as_seen import NEVER_SEEN, Versions, versions
from matcher.learning.drawn_lists import DrawnList, Offered, choices_of, drawn_lists, equally_sharp, joined
from matcher.learning.events import EventLog
from matcher.learning.off_policy import NOT_DRAWN, Comparison, Refusal, compare
from matcher.learning.release import Case, ReleaseResult, Suite, judge_release
from matcher.learning.training_sets import training_sets
from matcher.records import Channel, Household, Vacancy, Worker
from matcher.scoring import P_ONE
from matcher.services.ground.publishing import judged
from matcher.services.ground.roster_columns import Rosters
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, prepare
from matcher.services.rounds.plan_season import only_yes
from matcher.shortlist import SCORE_BITS, PlanMode

NEVER_DRAWN: Final = frozenset({Channel.WELFARE_POST, Channel.MICRO_FARM})
"""Posts of last resort, and plots, which are a route of their own: no list of a drawn order holds them."""


def judge_model(
    candidate: bytes, log: EventLog, means: Means, *, suite: Suite | None = None, seed: int = 0
) -> ReleaseResult:
    """Every check of `judge_release` for a model file against that of the means, by the events of a later season.

    Raises InvalidInput for no events, ModelError for a file that does not load.
    """
    other = replace(means, model_body=candidate)
    case = Case(
        candidate=candidate,
        in_use=means.model_body,
        log=log,
        sets=training_sets(log),
        applications=compared_lists(log, other, means, seed=seed),
        suite=suite,
    )
    return judge_release(case)


def compared_lists(log: EventLog, new: Means, in_use: Means, *, seed: int = 0) -> Comparison | Refusal:
    """Applications per list under the orders of two models, by the drawn lists of a log.

    Both orders are drawn by softmax of their scores, equally sharp, at the slot prices of the log.
    """
    lists = drawn_lists(log)
    if not lists:
        return Refusal("applications", NOT_DRAWN)
    offered = equally_sharp(_offered(log, lists, new, in_use))
    return compare("applications", *choices_of(log, lists, offered), seed=seed)


class _Known(NamedTuple):
    workers: Versions[Worker]
    vacancies: Versions[Vacancy]
    households: Versions[Household]


def _offered(log: EventLog, lists: Sequence[DrawnList], new: Means, in_use: Means) -> Offered:
    known = _Known(
        versions(log, "worker", Worker)[0],
        versions(log, "vacancy", Vacancy)[0],
        versions(log, "household", Household)[0],
    )
    batches = (_batch(log, lists, at, known, (new, in_use)) for at in _batches(lists))
    return joined([part for part in batches if part is not None])


def _batches(lists: Sequence[DrawnList]) -> Iterator[list[int]]:
    """Positions of lists of the same day, each person once a batch."""
    batches: dict[tuple[date, int], list[int]] = {}
    times: dict[tuple[date, str], int] = {}
    for ix, told in enumerate(lists):
        who = (told.ts.date(), told.worker_id)
        batches.setdefault((who[0], times.get(who, 0)), []).append(ix)
        times[who] = times.get(who, 0) + 1
    yield from batches.values()


def _batch(
    log: EventLog, lists: Sequence[DrawnList], at: Sequence[int], known: _Known, means: tuple[Means, Means]
) -> Offered | None:
    """The candidates of the lists of a day under both models; None where nobody's record is known."""
    when = max(lists[ix].ts for ix in at)
    there = [(ix, where) for ix in at if (where := known.workers.at(lists[ix].worker_id, lists[ix].ts)) != NEVER_SEEN]
    if not there:
        return None
    on = when.date()
    vacancies = [
        known.vacancies.records[where]
        for name in sorted(known.vacancies.known)
        if (where := known.vacancies.at(name, when)) != NEVER_SEEN
        and known.vacancies.records[where].channel not in NEVER_DRAWN
    ]
    rosters = Rosters(
        workers=[known.workers.records[where] for _, where in there],
        vacancies=judged(vacancies, means[0].packs, on),
        households={
            name: known.households.records[where]
            for name in known.households.known
            if (where := known.households.at(name, when)) != NEVER_SEEN
        },
    )
    brief = Brief(
        on=on,
        jurisdiction=means[1].settings.jurisdiction,
        seed=0,
        shown=_shown_before(log, lists, [ix for ix, _ in there]),
        prices={row.vacancy_id: row.slot_price or 0.0 for row in log.impressions if row.ts.date() == on},
        mode=PlanMode.PRICED if means[1].model.calibrated else PlanMode.BALANCED,
    )
    ours, theirs = (only_yes(prepare(rosters, each, brief)).pairs for each in means)
    scale = float(1 << SCORE_BITS)
    names = [vacancy.vacancy_id for vacancy in rosters.vacancies]
    return Offered(
        list_ix=np.array([ix for ix, _ in there], dtype=np.int64)[ours.worker_ix],
        vacancy_id=[names[ix] for ix in ours.vacancy_ix.tolist()],
        q=(ours["p_apply"] + theirs["p_apply"]) / (2.0 * P_ONE),
        new=ours["score"] / scale,
        in_use=theirs["score"] / scale,
    )


def _shown_before(log: EventLog, lists: Sequence[DrawnList], at: Sequence[int]) -> Mapping[str, frozenset[str]]:
    """Worker -> vacancies that earlier lists named, of the same season."""
    since = {lists[ix].worker_id: lists[ix] for ix in at}
    told: dict[str, set[str]] = {}
    for row in log.impressions:
        mine = since.get(row.worker_id)
        if mine is not None and row.ts < mine.ts and row.season == mine.lines[0].season:
            told.setdefault(row.worker_id, set()).add(row.vacancy_id)
    return {worker: frozenset(names) for worker, names in told.items()}
