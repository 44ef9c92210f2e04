"""What somebody did with a vacancy they were shown: kept once, tied to the decision that showed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from matcher.decisions import digest
from matcher.errors import InvalidInput, NotFound
from matcher.ports import AccessStore, RosterStore
from matcher.records.access import Reaction
from matcher.services.ground.answering import told_lately
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import whole
from matcher.services.rounds.replay_decision import replay_decision
from matcher.settings import Settings

KINDS: Final[Mapping[str, str]] = {
    "open": "看了详情",
    "apply": "要去",
    "decline": "不要",
    "ask_broker": "请人打电话",
    "print": "打了小票",
}
"""What can be done with a listed vacancy, and how that reads in a history."""

REASONS: Final[Mapping[str, str]] = {
    "wage": "工钱少",
    "distance": "太远",
    "family": "要顾家",
    "hours": "时间不合",
    "type": "不想干这种",
    "other": "别的",
}
"""Why not, in the words of the buttons that say it."""

LONGEST_WORD: Final = 80


class React(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which vacancy of which decision, what was done (KINDS) and why (one of REASONS, or "").

    worker_id : whom a list of candidates is reacted to for; a person's own list names its worker already
    channel : where it was done (kiosk, broker, api); actor : who did it, as the audit names them
    assisted : a helper stood beside, or somebody chose for a member of the family
    """

    decision_id: str
    vacancy_id: str
    kind: str
    reason_code: str = ""
    worker_id: str = ""
    channel: str = ""
    actor: str = ""
    assisted: bool = False


class _Item(msgspec.Struct, frozen=True):
    vacancy_id: str = ""
    worker_id: str = ""


class _List(msgspec.Struct, frozen=True):
    items: list[_Item]
    vacancy_id: str = ""
    worker_id: str = ""


class _Shown(msgspec.Struct, frozen=True):
    lists: list[_List]


def react(store: RosterStore, access: AccessStore, call: React, at: datetime, *, live: Means | None = None) -> Reaction:
    """The reaction as it is kept; told a second time it is the first one, with the time of the first.

    live : the means of today; a list that was just told by them need not be built again

    Raises InvalidInput for a kind or reason that does not exist, NotFound where no such decision was made, or none
    that showed the vacancy (to that worker), Erased where it rests on somebody whose data were erased since.
    """
    _refuse_misfits(call)
    worker_id = _shown_to(store, call, live)
    named = (call.decision_id, worker_id, call.vacancy_id, call.kind, call.reason_code, call.actor)
    reaction = Reaction(
        event_id="r-" + digest(msgspec.json.encode(named))[:32],
        ts=at,
        decision_id=call.decision_id,
        worker_id=worker_id,
        vacancy_id=call.vacancy_id,
        kind=call.kind,
        reason_code=call.reason_code,
        channel=call.channel,
        actor=call.actor,
        assisted=call.assisted,
    )
    access.add_reactions([reaction])
    kept = access.reactions(call.decision_id)
    return next((known for known in kept if known.event_id == reaction.event_id), reaction)


def _refuse_misfits(call: React) -> None:
    for field, fits, expected in (
        ("kind", call.kind in KINDS, "one of " + ", ".join(KINDS)),
        ("reason_code", call.reason_code in ("", *REASONS), "empty or one of " + ", ".join(REASONS)),
        ("channel", len(call.channel) <= LONGEST_WORD, f"at most {LONGEST_WORD} characters"),
    ):
        if not fits:
            raise InvalidInput(f"{field} does not fit", where=field, remedy=f"Give {expected}.")


def _shown_to(store: RosterStore, call: React, live: Means | None) -> str:
    """The worker of the pair that the decision showed, "" where a list of candidates is reacted to as a whole.

    The log keeps no answers but what they were made of: the answer is built again.
    """
    store.decision(call.decision_id)  # NotFound where it is outside the asker's regions
    behind = whole(store)

    def built_again() -> bytes:
        # The settings of the answer come from the log; those given only say where things lie, not asked here.
        return replay_decision(behind, Settings(), call.decision_id, live=live)

    body = built_again() if live is None else told_lately(behind, live, call.decision_id, built_again)
    shown = msgspec.json.decode(body, type=_Shown)
    for told in shown.lists:
        for item in told.items:
            worker_id = told.worker_id or item.worker_id
            if (told.vacancy_id or item.vacancy_id) == call.vacancy_id and call.worker_id in ("", worker_id):
                return told.worker_id or call.worker_id
    raise NotFound(
        f"decision {call.decision_id} did not show this vacancy",
        where="vacancy_id",
        remedy="React to a vacancy of the list, with the decision_id of that list.",
    )
