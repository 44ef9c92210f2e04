"""Which reports are due when, which are frozen, which are late: the first page of the reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher.office.reports.forms import Form, Period, forms, period_on
from matcher.policy import pack_for
from matcher.ports import DeedStore
from matcher.records.local_time import CHINA
from matcher.services.ground.rulebook import Means
from matcher.services.reports.due import due_of, is_early
from matcher.services.reports.snapshot import Frozen, all_freezings


def report_calendar(deeds: DeedStore, means: Means, jurisdiction: str, on: date) -> dict[str, Any]:
    """A row a report: the period the office works at, its day, and whether it is frozen; then everything frozen.

    One that was frozen early is still to be frozen (`is_early`).
    """
    frozen = all_freezings(deeds)
    newest = {(one.kind, one.period): one for one in frozen}
    owner = means.packs.rule_owner(forms().rule)
    bound = pack_for(means.packs, jurisdiction, on).asked.id if jurisdiction else ""
    rows = []
    for form in forms().report:
        period = period_on(form, on)
        rows.append(_row(means, form, period, newest.get((form.kind, period.name)), on))
    return {
        "on": on.isoformat(),
        "rows": sorted(rows, key=lambda row: (bool(row["frozen"]), row["due"], row["kind"])),
        "document": owner[0].cited if owner else "",
        "clause": owner[1].clause if owner else "",
        "borrowed": owner is not None and owner[0].id != bound,
        "frozen": [{**frozen_row(one), "title": forms().of(one.kind).title} for one in reversed(frozen)],
    }


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
