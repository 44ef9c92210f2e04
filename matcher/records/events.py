"""Training events: one struct per table of `QUALITY.md` section 6, one row per event, ids as those given to `match`.

Every row has `event_id` and `ts` (UTC) and says whether it is synthetic, so that a loader can refuse to mix.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

import msgspec

Channel = Literal["kiosk", "sms", "broker", "fair", "api"]
"""Where a list was read; `api` is a list that left for another system or for the office's own desk."""
Reacted = Literal["open", "apply", "decline", "no_reply", "ask_broker", "sms_code"]
Reason = Literal["", "wage", "distance", "family", "hours", "type", "other"]
Outcome = Literal["offer", "refuse_unfit", "refuse_full", "no_show", "withdrawn"]
Kept = Literal["kept", "moved", "returned", "unreachable"]


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every row has."""

    event_id: str
    ts: datetime
    synthetic: bool


class Impression(Event, frozen=True, kw_only=True):
    """One line of a list somebody was shown.

    policy_id : what ordered the list; model_sha : of the model file; list_id : with `vacancy_id` (of candidates:
    `worker_id`) what a reaction names; propensity : chance of the line given those above it, 1.0 where none was drawn;
    n_candidates : null where the answer does not say; eligible_rules : of a list that was explained;
    consent_version : "" while there is one only
    """

    season: str
    channel: Channel
    policy_id: str
    model_sha: str
    seed: int
    worker_id: str
    household_id: str
    list_id: str
    slot: int
    vacancy_id: str
    propensity: float
    n_candidates: int | None
    p_apply: float
    p_hire: float
    p_keep: float
    slot_price: float
    score: float
    openings_left: int
    eligible_rules: tuple[str, ...]
    explore: bool
    consent_version: str


class ReactionEvent(Event, frozen=True, kw_only=True):
    """What was done with a listed vacancy. A printed slip counts as opened: the yes before it is a row of its own."""

    list_id: str
    vacancy_id: str
    worker_id: str
    kind: Reacted
    reason_code: Reason


class DecisionEvent(Event, frozen=True, kw_only=True):
    """What became of somebody who said yes. refuse_full is censoring, not a negative label."""

    vacancy_id: str
    worker_id: str
    outcome: Outcome
    reason_code: str
    decided_by: Literal["broker", "employer", "worker", "capacity"]


class PlacementEvent(Event, frozen=True, kw_only=True):
    """Somebody began to work; ts : when the county learnt of it."""

    placement_id: str
    worker_id: str
    vacancy_id: str
    employer_id: str
    start: date
    contract_months: int | None
    wage_promised: int | None
    evidence: tuple[str, ...]


class FollowUpEvent(Event, frozen=True, kw_only=True):
    """An answer to the question after so many days. Unreachable is censored."""

    placement_id: str
    day: int
    status: Kept
    wage_paid: int | None
    reason_code: Reason
    source: str


class Snapshot(Event, frozen=True, kw_only=True):
    """A record as it was seen at scoring time, each version once; ts : of the first list made of it."""

    season: str
    kind: Literal["worker", "household", "vacancy", "employer"]
    id: str
    fields: Mapping[str, Any]


TABLES: dict[str, type[Event]] = {
    "impressions": Impression,
    "reactions": ReactionEvent,
    "decisions": DecisionEvent,
    "placements": PlacementEvent,
    "followups": FollowUpEvent,
    "snapshots": Snapshot,
}
"""Name of the file (without `.jsonl`) -> its rows."""
