"""What waits in the registers, ledgers, claims, checks and reports: a figure each, of the page that opens its names.

What follows from records and deeds alone is worked out once for a revision and a last deed, so that the page of the day
is as quick for a large county as for a small one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from matcher.office.claims.payments import LineState
from matcher.office.claims.record import PAYABLE, ClaimState
from matcher.office.registers.schedule import PREFIX
from matcher.ports import AccessStore, OrderStore, Shared
from matcher.records import Kind
from matcher.services.claims.desk import ClaimDesk, all_claims, seen_claims
from matcher.services.claims.measures import measures_waiting
from matcher.services.claims.pay import all_payments
from matcher.services.claims.recovery import false_claims, to_recover
from matcher.services.office.ending import Ending, ending_soon
from matcher.services.reconcile.desk import push_clock, runs_page
from matcher.services.registers.household_page import MISSING, household_figures
from matcher.services.registers.ledger import Asked, Ledger, ledger
from matcher.services.registers.village_page import schedules, villages_of
from matcher.services.reports.calendar import report_calendar
from matcher.services.tracking.visits_due import visits_due

N_KEPT = 4
"""Figures that are kept: of a few regions, or a day and the one before."""


@dataclass(frozen=True)
class Office:
    """What the office works with: the desk of the claims, brokers' orders, and who may sign in."""

    desk: ClaimDesk
    orders: OrderStore
    access: AccessStore


def waiting_work(office: Office) -> dict[str, Any]:
    """Figures by name; what is told of the whole county alone (ledgers, payment files, reports) is None elsewhere."""
    desk = office.desk
    seen = desk.store.records(Kind.WORKERS)
    by = (desk.deeds.last_number(), desk.on, desk.jurisdiction, desk.regions)
    checks = visits_due(desk.store, office.orders, desk.deeds, desk.means, desk.on, desk.regions)
    soon = Ending(on=desk.on, jurisdiction=desk.jurisdiction, everywhere=not desk.regions)
    ends = ending_soon(desk.store, office.access, office.orders, desk.means, soon)
    kept = desk.means.remembered.of_shared("work that waits", (seen,), lambda: _of_deeds(desk), by=by, n_kept=N_KEPT)
    read = tuple(map(desk.store.records, (Kind.PLACEMENTS, Kind.WORKERS, Kind.VACANCIES, Kind.EMPLOYERS)))
    measures = desk.means.remembered.of_shared(
        "measures that wait", read, lambda: measures_waiting(desk), by=by, n_kept=N_KEPT
    )
    return {
        **_of_registers(desk),
        **kept,
        "measures": measures,
        "visits": {"n_open": checks.n_open, "n_late": checks.n_late},
        "ending": [{name: kind[name] for name in ("kind", "title", "n")} for kind in ends["kinds"] if kind["n"]],
        "ending_days": ends["days"],
    }


def _of_registers(desk: ClaimDesk) -> dict[str, Any]:
    asked = Asked(on=desk.on, jurisdiction=desk.jurisdiction).known_by(desk.deeds)
    book = ledger(desk.store, desk.means, asked)

    def made() -> dict[str, Any]:
        return {"villages": _villages(book, desk), "households": {"n_missing": len(household_figures(book)[MISSING])}}

    if not isinstance(book.households, Shared):
        return made()
    lists = (book.people, book.households)
    return desk.means.remembered.get("registers of the day", lists, made, by=desk.deeds.last_number(), n_kept=N_KEPT)


def _villages(book: Ledger, desk: ClaimDesk) -> dict[str, int]:
    found = villages_of(book, desk.deeds)
    below = [one for one in found if one.below]
    states = schedules(desk.deeds.deeds(prefix=PREFIX), book.span.year)
    brokers = [states[one.place.code].broker if one.place.code in states else "" for one in below]
    return {
        "n_below": len(below),
        "n_short": sum(one.short for one in below),
        "n_without_broker": sum(not broker for broker in brokers),
        "n_unknown": sum(one.unknown for one in found),
    }


def _of_deeds(desk: ClaimDesk) -> dict[str, Any]:
    whole = not desk.regions
    return {
        "pairs": _pairs(desk) if whole else None,
        "push": push_clock(desk.deeds, desk.means, desk.jurisdiction, desk.on) if whole else None,
        "claims": _claims(desk),
        "reports": _reports(desk) if whole else None,
    }


def _pairs(desk: ClaimDesk) -> dict[str, Any]:
    """Pairs to decide, and the newest push that has any."""
    runs = [run for run in runs_page(desk.deeds) if run["n_open"]]
    return {"n_open": sum(run["n_open"] for run in runs), "run_id": runs[0]["run_id"] if runs else ""}


def _claims(desk: ClaimDesk) -> dict[str, int]:
    seen = seen_claims(desk, all_claims(desk).values())
    false = false_claims(desk, seen)
    n = Counter(record.state for record in seen)
    files = all_payments(desk).values() if not desk.regions else ()
    unanswered = sum(
        file.told.get(line.line_id, LineState.SENT) is LineState.SENT for file in files for line in file.lines
    )
    return {
        "n_first": n[ClaimState.READY],
        "n_second": n[ClaimState.APPROVED_ONCE],
        "n_lacking": n[ClaimState.LACKING],
        "n_bank_refused": n[ClaimState.BANK_REFUSED],
        "n_payable": sum(record.state in PAYABLE and record.claim_id not in false for record in seen),
        "n_recover": len(to_recover(seen, false)),
        "n_unanswered": unanswered,
    }


def _reports(desk: ClaimDesk) -> dict[str, Any]:
    """Reports that are not frozen, and the next of them."""
    rows = report_calendar(desk.deeds, desk.means, desk.jurisdiction, desk.on)["rows"]
    still = [row for row in rows if not row["frozen"] and row["due"]]
    names = ("kind", "period", "title", "due", "days_left", "late")
    return {
        "n_late": sum(row["late"] for row in still),
        "next": [{name: row[name] for name in names} for row in still],
    }
