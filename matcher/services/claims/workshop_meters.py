"""Workshops' workers towards the reward, as pages and the home screen tell them; those whose window closes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from matcher.office.claims.cases import Case, together
from matcher.office.claims.facts import claimed_years, window_of
from matcher.office.claims.measures import Rules
from matcher.office.claims.workshop import Meter, MeterState, target_of
from matcher.records import Channel
from matcher.services.claims.desk import ClaimDesk
from matcher.services.ground.masked_people import masked_people
from matcher.services.ground.refuted import refuted_on

N_SHOWN: Final = 100
STATES: Final = {
    MeterState.CLOSING: "再停一个月就不够了",
    MeterState.UNDER_WAY: "还在累计",
    MeterState.MET: "够了，可以申领",
    MeterState.MISSED: "这一年够不上了",
}
_ORDER: Final = list(STATES)


class Running(NamedTuple):
    """Somebody's placements in one workshop, and how far their months and pay are."""

    case: Case
    meter: Meter


def workshop_meters(every: Iterable[Case], desk: ClaimDesk, rules: Rules) -> list[Running]:
    """A meter for each worker of a workshop, nearest to its end first; none where the document counts no months.

    Where it is paid each year again it is that of the newest year. What a look found false counts for nothing, as in
    a claim.
    """
    refuted = refuted_on(desk.deeds, desk.on)
    shops = (case for case in every if case.channel is Channel.WORKSHOP)
    listed = [case for case in shops if case.placement.placement_id not in refuted]
    newest = (
        case._replace(since=claimed_years(case, rules.pack, rules.conventions, desk.on)[-1])
        for case in together(listed)
    )
    found = [(case, window_of(case, rules.pack, rules.conventions, desk.on)) for case in newest]
    running = [Running(case, told) for case, told in found if told is not None]
    return sorted(running, key=_urgency)


def _urgency(one: Running) -> tuple[int, int, str]:
    return _ORDER.index(one.meter.state), one.meter.months_left, one.case.placement.placement_id


def workshops_told(running: list[Running], desk: ClaimDesk, rules: Rules) -> dict[str, Any]:
    """Rows of the most urgent, and how many there are of each state."""
    shown = running[:N_SHOWN]
    people = masked_people(desk.store, list({one.case.worker.worker_id: one.case.worker for one in shown}.values()))
    n = Counter(one.meter.state for one in running)
    return {
        "workshops": [_row(one, people, rules) for one in shown],
        "workshop_states": [
            {
                "state": one.value,
                "label": STATES[one],
                "n": n[one],
                "worker_ids": [row.case.worker.worker_id for row in running if row.meter.state is one],
            }
            for one in STATES
            if n[one]
        ],
        "n_workshops": len(running),
    }


def _row(one: Running, people: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    case, told, target = one.case, one.meter, target_of(rules.pack)
    person = people[case.worker.worker_id]
    return {
        "worker_id": person.worker_id,
        "name": person.name,
        "place": person.place,
        "employer": case.employer.name if case.employer else case.placement.employer_name or "",
        "state": told.state.value,
        "label": STATES[told.state],
        "months": told.months,
        "of_months": target.months if target else None,
        "pay_yuan": None if told.pay_yuan is None else str(told.pay_yuan),
        "of_pay_yuan": str(target.pay_yuan) if target else None,
        "months_by_contract": told.months_by_contract,
        "months_lacking": told.months_lacking,
        "months_left": told.months_left,
        "until": told.last,
        "clause": target.clause if target else "",
    }
