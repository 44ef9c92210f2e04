"""People who stand twice in our own rosters, as officers and auditors read them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date
from typing import Any, Final

import msgspec

from matcher.ports import DeedStore, RosterStore
from matcher.privacy import identity_for
from matcher.records import Identity
from matcher.records.access import Role
from matcher.services.ground.rulebook import Means
from matcher.services.ground.same_person import Joined, joined_people
from matcher.services.reconcile.merges import likely_doubles

N_SHOWN: Final = 30


class TwicePage(msgspec.Struct, frozen=True, kw_only=True):
    """The call: who reads, of which regions, on which day, from which pair on."""

    role: Role
    regions: tuple[str, ...]
    on: date
    skip: int = 0


def doubles_page(deeds: DeedStore, store: RosterStore, means: Means, call: TwicePage) -> dict[str, Any]:
    """Likely pairs that nobody has joined yet, surest first, and the joined ones both of whose records are in reach.

    Each says which record would go on and which would be joined to it (`join`): of a record that is joined already
    it is the person's. What the rosters are worked out to is remembered until they change.
    """
    role, skip, joined = call.role, call.skip, joined_people(deeds)
    persons, heads = {one.other: one.keep for one in joined}, {one.keep for one in joined}
    likely = means.remembered.get(
        "doubles", (), lambda: likely_doubles(store, call.on), by=(store.revision(), call.regions, call.on)
    )
    pairs = ((row, _join(row, persons, heads)) for row in likely)
    found = [(row, join) for row, join in pairs if join["keep"] != join["other"]]
    end = skip + N_SHOWN
    shown = found[skip:end]
    asked = {one for row, join in shown for one in (row["keep"], row["other"], *join.values())}
    asked |= {one for pair in joined for one in (pair.keep, pair.other)}
    people = store.identities(sorted(asked))
    return {
        "rows": [
            {
                **row,
                "keep": _told(role, row["keep"], people),
                "other": _told(role, row["other"], people),
                "join": join if set(join.values()) <= people.keys() else None,
                "behind": [
                    _told(role, one, people)
                    for one in join.values()
                    if one in people and one not in (row["keep"], row["other"])
                ],
            }
            for row, join in shown
        ],
        "n": len(found),
        "skip": skip,
        "next": end if end < len(found) else 0,
        "joined": [_joined(role, one, people) for one in joined if {one.keep, one.other} <= people.keys()],
    }


def people_twice_of(page: Mapping[str, Any]) -> list[str]:
    """Ids of everybody the page names, for the audit."""
    told = [one for row in page["rows"] for one in (row["keep"], row["other"], *row["behind"])]
    told += [one for pair in page["joined"] for one in (pair["keep"], pair["other"])]
    return sorted({one["worker_id"] for one in told})


def _join(row: Mapping[str, Any], persons: Mapping[str, str], heads: Set[str]) -> dict[str, str]:
    """The records to join: those of the persons, and a person of several records goes on."""
    keep, other = (persons.get(row[name], row[name]) for name in ("keep", "other"))
    return {"keep": other, "other": keep} if other in heads and keep not in heads else {"keep": keep, "other": other}


def _joined(role: Role, one: Joined, people: Mapping[str, Identity]) -> dict[str, Any]:
    return {
        "stream": one.stream,
        "keep": _told(role, one.keep, people),
        "other": _told(role, one.other, people),
        "reason": one.reason,
        "by": one.by,
        "at": one.at.isoformat(),
    }


def _told(role: Role, worker_id: str, people: Mapping[str, Identity]) -> dict[str, str]:
    who = people.get(worker_id)
    return {
        "worker_id": worker_id,
        **identity_for(
            role,
            name=who.name if who else None,
            id_number=who.id_number if who else None,
            phone=who.phone if who else None,
        ),
    }
