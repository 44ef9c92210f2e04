"""What was shown to whom and why: append-only, replayed byte for byte."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from matcher.ports import Decision, RosterStore
from matcher.records.access import AuditEntry


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One answered call: its request, the bytes of all its inputs, the answer, the plan and the revision it read.

    told : the answer as it leaves the system
    """

    kind: str
    request: msgspec.Struct
    body: bytes
    answer: dict[str, Any]
    told: bytes
    plan_id: str
    revision: int


def digest(body: bytes) -> str:
    """SHA-256 of some bytes, hex."""
    return hashlib.sha256(body).hexdigest()


def logged(
    store: RosterStore,
    call: Call,
    *,
    at: datetime,
    kept: tuple[str, str],
    seed: int,
    entry: AuditEntry | None = None,
) -> Decision:
    """Append the call to the log; an answer given before keeps its first entry.

    kept : digests of the model and the rulebook that the store keeps, so that the answer can be built again
    entry : of the audit, written in the same commit
    """
    decision = Decision(
        decision_id=call.answer["decision_id"],
        kind=call.kind,
        made_at=at,
        revision=call.revision,
        request=msgspec.to_builtins(call.request),
        input_hash=digest(call.body),
        model=kept[0],
        pack=kept[1],
        plan_id=call.plan_id,
        seed=seed,
        answer_hash=digest(call.told),
    )
    store.append_decision(decision, entry)
    return decision
