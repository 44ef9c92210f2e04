"""What somebody did with a vacancy they were shown."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from api.audit import looked
from api.state import access, means, now, state, store
from api.v1.operations import Operation, attach
from api.v1.reading import Id, NoParameters, OfDecision
from api.v1.shapes import Strict
from api.viewer import viewer
from matcher.errors import NotFound
from matcher.records.access import Role, Scope
from matcher.services.react import KINDS, REASONS, React, react

ReactionKind = StrEnum("ReactionKind", [(kind, kind) for kind in KINDS])  # type: ignore[misc]
ReactionReason = StrEnum("ReactionReason", [(reason, reason) for reason in REASONS])  # type: ignore[misc]
ReactionKind.__doc__ = (
    "open: read the details; apply: wants it; decline: not this; ask_broker: asked for a call; print: took a slip."
)
ReactionReason.__doc__ = "Why not: wage too low, too far, family, hours, kind of work, something else."
EXAMPLE: Final[dict[str, Any]] = {"vacancy_id": "demo-450206-v000001", "kind": "apply"}


class ReactionBody(Strict):
    """What was done with which vacancy of the list, and why."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})
    vacancy_id: Id
    kind: ReactionKind
    reason_code: ReactionReason | None = None
    worker_id: Id | None = Field(default=None, description="Of a list of candidates: whom it is about.")


class Recorded(BaseModel):
    """What was kept of a reaction."""

    event_id: str
    decision_id: str
    worker_id: str
    vacancy_id: str
    kind: ReactionKind


def init_api(api: APIBlueprint) -> None:
    """Attach these operations."""
    attach(api, "post", "/decisions/<id>/reactions", record_reaction, Operation(
        scope=Scope.REACTIONS, answer=Recorded, status=201, writes=True, body=ReactionBody, faults=(404, 410),
    ))  # fmt: skip


def record_reaction(path: OfDecision, query: NoParameters, body: ReactionBody) -> dict[str, Any]:
    """Keep what somebody did with a listed vacancy; the same told twice is kept once."""
    asker = viewer()
    decision = store().decision(path.decision_id)
    if asker.role is Role.WORKER and decision.request.get("worker_id") != asker.subject:
        raise NotFound("no decision of this id was logged", where=path.decision_id)
    call = React(
        decision_id=path.decision_id,
        vacancy_id=body.vacancy_id,
        kind=body.kind,
        reason_code=body.reason_code or "",
        worker_id=body.worker_id or "",
        channel="api",
        actor=asker.actor,
    )
    kept = react(state().records, access(), call, now(), live=means())
    looked("react", [kept.decision_id, kept.worker_id, kept.vacancy_id])
    return {
        "event_id": kept.event_id,
        "decision_id": kept.decision_id,
        "worker_id": kept.worker_id,
        "vacancy_id": kept.vacancy_id,
        "kind": kept.kind,
    }
