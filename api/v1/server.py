"""Whether the server is sound, and its figures."""

from __future__ import annotations

from typing import Any, Final, Literal

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from api import health as checks
from api import metrics as figures
from api.media import JSON
from api.v1.operations import Operation, Told, attach
from api.v1.reading import NoParameters
from matcher.records.access import Scope
from matcher.services.ground.answer_bytes import answer_bytes

AT_FAULT: Final = {
    "description": "A part has a fault: the answer tells which, unless the fault is in answering.",
    "content": {JSON: {"schema": {"$ref": "#/components/schemas/Health"}}},
}


Soundness = Literal["ok", "warning", "fault"]


class Check(BaseModel):
    """A part of the server."""

    part: str
    state: Soundness


class Health(BaseModel):
    """`status` is the worst of the parts: ok, warning or fault."""

    status: Soundness
    checks: list[Check]


def init_api(api: APIBlueprint) -> None:
    """Attach these operations."""
    attach(api, "get", "/healthz", healthz, Operation(scope=None, answer=Health, also={503: AT_FAULT}))
    attach(api, "get", "/metrics", metrics, Operation(
        scope=Scope.METRICS, media={"text/plain": {"type": "string"}},
    ))  # fmt: skip


def healthz(query: NoParameters) -> Told:
    """Is the server sound? 503 with the same body if a part has a fault."""
    found: dict[str, Any] = checks.health()
    return Told(body=answer_bytes(found), status=503 if found["status"] == "fault" else 200)


def metrics(query: NoParameters) -> Told:
    """Requests, answers and imports in Prometheus' text format."""
    return Told(body=figures.text(), content_type=figures.TEXT)
