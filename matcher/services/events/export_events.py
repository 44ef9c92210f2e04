"""Every list, reaction, outcome, placement and answer of the store as training events, without the people erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

import msgspec

from matcher.errors import UsageError
from matcher.orders.follow_ups import placement_id
from matcher.orders.seats import said_yes
from matcher.ports import AccessStore, Decision, OrderStore, RosterStore
from matcher.records import Kind, Placement, Vacancy
from matcher.records.access import Reaction
from matcher.records.events import (
    TABLES,
    DecisionEvent,
    Event,
    FollowUpEvent,
    PlacementEvent,
    ReactionEvent,
    Snapshot,
)
from matcher.records.orders import LabourOrder, Seat, SeatState
from matcher.records.texts import TextOffer
from matcher.services.events.shown_lists import Shown, event_id, impressions, on_of, shown_lists, snapshots
from matcher.services.events.texted_lists import as_texted, sent_offers, silences
from matcher.settings import Settings

KINDS: Final = {"print": "open"}
"""Reactions of the program whose name the schema does not hold."""
OUTCOMES: Final = {
    SeatState.CONFIRMED: ("offer", "broker"),
    SeatState.CHECKED_IN: ("offer", "broker"),
    SeatState.NO_SHOW: ("no_show", "worker"),
}
LEFT: Final = {
    "refuse_unfit": ("refuse_unfit", "employer"),
    "full": ("refuse_full", "capacity"),
    "withdrawn": ("withdrawn", "worker"),
    "partner": ("withdrawn", "worker"),
    "lapsed": ("withdrawn", "worker"),
}
DAYS_OF_A_MONTH: Final = 27
"""From the first to the last day of the shortest month."""


class Season(NamedTuple):
    """First and last day, both inclusive; without bounds everything."""

    first: date = date.min
    last: date = date.max

    def holds(self, day: date | None) -> bool:
        """Whether a day lies inside; an unknown one only where there are no bounds."""
        return (day is None and self == Season()) or (day is not None and self.first <= day <= self.last)


class Exported(NamedTuple):
    """Rows by table in the order of (ts, event_id); how many lists could not be told since somebody was erased."""

    tables: dict[str, list[Event]]
    n_lists: int
    n_untold: int


def season_of(text: str) -> Season:
    """2018-02-01/2018-07-31; "" for everything. Raises UsageError."""
    if not text:
        return Season()
    try:
        first, last = (date.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        first, last = date.max, date.min
    if first > last:
        raise UsageError("no season", where="--season", remedy="Write first and last day: 2018-02-01/2018-07-31.")
    return Season(first, last)


def export_events(
    store: RosterStore,
    access: AccessStore,
    orders: OrderStore,
    settings: Settings,
    season: Season,
    offers: Iterable[TextOffer] = (),
) -> Exported:
    """All tables of `records.events`. Nothing is written to the store; the same store gives the same rows.

    offers : lists that went out by text; one that was never sent was shown to nobody

    A list, its reactions and its records belong to the season of the day it was made for; a placement to that of its
    first day, an outcome and an answer to that of their order's list or of the moment they were noted.
    """
    rows: dict[str, list[Event]] = {name: [] for name in TABLES}
    synthetic = settings.demo
    days: dict[str, date | None] = {}
    versions: dict[str, Snapshot] = {}
    sent = sent_offers(offers)
    n_lists = n_untold = 0
    for found in shown_lists(store, settings):
        decision = found.decision if isinstance(found, Shown) else found
        days[decision.decision_id] = found.on if isinstance(found, Shown) else on_of(decision)
        if not season.holds(days[decision.decision_id]):
            continue
        rows["reactions"] += _reactions(access, decision, synthetic=synthetic)
        n_lists += 1
        if not isinstance(found, Shown):
            n_untold += 1
            continue
        texted = as_texted(found, sent)
        if texted is None:
            continue
        rows["reactions"] += silences(sent, decision.decision_id, synthetic=synthetic)
        rows["impressions"] += impressions(texted, synthetic=synthetic)
        for snapshot in snapshots(texted, synthetic=synthetic):
            versions.setdefault(snapshot.event_id, snapshot)
    rows["snapshots"] += versions.values()
    every = orders.orders()
    rows["decisions"] += _outcomes(every, days, season, synthetic=synthetic)
    rows["placements"] += _placements(store, season, synthetic=synthetic)
    rows["followups"] += _follow_ups(store, orders, every, season, synthetic=synthetic)
    return Exported(_without_erased(store, rows), n_lists, n_untold)


def table_bytes(events: Iterable[Event]) -> bytes:
    """A table as JSON lines."""
    return b"".join(msgspec.json.encode(event) + b"\n" for event in events)


def _reactions(access: AccessStore, decision: Decision, *, synthetic: bool) -> Iterator[ReactionEvent]:
    for reaction in access.reactions(decision.decision_id):
        yield msgspec.convert(
            {
                "event_id": reaction.event_id,
                "ts": reaction.ts,
                "synthetic": synthetic,
                "list_id": _list_of(decision, reaction),
                "vacancy_id": reaction.vacancy_id,
                "worker_id": reaction.worker_id,
                "kind": KINDS.get(reaction.kind, reaction.kind),
                "reason_code": reaction.reason_code,
            },
            ReactionEvent,
        )


def _list_of(decision: Decision, reaction: Reaction) -> str:
    several = decision.kind == "match" and reaction.worker_id
    return f"{decision.decision_id}:{reaction.worker_id}" if several else decision.decision_id


def _outcomes(
    orders: Iterable[LabourOrder], days: dict[str, date | None], season: Season, *, synthetic: bool
) -> Iterator[DecisionEvent]:
    for order in orders:
        for seat in order.people:
            told = _outcome(seat)
            if told is None or not season.holds(days.get(seat.list_id) or seat.changed_at.date()):
                continue
            outcome, decided_by = told
            yield msgspec.convert(
                {
                    "event_id": event_id("d", order.order_id, seat.worker_id, outcome),
                    "ts": seat.changed_at,
                    "synthetic": synthetic,
                    "vacancy_id": order.vacancy_id,
                    "worker_id": seat.worker_id,
                    "outcome": outcome,
                    "reason_code": seat.left,
                    "decided_by": decided_by,
                },
                DecisionEvent,
            )


def _outcome(seat: Seat) -> tuple[str, str] | None:
    """What became of a yes; who never said it was never decided about, but for the firm's own no."""
    if seat.state in OUTCOMES:
        return OUTCOMES[seat.state]
    if seat.state is SeatState.RELEASED and (said_yes(seat) or seat.left == "refuse_unfit"):
        return LEFT.get(seat.left)
    return None


def _placements(store: RosterStore, season: Season, *, synthetic: bool) -> Iterator[PlacementEvent]:
    posts = {post.vacancy_id: post for post in store.records(Kind.VACANCIES) if isinstance(post, Vacancy)}
    for found in store.records(Kind.PLACEMENTS):
        if isinstance(found, Placement) and season.holds(found.start):
            post = posts.get(found.vacancy_id or "")
            known = [fact.source.imported_at for fact in store.history(Kind.PLACEMENTS, found.placement_id)]
            yield PlacementEvent(
                event_id=event_id("p", found.placement_id),
                ts=min(moment for moment in known if moment is not None),
                synthetic=synthetic,
                placement_id=found.placement_id,
                worker_id=found.worker_id,
                vacancy_id=found.vacancy_id or "",
                employer_id=found.employer_id or "",
                start=found.start,
                contract_months=_months(found, post),
                wage_promised=found.wage_yuan_month or (post.wage_low_yuan_month if post else None),
                evidence=tuple(dict.fromkeys(proof.kind.value for proof in found.evidence)),
            )


def _months(placement: Placement, post: Vacancy | None) -> int | None:
    """Whole months of the contract, else those the post states."""
    first, last = placement.contract_start, placement.contract_end
    if first is None or last is None:
        return post.contract_months if post else None
    months = (last.year - first.year) * 12 + last.month - first.month
    # A contract from the first to the last day of a month is that month as well.
    return months + (last.day - first.day >= DAYS_OF_A_MONTH)


def _follow_ups(
    store: RosterStore, orders: OrderStore, every: Iterable[LabourOrder], season: Season, *, synthetic: bool
) -> Iterator[FollowUpEvent]:
    for order in every:
        asked = orders.follow_ups(order_id=order.order_id)
        erased = store.erased({found.worker_id for found in asked})
        for found in asked:
            if found.status and found.worker_id not in erased and season.holds(found.due_on):
                yield msgspec.convert(
                    {
                        "event_id": event_id("f", found.follow_up_id),
                        "ts": found.asked_at or datetime.combine(found.due_on, datetime.min.time(), UTC),
                        "synthetic": synthetic,
                        "placement_id": placement_id(found.order_id, found.worker_id),
                        "day": found.day,
                        "status": found.status,
                        "wage_paid": None,
                        "reason_code": found.reason,
                        "source": found.source,
                    },
                    FollowUpEvent,
                )


def _without_erased(store: RosterStore, rows: dict[str, list[Event]]) -> dict[str, list[Event]]:
    """The rows of everybody who has not been erased, and of the households somebody is left of, sorted."""
    erased = store.erased({named for events in rows.values() for event in events if (named := _person(event))})
    kept = {name: [event for event in events if _person(event) not in erased] for name, events in rows.items()}
    homes = {
        event.fields.get("household_id")
        for event in kept["snapshots"]
        if isinstance(event, Snapshot) and event.kind == "worker"
    }
    kept["snapshots"] = [
        event
        for event in kept["snapshots"]
        if not (isinstance(event, Snapshot) and event.kind == "household") or event.id in homes
    ]
    return {name: sorted(events, key=lambda event: (event.ts, event.event_id)) for name, events in kept.items()}


def _person(event: Event) -> str:
    """Whom a row is about, "" for nobody."""
    if isinstance(event, Snapshot):
        return event.id if event.kind == "worker" else ""
    return str(getattr(event, "worker_id", ""))
