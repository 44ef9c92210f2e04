"""The rows of an event folder as learning reads them: what it needs is asked for, what it does not know is let pass.

The tables are those of QUALITY section 6 and `records.events`; a log of another program may say less of a row than ours
does (a reaction without its worker, a placement without its employer) and more (columns we do not know).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from matcher.records.events import Kept, Outcome, Reacted

Id = Annotated[str, Meta(min_length=1)]
Chance = Annotated[float, Meta(gt=0, le=1)]
Probability = Annotated[float, Meta(ge=0, le=1)]


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """What every row has; `ts` is aware and in UTC once it was read."""

    event_id: Id
    ts: datetime
    synthetic: bool = False


class ImpressionRow(EventRow, frozen=True, kw_only=True):
    """One line of a list that was shown; slot from 1, propensity given the lines before it."""

    season: str = ""
    channel: str = ""
    policy_id: str = ""
    model_sha: str = ""
    seed: int = 0
    worker_id: Id
    household_id: str = ""
    list_id: Id
    slot: Annotated[int, Meta(ge=1)]
    vacancy_id: Id
    propensity: Chance = 1.0
    n_candidates: int | None = None
    p_apply: Probability | None = None
    p_hire: Probability | None = None
    p_keep: Probability | None = None
    slot_price: float | None = None
    score: float | None = None
    openings_left: int | None = None
    explore: bool = False


class ReactionRow(EventRow, frozen=True, kw_only=True):
    """What was done with a line; worker_id "" where the list alone says whose it was."""

    list_id: Id
    vacancy_id: Id
    worker_id: str = ""
    kind: Reacted
    reason_code: str = ""


class DecisionRow(EventRow, frozen=True, kw_only=True):
    """What became of an application; decided_by : broker, employer, worker, capacity, or who it was by name."""

    vacancy_id: Id
    worker_id: Id
    outcome: Outcome
    reason_code: str = ""
    decided_by: str = ""


class PlacementRow(EventRow, frozen=True, kw_only=True):
    """Somebody began to work on `start`."""

    placement_id: Id
    worker_id: Id
    vacancy_id: str = ""
    employer_id: str = ""
    start: date
    contract_months: int | None = None
    wage_promised: int | None = None
    evidence: tuple[str, ...] | str = ()


class FollowUpRow(EventRow, frozen=True, kw_only=True):
    """What was found `day` days after the start."""

    placement_id: Id
    day: Annotated[int, Meta(ge=0)]
    status: Kept
    wage_paid: int | None = None
    reason_code: str = ""
    source: str = ""


class SnapshotRow(EventRow, frozen=True, kw_only=True):
    """A record as it was seen from `ts` on, until the next version of it."""

    season: str = ""
    kind: Literal["worker", "household", "vacancy", "employer"]
    id: Id
    fields: Mapping[str, Any]


ROWS: dict[str, type[EventRow]] = {
    "impressions": ImpressionRow,
    "reactions": ReactionRow,
    "decisions": DecisionRow,
    "placements": PlacementRow,
    "followups": FollowUpRow,
    "snapshots": SnapshotRow,
}
"""Name of the file (without `.jsonl`) -> its rows."""
