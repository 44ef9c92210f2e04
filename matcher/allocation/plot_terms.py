"""Running plots: when the free term ends, what the fourth year and a change in the household ask for.

What they ask for is decided by rules of the pack that orders; where it names none, nothing is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from matcher.geography import place_class
from matcher.policy.binding import BoundPack
from matcher.policy.evaluation.conventions import CHOICES, Conventions
from matcher.policy.evaluation.evaluate import decide
from matcher.policy.evaluation.world import RuleWorld
from matcher.policy.land import LandFigures, land_of, rule_named
from matcher.policy.route import MICRO_FARM
from matcher.records import Household, PlaceClass, Placement, Plot, PlotClass, PlotState, PoorStatus, Worker

NO_RULE = "no_rule"
TERM_ENDS = "term_end"


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """How a rule of the pack came out: outcome, reasons, and what is said of each to the officer."""

    outcome: str
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One running plot.

    free_until : as the ledger says, else by the convention in force, None without a start
    by_convention : convention -> last free day; differs : the ledger's day is the day of no convention
    term, change : what the end of the term and a change in the household ask for
    """

    plot: Plot
    free_until: date | None
    by_convention: Mapping[str, date]
    differs: bool
    term: Ruling
    change: Ruling

    @property
    def calls_for_action(self) -> bool:
        """Whether an officer has to look at it."""
        return self.differs or bool(self.term.reasons or self.change.reasons)


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """What running plots are read against: people, households, and each worker's placements that run on the day."""

    workers: Mapping[str, Worker]
    households: Mapping[str, Household]
    placements: Mapping[str, tuple[Placement, ...]]
    ruling: BoundPack
    figures: LandFigures
    conventions: Conventions
    notice_days: int
    on: date


def plot_terms(plots: Iterable[Plot], ledger: Ledger) -> tuple[Term, ...]:
    """Every held plot, the one whose free term ends first at the top; those without a known end last."""
    told = [_term(plot, ledger) for plot in plots if plot.state is PlotState.HELD]
    return tuple(sorted(told, key=lambda term: (term.free_until or date.max, term.plot.plot_id)))


def class_now(household: Household | None, tiller: Worker | None) -> PlotClass | None:
    """The class of a household today: by its own record, else by its tiller's; None where neither says."""
    status = None if household is None else household.poor_status
    if status is not None:
        # Somebody watched may be of either class.
        return {PoorStatus.REGISTERED: PlotClass.POOR, PoorStatus.MONITORED: None}.get(status, PlotClass.OTHER)
    if tiller is None or (tiller.registered_poor is None and not tiller.out_of_poverty):
        return None
    return PlotClass.OTHER if tiller.out_of_poverty or not tiller.registered_poor else PlotClass.POOR


def changes(plot: Plot, ledger: Ledger) -> dict[str, bool | None]:
    """Facts of a change since the plot began; None where nobody knows. Nobody is asked about a death: what is not
    recorded is unknown, and a death after the day has not happened yet."""
    tiller = ledger.workers.get(plot.tiller_id or "")
    now = class_now(ledger.households.get(plot.household_id or ""), tiller)
    known = plot.class_at_start is not None and now is not None
    return {
        "tiller_left": _left(plot, ledger),
        "tiller_died": None if plot.tiller_died_on is None else plot.tiller_died_on <= ledger.on,
        "household_split": _split(plot, tiller),
        "household_class_changed": (plot.class_at_start is not now) if known else None,
    }


def _left(plot: Plot, ledger: Ledger) -> bool | None:
    """Whether the tiller has gone to work outside the county since the plot began."""
    if plot.tiller_id is None:
        return None
    since = [
        placement
        for placement in ledger.placements.get(plot.tiller_id, ())
        if plot.start is None or placement.start >= plot.start
    ]
    away = [_away(plot, placement) for placement in since]
    return True if True in away else None if None in away else False


def _away(plot: Plot, placement: Placement) -> bool | None:
    if placement.place_code is None:
        return None
    return place_class(plot.site_code, placement.place_code).rank > PlaceClass.SAME_COUNTY.rank


def _split(plot: Plot, tiller: Worker | None) -> bool | None:
    if tiller is None or tiller.household_id is None or plot.household_id is None:
        return None
    return tiller.household_id != plot.household_id


def _term(plot: Plot, ledger: Ledger) -> Term:
    ends = {
        convention: day
        for convention in CHOICES[TERM_ENDS]
        if plot.start is not None and (day := ledger.figures.free_until(plot.start, convention)) is not None
    }
    free_until = plot.free_until or ends.get(ledger.conventions.term_end)
    land = land_of(ledger.ruling, MICRO_FARM)
    asked = {
        "as_of": ledger.on,
        "free_until": free_until,
        "notice_until": ledger.on + timedelta(days=ledger.notice_days),
    }
    return Term(
        plot=plot,
        free_until=free_until,
        by_convention=ends,
        differs=plot.free_until is not None and bool(ends) and plot.free_until not in ends.values(),
        term=_ruled(land.term_rule if land else "", asked, ledger),
        change=_ruled(land.change_rule if land else "", changes(plot, ledger), ledger),
    )


def _ruled(rule_id: str, facts: Mapping[str, Any], ledger: Ledger) -> Ruling:
    pack = ledger.ruling.pack
    rule = rule_named(pack, rule_id)
    if rule is None:
        return Ruling(outcome=NO_RULE)
    decided = decide(rule, RuleWorld(pack, rule, facts, ledger.conventions, ledger.on))
    said = {saying.code: saying.officer for saying in rule.says}
    notes = tuple(said[reason] for reason in decided.reasons if reason in said)
    return Ruling(outcome=decided.outcome, reasons=decided.reasons, notes=notes)
