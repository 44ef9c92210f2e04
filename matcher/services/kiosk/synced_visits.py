"""A visit at a kiosk comes in after the fact: kept once, its list built again here, its answers as what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from matcher.decisions import digest
from matcher.errors import InvalidInput, MatcherError, NotFound, StoreError
from matcher.ports import AccessStore, Decision, KioskStore, RosterStore, TextStore
from matcher.records.access import AuditEntry, Reaction
from matcher.records.kiosks import Kiosk, SyncedVisit
from matcher.records.texts import TextConsent
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.ground.rulebook import Means, kept_means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.kiosk.synced_consents import SaidToTexts, known_words, take_consents
from matcher.services.react import KINDS, REASONS
from matcher.services.rounds.recommend import Recommend, answer_recommend

DECISION: Final = "decision"
REACTION: Final = "reaction"
CONSENT: Final = "consent"
"""What an event of a visit can be, in its field `event`."""
MOST_EVENTS: Final = 500
AGREED: Final = "agree"
"""The look that says that the record was opened with the person's yes."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A deed or a look at a person's record, as the kiosk would have put it into its audit."""

    at: datetime
    action: str
    subjects: tuple[str, ...] = ()


class _Events(NamedTuple):
    decisions: list[Decision]
    reactions: list[Reaction]
    looks: list[Look]
    said: list[SaidToTexts]


class Taking(NamedTuple):
    """What a visit is taken in with: the stores, the rules, how far the calendar of a demonstration is moved."""

    store: RosterStore
    kiosks: KioskStore
    access: AccessStore
    texts: TextStore
    means: Means
    moved: timedelta = timedelta()


def take_visit(taking: Taking, visit: SyncedVisit, kiosk: Kiosk) -> bool:
    """Keep a visit once; False if it had come in before, and then nothing is done.

    What it brings is written first and the visit last, each part so that writing it again changes nothing: whatever
    fails on the way, the kiosk sends the visit again and it is whole once. A list that does not come out here as the
    kiosk showed it is not logged, nor are answers to it; the audit says how many were left out.
    Raises InvalidInput for events that cannot be read.
    """
    if any(kept.visit_id == visit.visit_id for kept in taking.kiosks.visits(kiosk.kiosk_id)):
        return False
    events = _read(visit)
    reached = Scoped(taking.store, (kiosk.region_code,))
    # A no comes before anything else: nothing that fails after it lets a text go.
    here = {subject for look in events.looks if look.action == AGREED for subject in look.subjects}
    own = [said for said in events.said if said.worker_id in here]
    answers = take_consents(reached, taking.texts, own, visit, kiosk, moved=taking.moved)
    shown = {
        decision.decision_id: vacancies
        for decision in events.decisions
        if (vacancies := _logged_here(reached, taking.means, decision)) is not None
    }
    kept = [
        msgspec.structs.replace(reaction, channel="kiosk", actor=f"kiosk:{kiosk.kiosk_id}")
        for reaction in events.reactions
        if reaction.vacancy_id in shown.get(reaction.decision_id, {}).get(reaction.worker_id, ())
    ]
    taking.access.add_reactions(kept)
    n_strange = sum(decision.decision_id not in shown for decision in events.decisions)
    n_left_out = n_strange + len(events.reactions) - len(kept) + len(events.said) - len(answers)
    taking.access.append_audit(_note(visit, kiosk, events, answers, n_left_out))
    is_new = taking.kiosks.add_visit(visit)
    taking.kiosks.change_kiosk(kiosk.kiosk_id, lambda now: msgspec.structs.replace(now, synced_at=visit.received_at))
    return is_new


def _read(visit: SyncedVisit) -> _Events:
    found = _Events([], [], [], [])
    if len(visit.events) > MOST_EVENTS:
        raise _unreadable(visit, f"{len(visit.events)} events")
    for event in visit.events:
        told = {name: value for name, value in event.items() if name != "event"}
        try:
            if event.get("event") == DECISION:
                found.decisions.append(msgspec.convert(told, Decision))
            elif event.get("event") == REACTION:
                found.reactions.append(_checked(msgspec.convert(told, Reaction)))
            elif event.get("event") == CONSENT:
                found.said.append(known_words(msgspec.convert(told, SaidToTexts)))
            else:
                found.looks.append(msgspec.convert(told, Look))
        except msgspec.ValidationError as error:
            raise _unreadable(visit, str(error)) from None
    return found


def _checked(reaction: Reaction) -> Reaction:
    if reaction.kind not in KINDS or reaction.reason_code not in ("", *REASONS):
        raise msgspec.ValidationError(f"no reaction: {reaction.kind} {reaction.reason_code}")
    return reaction


def _logged_here(store: Scoped, means: Means, decision: Decision) -> dict[str, frozenset[str]] | None:
    """Worker -> vacancies that a decision showed, once it is in the log; None where it does not come out here."""
    try:
        call = msgspec.convert(dict(decision.request), Recommend)
        # The rules of today are mostly those of the pack, and what is worked out of them is kept.
        if (decision.model, decision.pack) != (digest(means.model_body), means.digest):
            means = kept_means(store, decision.model, decision.pack, means.settings)
        plan = store.plan(decision.plan_id) if decision.plan_id else None
        answer, body = answer_recommend(store, means, call, plan=plan, revision=decision.revision)
    except (NotFound, StoreError, msgspec.ValidationError):
        return None
    told = (answer["decision_id"], digest(body), digest(answer_bytes(answer)))
    if decision.kind != "recommend" or told != (decision.decision_id, decision.input_hash, decision.answer_hash):
        return None
    logged = store.decisions_of(call.worker_id)
    if not any((kept.decision_id, kept.made_at) == (decision.decision_id, decision.made_at) for kept in logged):
        store.append_decision(decision)
    (entry,) = answer["lists"]
    return {entry["worker_id"]: frozenset(item["vacancy_id"] for item in entry["items"])}


def _note(
    visit: SyncedVisit, kiosk: Kiosk, events: _Events, answers: Sequence[TextConsent], n_left_out: int
) -> AuditEntry:
    """One entry a visit, under everybody it looked at."""
    subjects = [f"kiosk:{kiosk.kiosk_id}", visit.visit_id]
    subjects += [subject for look in events.looks for subject in look.subjects]
    subjects += [subject for each in events.decisions for subject in (_about(each), each.decision_id) if subject]
    detail: Mapping[str, Any] = {
        "began_at": visit.began_at.isoformat(),
        "assisted": visit.assisted,
        "actions": [look.action for look in events.looks],
        "n_lists": len(events.decisions),
        "n_reactions": len(events.reactions),
        "texts": [{"agreed": said.agreed, "words": said.words} for said in answers],
        "n_left_out": n_left_out,
    }
    return AuditEntry(
        at=visit.received_at,
        actor=f"kiosk:{kiosk.kiosk_id}",
        role="kiosk",
        action="kiosk_visit",
        subjects=tuple(dict.fromkeys(subjects)),
        detail=detail,
    )


def _about(decision: Decision) -> str:
    return str(decision.request.get("worker_id", ""))


def _unreadable(visit: SyncedVisit, why: str) -> MatcherError:
    return InvalidInput(f"a visit cannot be read: {why}", where=visit.visit_id, remedy="Install the server's version.")
