"""What was shown to a person, what came of it, and who looked: rows of the history page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final

from matcher.ports import AccessStore, Decision, RosterStore
from matcher.records import Kind, Placement, Vacancy
from matcher.records.access import AuditEntry, Role
from matcher.services.office.audit_words import ACTIONS
from matcher.services.office.words import told_fields
from matcher.services.react import KINDS, REASONS

_PLACEMENT: Final = ("vacancy_id", "employer_name", "start", "end", "end_reason", "registered_unemployed_on",
                     "unemployment_benefit", "wage_yuan_month", "evidence", "checked_by")  # fmt: skip


def list_told(decision: Decision) -> dict[str, Any]:
    """A list that was worked out for the person."""
    return {
        "decision_id": decision.decision_id,
        "made_at": decision.made_at.isoformat(),
        "on": str(decision.request.get("on", "")),
        "public": bool(decision.request.get("public", False)),
        "plan_id": decision.plan_id,
    }


def order_told(entry: AuditEntry) -> dict[str, Any]:
    """A candidate list somebody read that held the person."""
    return {
        "at": entry.at.isoformat(),
        "by": entry.actor,
        "vacancy_id": entry.subjects[0] if entry.subjects else "",
        "decision_id": str(entry.detail.get("decision_id", "")),
    }


def exposures_told(store: RosterStore, worker_id: str, on: date) -> dict[str, Any] | None:
    """What the season's plan listed to the person; None where no plan holds the day."""
    plan = store.current_plan(on)
    if plan is None:
        return None
    ids = sorted(store.exposures(plan.season).get(worker_id, frozenset()))
    return {"season": plan.season, "vacancies": _titles(store, ids)}


def _titles(store: RosterStore, vacancy_ids: Collection[str]) -> list[dict[str, str]]:
    found = store.records(Kind.VACANCIES, ids=vacancy_ids)
    titles = {vacancy.vacancy_id: vacancy for vacancy in found if isinstance(vacancy, Vacancy)}
    return [
        {
            "vacancy_id": name,
            "title": titles[name].title if name in titles else "",
            "employer": (titles[name].employer_name or "") if name in titles else "",
        }
        for name in vacancy_ids
    ]


def placements_of(store: RosterStore, worker_id: str) -> list[dict[str, Any]]:
    """Placements of the person, the newest first."""
    mine = [
        placement
        for placement in store.records(Kind.PLACEMENTS)
        if isinstance(placement, Placement) and placement.worker_id == worker_id
    ]
    ordered = sorted(mine, key=lambda placement: placement.start, reverse=True)
    return [
        {"placement_id": placement.placement_id, "fields": told_fields(placement, _PLACEMENT)} for placement in ordered
    ]


def reactions_told(access: AccessStore, store: RosterStore, lists: Iterable[Decision]) -> list[dict[str, Any]]:
    """What was answered to these lists, the newest first."""
    found = {
        reaction.event_id: reaction
        for decision_id in dict.fromkeys(decision.decision_id for decision in lists)
        for reaction in access.reactions(decision_id)
    }
    ordered = sorted(found.values(), key=lambda reaction: reaction.ts, reverse=True)
    titles = {row["vacancy_id"]: row for row in _titles(store, sorted({r.vacancy_id for r in ordered}))}
    return [
        {
            "at": reaction.ts.isoformat(),
            "what": KINDS.get(reaction.kind, reaction.kind),
            "reason": REASONS.get(reaction.reason_code, reaction.reason_code),
            "decision_id": reaction.decision_id,
            **titles[reaction.vacancy_id],
        }
        for reaction in ordered
    ]


def look_told(entry: AuditEntry) -> dict[str, Any]:
    """Who looked, when, at what; a verb nobody put into words stands as it is."""
    role = Role(entry.role).label if entry.role in set(Role) else entry.role
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "by": entry.actor,
        "role": role,
        "what": ACTIONS.get(entry.action, entry.action),
    }
