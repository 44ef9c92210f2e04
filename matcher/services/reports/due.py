"""The day a report is due, as the documents have it, and whether a freezing stopped before the report was ripe."""

from __future__ import annotations

from datetime import date

from matcher.office.reports.forms import forms, period_of
from matcher.policy import evaluate_rule
from matcher.services.ground.rulebook import Means


def due_of(means: Means, kind: str, period: str) -> str:
    """The day a report of a period is due, as HK_REPORT answers; "" where no document says."""
    answer = evaluate_rule(forms().rule, {"report": kind, "period": period, "submitted": None}, packs=means.packs)
    return str(answer.get("due") or "")


def is_early(means: Means, kind: str, period: str, on: date) -> bool:
    """Whether a report worked out on a day ends both before its period does and before it is due.

    Such a one is a look at the part that has been: it takes no report's place. Summaries are due before their half
    year ends (hekou_2018 四(三)), so that one of the due day is whole as the document wants it.
    """
    due, last = due_of(means, kind, period), period_of(forms().of(kind), period).last
    return on < (min(last, date.fromisoformat(due)) if due else last)
