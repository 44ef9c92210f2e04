"""A stateless match that came over HTTP: answered, and logged with its whole request, so that it can be given again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from matcher.decisions import Call, logged
from matcher.errors import Erased, Forgotten, NotFound
from matcher.ports import RosterStore, StoredPlan
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.ground.rulebook import Means, keep
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest, read_request

ARTIFACT = "request"


class LoggedMatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="match", tag_field="call"):
    """The call as the log keeps it: the request by its hash, and the places its people live in.

    public : as in `match`
    """

    request: str
    places: tuple[str, ...] = ()
    public: bool = False


def log_match(
    store: RosterStore, means: Means, request: MatchRequest, *, at: datetime, public: bool = False
) -> dict[str, Any]:
    """Answer of CONTRACT section 4, logged before it leaves; of the database it reads nothing."""
    request = msgspec.structs.replace(request, top=request.top or means.settings.top)
    body = _bytes(request)
    answer = match(request, means, public=public)
    call = LoggedMatch(
        request=store.put_artifact(ARTIFACT, body, at=at),
        places=tuple(sorted({worker.place_code for worker in request.workers})),
        public=public,
    )
    told = answer_bytes(answer)
    logged(
        store,
        Call(kind="match", request=call, body=body, answer=answer, told=told, plan_id="", revision=store.revision()),
        at=at,
        kept=keep(store, means),
        seed=request.seed,
    )
    return answer


def answer_match(
    store: RosterStore, means: Means, call: LoggedMatch, *, plan: StoredPlan | None, revision: int | None
) -> tuple[dict[str, Any], bytes]:
    """The answer built again from the kept request. Raises Erased if one of its people was erased since, Forgotten
    when the request's time is over.

    No plan and no revision has a part in it: a match reads nothing of the database.
    """
    body = _request(store, call)
    request = read_request(body, name=ARTIFACT)
    if store.erased([worker.worker_id for worker in request.workers]):
        raise Erased(
            "the request names somebody whose data were erased since",
            remedy="Erased data do not come back; the log keeps when the decision was made and by which rules.",
        )
    return match(request, means, public=call.public), _bytes(request)


def _request(store: RosterStore, call: LoggedMatch) -> bytes:
    try:
        return store.artifact(call.request)
    except NotFound:
        raise Forgotten(
            "what was asked was kept for a while that is over, or named somebody whose data were erased",
            remedy="Ask again with the same people; the log keeps when the decision was made and by which rules.",
        ) from None


def _bytes(request: MatchRequest) -> bytes:
    return msgspec.json.encode(request, order="deterministic")
