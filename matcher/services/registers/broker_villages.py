"""Villages the office gave to a broker, as a broker may read them: how many are to go out and who seeks work.

Who stands on which register, and why a village is scheduled, stays at the office: the broker is told a number, and
finds everybody of the village who seeks work by the ordinary search.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from matcher.office.registers.schedule import PREFIX
from matcher.office.registers.standing import VILLAGE_DIGITS, village_of
from matcher.ports import DeedStore, RosterStore
from matcher.records import TOWNSHIP_DIGITS, Kind, Worker
from matcher.services.ground.answering import working_ids
from matcher.services.ground.rulebook import Means
from matcher.services.registers.ledger import Asked, ledger
from matcher.services.registers.village_page import schedules, towns_of, villages_of
from matcher.services.registers.words import place_name


def villages_given(
    store: RosterStore, deeds: DeedStore, means: Means, asked: Asked, broker: str
) -> list[dict[str, Any]]:
    """The villages a broker has this year, those that lack most first; empty where none was given.

    asked : the day and the county; n_seeking : of everybody who lives there, not of a register; find : the search
    """
    stands = schedules(deeds.deeds(prefix=PREFIX), asked.on.year)
    given = {code: state for code, state in stands.items() if state.broker == broker}
    if not given:
        return []
    book = ledger(store, means, Asked(on=asked.on, jurisdiction=asked.jurisdiction).known_by(deeds))
    found = villages_of(book, deeds)
    short = {one.place.code: one.short for one in (*found, *towns_of(book, deeds, found))}
    busy = working_ids(store, asked.on, None)
    homes = Counter(
        worker.place_code
        for worker in store.records(Kind.WORKERS)
        if isinstance(worker, Worker) and worker.wish_to_work and worker.worker_id not in busy
    )
    seeking = dict.fromkeys(given, 0)
    for home, n in homes.items():
        for code in {village_of(home), home[:TOWNSHIP_DIGITS]} & given.keys():
            seeking[code] += n
    rows = [
        {
            "code": code,
            "name": place_name(code),
            "find": _find(code),
            "short": short.get(code, 0),
            "n_seeking": seeking[code],
            "since": state.assigned_on.isoformat() if state.assigned_on else "",
            "note": state.note,
        }
        for code, state in given.items()
    ]
    return sorted(rows, key=lambda row: (-row["short"], row["code"]))


def _find(code: str) -> str:
    """What a broker's search is asked for: people of the village; of the whole town where that is all that is known."""
    return f"village:{code}" if len(code) == VILLAGE_DIGITS else f"township:{code[:TOWNSHIP_DIGITS]}"
