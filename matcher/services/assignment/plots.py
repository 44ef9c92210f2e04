"""Plots of a channel without posts: the queue of the day, and the land given so that nobody ahead waits for anybody.

The queue says who may be given land and in which order; here the free plots go down that order exactly. A plot is
moved to another household in front if that lets one more be served, so a household waits only where no exchange among
those ahead of it leaves it a plot in reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import numpy as np

from matcher.allocation.assign import assign
from matcher.allocation.check import Facts, check
from matcher.allocation.market import NOBODY, Market, Plan, market
from matcher.allocation.plot_applicants import Applicant
from matcher.allocation.plot_queue import Entry, Line, line_of, may_stand, order
from matcher.errors import InvalidInput, UsageError
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy import digest
from matcher.ports import RosterStore
from matcher.records import Channel, Kind, Plot, PlotState, Vacancy, Worker
from matcher.services.assignment.allocate import MEND, MODE, NOT_KEPT, Allocate
from matcher.services.assignment.limits_file import Limits
from matcher.services.ground.rulebook import Means
from matcher.services.office.plot_day import PlotDay, entries_of, notes_of, plot_day

SITES: Final = 64
"""Sites in reach that are told apart by nearness; those beyond count alike."""


def allocate_plots(store: RosterStore, means: Means, call: Allocate) -> list[dict[str, Any]]:
    """The lines of the file: first what holds for all, then one for each household's person who is given a plot.

    vacancy_id : the open micro-farm advert of the plot's site and size, else the plot itself; `plot_id` beside it.
    Raises UsageError for limits and an earlier file: the queue knows neither.
    """
    _refuse_limits(call)
    day = plot_day(store, means, on=call.on, jurisdiction=call.jurisdiction)
    queue = sorted([*day.queue.offers, *day.queue.waiting], key=lambda entry: order(entry.applicant))
    plots = sorted(
        (one for one in store.records(Kind.PLOTS) if isinstance(one, Plot) and one.state is PlotState.FREE),
        key=lambda plot: plot.plot_id,
    )
    made = _market(day, queue, plots)
    plan = assign(made)
    _require(made, plan, queue, plots, judged=_judged(store, plan, queue, plots))
    adverts = _adverts(store, call)
    given = {ix: plots[int(at)] for ix, at in enumerate(plan.vacancy_of.tolist()) if at != NOBODY}
    season = store.current_plan(call.on)
    head: dict[str, Any] = {
        "season": season.season if season else None,
        "mode": MODE,
        "seed": call.seed,
        "model": means.model.label,
        "pack": f"{day.bound.pack.id}@{digest(day.bound.pack)[:12]}",
        "prices": {},
        "channel": Channel.MICRO_FARM.value,
        "on": call.on.isoformat(),
        "warnings": list(day.bound.warnings),
        "n_sent": len(given),
        "value": float(len(given)),
        "gap": plan.gap,
        "narrowed": False,
        "dormitories": [],
        "unplaced": _unplaced(day, queue, given),
        "problems": [],
    }
    return [head, *(_line(queue[ix], plot, adverts) for ix, plot in given.items())]


def _refuse_limits(call: Allocate) -> None:
    if call.earlier is not None or call.limits != Limits():
        raise UsageError(
            "地块按排队的先后分，不看限制文件，也不接着原来的名单",
            where="--limits, --replan",
            remedy="分地块（micro_farm）时，这两项都去掉。",
        )


def _market(day: PlotDay, queue: list[Entry], plots: list[Plot]) -> Market:
    """Households down the queue and free plots at sites in reach.

    Who is served counts before which plot it is: of one household more in front no number of better plots makes up.
    """
    rows: list[tuple[int, int, int]] = []
    for ix, entry in enumerate(queue):
        near = {site: SITES - min(at, SITES - 1) for at, site in enumerate(entry.applicant.sites)}
        size = day.figures.poor_mu if entry.applicant.poor else day.figures.other_mu
        rows += [
            (ix, at, near[plot.site_code] * 2 + _fits(plot, size))
            for at, plot in enumerate(plots)
            if plot.site_code in near
        ]
    better = len(queue) * (2 * SITES + 2) + 1
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    pairs = Pairs(columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32))
    worth = (len(queue) - columns[:, 0]) * better + columns[:, 2]
    return market(pairs, worth, np.ones(len(plots), dtype=np.int64), n_workers=len(queue))


def _fits(plot: Plot, size_mu: Decimal | None) -> int:
    """Whether a plot is the size its class has on average."""
    return int(size_mu is not None and plot.area_mu == size_mu)


def _judged(store: RosterStore, plan: Plan, queue: list[Entry], plots: list[Plot]) -> Pairs:
    """What is given, with column verdict: of the applicant's own route and reach, the plot, and the person's word.

    Nothing of the market is read here, so a market with a pair too many does not make it eligible.
    """
    given = np.flatnonzero(plan.vacancy_of != NOBODY).astype(np.int32)
    people = {queue[ix].applicant.worker_id for ix in given.tolist()}
    said = {one.worker_id: one for one in store.records(Kind.WORKERS, ids=people) if isinstance(one, Worker)}
    pairs = Pairs(given, plan.vacancy_of[given].astype(np.int32))
    verdicts = [
        Verdict.YES if _may_have(queue[ix].applicant, plots[at], said) else Verdict.NO
        for ix, at in zip(given.tolist(), pairs.vacancy_ix.tolist(), strict=True)
    ]
    return pairs.with_columns(verdict=np.array(verdicts, dtype=np.int8))


def _may_have(applicant: Applicant, plot: Plot, said: Mapping[str, Worker]) -> bool:
    """Whether somebody asked for land, may be given some by the route, and reaches this plot, which nobody holds."""
    worker = said.get(applicant.worker_id)
    asked = worker is not None and worker.consent is not None and worker.consent.plot is True
    stands = may_stand(applicant) and line_of(applicant) is Line.WAIT
    return asked and stands and plot.state is PlotState.FREE and plot.site_code in applicant.sites


def _require(made: Market, plan: Plan, queue: list[Entry], plots: list[Plot], *, judged: Pairs) -> None:
    """Raise InvalidInput for a plan that breaks a promise."""
    facts = Facts(
        worker_ids=[entry.applicant.worker_id for entry in queue],
        vacancy_ids=[plot.plot_id for plot in plots],
        judged=judged,
        consent=np.array([entry.applicant.consent is True for entry in queue], dtype=np.bool_),
        standing=-made.pairs.worker_ix.astype(np.int64),
    )
    found = check(made, plan, facts, again=lambda: assign(made))
    if found:
        raise InvalidInput(NOT_KEPT, found, where="allocate", remedy=MEND)


def _adverts(store: RosterStore, call: Allocate) -> dict[tuple[str, Decimal | None], list[str]]:
    """Site and area -> open micro-farm adverts of it by id, each as often as it has parcels left."""
    told: dict[tuple[str, Decimal | None], list[str]] = {}
    for advert in store.records(Kind.VACANCIES):
        if isinstance(advert, Vacancy) and advert.channel is Channel.MICRO_FARM and advert.open_on(call.on):
            told.setdefault((advert.place_code, advert.area_mu), []).extend([advert.vacancy_id] * advert.places_left)
    return told


def _line(entry: Entry, plot: Plot, adverts: dict[tuple[str, Decimal | None], list[str]]) -> dict[str, Any]:
    route, tier = entry.applicant.route, entry.applicant.tier
    why = (
        (route.outcome, route.note_to_officer, route.document, route.clause),
        ("tier", f"先后次序：{tier.label}。", tier.document, tier.clause),
    )
    open_here = adverts.get((plot.site_code, plot.area_mu))
    return {
        "worker_id": entry.applicant.worker_id,
        "vacancy_id": open_here.pop(0) if open_here else plot.plot_id,
        "channel": Channel.MICRO_FARM.value,
        "reasons": [dict(zip(("rule_id", "sentence", "document", "clause"), one, strict=True)) for one in why],
        "plot_id": plot.plot_id,
        "area_mu": str(plot.area_mu),
    }


def _unplaced(day: PlotDay, queue: list[Entry], given: dict[int, Plot]) -> list[dict[str, Any]]:
    """Everybody of the queue without a plot: who waits for land, and who is asked, judged or reviewed first."""
    waits = [("full", entry) for ix, entry in enumerate(queue) if ix not in given]
    others = [
        (line.value, entry)
        for line, entries in entries_of(day.queue).items()
        if line not in (Line.OFFER, Line.WAIT)
        for entry in entries
    ]
    return [
        {
            "worker_id": entry.applicant.worker_id,
            "reasons": [{"rule_id": rule_id, "sentence": "".join(filter(None, notes_of(entry)))}],
        }
        for rule_id, entry in (*waits, *others)
    ]
