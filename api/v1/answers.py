"""Schemas of what goes out: CONTRACT sections 4 and 6, as an office sees them; other audiences get fewer fields.

These describe, they do not build: an answer leaves as the bytes its service made. A test holds every answer of the
test suite against them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

Plain = str | int | float | bool | None


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

    stage: str
    intercept: float
    contributions: list[ContributionOut]
    log_odds: float


class ExplanationOut(BaseModel):
    """Why a pair stands where it stands."""

    stages: list[StageOut]
    rules: list[FindingOut]


class PairParts(BaseModel):
    """The parts of a pair; tier, factors, price and score are for the office alone."""

    verdict: str = Field(description="yes, unknown or no")
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
    verdict: str
    reasons: list[FindingOut]
    smallest_change: str | None


class RouteOut(BaseModel):
    """The 45+ route; only `channel`, `first` and `sentence` for everybody but the office."""

    channel: str
    outcome: str | None = None
    first: bool
    reasons: list[Any] | None = None
    document: str | None = None
    clause: str | None = None
    sentence: str


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
    order: str
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


class ProblemRow(BaseModel):
    """One finding about one cell, row or file."""

    sheet: str
    row: int = Field(description="As a person sees it in the sheet; 0 is the whole file.")
    column: str
    found: str
    expected: str
    fix: str
    severity: str


class ImportState(BaseModel):
    """An upload on its way: CONTRACT section 6 once it is done, as far as it has come until then."""

    job_id: str
    state: str = Field(description="queued, running, done, failed or interrupted")
    kind: str
    file: str
    by: str
    created_at: str
    finished_at: str | None = None
    dry_run: bool
    rows_read: int
    batch_id: str | None = None
    rows: int | None = None
    accepted: int | None = None
    repaired: int | None = None
    rejected: int | None = None
    unchanged: int | None = None
    forms: list[str] | None = None
    unread_columns: list[str] | None = None
    undone_at: str | None = None
    error: str | None = None
    remedy: str | None = None


class Import(ImportState):
    """An upload with a page of its problems."""

    problems: list[ProblemRow]
    n_problems: int
    next_cursor: str | None = None


class ImportPage(BaseModel):
    """Imports, newest first."""

    imports: list[ImportState]
    next_cursor: str | None = None


class Undone(BaseModel):
    """An import that was taken back."""

    batch_id: str
    kind: str
    file: str
    undone: bool


class PackLine(BaseModel):
    """A document of policy and whether it is in force on the day."""

    id: str
    name: str
    document: str
    regions: list[str]
    state: str
    rules: int
    parameters: int
    digest: str


class PackList(BaseModel):
    """All packs."""

    on: date
    packs: list[PackLine]
    rules: list[str] = Field(description="Every rule `POST /policy/evaluate` answers.")


class PackPage(PackLine):
    """A pack with its page in Chinese."""

    page: str = Field(description="Markdown: every figure with unit, dates and clause.")


class Check(BaseModel):
    """A part of the server."""

    part: str
    state: str


class Health(BaseModel):
    """`status` is the worst of the parts: ok, warning or fault."""

    status: str
    checks: list[Check]


class Recorded(BaseModel):
    """What was kept of a reaction."""

    event_id: str
    decision_id: str
    worker_id: str
    vacancy_id: str
    kind: str
