"""Schemas of lists and their reasons: CONTRACT section 4, as an office sees it; other audiences get fewer fields.

These describe, they do not build: an answer leaves as the bytes its service made. A test holds every answer of the
test suite against them.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from matcher.policy.types import Mode
from matcher.records import Channel

Plain = str | int | float | bool | None
Verdict = Literal["yes", "unknown", "no"]


class FindingOut(BaseModel):
    """What one rule says of a pair or person."""

    rule_id: str
    outcome: str | None = None
    sentence: str
    question: str | None = None
    document: str | None = None
    clause: str | None = None
    found: Plain = None
    limit: Plain = None
    change: str | None = None


class ContributionOut(BaseModel):
    """One term's share of a stage's log-odds."""

    term: str
    value: float
    sentence: str


class StageOut(BaseModel):
    """apply, hire or keep: intercept + contributions = log_odds."""

    stage: Literal["apply", "hire", "keep"]
    intercept: float
    contributions: list[ContributionOut]
    log_odds: float


class ExplanationOut(BaseModel):
    """Why a pair stands where it stands."""

    stages: list[StageOut]
    rules: list[FindingOut]


class PairParts(BaseModel):
    """The parts of a pair; tier, factors, price and score are for the office alone."""

    verdict: Verdict
    questions: list[str] = Field(default=[], description="What to ask where a fact is missing.")
    fit: float | None = None
    p_apply: float | None = None
    p_hire: float | None = None
    p_keep: float | None = None
    fit_band: int | None = None
    household_factor: float | None = None
    priority_factor: float | None = None
    group_factor: float | None = None
    slot_price: float | None = None
    score: float | None = None
    tier: int | None = None
    sub_tier: int | None = None
    stretch: bool | None = None
    places_left: int | None = None
    sentence: str
    drawback: str
    explanation: ExplanationOut | None = None


class Item(PairParts):
    """One entry of a list; it names the other side of the pair."""

    rank: int
    worker_id: str | None = None
    vacancy_id: str | None = None


class RefusedPair(BaseModel):
    """A pair with verdict no, and the smallest change that would open it."""

    vacancy_id: str
    verdict: Verdict
    reasons: list[FindingOut]
    smallest_change: str | None


class RouteOut(BaseModel):
    """The 45+ route; only `channel`, `first` and `sentence` for everybody but the office."""

    channel: Channel
    outcome: str | None = None
    first: bool
    reasons: list[Any] | None = None
    document: str | None = None
    clause: str | None = None
    sentence: str
    note_to_officer: str | None = None


class WorkerList(BaseModel):
    """A worker's list."""

    worker_id: str
    routes: list[RouteOut]
    items: list[Item]
    note: str | None = None
    refused: list[RefusedPair] | None = None


class CandidateList(BaseModel):
    """A vacancy's candidates."""

    vacancy_id: str
    note: str | None = None
    not_offered: list[FindingOut]
    order: Mode
    n_yes: int
    n_unknown: int
    n_below_floor: int
    items: list[Item]


class PlanOut(BaseModel):
    """The plan whose prices were read."""

    season: str
    mode: str


class Heading(BaseModel):
    """What every answer says of itself."""

    on: date
    jurisdiction: str
    model: str
    pack: str
    warnings: list[str] | None = None
    plan: PlanOut | None


class Lists(Heading):
    """Lists for workers, CONTRACT section 4."""

    decision_id: str
    lists: list[WorkerList]


class Candidates(Heading):
    """A list for a vacancy, CONTRACT section 4."""

    decision_id: str
    lists: list[CandidateList]


class AnyDecision(Heading):
    """A logged answer, byte for byte as it was made: lists for workers or for a vacancy."""

    decision_id: str
    lists: list[WorkerList | CandidateList]


class Pair(Heading, PairParts):
    """Everything about one pair."""

    worker_id: str
    vacancy_id: str
    findings: list[FindingOut]
    routes: list[RouteOut]
    reasons: list[FindingOut] | None = None
    smallest_change: str | None = None
    vacancy_times_listed_in_season: int | None = None
    note: str | None = None
    score_formula: str | None = None
