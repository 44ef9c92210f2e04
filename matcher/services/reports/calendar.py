"""Which reports are due when, which are frozen, which are late: the first page of the reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from matcher.office.reports.forms import Form, Period, forms, period_before, period_on
from matcher.policy import pack_for
from matcher.ports import DeedStore
from matcher.records.local_time import CHINA
from matcher.services.ground.rulebook import Means
from matcher.services.reports.due import due_of, is_early
from matcher.services.reports.snapshot import Frozen, all_freezings


def report_calendar(deeds: DeedStore, means: Means, jurisdiction: str, on: date) -> dict[str, Any]:
    """A row a report: the period the office works at, its day, and whether it is frozen; then everything frozen.

    One that was frozen early is still to be frozen (`is_early`). Periods before stand beside it while they are missed.
    """
    frozen = all_freezings(deeds)
    newest = {(one.kind, one.period): one for one in frozen}
    owner = means.packs.rule_owner(forms().rule)
    bound = pack_for(means.packs, jurisdiction, on).asked.id if jurisdiction else ""
    rows: list[dict[str, Any]] = []
    at_work = min((deed.at.astimezone(CHINA).date() for deed in deeds.deeds(until=1)), default=on)
    for form in forms().report:
        period = period_on(form, on)
        rows.append(_row(means, form, period, newest.get((form.kind, period.name)), on))
        rows += [
            row
            for before in _before(means, form, period, at_work, on)
            if not (row := _row(means, form, before, newest.get((form.kind, before.name)), on))["frozen"]
        ]
    return {
        "on": on.isoformat(),
        "rows": sorted(rows, key=lambda row: (bool(row["frozen"]), row["due"], row["kind"])),
        "document": owner[0].cited if owner else "",
        "clause": owner[1].clause if owner else "",
        "borrowed": owner is not None and owner[0].id != bound,
        "frozen": [{**frozen_row(one), "title": forms().of(one.kind).title} for one in reversed(frozen)],
    }


def _before(means: Means, form: Form, period: Period, at_work: date, on: date) -> Iterator[Period]:
    """Periods before one that were due since the county began to work with this, and not too long ago."""
    first = max(at_work, on - timedelta(days=forms().missed_days))
    while (due := due_of(means, form.kind, (period := period_before(form, period)).name)) and due >= first.isoformat():
        yield period


def frozen_row(frozen: Frozen) -> dict[str, Any]:
    """A freezing as pages tell it."""
    return {
        "kind": frozen.kind,
        "period": frozen.period,
        "seq": frozen.seq,
        "at": frozen.at.isoformat(),
        "by": frozen.by,
        "on": frozen.on.isoformat(),
        "revision": frozen.revision,
        "deeds_until": frozen.deeds_until,
        "workbook": frozen.workbook,
        "again": frozen.again,
        "asked_by": frozen.asked_by,
    }


def _row(means: Means, form: Form, period: Period, frozen: Frozen | None, on: date) -> dict[str, Any]:
    due = due_of(means, form.kind, period.name)
    if frozen is not None and is_early(means, form.kind, period.name, frozen.on):
        frozen = None
    done = frozen.at.astimezone(CHINA).date() if frozen else on
    return {
        "kind": form.kind,
        "title": form.title,
        "period": period.name,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "due": due,
        "days_left": (date.fromisoformat(due) - on).days if due else None,
        "begun": period.first <= on,
        "frozen": frozen_row(frozen) if frozen else None,
        "late": bool(due) and done > date.fromisoformat(due),
    }
