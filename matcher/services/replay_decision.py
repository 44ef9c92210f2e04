"""A logged answer built again from the log: same inputs, model, pack, prices and seed, same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from matcher.decisions import answer_bytes, digest
from matcher.errors import StoreError
from matcher.ports import RosterStore
from matcher.services.list_candidates import ListCandidates, answer_candidates
from matcher.services.recommend import Recommend, answer_recommend
from matcher.services.rulebook import kept_means
from matcher.settings import Settings

Answered = tuple[dict[str, Any], bytes]
CALLS: dict[str, tuple[type[msgspec.Struct], Callable[..., Answered]]] = {
    "recommend": (Recommend, answer_recommend),
    "candidates": (ListCandidates, answer_candidates),
}


def replay_decision(store: RosterStore, settings: Settings, decision_id: str) -> bytes:
    """The bytes that left the system then.

    Raises NotFound for an unknown decision, StoreError if inputs or answer no longer hash to what was logged.
    """
    decision = store.decision(decision_id)
    call_type, answer_call = CALLS[decision.kind]
    plan = store.plan(decision.plan_id) if decision.plan_id else None
    means = kept_means(store, decision.model, decision.pack, settings)
    call = msgspec.convert(dict(decision.request), call_type)
    answer, body = answer_call(store, means, call, plan=plan, revision=decision.revision)
    told = answer_bytes(answer)
    for what, found, wanted in (
        ("inputs", digest(body), decision.input_hash),
        ("answer", digest(told), decision.answer_hash),
    ):
        if found != wanted:
            raise StoreError(
                f"the {what} of decision {decision_id} can no longer be built",
                where=decision_id,
                remedy="Run `matcher doctor`; the log or the facts behind it were changed.",
            )
    return told
