"""A logged answer built again from the log: same inputs, model, pack, prices and seed, same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from matcher.decisions import digest
from matcher.errors import Erased, MatcherError, NotFound, StoreError
from matcher.ports import Decision, RosterStore
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.ground.rulebook import Means, kept_means
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.services.rounds.log_match import LoggedMatch, answer_match
from matcher.services.rounds.recommend import Recommend, answer_recommend
from matcher.settings import Settings

Answered = tuple[dict[str, Any], bytes]
CALLS: dict[str, tuple[type[msgspec.Struct], Callable[..., Answered]]] = {
    "recommend": (Recommend, answer_recommend),
    "candidates": (ListCandidates, answer_candidates),
    "match": (LoggedMatch, answer_match),
}


def replay_decision(store: RosterStore, settings: Settings, decision_id: str, *, live: Means | None = None) -> bytes:
    """The bytes that left the system then. live : as in `kept_means`.

    Raises NotFound for an unknown decision, Erased if somebody it rests on was erased since, StoreError if inputs or
    answer no longer hash to what was logged for any other reason.
    """
    decision = store.decision(decision_id)
    call_type, answer_call = CALLS[decision.kind]
    plan = store.plan(decision.plan_id) if decision.plan_id else None
    means = kept_means(store, decision.model, decision.pack, settings, live=live)
    call = msgspec.convert(dict(decision.request), call_type)
    try:
        answer, body = answer_call(store, means, call, plan=plan, revision=decision.revision)
    except NotFound as error:
        raise _refusal(store, decision, "inputs") from error
    told = answer_bytes(answer)
    for what, found, wanted in (
        ("inputs", digest(body), decision.input_hash),
        ("answer", digest(told), decision.answer_hash),
    ):
        if found != wanted:
            raise _refusal(store, decision, what)
    return told


def _refusal(store: RosterStore, decision: Decision, what: str) -> MatcherError:
    """Why a decision cannot be built again: data were erased, as they must be on request, or they were altered."""
    erased = store.erased_since(decision.revision)
    about = decision.request.get("worker_id")
    if about in erased or (about is None and erased):
        return Erased(
            f"decision {decision.decision_id} rests on somebody whose data were erased since",
            where=decision.decision_id,
            remedy="Erased data do not come back; the log keeps when the decision was made and by which rules.",
        )
    return StoreError(
        f"the {what} of decision {decision.decision_id} can no longer be built",
        where=decision.decision_id,
        remedy="Run `matcher doctor`; the log or the facts behind it were changed.",
    )
