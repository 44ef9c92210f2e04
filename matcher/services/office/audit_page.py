"""For whoever audits: lists and payments drawn by a seed, each one click from its grounds; who looked at whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from matcher.errors import NotFound
from matcher.office.claims.record import ClaimRecord, ClaimState
from matcher.office.lots import LARGEST_SEED, MOST, lots
from matcher.ports import AccessStore, Decision, RosterStore
from matcher.records import Kind
from matcher.records.access import AuditEntry, Role
from matcher.services.claims.desk import ClaimDesk, all_claims, seen_claims
from matcher.services.office.audit_words import ACTIONS
from matcher.services.office.list_history import KINDS

N_LOOKS: Final = 100
N_READ: Final = 1000
"""Looks at a person or a post that are read to find those at one list."""
N_DRAWN: Final = 10
MOST_SEED: Final = LARGEST_SEED
"""The largest seed a notice may name."""
_SHORT: Final = 12


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """The call: the seed of the notice, how many of each kind."""

    seed: int
    n: int = N_DRAWN


def audit_sample(whole: RosterStore, desk: ClaimDesk, call: Drawn) -> dict[str, Any]:
    """Lists that somebody was shown, and claims that were paid, as far as the desk's regions reach.

    whole : the store with its log of decisions. A list that was given twice stands in the lot once. The same seed over
    the same log draws the same. Raises InvalidInput for a seed or a number that does not fit.
    """
    decisions = _decisions(whole, desk)
    paid = {one.claim_id: one for one in seen_claims(desk, all_claims(desk).values()) if one.state is ClaimState.PAID}
    return {
        "seed": call.seed,
        "n": call.n,
        "largest_seed": LARGEST_SEED,
        "most": MOST,
        "n_lists": len(decisions),
        "n_paid": len(paid),
        "lists": [_list(decisions[one]) for one in lots(decisions, seed=call.seed, n=call.n)],
        "paid": [_paid(paid[one]) for one in lots(paid, seed=call.seed, n=call.n)],
    }


def looks_at(
    store: RosterStore, access: AccessStore, subject: str, *, before: int = 0, everywhere: bool = True
) -> dict[str, Any]:
    """Who looked at a person, or did something about them, newest first; `before` goes on from a number.

    Somebody who was erased is still told of, by id, to whoever sees the whole county. Raises NotFound for nobody.
    """
    known = bool(store.records(Kind.WORKERS, ids=[subject]))
    if not known and not (everywhere and store.erased([subject])):
        raise NotFound("没有这个人", remedy="请核对编号；不在您管的范围里的人，这里查不到。")
    entries = access.audit(subject=subject, before=before, limit=N_LOOKS + 1)
    return {
        "subject": subject,
        "known": known,
        "looks": [look_row(entry) for entry in entries[:N_LOOKS]],
        "next": entries[N_LOOKS - 1].seq if len(entries) > N_LOOKS else 0,
    }


def looks_at_list(access: AccessStore, decision_id: str, about: str) -> list[dict[str, Any]]:
    """Who was given a list or looked at it, newest first. about : whose it is, a worker or a vacancy; "" for nobody.

    A look is filed under the list itself, or under whose it is with the list beside it.
    """
    named = access.audit(subject=decision_id, limit=N_LOOKS)
    given = access.audit(subject=about, limit=N_READ) if about else []
    found = {entry.seq: entry for entry in (*named, *(one for one in given if _is_of(one, decision_id)))}
    return [look_row(found[seq]) for seq in sorted(found, reverse=True)[:N_LOOKS]]


def _is_of(entry: AuditEntry, decision_id: str) -> bool:
    return entry.detail.get("decision_id") == decision_id


def look_row(entry: AuditEntry) -> dict[str, Any]:
    """An entry as a page tells it, with its number in the chain."""
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "by": entry.actor,
        "role": Role(entry.role).label if entry.role in set(Role) else entry.role,
        "what": ACTIONS.get(entry.action, entry.action),
        "chain": entry.chain[:_SHORT],
    }


def _decisions(whole: RosterStore, desk: ClaimDesk) -> Mapping[str, Decision]:
    """Lists by id; with regions those of one person who lives there."""
    found = {one.decision_id: one for one in whole.decisions() if one.kind in KINDS}
    if not desk.regions:
        return found
    asked = {str(one.request.get("worker_id", "")) for one in found.values()} - {""}
    here = _here(desk.store, asked)
    return {name: one for name, one in found.items() if one.request.get("worker_id") in here}


def _here(store: RosterStore, worker_ids: Collection[str]) -> frozenset[str]:
    found = store.records(Kind.WORKERS, ids=sorted(worker_ids)) if worker_ids else []
    return frozenset(getattr(one, "worker_id", "") for one in found)


def _list(decision: Decision) -> dict[str, Any]:
    return {
        "decision_id": decision.decision_id,
        "kind": KINDS[decision.kind],
        "at": decision.made_at.isoformat(),
        "pack": decision.pack[:_SHORT],
        "model": decision.model[:_SHORT],
        "revision": decision.revision,
    }


def _paid(claim: ClaimRecord) -> dict[str, Any]:
    told = claim.proposal
    return {
        "claim_id": claim.claim_id,
        "title": told.title if told else "",
        "document": told.document if told else "",
        "clause": told.clause if told else "",
        "version": told.version[:_SHORT] if told else "",
        "amount_fen": told.amount_fen if told else None,
        "paid_on": claim.paid_on.isoformat() if claim.paid_on else "",
    }
